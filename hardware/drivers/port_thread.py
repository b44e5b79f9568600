"""A port with a thread of its own.

It opens the port when it is there, gives it free when it fails, and tries again for ever. What kind of port it is
stands in the modules that build on this one.
"""

import contextlib
import select
import socket
import threading
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Generic, Protocol, TypeVar

from hardware.drivers.reconnecting import Patience, pause_after, reason_of
from hardware.ports import Clock, LossReason

SLICE = 0.02  # the longest a thread blocks in a read, so that a request or a stop is seen soon
LUMP = 4096  # bytes taken in one read


class OpenPort(Protocol):
    def fileno(self) -> int: ...

    def read(self, size: int, /) -> bytes | None:
        """What is there now, at most so much."""


PortT = TypeVar("PortT", bound=OpenPort)


class HungPortError(OSError):
    """The port is open and nothing comes out of it, whoever is asked. To be closed and opened anew."""


class PortThread(ABC, Generic[PortT]):
    """The loop that drivers of ports share; what to do on an open port is theirs."""

    def __init__(self, name: str, path: str, *, clock: Clock, patience: Patience) -> None:
        self._path, self._clock, self._patience = path, clock, patience
        self._heard_at: float | None = None  # when bytes last came since the port was opened
        self._stopping = threading.Event()
        self._bell_out, self._bell_in = socket.socketpair()  # rung so that a thread that waits for bytes looks up
        self._bell_in.setblocking(False)
        self._thread = threading.Thread(target=self._run, name=f"port {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._ring()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._bell_out.close()
            self._bell_in.close()

    @abstractmethod
    def _serve(self, port: PortT) -> None:
        """Work until stopping; OSError when the port fails."""

    @abstractmethod
    def _lost(self, reason: LossReason) -> None:
        """The port cannot be opened, or failed while in use. Called once per failed try."""

    @abstractmethod
    def _while_absent(self) -> None:
        """Called often while there is no port."""

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            opened_at: float | None = None
            try:
                with self._open() as port:
                    opened_at, self._heard_at = self._clock(), None
                    self._serve(port)
            except OSError as failed:
                failures = 1 if self._worked(opened_at) else failures + 1
                reason = self._reason(failed, opened=opened_at is not None)
                self._lost(reason)
                self._pause(pause_after(failures, reason, self._patience))

    def _worked(self, opened_at: float | None) -> bool:
        """Whether this outage is a new one: the port had been of use. One that only opens and fails is not."""
        return opened_at is not None and (
            self._heard_at is not None or self._clock() - opened_at > self._patience.trusted
        )

    def _reason(self, failed: OSError, *, opened: bool) -> LossReason:
        if isinstance(failed, HungPortError):
            return LossReason.SILENT
        if opened:
            return LossReason.UNPLUGGED
        if failed.errno is None and "://" in self._path:
            return LossReason.ABSENT  # pyserial tells no number for a socket that nobody serves
        return reason_of(failed.errno)

    @abstractmethod
    def _open(self) -> AbstractContextManager[PortT]:
        """Open it, and throw away what came while nobody listened: it is nobody's. OSError with its number."""

    def _ring(self) -> None:
        """End a wait for bytes. Any thread may call; nothing after the stop."""
        with contextlib.suppress(OSError):
            self._bell_in.send(b"!")

    def _hear(self, port: PortT, seconds: float, *, longest: float = SLICE) -> bytes:
        """What came within a time, at most the longest; as soon as something came, or the bell rang.

        OSError when the port went away.
        """
        line, bell = port.fileno(), self._bell_out.fileno()
        readable, _, _ = select.select([line, bell], [], [], max(0.0, min(seconds, longest)))
        if bell in readable:
            self._bell_out.recv(LUMP)
        data = bytes(port.read(LUMP) or b"") if line in readable else b""
        if data:
            self._heard_at = self._clock()
        return data

    def _pause(self, seconds: float) -> None:
        until = self._clock() + seconds
        while self._clock() < until and not self._stopping.wait(SLICE):
            self._while_absent()
