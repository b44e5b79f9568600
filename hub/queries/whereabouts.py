"""A holding as pages show it: where, on what evidence, since when, and when nobody watched."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session, col, select

from custody import wire
from custody.entries import Entry
from custody.events import (
    BoardLost,
    DoorForced,
    DoorOpened,
    DoorsSensed,
    EpochOpened,
    PlaceKind,
    StationStarted,
    UnlockIntended,
)
from custody.holding import AtPlace, Disputed, Evidence, Holding, Unaccounted, WithPerson
from custody.identifiers import CourtId, PlaceId, StationId
from hub.core.watching import Glimpse, Ordered, came_after, unwatched
from hub.queries.names import Names
from hub.store.tables import EntryRow
from hub.views import Opened, Where, WhereKind

__all__ = ["entry_row", "opened_since", "where", "with_watch"]

_GLIMPSES = (EpochOpened.kind, StationStarted.kind, DoorsSensed.kind, BoardLost.kind)


def where(holding: Holding, names: Names) -> Where:
    """A holding in the words of names."""
    match holding:
        case AtPlace(place=place, recipient=recipient, evidence=evidence):
            station = names.station_of(place)
            return Where(
                kind=WhereKind.PLACE,
                name=names.place(place),
                place=place,
                station=None if station is None else StationId(station),
                on_behalf=names.recipient(recipient),
                grade=evidence.grade,
                since=evidence.time,
                entry=evidence.entry,
            )
        case WithPerson(person=person, on_behalf=on_behalf, evidence=evidence):
            return Where(
                kind=WhereKind.PERSON,
                name=names.person(person),
                person=person,
                on_behalf=names.recipient(on_behalf),
                grade=evidence.grade,
                since=evidence.time,
                entry=evidence.entry,
            )
        case Disputed(claims=claims):
            told = tuple(where(one, names) for one in claims)
            return Where(kind=WhereKind.DISPUTED, since=max(one.evidence.time for one in claims), claims=told)
        case Unaccounted(last=last):
            return _unaccounted(last)


def with_watch(shown: Where, session: Session, court: CourtId, names: Names) -> Where:
    """The same, with what its door did since its evidence, and when nobody watched it."""
    row = names.places.get(shown.place or "")
    if shown.kind is not WhereKind.PLACE or shown.entry is None or row is None or row.kind != PlaceKind.COMPARTMENT:
        return shown
    evidence = entry_row(session, court, shown.entry)
    if evidence is None:
        return shown
    opened = opened_since(session, evidence, PlaceId(row.place), names)
    if evidence.station != row.station:
        return replace(shown, opened=opened)
    spans = unwatched(PlaceId(row.place), _glimpses(session, evidence))
    return replace(shown, opened=opened, unwatched=tuple((one.since, one.until) for one in spans))


def opened_since(session: Session, evidence: EntryRow, place: PlaceId, names: Names) -> Opened | None:
    """The last opening of a compartment after this entry: a door proves access, and not what was left inside."""
    there = (col(EntryRow.court) == evidence.court, col(EntryRow.place) == place)
    moved = (*there, col(EntryRow.kind).in_((DoorOpened.kind, DoorForced.kind)))
    latest = session.exec(select(EntryRow).where(*moved).order_by(col(EntryRow.position).desc()).limit(1)).first()
    if latest is None or not came_after(_ordered(latest), _ordered(evidence)):
        return None
    if latest.kind == DoorForced.kind:
        return Opened(person="", time=latest.time)
    asked = (*there, col(EntryRow.act) == latest.act, col(EntryRow.kind) == UnlockIntended.kind)
    return Opened(person=names.person(session.exec(select(EntryRow.person).where(*asked)).first()), time=latest.time)


def _ordered(row: EntryRow) -> Ordered:
    return Ordered(station=row.station, position=row.position, point=row.point)


def entry_row(session: Session, court: CourtId, entry: str) -> EntryRow | None:
    """A stored entry by its id: station, epoch and sequence with dots between."""
    station, _, rest = entry.rpartition(".")[0].rpartition(".")
    sequence = entry.rpartition(".")[2]
    if not station or not sequence.isdecimal() or len(sequence) > _DIGITS:
        return None
    return session.get(EntryRow, (court, station, rest, int(sequence)))


_DIGITS = 15


def _unaccounted(last: Evidence | None) -> Where:
    if last is None:
        return Where(kind=WhereKind.UNACCOUNTED)
    return Where(kind=WhereKind.UNACCOUNTED, since=last.time, entry=last.entry, grade=last.grade)


def _glimpses(session: Session, after: EntryRow) -> list[Glimpse]:
    mine = (col(EntryRow.court) == after.court, col(EntryRow.station) == after.station)
    later = (col(EntryRow.position) > after.position, col(EntryRow.kind).in_(_GLIMPSES))
    found = []
    for row in session.exec(select(EntryRow).where(*mine, *later).order_by(col(EntryRow.position))):
        entry = wire.decode_event(row.line)
        assert isinstance(entry, Entry)
        before = None
        if isinstance(entry.fact, EpochOpened | StationStarted):
            at = col(EntryRow.position) == row.position - 1
            before = session.exec(select(EntryRow.point).where(*mine, at)).first()
        found.append(Glimpse(entry, row.point, before))
    return found
