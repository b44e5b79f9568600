"""A line over TCP, for ports like `socket://127.0.0.1:4001`; otherwise like `SimulatedLine`.

Unplugging closes the connection and the door behind it; plugging in listens again at the same address.
"""

import contextlib
import os
import select
import socket
import threading
from collections.abc import Callable


class SocketLine:
    """One connection at a time, as a serial port has one user."""

    def __init__(self, address: tuple[str, int], *, heard: Callable[[bytes], None], idle: Callable[[], float]) -> None:
        self._address, self._heard, self._idle = address, heard, idle
        self._lock = threading.Lock()
        self._listening: socket.socket | None = None
        self._talking: socket.socket | None = None
        self._bell_out, self._bell_in = os.pipe()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"line {address[1]}", daemon=True)
        self.plug()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.ring()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)
        self.unplug()
        os.close(self._bell_out)
        os.close(self._bell_in)

    def plug(self) -> None:
        with self._lock:
            if self._listening is None:
                self._listening = socket.create_server(self._address)
        self.ring()

    def unplug(self) -> None:
        with self._lock:
            for end in (self._listening, self._talking):
                if end is not None:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)  # a select under way would keep it open otherwise
                    end.close()
            self._listening = self._talking = None

    @property
    def plugged(self) -> bool:
        return self._listening is not None

    @property
    def connected(self) -> bool:
        return self._talking is not None

    def ring(self) -> None:
        os.write(self._bell_in, b"!")

    def write(self, data: bytes) -> None:
        """Bytes towards the near end; lost when nobody is connected."""
        with self._lock, contextlib.suppress(OSError):
            if self._talking is not None:
                self._talking.sendall(data)

    def _run(self) -> None:
        while not self._stopping:
            seconds = self._idle()
            ends = [end for end in (self._listening, self._talking) if end is not None]
            try:
                watched: list[int | socket.socket] = [self._bell_out, *ends]
                ready, _, _ = select.select(watched, [], [], seconds)
            except (OSError, ValueError):  # unplugged between the look and the select
                continue
            if self._bell_out in ready:
                os.read(self._bell_out, 4096)
            for end in ends:
                if end in ready:
                    self._serve(end)

    def _serve(self, end: socket.socket) -> None:
        data = b""
        with self._lock, contextlib.suppress(OSError):
            if end is self._listening:
                coming, _ = end.accept()
                coming.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._talking is not None:
                    self._talking.close()
                self._talking = coming
            elif end is self._talking and not (data := end.recv(4096)):
                end.close()
                self._talking = None
        if data:
            self._heard(data)
