"""One log as an export tells it: leaves put where their heads say, then roots and proofs over all of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from custody.entries import entry_id
from custody.subtrees import EMPTY, inclusion_of, root_of

__all__ = ["Leaves", "Placed"]

_SIZE = 32
_NONE = bytes(_SIZE)
_FAR = 1 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """Entries of one head in a log, from ``index`` up to ``end``: the first is ``sequence``; ``line``: of the head."""

    index: int
    end: int
    station: str
    epoch: str
    sequence: int
    line: int

    def at(self, index: int) -> str:
        """The entry at a place of the log."""
        return entry_id(self.station, self.epoch, self.sequence + index - self.index)


class Leaves:
    """Leaf hashes in one block of memory: 32 bytes each, in any order of arrival. ``root`` and ``proof`` end it.

    A leaf that is far beyond the others waits outside: whoever forges its index must not make room for all before it.
    """

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self._far: dict[int, bytes] = {}
        self.count = 0

    def put(self, index: int, leaf: bytes) -> bool:
        """Put a leaf at its index; false where one is already."""
        block, start = self._levels[0], index * _SIZE
        if index in self._far:
            return False
        if index > self.size + _FAR:
            self._far[index] = leaf
        elif start == len(block):
            block += leaf
        else:
            if start > len(block):
                block.extend(bytes(start - len(block)))
            if block[start : start + _SIZE] not in (b"", _NONE):
                return False
            block[start : start + _SIZE] = leaf
        self.count += 1
        return True

    @property
    def size(self) -> int:
        return len(self._levels[0]) // _SIZE

    @property
    def hole(self) -> tuple[int, int] | None:
        """The first index without a leaf below one that has a leaf, and the next that has one."""
        self._settle()
        if self.count == self.size:
            return None
        block = self._levels[0]
        empty = (block[n * _SIZE : (n + 1) * _SIZE] == _NONE for n in range(self.size))
        first = next((n for n, none in enumerate(empty) if none), self.size)
        beyond = (n for n, none in enumerate(empty, start=first + 1) if not none)
        return first, next(beyond, min(self._far, default=self.size))

    def _settle(self) -> None:
        """What waited outside comes in where the others have come up to it."""
        for index in sorted(self._far):
            if index > self.size + _FAR:
                return
            self.count -= 1
            self.put(index, self._far.pop(index))

    def root(self, size: int) -> bytes:
        return root_of(size, self._subtree) if size else EMPTY

    def proof(self, index: int, size: int) -> list[bytes]:
        return inclusion_of(index, size, self._subtree)

    def _subtree(self, level: int, number: int) -> bytes:
        while len(self._levels) <= level:
            self._levels.append(_above(self._levels[-1]))
        return bytes(self._levels[level][number * _SIZE : (number + 1) * _SIZE])


def _above(below: bytearray) -> bytearray:
    digest, pair = hashlib.sha256, 2 * _SIZE
    whole = len(below) // pair * pair
    return bytearray(b"".join(digest(b"\x01" + below[n : n + pair]).digest() for n in range(0, whole, pair)))
