"""Bounds a station's new entries in time, and those of its older ones that a newly heard hub time narrows.

The same answer as ``custody.timing.locate`` over the whole chain, without reading the whole chain: bounds from below
rest on what came before, bounds from above only ever shrink, and shrink backwards until one no longer changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from custody.entries import Entry
from custody.events import EpochOpened, TimeHeard
from custody.timing import Interval, Located

__all__ = ["Bounded", "located", "regular", "relocate"]

DRIFT = 2000
"""A monotonic clock is trusted to one part in this many, as in ``custody.timing``; a test holds the two together."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """An entry with its bounds as they were found: ``low`` 0 and ``high`` none where nothing bounds it yet."""

    entry: Entry
    low: int
    high: int | None
    point: int
    position: int


def located(bounded: Bounded) -> Located:
    """The entry as custody orders it. Hub times that contradict each other give the span of both."""
    return Located(bounded.entry, _interval(bounded.low, bounded.high), bounded.point, bounded.position)


def regular(new: Iterable[Entry], tips: Mapping[str, int]) -> bool:
    """Whether every hub time in ``new`` speaks of entries that came before it, as an honest station's do.

    ``tips``: epoch -> last sequence stored, ``new`` included. An epoch that opens may sort before others, and so
    is not regular either: the whole station is to be located again.
    """
    return not any(_irregular(entry, tips) for entry in new)


def relocate(stored: Iterator[Bounded], new: Sequence[Entry]) -> tuple[Bounded, ...]:
    """Every entry whose bounds or point are new or changed, in the station's order.

    ``stored`` gives the station's entries newest first and is read only as far back as something changes. ``new``
    follows them. With nothing stored this locates a whole chain.
    """
    anchor = next(stored, None)
    window = _bounded_from_below(anchor, new)
    heard = _heard(new)
    above: Bounded | None = None
    for index in range(len(window) - 1, -1, -1):
        above = window[index] = _bounded_from_above(window[index], above, heard)
    owed = set(heard) - {(entry.epoch, entry.sequence) for entry in new}
    before: list[Bounded] = []  # as stored, newest first
    while anchor is not None:
        after = _bounded_from_above(anchor, above, heard)
        if after.high == anchor.high and not owed:
            break
        owed.discard((anchor.entry.epoch, anchor.entry.sequence))
        before.append(anchor)
        window.insert(0, after)
        above, anchor = after, next(stored, None)
    known = set(before)
    return tuple(one for one in _pointed(anchor, window) if one not in known)


def _irregular(entry: Entry, tips: Mapping[str, int]) -> bool:
    match entry.fact:
        case EpochOpened():
            return True
        case TimeHeard(epoch=epoch, upto=upto):
            return upto > (entry.sequence - 1 if epoch == entry.epoch else tips.get(epoch, 0))
        case _:
            return False


def _heard(entries: Iterable[Entry]) -> dict[tuple[str, int], int]:
    heard: dict[tuple[str, int], int] = {}
    for entry in entries:
        if isinstance(entry.fact, TimeHeard) and entry.fact.upto > 0:
            at = (entry.fact.epoch, entry.fact.upto)
            heard[at] = min(entry.fact.hub_time, heard.get(at, entry.fact.hub_time))
    return heard


def _bounded_from_below(before: Bounded | None, new: Iterable[Entry]) -> list[Bounded]:
    """Bounds by what came before, which later entries never change."""
    found: list[Bounded] = []
    for entry in new:
        low, position = 0, 0
        if before is not None:
            low, position = before.low, before.position + 1
            low += _elapsed(before.entry, entry) if low else 0
        if isinstance(entry.fact, TimeHeard):
            low = max(low, entry.fact.hub_time)
        before = Bounded(entry, low, None, 0, position)
        found.append(before)
    return found


def _bounded_from_above(one: Bounded, above: Bounded | None, heard: Mapping[tuple[str, int], int]) -> Bounded:
    """The least of what bounded it already, what was heard of it, and what bounds the next."""
    bounds = [one.high, heard.get((one.entry.epoch, one.entry.sequence))]
    if above is not None and above.high is not None:
        bounds.append(above.high - _elapsed(one.entry, above.entry))
    return replace(one, high=min((bound for bound in bounds if bound is not None), default=None))


def _pointed(before: Bounded | None, window: Iterable[Bounded]) -> Iterator[Bounded]:
    """Points never decrease within a station and lie inside the interval."""
    point = 0 if before is None else before.point
    for one in window:
        interval = _interval(one.low, one.high)
        wall = max(one.entry.time, interval.earliest)
        point = max(point, wall if interval.latest is None else min(wall, interval.latest))
        yield replace(one, point=point)


def _interval(low: int, high: int | None) -> Interval:
    return Interval(low, None) if high is None else Interval(min(low, high), max(low, high))


def _elapsed(earlier: Entry, later: Entry) -> int:
    """Monotonic milliseconds surely passed between two neighbours, as custody counts them."""
    if earlier.boot != later.boot:
        return 0
    passed = max(later.uptime - earlier.uptime, 0)
    return passed - passed // DRIFT
