"""Numbers of the overview, each beside the usual."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from custody.archiving import SCANNING_QUEUE
from custody.events import Part, Step

__all__ = ["Counted", "Tally", "count", "usual"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """``volumes`` so many volumes of one part stand alike. ``lying_for``: of those that lie in a place."""

    part: Part
    done: Step | None
    lying_for: str | None
    in_hand: bool
    volumes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """``waiting``: lie for the line and were not collected yet; ``after``: by the step finished last."""

    registered: int
    waiting: int
    in_hand: int
    after: Mapping[Step, int]


def count(tallies: Iterable[Tally], parts: Collection[Part]) -> Counted:
    """The numbers for somebody who may see these parts."""
    seen = [one for one in tallies if one.part in parts]
    after = dict.fromkeys(Step, 0)
    for one in seen:
        if one.done is not None:
            after[one.done] += one.volumes
    return Counted(
        registered=sum(one.volumes for one in seen),
        waiting=sum(one.volumes for one in seen if one.done is None and one.lying_for == SCANNING_QUEUE),
        in_hand=sum(one.volumes for one in seen if one.in_hand),
        after=after,
    )


def usual(same_weekdays: Sequence[int]) -> int | None:
    """The median of the days that had any movement at all; none while there is nothing to compare with."""
    counted = [number for number in same_weekdays if number]
    return median_low(counted) if counted else None
