"""A camera over a desk: hold a label before it, and its pictures show it as a hand holds it, tilted and badly lit.

Pictures go to whoever connects to a Unix socket at the camera's path, at the camera's rate. Unplugging closes it.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hardware.drivers.camera_frames import HEAD
from hardware.simulated.photo import Grey, Look, label, photograph
from hardware.wiring.cameras import Camera


@dataclass
class SimulatedCamera:
    camera: Camera
    path: Path
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        size = self.camera.width, self.camera.height
        self.line = _PictureLine(self.path, photograph([], [Look()], seed=0, size=size), pause=1 / self.camera.rate)
        self._size = size
        self._held = 0

    def start(self) -> None:
        """The socket serves since it was plugged in."""

    def stop(self) -> None:
        self.line.unplug()

    def show(self, text: str, *, symbology: str | None = None, **look: Any) -> None:
        """Hold a label before the camera until it is taken away. ValueError for a look that there is not."""
        kinds = (symbology,) if symbology else ("CODE128", "QRCODE")
        try:
            flat, how = label(text, *kinds), Look(**{"module": self._size[0] / 400, **look})
            self._held += 1
            self.line.picture = photograph([flat], [how], seed=self._held, size=self._size)
        except (TypeError, KeyError, RuntimeError) as wrong:
            raise ValueError(f"{text!r} cannot be shown so: {wrong}") from wrong

    def take_away(self) -> None:
        self.line.picture = photograph([], [Look()], seed=0, size=self._size)


class _PictureLine:
    """The socket: one thread for whoever connects."""

    def __init__(self, path: Path, picture: Grey, *, pause: float) -> None:
        self.path, self.picture, self._pause = path, picture, pause
        self.silent = False  # it is open, and no picture comes
        self.snow = False  # pictures come in which nothing can be seen
        self._lock = threading.Lock()
        self._listening: socket.socket | None = None
        self._lines: set[socket.socket] = set()
        self.plug()

    @property
    def plugged(self) -> bool:
        return self._listening is not None

    def plug(self) -> None:
        with self._lock:
            if self._listening is None:
                self.path.unlink(missing_ok=True)
                self._listening = listening = socket.socket(socket.AF_UNIX)
                listening.bind(str(self.path))
                self.path.chmod(0o600)
                listening.listen()
                threading.Thread(target=self._accept, args=(listening,), name="pictures", daemon=True).start()

    def unplug(self) -> None:
        with self._lock:
            if self._listening is not None:
                self.path.unlink(missing_ok=True)
                for line in (self._listening, *self._lines):
                    with contextlib.suppress(OSError):
                        line.shutdown(socket.SHUT_RDWR)
                    line.close()
                self._listening, self._lines = None, set()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed by unplugging
            while True:
                line, _ = listening.accept()
                with self._lock:
                    if self._listening is not listening:  # pulled out in this very moment
                        return line.close()
                    self._lines.add(line)
                threading.Thread(target=self._send, args=(line,), name="pictures", daemon=True).start()

    def _send(self, line: socket.socket) -> None:
        """A little noise of its own in each picture, so that no two are alike."""
        random = np.random.default_rng(1)
        noise = random.integers(-3, 4, self.picture.shape, dtype=np.int16)
        with contextlib.suppress(OSError):
            while True:
                grain = np.roll(noise, int(random.integers(0, noise.shape[0])), axis=0)
                picture = np.clip(self.picture + grain, 0, 255).astype(np.uint8)
                if self.snow:
                    picture = random.integers(0, 256, self.picture.shape, dtype=np.uint8)
                while self.silent:
                    time.sleep(self._pause)
                line.sendall(HEAD.pack(*picture.shape) + picture.tobytes())
                time.sleep(self._pause)
        with self._lock:
            self._lines.discard(line)
        line.close()
