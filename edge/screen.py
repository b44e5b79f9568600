"""The line to the kiosk: a Unix socket, whole pictures out, touches in. A slow kiosk gets the newest picture only."""

from __future__ import annotations

import json
import logging
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from edge.core.scene import Chosen, Entered
from edge.errors import EdgeError

__all__ = ["Screen", "Touch"]

_log = logging.getLogger(__name__)
_LONGEST_TOUCH = 4096
_CHUNK = 65536

Touch = Chosen | Entered


class _Kiosk:
    """One kiosk at the other end. ``sending`` is what is left of the picture under way."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.heard = b""
        self.sending = memoryview(b"")
        self.next: bytes | None = None


class Screen:
    """Listens at ``path``. ``deliver`` is called from the screen's own thread."""

    def __init__(self, path: Path, deliver: Callable[[Touch], None]) -> None:
        self._path, self._deliver = path, deliver
        self._lock = threading.Lock()
        self._picture: bytes | None = None
        self._news: bytes | None = None
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._wake_out, self._wake_in = socket.socketpair()
        self._listener = _listen(path)
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)

    def start(self) -> None:
        for one in (self._listener, self._wake_in):
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        self._thread.start()

    def show(self, picture: bytes, *, news: bytes | None = None) -> None:
        """Draw this from now on; ``news``: the same with what is for this moment only (a sound)."""
        with self._lock:
            self._picture, self._news = picture, news or picture
        self._wake()

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        if self._thread.is_alive():
            self._thread.join(2.0)
        with suppress(OSError):
            self._path.unlink()

    def _wake(self) -> None:
        with suppress(OSError):
            self._wake_out.send(b".")

    def _run(self) -> None:
        while not self._stopping:
            for key, events in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._wake_in:
                    self._wake_in.recv(_CHUNK)
                    self._spread_news()
                else:
                    self._serve(key.data, events)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # only sockets are registered
        self._selector.close()

    def _accept(self) -> None:
        with suppress(OSError):
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            kiosk = _Kiosk(connection)
            with self._lock:
                kiosk.next = self._picture
            self._selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE, kiosk)

    def _spread_news(self) -> None:
        with self._lock:
            news, self._news = self._news, None
        if news is None:
            return
        for key in self._selector.get_map().values():
            if isinstance(key.data, _Kiosk):
                key.data.next = news
                self._selector.modify(key.fileobj, selectors.EVENT_READ | selectors.EVENT_WRITE, key.data)

    def _serve(self, kiosk: _Kiosk, events: int) -> None:
        try:
            if events & selectors.EVENT_READ:
                self._read(kiosk)
            if events & selectors.EVENT_WRITE:
                self._write(kiosk)
        except (BlockingIOError, InterruptedError):
            return
        except (OSError, EOFError):
            self._selector.unregister(kiosk.connection)
            kiosk.connection.close()

    def _read(self, kiosk: _Kiosk) -> None:
        data = kiosk.connection.recv(_CHUNK)
        if not data:
            raise EOFError
        *lines, kiosk.heard = (kiosk.heard + data).split(b"\n")
        if len(kiosk.heard) > _LONGEST_TOUCH:
            raise EOFError
        for line in lines:
            touch = _touch(line)
            if touch is None:
                _log.warning("a touch that cannot be read was left out: bytes=%d", len(line))  # it may be a number
            else:
                self._deliver(touch)

    def _write(self, kiosk: _Kiosk) -> None:
        if not kiosk.sending and kiosk.next is not None:
            kiosk.sending, kiosk.next = memoryview(kiosk.next + b"\n"), None
        if kiosk.sending:
            kiosk.sending = kiosk.sending[kiosk.connection.send(kiosk.sending) :]
        if not kiosk.sending and kiosk.next is None:
            self._selector.modify(kiosk.connection, selectors.EVENT_READ, kiosk)


def _touch(line: bytes) -> Touch | None:
    try:
        match json.loads(line):
            case {"chosen": str(choice), "turn": int(turn)}:
                return Chosen(choice, turn)
            case {"number": int(number), "turn": int(turn)}:
                return Entered(number, turn)
            case _:
                return None
    except (ValueError, RecursionError):
        return None


def _listen(path: Path) -> socket.socket:
    """A listening socket in place of whatever a killed agent has left there."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o660)
        listener.listen(4)
    except OSError as error:
        listener.close()
        raise EdgeError("screen.unusable", file=str(path), why=error.strerror or str(error)) from error
    return listener
