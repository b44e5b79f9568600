"""The station's own lower bound of the time: it rises with times the hub has signed and with monotonic time only.

So neither a wall clock turned back nor one turned forward changes who may open what.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Floor", "at", "heard"]

_DRIFT = 2000  # a monotonic clock is trusted to one part in this many, as in custody.timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """``time`` (ms since 1970) was surely reached at ``uptime`` (ms) of ``boot``."""

    time: int = 0
    boot: str = ""
    uptime: int = 0


def at(floor: Floor, *, boot: str, uptime: int) -> Floor:
    """The floor carried to a later moment. Across boots, this boot's whole uptime has passed since."""
    passed = max(uptime - floor.uptime, 0) if boot == floor.boot else uptime
    return Floor(time=floor.time + passed - passed // _DRIFT if floor.time else 0, boot=boot, uptime=uptime)


def heard(floor: Floor, hub_time: int, *, boot: str, uptime: int) -> Floor:
    """The floor after a time that the hub has signed; an older one changes nothing."""
    now = at(floor, boot=boot, uptime=uptime)
    return Floor(time=max(now.time, hub_time), boot=boot, uptime=uptime)
