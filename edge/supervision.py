"""What systemd is told of the agent: that it is ready, that it lives, that it ends (sd_notify(3), one datagram each).

"Lives" is said only while the agent's loop turns and its hardware is healthy. Without it for `WatchdogSec` systemd
kills the unit, and `ExecStopPost` switches every lock pin off; see docs/hardware/service.md. Without systemd nothing is
said.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

__all__ = ["Supervision"]

_EVERY = 1_000  # ms between two signs of life


class Supervision:
    """``environment`` is that of the process: ``NOTIFY_SOCKET`` is there when systemd wants to be told."""

    def __init__(self, environment: Mapping[str, str], *, healthy: Callable[[], bool]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._healthy = healthy
        self._told_at: int | None = None

    def ready(self) -> None:
        self._tell("READY=1")

    def alive(self, now: int) -> None:
        """Called at every turn of the agent's loop; ``now`` in monotonic milliseconds."""
        if (self._told_at is None or now >= self._told_at + _EVERY) and self._healthy():
            self._told_at = now
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, what: str) -> None:
        """A supervisor that does not listen is no reason to stop working."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.setblocking(False)
            line.sendto(what.encode(), address)
