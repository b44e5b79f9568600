"""A pseudo-terminal as a serial line: the far end is ours, the near end a device file at a stable path.

Unplugging closes it, as pulling a cable does; plugging in makes a new one at the same path.
"""

import contextlib
import os
import pty
import select
import threading
import tty
from collections.abc import Callable
from pathlib import Path


class SimulatedLine:
    """Calls `heard(data)` and `idle()` from its own thread; `idle` answers in how many seconds to call it again."""

    def __init__(self, path: Path, *, heard: Callable[[bytes], None], idle: Callable[[], float]) -> None:
        self.path = path
        self._heard, self._idle = heard, idle
        self._lock = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self._bell_out, self._bell_in = os.pipe()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"line {path.name}", daemon=True)
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
        """Make the device file appear. Nothing happens when it is there."""
        with self._lock:
            if self._ends is None:
                far, near = pty.openpty()
                tty.setraw(near)  # our own handle on the near end keeps the pair alive while nobody has it open
                os.set_blocking(far, False)
                self._ends = far, near
                _link(self.path, os.ttyname(near))
        self.ring()

    def unplug(self) -> None:
        """Take the device file away; whoever has it open finds out as on a pulled cable."""
        with self._lock:
            if self._ends is not None:
                self.path.unlink(missing_ok=True)
                ends, self._ends = self._ends, None
                for end in ends:
                    os.close(end)

    @property
    def plugged(self) -> bool:
        return self._ends is not None

    def ring(self) -> None:
        """Wake the thread so that it asks `idle` again."""
        os.write(self._bell_in, b"!")

    def write(self, data: bytes) -> None:
        """Bytes towards the near end; lost when unplugged or when nobody reads."""
        with self._lock, contextlib.suppress(BlockingIOError):
            if self._ends is not None:
                os.write(self._ends[0], data)

    def _run(self) -> None:
        while not self._stopping:
            seconds = self._idle()
            far = self._ends[0] if self._ends is not None else None
            watched = [self._bell_out] if far is None else [self._bell_out, far]
            try:
                ready, _, _ = select.select(watched, [], [], seconds)
            except (OSError, ValueError):  # unplugged between the look and the select
                continue
            if self._bell_out in ready:
                os.read(self._bell_out, 4096)
            if far in ready and (data := self._read()):
                self._heard(data)

    def _read(self) -> bytes:
        with self._lock:
            try:
                return os.read(self._ends[0], 4096) if self._ends is not None else b""
            except OSError:  # BlockingIOError: another thread's unplug and plug came between
                return b""


def _link(path: Path, target: str) -> None:
    """Point the stable path at a device, in one step."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)
