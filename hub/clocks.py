"""The clocks of this process: the wall, and the time since this boot that nobody can set."""

from __future__ import annotations

import time
from pathlib import Path

__all__ = ["boot_id", "uptime", "wall"]

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def wall() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def uptime() -> int:
    """Milliseconds since boot, suspension included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def boot_id() -> str:
    """16 hex digits that name this boot of the machine."""
    return _BOOT.read_text().strip().replace("-", "")[:16]
