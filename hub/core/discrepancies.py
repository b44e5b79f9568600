"""Differences between the record and the world, each with an id that stays the same, until a person resolves it.

They are found by folding and never made up: whatever entries no longer contradict each other, is no discrepancy.
"""

from __future__ import annotations

from dataclasses import dataclass

from custody.archiving import Standing
from custody.entries import Entry
from custody.events import EpochOpened, EpochReason, SealedAccountUsed
from custody.identifiers import EventId, StationId, VolumeId

__all__ = ["Found", "of_epoch", "of_fork", "of_sealed", "of_standing"]


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


def of_fork(station: StationId, at: EventId) -> Found:
    """A batch contradicts what is stored at ``at``: two histories under one name."""
    return Found(id=f"fork_at.{at}", kind="fork", entry=at, against=at, station=station)
