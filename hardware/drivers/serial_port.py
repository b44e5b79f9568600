"""A serial port with a thread of its own.

It opens the port when it is there, gives it free when it fails, and tries again for ever.
"""

import select
import threading
from abc import ABC, abstractmethod
from pathlib import Path

import serial

from hardware.drivers.reconnecting import Patience, pause_after, reason_of
from hardware.ports import Clock, LossReason

WRITE_TIMEOUT = 1.0
SLICE = 0.02  # the longest a thread blocks in a read, so that a request or a stop is seen soon


class SerialThread(ABC):
    """The loop that serial drivers share; what to do on an open port is theirs."""

    def __init__(self, name: str, path: Path, *, baud: int, clock: Clock, patience: Patience) -> None:
        self._path, self._baud, self._clock, self._patience = path, baud, clock, patience
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"port {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    @abstractmethod
    def _serve(self, port: serial.Serial) -> None:
        """Work until stopping; OSError (SerialException is one) when the port fails."""

    @abstractmethod
    def _lost(self, reason: LossReason) -> None:
        """The port cannot be opened, or failed while in use. Called once per failed try."""

    @abstractmethod
    def _while_absent(self) -> None:
        """Called often while there is no port."""

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            opened = False
            try:
                with self._open() as port:
                    opened, failures = True, 0
                    self._serve(port)
            except OSError as failed:
                failures += 1
                reason = LossReason.UNPLUGGED if opened else reason_of(failed.errno)
                self._lost(reason)
                self._pause(pause_after(failures, reason, self._patience))

    def _open(self) -> serial.Serial:
        """Opening also throws away what came while nobody listened: it is nobody's."""
        return serial.Serial(str(self._path), self._baud, timeout=0, write_timeout=WRITE_TIMEOUT, exclusive=True)

    def _hear(self, port: serial.Serial, seconds: float) -> bytes:
        """What came within a time, at most one slice; as soon as something came. OSError when the port went away."""
        readable, _, _ = select.select([port.fileno()], [], [], max(0.0, min(seconds, SLICE)))
        return bytes(port.read(max(1, port.in_waiting))) if readable else b""

    def _pause(self, seconds: float) -> None:
        until = self._clock() + seconds
        while self._clock() < until and not self._stopping.wait(SLICE):
            self._while_absent()
