"""How a checkpoint that a station has signed for stands to the log this hub has."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum

from custody.checkpoints import Checkpoint
from custody.entries import Entry
from custody.events import LedgerContradicted
from custody.identifiers import EventId, StationId
from hub.core.discrepancies import Found

__all__ = ["Witnessed", "of_ledger", "of_witness", "stand"]


class Witnessed(StrEnum):
    """``AGREES`` and ``EARLIER`` are fine; of the others a person must know, and no checkpoint is signed meanwhile."""

    AGREES = "agrees"
    EARLIER = "earlier"  # of a log before the last recovery
    AHEAD = "ledger_ahead"  # the station has seen more than this hub has: an older backup was put back
    DIFFERS = "ledger_differs"  # the station has seen another history
    STRANGE = "ledger_strange"  # of a log nobody here knows, or no checkpoint at all

    @property
    def fine(self) -> bool:
        return self in (Witnessed.AGREES, Witnessed.EARLIER)


def stand(
    named: Checkpoint | None, *, log: str, size: int, past: Collection[str], root_at: Callable[[int], bytes]
) -> Witnessed:
    """``log`` and ``size``: where this hub stands; ``past``: its logs before; ``root_at``: its root at a size."""
    if named is None or (named.log != log and named.log not in past):
        return Witnessed.STRANGE
    if named.log != log:
        return Witnessed.EARLIER
    if named.size > size:
        return Witnessed.AHEAD
    return Witnessed.AGREES if root_at(named.size) == named.root else Witnessed.DIFFERS


def of_witness(station: StationId, named: str, verdict: Witnessed, *, entry: EventId) -> Found | None:
    """What a person must know; each station and log once."""
    if verdict.fine:
        return None
    return Found(id=f"{verdict}.{station}.{named.partition('.')[0][:32]}", kind=verdict, entry=entry, station=station)


def of_ledger(entry: Entry) -> Found | None:
    """A station does not believe what this hub has signed."""
    if not isinstance(entry.fact, LedgerContradicted):
        return None
    kind = f"ledger_{entry.fact.why}"
    return Found(id=f"{kind}.{entry.id}", kind=kind, entry=entry.id, station=entry.station)
