"""A thread that drops a coil at its cap, whatever the rest of the process does.

It sleeps until a coil is on. It knows nothing of pulses: that one ends in time is the guard's work, and when the guard
hangs over it, this thread ends it.
"""

import threading
import time
from collections.abc import Callable

from hardware.ports import Clock

RETRY = 0.05  # seconds until a drop that failed is tried again


class Cap:
    """`drop(channel)` is called from its thread once a coil has been on for `seconds`."""

    def __init__(self, drop: Callable[[int], None], *, seconds: float, clock: Clock = time.monotonic) -> None:
        self._drop, self._seconds, self._clock = drop, seconds, clock
        self._changed = threading.Condition()
        self._until: dict[int, float] = {}
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="cap", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=5)

    def watch(self, channel: int) -> None:
        """To be called before the coil is switched on."""
        with self._changed:
            self._until[channel] = self._clock() + self._seconds
            self._changed.notify()

    def forget(self, channel: int) -> None:
        """To be called after the coil was switched off."""
        with self._changed:
            self._until.pop(channel, None)

    def _run(self) -> None:
        with self._changed:
            while not self._stopping:
                now = self._clock()
                for channel in [channel for channel, until in self._until.items() if until <= now]:
                    self._end(channel, now)
                first = min(self._until.values(), default=None)
                self._changed.wait(None if first is None else max(0.0, first - self._clock()))

    def _end(self, channel: int, now: float) -> None:
        try:
            self._drop(channel)
        except Exception:  # noqa: BLE001 this thread must outlive everything
            self._until[channel] = now + RETRY
        else:
            del self._until[channel]
