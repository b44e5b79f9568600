"""Corrections that wait for a second person."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from custody.events import CorrectionReason
from custody.grants import Role
from custody.identifiers import CourtId, VolumeId
from hub.face import Correction
from hub.queries.kept import one_kept
from hub.queries.names import Names
from hub.queries.whereabouts import where
from hub.store.tables import CorrectionRow

__all__ = ["corrections"]


def corrections(session: Session, court: CourtId, *, roles: Collection[Role]) -> Sequence[Correction]:
    """Oldest first; of what these roles may not see, nothing."""
    names = Names(session, court)
    mine = (col(CorrectionRow.court) == court, col(CorrectionRow.confirmed_by).is_(None))
    found: list[Correction] = []
    for row in session.exec(select(CorrectionRow).where(*mine).order_by(col(CorrectionRow.asked_at))):
        about = one_kept(session, court, VolumeId(row.volume), roles=roles)
        if about is None:
            continue
        to = names.place(row.place) if row.place is not None else names.person(row.holder)
        made = Correction(
            id=row.correction,
            volume=VolumeId(row.volume),
            entry=row.entry,
            reason=CorrectionReason(row.reason),
            place=row.place,
            holder=row.holder,
            asked_by=names.person(row.asked_by),
            asked_at=row.asked_at,
            title=about.title,
            to=to,
            now=where(about.holding, names),
        )
        found.append(made)
    return found
