"""When a coil may be energised: it has rested, and its supply can feed one more. Pure.

The limits are those of the wiring. No data sheet of a cabinet lock was found that states a duty cycle, so they are
cautious: 2 s of rest after at most 1 s with current, one coil at a time per supply (a lock draws 2.4 A at 12 V).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class Why(Enum):
    """Why not now."""

    RESTING = "resting"  # this coil is on, or has not rested
    SUPPLY = "supply"  # the supply feeds as many coils as it may


@dataclass(frozen=True, slots=True)
class Duty:
    """`on` holds the channels with current; `off_at` says when each was last switched off."""

    rest: float
    at_once: int
    on: frozenset[int] = frozenset()
    off_at: Mapping[int, float] = field(default_factory=dict)


def why_not(duty: Duty, channel: int, now: float) -> Why | None:
    if channel in duty.on or now < duty.off_at.get(channel, float("-inf")) + duty.rest:
        return Why.RESTING
    return Why.SUPPLY if len(duty.on) >= duty.at_once else None


def switched_on(duty: Duty, channel: int) -> Duty:
    return replace(duty, on=duty.on | {channel})


def switched_off(duty: Duty, channel: int, now: float) -> Duty:
    return replace(duty, on=duty.on - {channel}, off_at={**duty.off_at, channel: now})
