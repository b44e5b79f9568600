"""Roots and proofs of an RFC 9162 tree from the hashes of its complete subtrees: a few of them, never all leaves.

Whoever keeps those hashes (a list, a table) hands over a function that gives one. ``node = SHA-256(0x01 ‖ left ‖
right)``; the root of no leaves at all is the hash of nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

__all__ = ["EMPTY", "Subtree", "consistency_of", "inclusion_of", "node_hash", "root_of"]

Subtree = Callable[[int, int], bytes]
"""``(level, number)`` -> the hash over the ``2 ** level`` leaves from ``number * 2 ** level`` on; all of them exist."""

EMPTY = hashlib.sha256(b"").digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(size: int, subtree: Subtree) -> bytes:
    """The root over the first ``size`` leaves."""
    return _range(0, size, subtree) if size else EMPTY


def inclusion_of(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that leaf ``index`` is among the first ``size``, leaf's end first. ``0 <= index < size``."""
    proof = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            proof.append(_range(middle, end, subtree))
            end = middle
        else:
            proof.append(_range(start, middle, subtree))
            start = middle
    proof.reverse()
    return proof


def consistency_of(size1: int, size2: int, subtree: Subtree) -> list[bytes]:
    """The proof that the first ``size2`` leaves begin with the first ``size1``. ``0 < size1 <= size2``."""
    proof: list[bytes] = []
    start, end = 0, size2
    while size1 != end:
        middle = start + _half(end - start)
        if size1 <= middle:
            proof.append(_range(middle, end, subtree))
            end = middle
        else:
            proof.append(_range(start, middle, subtree))
            start = middle
    if start:  # else the old tree is a complete subtree of the new, and its root is known already
        proof.append(_range(start, end, subtree))
    proof.reverse()
    return proof


def _range(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash over leaves ``start`` to ``end``; ``start`` is a multiple of what the first complete subtree spans."""
    found: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(subtree(level, start >> level))
        start += 1 << level
    right = found.pop()
    while found:
        right = node_hash(found.pop(), right)
    return right


def _half(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
