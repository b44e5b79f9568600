"""Numbers of the overview, each beside the usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low

from custody.archiving import SCANNING_QUEUE, Progress
from custody.events import Step
from custody.holding import AtPlace, Holding, WithPerson

__all__ = ["flow", "usual", "waits", "with_people"]


def flow(line: Iterable[Progress]) -> Mapping[Step, int]:
    """How many volumes have finished which step last."""
    counted = dict.fromkeys(Step, 0)
    for progress in line:
        if progress.done is not None:
            counted[progress.done] += 1
    return counted


def waits(holding: Holding, progress: Progress) -> bool:
    """Whether a volume lies for the line and was not collected yet."""
    return progress.done is None and isinstance(holding, AtPlace) and holding.recipient == SCANNING_QUEUE


def with_people(holdings: Iterable[Holding]) -> int:
    """Volumes that somebody has in hand."""
    return sum(isinstance(one, WithPerson) for one in holdings)


def usual(same_weekdays: Sequence[int]) -> int | None:
    """The median of the days that had any movement at all; none while there is nothing to compare with."""
    counted = [count for count in same_weekdays if count]
    return median_low(counted) if counted else None
