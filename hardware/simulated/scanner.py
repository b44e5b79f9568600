"""A scanner at the other end of a reader's line: types real bytes, prefix and ending included, at the set baud.

A badge reader is the same with other text.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge.codec import Role
from firmware_bridge.scanners.lines import LineCodec, Reading
from hardware.simulated.line import SimulatedLine
from hardware.wiring import Reader


@dataclass
class SimulatedScanner:
    reader: Reader
    path: Path
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._codec = LineCodec(Role.DEVICE, framing=self.reader.framing)
        self._lock = threading.Lock()
        self._outgoing: deque[tuple[float, bytes]] = deque()
        self.line = SimulatedLine(self.path, heard=self._heard, idle=self._send_due)

    def start(self) -> None:
        self.line.start()

    def stop(self) -> None:
        self.line.stop()

    def scan(self, text: str, *, symbology: str | None = None) -> None:
        """Read a code and type it. ValueError when no scanner could."""
        self.type_bytes(self._codec.encode(Reading(text, symbology)))

    def type_bytes(self, data: bytes, *, pause: float = 0.0) -> None:
        """Type any bytes, behind what is being typed, after a pause."""
        with self._lock:
            at = max([self.clock(), *(at for at, _ in self._outgoing)]) + pause
            for index in range(len(data)):
                self._outgoing.append((at + (index + 1) * 10 / self.reader.baud, data[index : index + 1]))
        self.line.ring()

    @property
    def typing(self) -> bool:
        """Whether bytes are still to come."""
        return bool(self._outgoing)

    def _heard(self, data: bytes) -> None:
        """A line scanner takes no orders."""

    def _send_due(self) -> float:
        now = self.clock()
        due = bytearray()
        with self._lock:
            while self._outgoing and self._outgoing[0][0] <= now:
                due += self._outgoing.popleft()[1]
            later = self._outgoing[0][0] - now if self._outgoing else 1.0
        self.line.write(bytes(due))
        return later
