"""What stations say about themselves: states, last wills, answers to commands. It orders them and keeps the latest."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from custody import wire
from custody.events import Fact, PlaceKind, PlaceRegistered
from custody.identifiers import CourtId, StationId, check_id
from custody.messages import Compartment, LastWill, Result, State
from hub.core.freshness import Freshness, Heard, ends, freshness
from hub.core.receiving import Refuse
from hub.feed import Changed
from hub.own_chain import OwnChain
from hub.recording import answer_command
from hub.store.tables import DoorRow, EpochRow, PlaceRow, StateRow, StationRow

__all__ = ["Hearing"]


class Hearing:
    def __init__(self, *, court: CourtId, own: OwnChain) -> None:
        self._court = court
        self._own = own

    def state(
        self, session: Session, station: StationRow, header: bytes, *, now: int
    ) -> tuple[Refuse | None, Changed, Freshness]:
        """Keep a state whose signature is proven, if it is newer than what was heard before."""
        state = wire.decode(header, State)
        if isinstance(state, wire.Malformed):
            return Refuse("state_malformed", state.why), Changed(), Freshness.OVERTAKEN
        if (state.court, state.station) != (self._court, station.station):
            return Refuse("wrong_station", f"{state.court}/{state.station}"), Changed(), Freshness.OVERTAKEN
        strange = next((one for one in state.compartments if not _own_place(state.station, one.place)), None)
        if strange is not None:
            return Refuse("place_of_another", strange.place), Changed(), Freshness.OVERTAKEN
        row = session.get(StateRow, (self._court, state.station))
        how_new = freshness(state, _heard(row), past=self._past(session, state.station, row))
        if how_new is not Freshness.NEW:
            return None, Changed(), how_new
        _keep(session, row, state, now)
        changed = Changed(stations=frozenset({state.station}))
        if self._doors(session, state, now):
            changed = Changed(stations=changed.stations, register=True)
        return None, changed, how_new

    def will(self, session: Session, station: StationId, payload: bytes, *, now: int) -> Changed:
        """A station vanished, says the broker. It is believed of the latest connection only; it proves nothing."""
        will = wire.decode(payload, LastWill)
        row = session.get(StateRow, (self._court, station))
        if isinstance(will, wire.Malformed) or will.station != station or row is None or not row.online:
            return Changed()
        if not ends(will, _heard(row)):
            return Changed()
        row.online, row.since = False, now
        return Changed(stations=frozenset({station}))

    def result(
        self, session: Session, station: StationRow, header: bytes, *, now: int
    ) -> tuple[Refuse | None, Changed]:
        """Keep the answer to a command, if it is the first and from the station that was asked."""
        result = wire.decode(header, Result)
        if isinstance(result, wire.Malformed):
            return Refuse("result_malformed", result.why), Changed()
        if (result.court, result.station) != (self._court, station.station):
            return Refuse("wrong_station", f"{result.court}/{result.station}"), Changed()
        new = answer_command(
            session,
            self._court,
            result.command,
            station=result.station,
            outcome=result.outcome,
            entry=result.entry,
            now=now,
        )
        return None, Changed(commands=frozenset({result.command})) if new else Changed()

    def _past(self, session: Session, station: StationId, row: StateRow | None) -> frozenset[str]:
        """Epochs that the station has left behind, as the ledger and the last state say."""
        mine = (col(EpochRow.court) == self._court, col(EpochRow.station) == station)
        known = session.exec(select(EpochRow.epoch).where(*mine).order_by(col(EpochRow.position))).all()
        return frozenset(one for one in known[:-1] if row is None or one != row.epoch)

    def _doors(self, session: Session, state: State, now: int) -> bool:
        """Keep the doors as sensed; whether there are compartments that nobody knew."""
        facts: list[Fact] = []
        for one in state.compartments:
            facts += _place(session, state, one)
            _door(session, state, one, now)
        _forget(session, state)
        if facts:
            self._own.append(session, facts)
        return bool(facts)


def _heard(row: StateRow | None) -> Heard | None:
    return None if row is None else Heard(row.epoch, row.connection, row.counter)


def _own_place(station: StationId, place: str) -> bool:
    """A compartment's id begins with its station's, so that no cabinet speaks of another's doors."""
    return check_id(place) and place.startswith(f"{station}.")


def _keep(session: Session, row: StateRow | None, state: State, now: int) -> None:
    changed = row is None or row.online != state.online
    since = now if row is None or changed else row.since
    kept = StateRow(
        court=state.court,
        station=state.station,
        online=state.online,
        since=since,
        heard_at=now,
        connection=state.connection,
        counter=state.counter,
        boot=state.boot,
        nonce=state.nonce,
        uptime=state.uptime,
        clock=state.clock.value,
        epoch=state.epoch,
        tip=state.tip,
        waiting=state.waiting,
        oldest_waiting=state.oldest_waiting,
        room_days=state.room_days,
        software=state.software,
        wiring=state.wiring,
        grants_version=state.grants_version,
    )
    session.merge(kept)


def _place(session: Session, state: State, one: Compartment) -> Iterable[Fact]:
    """A compartment becomes known when its cabinet first speaks of it; how its steel stands may change later."""
    row = session.get(PlaceRow, (state.court, one.place))
    new = row is None
    if row is None:
        row = PlaceRow(
            court=state.court, place=one.place, kind=PlaceKind.COMPARTMENT.value, name="", station=state.station
        )
        session.add(row)
    if (row.number, row.size, row.row, row.column) != (one.number, one.size, one.row, one.column):
        row.number, row.size, row.row, row.column = one.number, one.size, one.row, one.column
    if new:
        yield PlaceRegistered(place=one.place, place_kind=PlaceKind.COMPARTMENT, station=state.station)


def _door(session: Session, state: State, one: Compartment, now: int) -> None:
    row = session.get(DoorRow, (state.court, one.place))
    if row is None:
        row = DoorRow(court=state.court, place=one.place, station=state.station, door="", since=now)
        session.add(row)
    if row.door != one.door:
        row.door, row.since = one.door.value, now
    if row.blocked != one.blocked:
        row.blocked = one.blocked


def _forget(session: Session, state: State) -> None:
    """A door the station no longer speaks of is not there any more; its place and its history stay."""
    told = {one.place for one in state.compartments}
    mine = (col(DoorRow.court) == state.court, col(DoorRow.station) == state.station)
    for row in session.exec(select(DoorRow).where(*mine)).all():
        if row.place not in told:
            session.delete(row)
