"""The clocks of this machine: monotonic since boot, wall, and whether the wall clock was set by somebody who knows."""

from __future__ import annotations

import ctypes
import time
from pathlib import Path

from custody.entries import Clock
from edge.journal import Moment

__all__ = ["Clocks"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNSYNCHRONISED = 5  # adjtimex(2): TIME_ERROR
_TIMEX_BYTES = 256  # struct timex has 208 on 64 bits; modes = 0 only reads


class Clocks:
    """The machine's; a test may give others."""

    def __init__(self) -> None:
        self.boot = _BOOT_ID.read_text().replace("-", "").strip()[:16]
        self._library = ctypes.CDLL(None, use_errno=True)

    def uptime(self) -> int:
        """Milliseconds since boot, time asleep included."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall(self) -> int:
        """Milliseconds since 1970 as the wall clock says."""
        return max(time.time_ns() // 1_000_000, 0)

    def quality(self) -> Clock:
        timex = ctypes.create_string_buffer(_TIMEX_BYTES)
        status = self._library.adjtimex(timex)
        return Clock.UNSYNCHRONISED if status in (-1, _UNSYNCHRONISED) else Clock.SYNCHRONISED

    def moment(self) -> Moment:
        return Moment(boot=self.boot, uptime=self.uptime(), time=self.wall(), clock=self.quality())
