"""Watches how long commits take. One that takes long is told while it lasts, from a thread of the watch's own.

The agent waits for its disk and cannot speak then; whoever stands before it must not wonder meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["LONG", "DiskWatch"]

LONG = 0.7
"""Seconds a commit may take without a word."""

_LOOK_EVERY = 0.2
_REMEMBERED = 600.0  # seconds


class DiskWatch:
    """Commits are made by one thread. Without ``start`` they are timed only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._slowest = 0.0
        self._slowest_at = clock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a commit."""
        self._began = began = self._clock()
        try:
            yield
        finally:
            self._began = None
            ended = self._clock()
            if ended - began >= self._slowest or ended > self._slowest_at + _REMEMBERED:
                self._slowest, self._slowest_at = ended - began, ended

    @property
    def late(self) -> bool:
        """Whether a commit is under way that takes long."""
        began = self._began
        return began is not None and self._clock() - began > LONG

    def slowest(self) -> int:
        """Milliseconds of the slowest commit of late: ten minutes after it, the next one takes its place."""
        return round(1000 * self._slowest)

    def start(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` from now on, once for each commit that takes long, while it lasts."""
        self._thread = threading.Thread(target=self._watch, args=(tell,), name="disk watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(2.0)

    def _watch(self, tell: Callable[[], None]) -> None:
        told: float | None = None
        while not self._stopping.wait(_LOOK_EVERY):
            began = self._began
            if began is not None and began != told and self.late:
                told = began
                tell()
