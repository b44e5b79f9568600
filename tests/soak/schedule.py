"""What goes wrong when: a pure function of the seed. Whole-process soaks carry it out; nothing else decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Fault", "Kind", "schedule"]


class Kind(StrEnum):
    """What can go wrong. ``target``: a station's number, where it is one station's trouble."""

    KILL_EDGE = "kill_edge"  # kill -9, started again
    KILL_HUB = "kill_hub"
    WIPE_BROKER = "wipe_broker"  # kill -9; it has no memory
    STOP_EDGE = "stop_edge"  # SIGSTOP
    STOP_HUB = "stop_hub"
    STOP_BROKER = "stop_broker"
    CUT_LINK = "cut_link"
    STALL_LINK = "stall_link"
    SLOW_LINK = "slow_link"
    LOSSY_LINK = "lossy_link"
    GARBLED_LINK = "garbled_link"
    CUT_HUB_LINK = "cut_hub_link"
    LOSSY_HUB_LINK = "lossy_hub_link"
    SAME_CLIENT_ID = "same_client_id"  # somebody else with the station's own certificate
    SAME_HUB_ID = "same_hub_id"  # the same with the hub's; says an old command twice besides
    GARBAGE = "garbage"  # payloads that are no messages, in the station's name
    CLOCK_JUMP = "clock_jump"
    DISK_FULL = "disk_full"


_WEIGHTS = {
    Kind.KILL_EDGE: 14,
    Kind.KILL_HUB: 4,
    Kind.WIPE_BROKER: 7,
    Kind.STOP_EDGE: 7,
    Kind.STOP_HUB: 6,
    Kind.STOP_BROKER: 4,
    Kind.CUT_LINK: 12,
    Kind.STALL_LINK: 5,
    Kind.SLOW_LINK: 7,
    Kind.LOSSY_LINK: 7,
    Kind.GARBLED_LINK: 4,
    Kind.CUT_HUB_LINK: 4,
    Kind.LOSSY_HUB_LINK: 3,
    Kind.SAME_CLIENT_ID: 4,
    Kind.SAME_HUB_ID: 3,
    Kind.GARBAGE: 5,
    Kind.CLOCK_JUMP: 4,
    Kind.DISK_FULL: 4,
}
_QUIET = 3.0  # seconds at the beginning without faults


@dataclass(frozen=True, slots=True)
class Fault:
    """``at``: seconds after the beginning. ``lasts``: seconds. ``amount``: how bad, in [0, 1)."""

    at: float
    kind: Kind
    target: int
    lasts: float
    amount: float


def schedule(seed: int, *, minutes: float, stations: int, per_minute: float) -> tuple[Fault, ...]:
    """The faults of a soak, in the order of time. The same arguments give the same faults."""
    chance = random.Random(f"soak {seed} {float(minutes)} {stations} {float(per_minute)}")
    count = max(round(minutes * per_minute), len(Kind))
    # Each kind once at least, so that no soak, however short, leaves one out.
    kinds: Sequence[Kind] = [
        *Kind,
        *chance.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()), k=count - len(Kind)),
    ]
    faults = [
        Fault(
            at=round(chance.uniform(_QUIET, max(minutes * 60, _QUIET + 1)), 3),
            kind=kind,
            target=chance.randrange(stations),
            lasts=round(chance.choice((0.3, 0.8, 1.5, 4.0)) * chance.uniform(0.5, 1.0), 3),
            amount=round(chance.random(), 6),
        )
        for kind in kinds
    ]
    return tuple(sorted(faults, key=lambda one: (one.at, one.kind, one.target)))
