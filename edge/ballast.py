"""Disk space held for the worst moment: given up when nothing else is left, so that doors that move are still recorded.

Other programs may fill the disk below the journal's own reserve. What is freed here is used for what was sensed; locks
stay shut until there is room again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from edge.core.gauge import RESERVE

__all__ = ["Ballast"]

_log = logging.getLogger(__name__)
_SIZE = RESERVE
_ROOM = 4 * RESERVE


class Ballast:
    """``room``: bytes still free on the disk."""

    def __init__(self, file: Path, *, room: Callable[[], int]) -> None:
        self._file, self._room = file, room
        self.hold()

    @property
    def held(self) -> bool:
        return self._file.exists()

    def hold(self) -> None:
        """Take the space, unless the disk is short of it anyway."""
        if self.held or self._room() < _ROOM:
            return
        try:
            with self._file.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, _SIZE)
        except OSError as error:
            _log.warning("no space could be held for the worst moment: file=%s why=%s", self._file, error)
            with suppress(OSError):
                self._file.unlink()

    def give_up(self) -> bool:
        """Free the space; whether there was any."""
        if not self.held:
            return False
        try:
            self._file.unlink()
        except OSError:
            return False
        _log.error("the disk is full; the space held for what must be recorded is used now: file=%s", self._file)
        return True
