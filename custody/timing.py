"""When an event happened: an interval nobody's clock can fake, and the one order that everybody derives from it.

Within a station, order is its own sequence. Across stations an entry lies between a lower and an upper bound:
hub-signed times the station has journalled, plus elapsed monotonic time. The wall clock only chooses a point inside
the bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custody.entries import Entry
from custody.events import TimeHeard

__all__ = ["Interval", "Located", "locate", "overlap"]

_DRIFT = 2000  # a monotonic clock is trusted to one part in this many (500 ppm, generous for a crystal)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[earliest, latest] in milliseconds since 1970, UTC; ``latest`` none while nothing bounds it yet."""

    earliest: int
    latest: int | None


@dataclass(frozen=True, slots=True)
class Located:
    """An entry with its interval. ``point`` orders: never decreasing within a station, inside the interval."""

    entry: Entry
    interval: Interval
    point: int

    @property
    def key(self) -> tuple[int, str, str, int]:
        """Sorts entries of all stations; equal points fall to station, epoch and sequence."""
        return (self.point, self.entry.station, self.entry.epoch, self.entry.sequence)


def locate(entries: Sequence[Entry]) -> tuple[Located, ...]:
    """Bound the entries of one station, given in the order of its epochs and sequences."""
    lower = _lower_bounds(entries)
    upper = _upper_bounds(entries)
    located = []
    point = 0
    for entry, earliest, bound in zip(entries, lower, upper, strict=True):
        latest = None if bound is None else max(bound, earliest)
        wall = max(entry.time, earliest)
        point = max(point, wall if latest is None else min(wall, latest))
        located.append(Located(entry, Interval(earliest, latest), point))
    return tuple(located)


def overlap(one: Located, other: Located) -> bool:
    """Whether two entries of different stations may have happened in either order. Same station: never."""
    if one.entry.station == other.entry.station:
        return False
    return not (_before(one.interval, other.interval) or _before(other.interval, one.interval))


def _before(one: Interval, other: Interval) -> bool:
    return one.latest is not None and one.latest < other.earliest


def _elapsed(earlier: Entry, later: Entry) -> int:
    """Monotonic milliseconds surely passed between two entries; 0 across boots."""
    if earlier.boot != later.boot:
        return 0
    passed = max(later.uptime - earlier.uptime, 0)
    return passed - passed // _DRIFT


def _lower_bounds(entries: Sequence[Entry]) -> list[int]:
    bounds: list[int] = []
    bound = 0
    for position, entry in enumerate(entries):
        if position and bound:
            bound += _elapsed(entries[position - 1], entry)
        if isinstance(entry.fact, TimeHeard):
            bound = max(bound, entry.fact.hub_time)
        bounds.append(bound)
    return bounds


def _upper_bounds(entries: Sequence[Entry]) -> list[int | None]:
    heard: dict[tuple[str, int], int] = {}
    for entry in entries:
        if isinstance(entry.fact, TimeHeard):
            at = (entry.fact.epoch, entry.fact.upto)
            heard[at] = min(entry.fact.hub_time, heard.get(at, entry.fact.hub_time))
    bounds: list[int | None] = []
    bound: int | None = None
    for position in range(len(entries) - 1, -1, -1):
        entry = entries[position]
        if bound is not None and position + 1 < len(entries):
            bound -= _elapsed(entry, entries[position + 1])
        committed = heard.get((entry.epoch, entry.sequence))
        if committed is not None:
            bound = committed if bound is None else min(bound, committed)
        bounds.append(bound)
    bounds.reverse()
    return bounds
