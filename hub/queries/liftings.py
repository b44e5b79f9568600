"""What waits for a second person: that one is enough to open for a volume again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from custody.grants import Role
from custody.identifiers import CourtId, VolumeId
from hub.granted import read_arranged
from hub.queries.kept import one_kept
from hub.queries.names import Names
from hub.store.tables import LiftingRow
from hub.views import LiftingView

__all__ = ["asked_by", "liftings"]


def liftings(session: Session, court: CourtId, *, roles: Collection[Role]) -> Sequence[LiftingView]:
    """Oldest first; of what these roles may not see, nothing."""
    names, guarded = Names(session, court), read_arranged(session, court).guarded
    rows = session.exec(select(LiftingRow).where(col(LiftingRow.court) == court).order_by(col(LiftingRow.asked_at)))
    found = ((row, one_kept(session, court, VolumeId(row.volume), roles=roles)) for row in rows.all())
    return tuple(
        LiftingView(
            volume=VolumeId(row.volume),
            title=about.title,
            guarded_by=names.person(guarded.get(VolumeId(row.volume))),
            reason=row.reason,
            asked_by=names.person(row.asked_by),
            asked_at=row.asked_at,
        )
        for row, about in found
        if about is not None
    )


def asked_by(session: Session, names: Names) -> Mapping[str, str]:
    """Volume -> who asked, by name."""
    rows = session.exec(select(LiftingRow).where(col(LiftingRow.court) == names.court))
    return {row.volume: names.person(row.asked_by) for row in rows}
