"""An entry: one fact with its place in a station's chain and its honest time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custody.events import Fact, Unrecognised
from custody.identifiers import CourtId, EventId, StationId

__all__ = ["Clock", "Entry", "entry_id"]


class Clock(StrEnum):
    """Whether the wall clock of an entry was synchronised when it was written."""

    SYNCHRONISED = "synchronised"
    UNSYNCHRONISED = "unsynchronised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a station's chain.

    ``uptime``: milliseconds of monotonic time since boot ``boot``; ``time``: milliseconds since 1970, UTC, as the
    wall clock said; ``sequence``: gap-free from 1 within (station, epoch).
    """

    court: CourtId
    station: StationId
    epoch: str
    sequence: int
    boot: str
    uptime: int
    time: int
    clock: Clock
    fact: Fact | Unrecognised

    @property
    def id(self) -> EventId:
        return entry_id(self.station, self.epoch, self.sequence)


def entry_id(station: str, epoch: str, sequence: int) -> EventId:
    """The name of an entry everywhere: in pages, discrepancies and certificates."""
    return EventId(f"{station}.{epoch}.{sequence}")
