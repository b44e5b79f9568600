"""The frames on the station's lines, streamed to a technician who watches while the agent runs: a Unix socket.

No line ever waits for who watches: what does not fit in a short queue is left out, and how much is said. Only the
agent's own user (and root) may connect.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from hardware.tapping import Heard, Listen, Way

__all__ = ["SOCKET", "Eavesdropping", "LeftOut", "read_line"]

_log = logging.getLogger(__name__)

SOCKET: Final = "frames.sock"
MOST_WAITING: Final = 2_000
"""Frames; a few seconds of every line of a cabinet."""
MOST_WATCHERS: Final = 4
_LOOK_EVERY: Final = 1.0  # seconds between looks whether somebody who hears nothing is still there
_SEND_WITHIN: Final = 300.0  # somebody may stop the screen to read


class Eavesdropping:
    """Listens at ``path``; a station whose path is not usable works without. ``tapped``: where to ask for frames."""

    def __init__(self, path: Path, tapped: Callable[[Listen | None], None]) -> None:
        self._path, self._tapped = path, tapped
        self._lock = threading.Lock()
        self._watchers: tuple[_Watcher, ...] = ()
        self._stopping = False
        self._listener: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="frames", daemon=True)

    def start(self) -> None:
        try:
            self._listener = _listen(self._path)
        except OSError as error:
            _log.warning("frames cannot be watched while the agent runs: file=%s why=%s", self._path, error)
            return
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._tapped(None)
        if self._listener is None:
            return
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for watcher in self._watchers:
            watcher.end()
        self._thread.join(2.0)
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        assert self._listener is not None
        with suppress(OSError):  # closed by the stop
            while not self._stopping:
                connection, _ = self._listener.accept()
                self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        watcher = _Watcher(connection)
        with self._lock:
            if self._stopping or len(self._watchers) >= MOST_WATCHERS:
                connection.close()
                return
            self._watchers = (*self._watchers, watcher)
            self._tapped(self._hear)
        _log.info("frames are being watched: watchers=%d", len(self._watchers))
        threading.Thread(target=self._serve, args=(watcher,), name="frames to one", daemon=True).start()

    def _serve(self, watcher: _Watcher) -> None:
        with suppress(OSError):
            watcher.send_all()
        watcher.end()
        with self._lock:
            self._watchers = tuple(one for one in self._watchers if one is not watcher)
            if not self._watchers:
                self._tapped(None)

    def _hear(self, heard: Heard) -> None:
        """From the threads of the lines."""
        for watcher in self._watchers:
            watcher.hear(heard)


class _Watcher:
    """One who watches. A frame is laid into its queue or counted as left out; no more happens on a line's time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._changed = threading.Condition()
        self._waiting: list[Heard | LeftOut] = []
        self._left_out = 0
        self._over = False

    def hear(self, heard: Heard) -> None:
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                self._left_out += 1
                return
            if self._left_out:
                self._waiting.append(LeftOut(self._left_out))
                self._left_out = 0
            self._waiting.append(heard)
            self._changed.notify()

    def send_all(self) -> None:
        """Until it is over or nobody is there any more: OSError."""
        self._connection.settimeout(_SEND_WITHIN)
        while not self._over:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._over, _LOOK_EVERY)
                waiting, self._waiting = self._waiting, []
            if waiting:
                self._connection.sendall(b"".join(_line(one) for one in waiting))
            elif _gone(self._connection):
                return

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class LeftOut(int):
    """So many frames were not shown here."""


def read_line(line: bytes) -> Heard | LeftOut:
    """What ``_line`` wrote. ValueError when it did not."""
    try:
        told = json.loads(line)
        if "left_out" in told:
            return LeftOut(told["left_out"])
        return Heard(
            float(told["at"]),
            str(told["line"]),
            Way(told["way"]),
            bytes.fromhex(told["hex"]),
            str(told["words"]),
            str(told["family"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a frame: {line!r}") from error


def _line(one: Heard | LeftOut) -> bytes:
    if isinstance(one, LeftOut):
        return json.dumps({"left_out": int(one)}).encode() + b"\n"
    told = {
        "at": one.at,
        "line": one.line,
        "way": one.way.value,
        "hex": one.data.hex(),
        "words": one.words,
        "family": one.family,
    }
    return json.dumps(told).encode() + b"\n"


def _gone(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False


def _listen(path: Path) -> socket.socket:
    """In place of whatever a killed agent has left there; nobody can connect before its mode is set."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(MOST_WATCHERS)
    except OSError:
        listener.close()
        raise
    return listener
