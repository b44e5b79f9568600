"""Discrepancies as the inbox shows them: open ones, or those that somebody resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from custody import wire
from custody.entries import Entry
from custody.grants import Role
from custody.identifiers import CourtId, EventId, VolumeId
from hub.queries.kept import one_kept
from hub.queries.names import Names
from hub.queries.whereabouts import entry_row
from hub.store.tables import DiscrepancyRow, ResolutionRow
from hub.views import Discrepancy

__all__ = ["count_open", "differences"]

_EVERYBODY = frozenset(Role)


def differences(
    session: Session, court: CourtId, *where: ColumnElement[bool], resolved: bool, roles: Collection[Role] = _EVERYBODY
) -> Sequence[Discrepancy]:
    """Newest first."""
    rows = session.exec(
        select(DiscrepancyRow, ResolutionRow)
        .outerjoin(ResolutionRow, _same())
        .where(col(DiscrepancyRow.court) == court, _is(resolved=resolved), *where)
        .order_by(col(DiscrepancyRow.time).desc(), col(DiscrepancyRow.discrepancy))
    )
    names = Names(session, court)
    return tuple(_discrepancy(session, names, row, resolution, roles) for row, resolution in rows)


def count_open(session: Session, court: CourtId) -> int:
    open_ones = select(func.count()).select_from(DiscrepancyRow).outerjoin(ResolutionRow, _same())
    return session.exec(open_ones.where(col(DiscrepancyRow.court) == court, _is(resolved=False))).one()


def _same() -> ColumnElement[bool]:
    return and_(
        col(ResolutionRow.court) == col(DiscrepancyRow.court),
        col(ResolutionRow.discrepancy) == col(DiscrepancyRow.discrepancy),
    )


def _is(*, resolved: bool) -> ColumnElement[bool]:
    entry = col(ResolutionRow.entry)
    return entry.is_not(None) if resolved else entry.is_(None)


def _discrepancy(
    session: Session, names: Names, row: DiscrepancyRow, resolution: ResolutionRow | None, roles: Collection[Role]
) -> Discrepancy:
    kept = None if row.volume is None else one_kept(session, names.court, VolumeId(row.volume), roles=roles)
    title = row.volume or names.station(row.station)
    return Discrepancy(
        id=row.discrepancy,
        kind=row.kind,
        volume=None if row.volume is None else VolumeId(row.volume),
        title=title if kept is None else kept.title,
        fields=_fields(session, names, row),
        entry=EventId(row.entry),
        against=None if row.against is None else EventId(row.against),
        time=row.time,
        resolved=None if resolution is None else resolution.time,
        decision="" if resolution is None else resolution.decision,
        person="" if resolution is None else names.person(resolution.person),
    )


def _fields(session: Session, names: Names, row: DiscrepancyRow) -> Mapping[str, str | int]:
    """What its sentence may name, from the claim's own entry."""
    said: dict[str, str | int] = {"station": names.station(row.station)}
    stored = entry_row(session, names.court, row.entry)
    entry = None if stored is None else wire.decode_event(stored.line)
    if stored is None or not isinstance(entry, Entry):
        return said
    step = getattr(entry.fact, "step", None) or getattr(entry.fact, "found_at", "")
    found = {"person": names.person(stored.person), "place": names.place(stored.place), "step": str(step)}
    return {**found, "station": names.station(row.station or entry.station)}
