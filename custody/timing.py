"""When an event happened: an interval nobody's clock can fake, and the one order that everybody derives from it.

Within a station, order is its own sequence. Across stations an entry lies between a lower and an upper bound:
hub-signed times the station has journalled, plus elapsed monotonic time. The wall clock only chooses a point inside
the bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from custody.entries import Entry
from custody.events import EpochOpened, TimeHeard

__all__ = ["Interval", "Located", "locate", "locate_all", "overlap"]

_DRIFT = 2000  # a monotonic clock is trusted to one part in this many (500 ppm, generous for a crystal)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[earliest, latest] in milliseconds since 1970, UTC; ``latest`` none while nothing bounds it yet."""

    earliest: int
    latest: int | None


@dataclass(frozen=True, slots=True)
class Located:
    """An entry with its interval. ``point`` orders: never decreasing within a station, inside the interval.

    ``position`` counts the entries of a station across its epochs, whose ids are random and so say nothing of order.
    """

    entry: Entry
    interval: Interval
    point: int
    position: int = 0

    @property
    def key(self) -> tuple[int, str, int, str, int]:
        """Sorts entries of all stations; equal points fall to the station, and within it to its own order."""
        return (self.point, self.entry.station, self.position, self.entry.epoch, self.entry.sequence)


def locate(entries: Sequence[Entry]) -> tuple[Located, ...]:
    """Bound the entries of one station, given in the order of its epochs and sequences."""
    lower = _lower_bounds(entries)
    upper = _upper_bounds(entries)
    located = []
    point = 0
    for position, (entry, low, high) in enumerate(zip(entries, lower, upper, strict=True)):
        interval = _interval(low, high)
        wall = max(entry.time, interval.earliest)
        point = max(point, wall if interval.latest is None else min(wall, interval.latest))
        located.append(Located(entry, interval, point, position))
    return tuple(located)


def locate_all(entries: Iterable[Entry]) -> tuple[Located, ...]:
    """Bound entries of any stations and epochs, in whatever order they came, and sort them into the one order."""
    stations: dict[str, list[Entry]] = {}
    for entry in entries:
        stations.setdefault(entry.station, []).append(entry)
    located = (one for own in stations.values() for one in locate(_in_order(own)))
    return tuple(sorted(located, key=lambda one: one.key))


def overlap(one: Located, other: Located) -> bool:
    """Whether two entries of different stations may have happened in either order. Same station: never."""
    if one.entry.station == other.entry.station:
        return False
    return not (_before(one.interval, other.interval) or _before(other.interval, one.interval))


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    """The entries of one station: each epoch after the one it left behind, sequence by sequence.

    Epochs that name none in common (two branches after a fork, a station that lost its journal and was not yet told
    so) stand in the order in which they were opened, as their own clocks said: the same for everybody.
    """
    left: dict[str, str | None] = {entry.epoch: None for entry in entries}
    opened: dict[str, Entry] = {}
    for entry in entries:
        if isinstance(entry.fact, EpochOpened):
            left[entry.epoch] = entry.fact.before_epoch
        opened[entry.epoch] = min(entry, opened.get(entry.epoch, entry), key=lambda one: one.sequence)
    ranks = {epoch: (_age(epoch, left), opened[epoch].time, epoch) for epoch in left}
    return sorted(entries, key=lambda entry: (ranks[entry.epoch], entry.sequence))


def _age(epoch: str, left: Mapping[str, str | None]) -> int:
    """How many epochs came before one. A circle, which no honest station writes, ends where it closes."""
    seen: set[str] = set()
    before = left.get(epoch)
    while before is not None and before not in seen:
        seen.add(before)
        before = left.get(before)
    return len(seen)


def _interval(low: int, high: int | None) -> Interval:
    """Hub times that contradict each other (the hub's own clock was set back) give the span of both."""
    return Interval(low, None) if high is None else Interval(min(low, high), max(low, high))


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
        if bound:  # so there is an earlier one
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
        if bound is not None:  # so there is a later one
            bound -= _elapsed(entry, entries[position + 1])
        committed = heard.get((entry.epoch, entry.sequence))
        if committed is not None:
            bound = committed if bound is None else min(bound, committed)
        bounds.append(bound)
    bounds.reverse()
    return bounds
