"""Where pictures come from: a video device of the kernel, or the Unix socket of a simulated camera.

Each is a source with `read`, which waits for the next picture and raises OSError when there will be none, and `close`.
"""

import contextlib
import os
import socket
import stat
import struct
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]

HEAD: Final = struct.Struct("<HH")
"""Rows and columns, before the grey pixels of each picture on a simulated camera's socket."""

SILENCE: Final = 12.0  # seconds; the kernel's own limit is 10


class Frames(Protocol):
    def read(self) -> Picture: ...

    def close(self) -> None: ...


def open_frames(port: Path, *, width: int, height: int, rate: int) -> Frames:
    """OSError with its number when the port is absent, denied or busy."""
    if stat.S_ISSOCK(port.stat().st_mode):
        return _SocketFrames(port)
    return _VideoFrames(port, width=width, height=height, rate=rate)


class _VideoFrames:
    def __init__(self, port: Path, *, width: int, height: int, rate: int) -> None:
        os.close(os.open(port, os.O_RDWR | os.O_NONBLOCK))  # OpenCV says only that it failed, and not why
        self._video = cv2.VideoCapture(str(port), cv2.CAP_V4L2)
        if not self._video.isOpened():
            raise OSError(f"{port} is no camera")
        for setting, value in (
            (cv2.CAP_PROP_BUFFERSIZE, 1),
            (cv2.CAP_PROP_FRAME_WIDTH, width),
            (cv2.CAP_PROP_FRAME_HEIGHT, height),
            (cv2.CAP_PROP_FPS, rate),
        ):
            self._video.set(setting, value)  # a camera takes the nearest that it can

    def read(self) -> Picture:
        there, picture = self._video.read()
        if not there:
            raise OSError("no picture came")
        flat = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        return np.asarray(flat, dtype=np.uint8)

    def close(self) -> None:
        self._video.release()


class _SocketFrames:
    def __init__(self, port: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX)
        try:
            self._line.settimeout(SILENCE)
            self._line.connect(str(port))
        except OSError:
            self._line.close()
            raise
        self._stream = self._line.makefile("rb")

    def read(self) -> Picture:
        rows, columns = HEAD.unpack(self._exactly(HEAD.size))
        return np.frombuffer(self._exactly(rows * columns), np.uint8).reshape(rows, columns)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()
        self._line.close()

    def _exactly(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise OSError("the camera was unplugged")
        return data
