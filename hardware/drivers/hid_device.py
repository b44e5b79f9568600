"""A keyboard device of Linux (/dev/input/by-id/…-event-kbd), taken for us alone, and read as it writes.

Read with the two calls it takes rather than through a library: those are C extensions built on the Pi against its
kernel headers, and they refuse the pseudo-terminal that stands for the device on a bench. See docs/decisions.
"""

import contextlib
import errno
import fcntl
import os
from types import TracebackType
from typing import Final, Self

GRAB: Final = 0x40044590  # EVIOCGRAB, _IOW('E', 0x90, int)
_PSEUDO_TERMINALS: Final = range(136, 144)  # device numbers of /dev/pts
_LUMP: Final = 4096


class HidDevice:
    """Opened, grabbed and emptied of what nobody listened to. OSError: EBUSY when another program has grabbed it.

    ENOTTY: the path is no keyboard. While it is grabbed no other program sees a key, no console and no desktop.
    """

    def __init__(self, path: str) -> None:
        self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            self._grab()
            with contextlib.suppress(BlockingIOError):
                while os.read(self._handle, _LUMP):
                    pass
        except OSError:
            os.close(self._handle)
            raise

    def fileno(self) -> int:
        return self._handle

    def read(self, size: int, /) -> bytes:
        """What is there. OSError when the device went away."""
        try:
            data = os.read(self._handle, size)
        except BlockingIOError:
            return b""
        if not data:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)  # which lets it go, too

    def _grab(self) -> None:
        try:
            fcntl.ioctl(self._handle, GRAB, 1)
        except OSError as refused:
            simulated = os.major(os.fstat(self._handle).st_rdev) in _PSEUDO_TERMINALS
            if not (simulated and refused.errno in (errno.ENOTTY, errno.EINVAL)):
                raise
