"""Stations as they last said they are, and what lies in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from custody.entries import Clock
from custody.events import StationKind
from custody.grants import Role
from custody.holding import AtPlace
from custody.identifiers import CourtId, PlaceId, StationId
from custody.messages import DoorState
from hub.queries.kept import Kept, kept
from hub.queries.names import Names
from hub.queries.whereabouts import entry_row, opened_since
from hub.store.tables import CommandRow, DoorRow, PlaceRow, StandingRow, StateRow, StationRow
from hub.views import CabinetView, CommandView, CompartmentView, Lying, Opened, StationView

__all__ = ["cabinet", "command_view", "stations"]

_EVERYBODY = frozenset(Role)


def stations(session: Session, court: CourtId, *, hub: str) -> Sequence[StationView]:
    """Every enrolled station but the hub itself."""
    rows = session.exec(select(StationRow).where(col(StationRow.court) == court).order_by(col(StationRow.station)))
    lying = _holds(session, court)
    doors: dict[str, list[DoorRow]] = defaultdict(list)
    for door in session.exec(select(DoorRow).where(col(DoorRow.court) == court)):
        doors[door.station].append(door)
    names = Names(session, court)
    return tuple(_station(session, row, doors[row.station], lying, names) for row in rows if row.station != hub)


def cabinet(
    session: Session, court: CourtId, station: StationId, *, roles: Collection[Role], hub: str
) -> CabinetView | None:
    """A cabinet's doors and what lies behind each; of a station without doors, what lies there."""
    shown = next((one for one in stations(session, court, hub=hub) if one.id == station), None)
    if shown is None:
        return None
    names = Names(session, court)
    inside = _contents(session, court, station, roles, names)
    known = {place: row for place, row in names.places.items() if row.station == station}
    doors = session.exec(
        select(DoorRow).where(col(DoorRow.court) == court, col(DoorRow.station) == station).order_by(col(DoorRow.place))
    )
    total = _holds(session, court)
    compartments = tuple(
        _compartment(known[door.place], door, inside.get(door.place, ()), total.get(door.place, 0))
        for door in doors
        if door.place in known
    )
    return CabinetView(station=shown, compartments=compartments, contents=inside.get(station, ()))


def command_view(session: Session, court: CourtId, command: str) -> CommandView | None:
    """A command and its answer, if there is one yet."""
    row = session.get(CommandRow, (court, command))
    if row is None:
        return None
    names = Names(session, court)
    place = names.places.get(row.place)
    return CommandView(
        id=row.command,
        station=StationId(row.station),
        place=PlaceId(row.place),
        number=row.place if place is None else place.number,
        person=names.person(row.person),
        reason=row.reason,
        sent=row.sent,
        outcome=row.outcome,
        answered=row.answered,
        expires=row.expires,
    )


def _station(
    session: Session, row: StationRow, doors: Sequence[DoorRow], lying: Mapping[str, int], names: Names
) -> StationView:
    state = session.get(StateRow, (row.court, row.station))
    here = [row.place, *(place for place, one in names.places.items() if one.station == row.station)]
    holds = sum(lying.get(place, 0) for place in dict.fromkeys(here))
    shown = {
        "id": StationId(row.station),
        "kind": StationKind(row.kind),
        "name": row.name,
        "holds": holds,
        "free": sum(_is_free(door, lying) for door in doors) if doors else None,
        "of": len(doors) if doors else None,
        "open": sum(door.door == DoorState.OPEN for door in doors),
        "unknown": sum(door.door == DoorState.UNKNOWN for door in doors),
    }
    if state is None:
        return StationView(online=False, since=None, **shown)  # type: ignore[arg-type]
    return StationView(
        online=state.online,
        since=state.since,
        waiting=state.waiting,
        oldest_waiting=state.oldest_waiting,
        room_days=state.room_days,
        synchronised=state.clock == Clock.SYNCHRONISED,
        software=state.software,
        **shown,  # type: ignore[arg-type]
    )


def _is_free(door: DoorRow, lying: Mapping[str, int]) -> bool:
    return door.door == DoorState.CLOSED and not door.blocked and not lying.get(door.place)


def _holds(session: Session, court: CourtId) -> Mapping[str, int]:
    """How many volumes lie in each place."""
    place = col(StandingRow.place)
    counted = select(StandingRow.place, func.count()).where(col(StandingRow.court) == court, place.is_not(None))
    return {one: count for one, count in session.exec(counted.group_by(place)) if one is not None}


def _contents(
    session: Session, court: CourtId, station: StationId, roles: Collection[Role], names: Names
) -> Mapping[str, tuple[Lying, ...]]:
    places = select(PlaceRow.place).where(col(PlaceRow.court) == court, col(PlaceRow.station) == station)
    here = col(StandingRow.place).in_([*session.exec(places), station])
    found: dict[str, list[Lying]] = defaultdict(list)
    for one in kept(session, court, here, roles=roles):
        if isinstance(one.holding, AtPlace):
            evidence = entry_row(session, court, one.holding.evidence.entry)
            opened = None if evidence is None else opened_since(session, evidence, one.holding.place, names)
            found[one.holding.place].append(_lying(one, one.holding, names, opened))
    return {place: tuple(lying) for place, lying in found.items()}


def _lying(one: Kept, holding: AtPlace, names: Names, opened: Opened | None) -> Lying:
    return Lying(
        volume=one.volume,
        title=one.title,
        part=one.part,
        recipient=names.recipient(holding.recipient) or "",
        since=holding.evidence.time,
        opened=opened,
    )


def _compartment(place: PlaceRow, door: DoorRow, inside: tuple[Lying, ...], total: int) -> CompartmentView:
    return CompartmentView(
        place=PlaceId(place.place),
        number=place.number,
        size=place.size,
        row=place.row,
        column=place.column,
        door=DoorState(door.door),
        since=door.since,
        blocked=door.blocked,
        contents=inside,
        hidden=max(total - len(inside), 0),
    )
