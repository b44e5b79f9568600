"""A scanner or badge reader at the other end of a line: real bytes, at the set baud, with the manners of its family.

What it does with a code it has read, and how it answers, is its *manner*; a badge reader is the same with other text.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardware.simulated.line import SimulatedLine
from hardware.simulated.manners import manner_of
from hardware.simulated.socket_line import SocketLine
from hardware.wiring import Reader

LUMP = 64  # bytes or key events that come in one go


@dataclass
class SimulatedScanner:
    """`aim` False: it types no AIM prefix. `reads` counts codes it saw."""

    reader: Reader
    path: Path
    clock: Callable[[], float] = time.monotonic
    aim: bool = True

    def __post_init__(self) -> None:
        self.manner = manner_of(self.reader)
        self._lock = threading.RLock()
        self._outgoing: deque[tuple[float, bytes]] = deque()
        self._halt: tuple[int, float] | None = None
        self.line: SimulatedLine | SocketLine
        if self.reader.port.startswith("socket://"):
            host, _, port = self.reader.port.removeprefix("socket://").partition(":")
            self.line = SocketLine((host, int(port)), heard=self._heard, idle=self._send_due)
        else:
            self.line = SimulatedLine(self.path, heard=self._heard, idle=self._send_due)

    def start(self) -> None:
        self.line.start()

    def stop(self) -> None:
        self.line.stop()

    def scan(self, text: str, *, symbology: str | None = None) -> None:
        """Hold a code before it. ValueError when no scanner could tell it."""
        with self._lock:
            self._say(self.manner.saw(text, symbology if self.aim else None, self.clock()))

    def halt(self, after: int, *, seconds: float) -> None:
        """The next reading stops after so many bytes, and goes on after a while."""
        self._halt = after, seconds

    def type_bytes(self, data: bytes, *, pause: float = 0.0) -> None:
        """Type any bytes, behind what is being typed, after a pause.

        They come in lumps, as a USB adapter hands them on: a busy machine must not make pauses that no scanner makes.
        """
        with self._lock:
            at = max([self.clock(), *(at for at, _ in self._outgoing)]) + pause
            lump = LUMP * self.manner.unit
            for piece in (data[start : start + lump] for start in range(0, len(data), lump)):
                at += len(piece) / self.manner.unit * self.manner.unit_seconds
                self._outgoing.append((at, piece))
        self.line.ring()

    @property
    def typing(self) -> bool:
        """Whether bytes are still to come."""
        return bool(self._outgoing)

    def _say(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            if self._halt is not None:
                (after, seconds), self._halt = self._halt, None
                self.type_bytes(piece[:after])
                self.type_bytes(piece[after:], pause=seconds)
            else:
                self.type_bytes(piece)

    def _heard(self, data: bytes) -> None:
        with self._lock:
            self._say(self.manner.heard(data, self.clock()))

    def _send_due(self) -> float:
        now = self.clock()
        due = bytearray()
        with self._lock:
            if not self._outgoing:  # what is to be said again waits until all is said
                self._say(self.manner.due(now))
            while self._outgoing and self._outgoing[0][0] <= now:
                due += self._outgoing.popleft()[1]
            later = self._outgoing[0][0] - now if self._outgoing else self.manner.patience
        self.line.write(bytes(due))
        return max(0.0, later)
