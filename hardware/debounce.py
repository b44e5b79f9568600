"""When a contact that bounces has settled. Pure."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Sample = TypeVar("Sample")


@dataclass(frozen=True, slots=True)
class Settling(Generic[Sample]):
    """What was last reported, and how often in a row the newest sample came. `unknown` means nobody is watching."""

    unknown: Sample
    reported: Sample
    sample: Sample
    times: int = 0


def unsettled(unknown: Sample) -> Settling[Sample]:
    """Nothing was sensed yet."""
    return Settling(unknown, unknown, unknown)


def settle(before: Settling[Sample], sample: Sample, *, needed: int) -> tuple[Settling[Sample], Sample | None]:
    """Take one sample. The second value is the newly settled state to report, or None when nothing changed.

    A sample settles after `needed` equal ones in a row; the unknown one settles at once.
    """
    times = before.times + 1 if sample == before.sample else 1
    now = replace(before, sample=sample, times=times)
    if sample == before.reported:
        return now, None
    if times < needed and sample != before.unknown:
        return now, None
    return replace(now, reported=sample), sample
