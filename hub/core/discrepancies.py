"""Differences between the record and the world, each with an id that stays the same, until a person resolves it.

They are found by folding and never made up: whatever entries no longer contradict each other, is no discrepancy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.archiving import Standing
from custody.entries import Entry
from custody.events import (
    CompartmentVerified,
    DoorClosed,
    DoorForced,
    DoorLeftOpen,
    EpochOpened,
    EpochReason,
    OutcomeUnknown,
    SealedAccountUsed,
    TriesExceeded,
)
from custody.identifiers import EventId, StationId, VolumeId

__all__ = ["Found", "at_doors", "of_door", "of_epoch", "of_fork", "of_sealed", "of_standing", "over_by"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One discrepancy. ``kind`` names its sentence; ``entry`` is the claim, ``against`` the record it contradicts."""

    id: str
    kind: str
    entry: EventId
    against: EventId | None = None
    volume: VolumeId | None = None
    station: StationId | None = None


def of_standing(standing: Standing) -> tuple[Found, ...]:
    """What contradicts about one volume: its whereabouts first, then its way through the archive line."""
    contradictions = [
        Found(id=one.id, kind=one.conflict, entry=one.entry, against=one.against, volume=standing.volume)
        for one in standing.held.contradictions
    ]
    breaches = [Found(id=one.id, kind=one.gate, entry=one.entry, volume=standing.volume) for one in standing.breaches]
    return (*contradictions, *breaches)


def of_epoch(entry: Entry) -> Found | None:
    """A station that begins anew because its history is gone or forked: a person must know."""
    fact = entry.fact
    if not isinstance(fact, EpochOpened) or fact.reason is EpochReason.FIRST:
        return None
    return Found(id=f"{fact.reason}.{entry.id}", kind=fact.reason, entry=entry.id, station=entry.station)


def of_sealed(entry: Entry) -> Found | None:
    """Somebody came in by the account that lies sealed for emergencies: a person must look into it."""
    if not isinstance(entry.fact, SealedAccountUsed):
        return None
    return Found(id=f"sealed_account.{entry.id}", kind="sealed_account", entry=entry.id, station=entry.station)


def of_door(entry: Entry) -> Found | None:
    """What somebody has to look at: a door forced, left open or of unknown outcome, or one who tries codes out."""
    match entry.fact:
        case DoorForced(place=place):
            kind = "door_forced"
        case DoorLeftOpen(place=place):
            kind = _LEFT_OPEN
        case OutcomeUnknown(place=place):
            kind = _UNKNOWN
        case TriesExceeded(place=place):
            kind = "tries_exceeded"
        case _:
            return None
    return Found(id=f"{kind}.{place}.{entry.id}", kind=kind, entry=entry.id, station=entry.station)


def over_by(entry: Entry) -> str | None:
    """How the ids begin of what this entry puts an end to, with nobody deciding; none where it ends nothing."""
    match entry.fact:
        case DoorClosed(place=place):
            return f"{_LEFT_OPEN}.{place}."
        case CompartmentVerified(place=place):
            return f"{_UNKNOWN}.{place}."
        case _:
            return None


def at_doors(entries: Iterable[Entry]) -> tuple[Mapping[str, Entry], frozenset[str]]:
    """What doors ask for after these entries, in their order: what is found, by id, with the entry that tells of it;
    and how the ids begin of whatever had been found before and is over.
    """
    waiting: dict[str, Entry] = {}
    over: set[str] = set()
    for entry in entries:
        found, ended = of_door(entry), over_by(entry)
        if found is not None:
            waiting[found.id] = entry
        if ended is not None:
            over.add(ended)
            waiting = {one: told for one, told in waiting.items() if not one.startswith(ended)}
    return waiting, frozenset(over)


_LEFT_OPEN, _UNKNOWN = "door_left_open", "outcome_unknown"


def of_fork(station: StationId, at: EventId) -> Found:
    """A batch contradicts what is stored at ``at``: two histories under one name."""
    return Found(id=f"fork_at.{at}", kind="fork", entry=at, against=at, station=station)
