"""What happened to a volume, newest first: its own entries, and of each act the doors it went through."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from custody.events import Grade
from custody.holding import concerns
from custody.identifiers import CourtId, VolumeId
from custody.timing import Located
from hub.core.locating import located
from hub.core.telling import DOOR_KINDS, line_of
from hub.queries.names import Names
from hub.queries.whereabouts import entry_row
from hub.store.ledger import bounded_of
from hub.store.standings import entries_of
from hub.store.tables import CourtRow, DiscrepancyRow, EntryRow, ResolutionRow
from hub.views import Happening

__all__ = ["timeline"]

_NAMED = ("person", "recipient", "place", "station", "volume")


def timeline(session: Session, court: CourtId, volume: VolumeId, names: Names) -> tuple[Happening, ...]:
    """One line an entry, in the one order that everybody derives."""
    own = entries_of(session, court, [volume])[volume]
    about = [one for one in own if _is_about(one, volume)]
    acts = {act for one in about if (act := getattr(one.entry.fact, "act", None)) is not None}
    everything = {
        one.entry.id: one for one in (*about, *_doors(session, court, acts), *_resolved(session, court, volume))
    }
    hub = session.get(CourtRow, court)
    newest_first = sorted(everything.values(), key=lambda one: one.key, reverse=True)
    own_station, moving = "" if hub is None else hub.hub, {one.entry.id for one in about if concerns(one, volume)}
    return tuple(_happening(one, names, hub=own_station, moves=one.entry.id in moving) for one in newest_first)


def _is_about(one: Located, volume: VolumeId) -> bool:
    """A compartment that was looked into concerns what lay there; it is told where it lay there still."""
    contents = getattr(one.entry.fact, "contents", None)
    return contents is None or volume in contents


def _doors(session: Session, court: CourtId, acts: Iterable[str]) -> list[Located]:
    wanted = (col(EntryRow.act).in_(sorted(acts)), col(EntryRow.kind).in_(DOOR_KINDS))
    return [_located(row) for row in session.exec(select(EntryRow).where(col(EntryRow.court) == court, *wanted))]


def _resolved(session: Session, court: CourtId, volume: VolumeId) -> list[Located]:
    mine = (col(DiscrepancyRow.court) == court, col(DiscrepancyRow.volume) == volume)
    same = (col(ResolutionRow.court) == col(DiscrepancyRow.court)) & (
        col(ResolutionRow.discrepancy) == col(DiscrepancyRow.discrepancy)
    )
    entries = session.exec(select(ResolutionRow.entry).join(DiscrepancyRow, same).where(*mine)).all()
    rows = (entry_row(session, court, entry) for entry in entries)
    return [_located(row) for row in rows if row is not None]


def _located(row: EntryRow) -> Located:
    return located(bounded_of(row))


def _happening(one: Located, names: Names, *, hub: str, moves: bool) -> Happening:
    entry, line = one.entry, line_of(one.entry.fact)
    said = dict(line.fields)
    for name in _NAMED:
        if name in said:
            said[name] = _name(names, name, str(said[name]))
    # What the hub itself records, its own clock times exactly: it is the measure of all others.
    own = entry.station == hub
    return Happening(
        entry=entry.id,
        key=line.key,
        fields=said,
        grade=Grade(line.grade) if line.grade is not None else None,
        time=entry.time,
        earliest=entry.time if own else one.interval.earliest,
        latest=entry.time if own else one.interval.latest,
        synchronised=entry.clock == "synchronised",
        place=str(said.get("place", "")),
        person=str(said.get("person", "")),
        trouble=line.trouble,
        moves=moves,
    )


def _name(names: Names, kind: str, identity: str) -> str:
    match kind:
        case "person":
            return names.person(identity)
        case "recipient":
            return names.recipient(identity) or identity
        case "place":
            return names.place(identity)
        case "station":
            return names.station(identity)
        case _:
            return identity
