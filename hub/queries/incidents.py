"""Messages that were not accepted, newest first, those of one station for one reason together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from custody.identifiers import CourtId
from hub.store.tables import IncidentRow
from hub.views import Incident

__all__ = ["incidents"]

_MOST = 100


def incidents(session: Session, court: CourtId) -> Sequence[Incident]:
    """At most a hundred, the newest."""
    first, latest = func.min(col(IncidentRow.at)), func.max(col(IncidentRow.latest))
    times = func.sum(col(IncidentRow.times))
    asked = (
        select(IncidentRow.station, IncidentRow.code, first, latest, times)  # type: ignore[call-overload]  # five columns
        .where(IncidentRow.court == court)
        .group_by(col(IncidentRow.station), col(IncidentRow.code))
        .order_by(latest.desc())
        .limit(_MOST)
    )
    return tuple(
        Incident(station=station or "", code=code, first=int(began), latest=int(at), times=int(count))
        for station, code, began, at, count in session.exec(asked)
    )
