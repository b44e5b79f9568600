"""Messages that were not committed are kept with the reason, so that somebody can look; a repeated one is counted."""

from __future__ import annotations

import hashlib
import logging

from sqlmodel import Session, col, select

from custody.identifiers import EventId
from custody.topics import StationTopic
from hub.core.discrepancies import of_fork
from hub.store.tables import DiscrepancyRow, IncidentRow

__all__ = ["note"]

_LOG = logging.getLogger(__name__)
_BEGINNING = 2048
_AGAIN = 600_000  # ms within which the same trouble is counted, not kept once more


def note(
    session: Session,
    about: StationTopic,
    topic: str,
    payload: bytes,
    *,
    code: str,
    detail: str,
    now: int,
    entry: EventId | None = None,
) -> None:
    """Keep an incident. A fork is kept whole, batch by batch, and raised for a person to resolve."""
    detail = detail[:500]
    mine = (col(IncidentRow.court) == about.court, col(IncidentRow.topic) == topic, col(IncidentRow.code) == code)
    latest = session.exec(select(IncidentRow).where(*mine).order_by(col(IncidentRow.latest).desc()).limit(1)).first()
    # Of a forked history every batch is kept, whichever of them shows the same place.
    same = latest is not None and latest.detail == detail and latest.entry == entry
    if latest is not None and same and (entry is None or latest.message == payload) and now - latest.latest < _AGAIN:
        latest.times, latest.latest = latest.times + 1, max(latest.latest, now)
        return
    _LOG.warning("not accepted: station=%s code=%s detail=%s", about.station, code, detail)
    name = hashlib.sha256(f"{topic} {code} {now} ".encode() + payload).hexdigest()[:32]
    session.add(
        IncidentRow(
            court=about.court,
            incident=name,
            station=about.station,
            topic=topic,
            code=code,
            detail=detail,
            entry=entry,
            at=now,
            latest=now,
            size=len(payload),
            message=payload if entry is not None else payload[:_BEGINNING],
        )
    )
    if entry is not None:
        _raise_fork(session, about, entry, now)


def _raise_fork(session: Session, about: StationTopic, entry: EventId, now: int) -> None:
    found = of_fork(about.station, entry)
    if session.get(DiscrepancyRow, (about.court, found.id)) is None:
        session.add(
            DiscrepancyRow(
                court=about.court,
                discrepancy=found.id,
                kind=found.kind,
                station=found.station,
                entry=found.entry,
                against=found.against,
                time=now,
            )
        )
