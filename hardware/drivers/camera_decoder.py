"""Decoding in a process of its own, so that a label which kills or hangs a decoder takes nothing else with it.

Loads neither OpenCV nor a decoder itself. The child has a time limit for each picture; one that died or was killed is
started again, after a pause that doubles while children keep dying.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

from hardware.drivers.camera_wire import ANSWER, LONGEST_ANSWER, REQUEST
from hardware.ports import Clock

CHILD: Final = (sys.executable, "-m", "hardware.vision.child")
GRACE: Final = 2.0
"""Beyond the seconds that the child was given for a picture: one attempt may have begun just before."""
STARTING: Final = 30.0
"""The first picture also waits for the child to load its libraries."""
SHORTEST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 60.0


class _ChildLostError(Exception):
    """The child died, or did not answer in time."""


class DecoderApart:
    """One child at a time. For one thread."""

    def __init__(self, *, command: Sequence[str] = CHILD, clock: Clock = time.monotonic, grace: float = GRACE) -> None:
        self._command, self._clock, self._grace = tuple(command), clock, grace
        self._child: subprocess.Popen[bytes] | None = None
        self._fresh = True
        self._deaths_in_a_row = 0
        self._not_before = clock()
        self.deaths = 0

    @property
    def pid(self) -> int | None:
        """Of the child that lives."""
        return None if self._child is None else self._child.pid

    def read(self, pixels: bytes, *, rows: int, columns: int, seconds: float) -> tuple[tuple[str, str], ...] | None:
        """Text and symbology of each code in a grey picture; None when no child could tell."""
        if self._child is None:
            if self._clock() < self._not_before:
                return None
            self._start()
        try:
            answer = self._ask(REQUEST.pack(rows, columns, round(seconds * 1000)) + pixels, seconds)
        except (_ChildLostError, OSError, ValueError):
            self._died()
            return None
        self._fresh, self._deaths_in_a_row = False, 0
        return answer

    def close(self) -> None:
        """End the child. Safe to call twice; the next read starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _start(self) -> None:
        quiet = subprocess.DEVNULL  # the C libraries print warnings that nobody can act on
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=quiet, bufsize=0)
        for end in (self._child.stdin, self._child.stdout):
            assert end is not None
            os.set_blocking(end.fileno(), False)
        self._fresh = True

    def _died(self) -> None:
        self.close()
        self.deaths += 1
        pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** min(self._deaths_in_a_row, 10))
        self._deaths_in_a_row += 1
        self._not_before = self._clock() + pause

    def _ask(self, request: bytes, seconds: float) -> tuple[tuple[str, str], ...]:
        until = self._clock() + seconds + self._grace + (STARTING if self._fresh else 0)
        self._send(memoryview(request), until)
        (length,) = ANSWER.unpack(self._receive(ANSWER.size, until))
        if length > LONGEST_ANSWER:
            raise _ChildLostError
        return tuple((str(text), str(symbology)) for text, symbology in json.loads(self._receive(length, until)))

    def _send(self, left: memoryview, until: float) -> None:
        assert self._child is not None and self._child.stdin is not None
        end = self._child.stdin.fileno()
        while left:
            _, ready, _ = select.select([], [end], [], max(0.0, until - self._clock()))
            if not ready:
                raise _ChildLostError
            left = left[os.write(end, left[: 1 << 16]) :]

    def _receive(self, size: int, until: float) -> bytes:
        assert self._child is not None and self._child.stdout is not None
        end = self._child.stdout.fileno()
        got = b""
        while len(got) < size:
            ready, _, _ = select.select([end], [], [], max(0.0, until - self._clock()))
            more = os.read(end, size - len(got)) if ready else b""
            if not more:
                raise _ChildLostError
            got += more
        return got
