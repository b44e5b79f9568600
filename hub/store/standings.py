"""Where every volume is and how far, as rows: folded from the entries that concern it, whenever one of them changes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

import msgspec
from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, delete, select

from custody.archiving import Progress, Standing, stand
from custody.entries import Entry
from custody.events import Counting
from custody.holding import AtPlace, Disputed, Holding, Unaccounted, WithPerson
from custody.identifiers import CourtId, EventId, VolumeId
from custody.timing import Located
from hub.core.concerning import about
from hub.core.discrepancies import of_standing
from hub.core.locating import Bounded, located
from hub.store.ledger import bounded_of
from hub.store.tables import ContentRow, DiscrepancyRow, EntryRow, StandingRow

__all__ = ["affected", "entries_of", "holding_of", "pieces", "progress_of", "refold"]

_COUNTS = tuple(kind.kind for kind in get_args(Counting))
_PIECE = 400
T = TypeVar("T")


def affected(session: Session, court: CourtId, entries: Iterable[Entry]) -> set[VolumeId]:
    """The volumes whose fold may read one of these entries."""
    volumes: set[VolumeId] = set()
    looked_into: set[str] = set()
    for entry in entries:
        named = about(entry.fact)
        volumes.update(named.contents)
        if named.volume is not None:
            volumes.add(named.volume)
        if isinstance(entry.fact, Counting):
            looked_into.add(entry.fact.place)
    for place in looked_into:
        here = (col(EntryRow.court) == court, col(EntryRow.place) == place)
        lain = select(EntryRow.volume).where(*here, col(EntryRow.volume).is_not(None)).distinct()
        counted = select(ContentRow.volume).join(EntryRow, _same_entry()).where(*here).distinct()
        volumes.update(VolumeId(one) for one in session.exec(lain) if one is not None)
        volumes.update(VolumeId(one) for one in session.exec(counted))
    return volumes


def refold(session: Session, court: CourtId, volumes: Collection[VolumeId]) -> None:
    """Write the standing of each volume, and what contradicts about it, as all stored entries together say."""
    for piece in pieces(sorted(volumes), _PIECE):
        entries = entries_of(session, court, piece)
        gone = (col(DiscrepancyRow.court) == court, col(DiscrepancyRow.volume).in_(piece))
        session.exec(delete(DiscrepancyRow).where(*gone))
        kept = {row.volume: row for row in session.exec(_standings(court, piece))}
        for volume in piece:
            standing = stand(volume, entries[volume])
            row = kept.get(volume) or StandingRow(court=court, volume=volume, kind="", holding="", progress="")
            for name, value in _columns(standing).items():
                setattr(row, name, value)
            session.add(row)
            times = {one.entry.id: one.entry.time for one in entries[volume]}
            session.add_all(_discrepancies(court, standing, times))
        session.flush()


def entries_of(session: Session, court: CourtId, volumes: Sequence[VolumeId]) -> Mapping[VolumeId, list[Located]]:
    """Every stored entry that the fold of each of these volumes reads."""
    found: dict[VolumeId, dict[str, Located]] = defaultdict(dict)
    places: dict[str, set[VolumeId]] = defaultdict(set)
    for row in session.exec(select(EntryRow).where(col(EntryRow.court) == court, col(EntryRow.volume).in_(volumes))):
        volume = VolumeId(row.volume or "")
        _keep(found[volume], bounded_of(row))
        places[row.place or ""].add(volume)
    counted = (
        select(EntryRow, ContentRow.volume)
        .join(ContentRow, _same_entry())
        .where(col(ContentRow.court) == court, col(ContentRow.volume).in_(volumes))
    )
    for row, name in session.exec(counted):
        _keep(found[VolumeId(name)], bounded_of(row))
        places[row.place or ""].add(VolumeId(name))
    for piece in pieces(sorted(places), _PIECE):
        looked = (col(EntryRow.place).in_(piece), col(EntryRow.kind).in_(_COUNTS))
        for row in session.exec(select(EntryRow).where(col(EntryRow.court) == court, *looked)):
            for volume in places[row.place or ""]:
                _keep(found[volume], bounded_of(row))
    return {volume: list(found[volume].values()) for volume in volumes}


def holding_of(row: StandingRow) -> Holding:
    """The holding a row stands for."""
    return _holding(json.loads(row.holding))


def progress_of(row: StandingRow) -> Progress:
    """The progress a row stands for."""
    return msgspec.json.decode(row.progress, type=Progress)


def pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, at most ``size`` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _same_entry() -> ColumnElement[bool]:
    return and_(
        col(EntryRow.court) == col(ContentRow.court),
        col(EntryRow.station) == col(ContentRow.station),
        col(EntryRow.epoch) == col(ContentRow.epoch),
        col(EntryRow.sequence) == col(ContentRow.sequence),
    )


def _standings(court: CourtId, volumes: Sequence[VolumeId]) -> Any:
    return select(StandingRow).where(col(StandingRow.court) == court, col(StandingRow.volume).in_(volumes))


def _keep(found: dict[str, Located], bounded: Bounded) -> None:
    found[bounded.entry.id] = located(bounded)


def _columns(standing: Standing) -> dict[str, Any]:
    progress, holding = standing.progress, standing.held.holding
    done = None if progress.done is None else progress.done.value
    found: dict[str, Any] = {"done": done, "sent_back": progress.sent_back}
    found |= {"place": None, "person": None, "recipient": None, "since": None}
    match holding:
        case AtPlace():
            found |= {"place": holding.place, "recipient": holding.recipient, "since": holding.evidence.time}
        case WithPerson():
            found |= {"person": holding.person, "recipient": holding.on_behalf, "since": holding.evidence.time}
        case Disputed():
            found |= {"since": max(one.evidence.time for one in holding.claims)}
        case Unaccounted():
            found |= {"since": None if holding.last is None else holding.last.time}
    found["kind"] = _KINDS[type(holding)]
    found["holding"] = json.dumps(_packed(holding), ensure_ascii=False, sort_keys=True)
    found["progress"] = msgspec.json.encode(progress, order="sorted").decode()
    return found


_KINDS: Mapping[type[Holding], str] = {
    AtPlace: "place",
    WithPerson: "person",
    Disputed: "disputed",
    Unaccounted: "unaccounted",
}
_TYPES = {kind: holding for holding, kind in _KINDS.items()}


def _packed(holding: Holding) -> dict[str, Any]:
    if isinstance(holding, Disputed):
        return {"kind": _KINDS[Disputed], "claims": [_packed(one) for one in holding.claims]}
    built: dict[str, Any] = msgspec.to_builtins(holding)
    return {"kind": _KINDS[type(holding)], **built}


def _holding(packed: dict[str, Any]) -> Holding:
    kind = _TYPES[packed["kind"]]
    if kind is Disputed:
        claims = (_holding(one) for one in packed["claims"])
        return Disputed(claims=tuple(one for one in claims if isinstance(one, AtPlace | WithPerson)))
    return msgspec.convert(packed, type=kind)


def _discrepancies(court: CourtId, standing: Standing, times: Mapping[EventId, int]) -> Iterator[DiscrepancyRow]:
    for one in of_standing(standing):
        yield DiscrepancyRow(
            court=court,
            discrepancy=one.id,
            kind=one.kind,
            volume=standing.volume,
            entry=one.entry,
            against=one.against,
            time=times[one.entry],
        )
