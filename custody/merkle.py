"""The Merkle tree of RFC 9162 over SHA-256: roots, proofs, and checks that say *no* to everything malformed.

``leaf = SHA-256(0x00 ‖ bytes)``, the same as in a station's chain; ``node = SHA-256(0x01 ‖ left ‖ right)``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from custody.subtrees import consistency_of, inclusion_of, node_hash, root_of

__all__ = [
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (32 bytes)."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of none, the hash of nothing."""
    return root_of(len(leaf_hashes), _Levels(leaf_hashes).subtree)


def inclusion_proof(index: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that the leaf at ``index`` (from 0) is under the root. ``ValueError`` where there is no such leaf."""
    if not 0 <= index < len(leaf_hashes):
        raise ValueError(f"leaf {index} of {len(leaf_hashes)} does not exist")
    return inclusion_of(index, len(leaf_hashes), _Levels(leaf_hashes).subtree)


def consistency_proof(size1: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that these leaves begin with the first ``size1``. ``ValueError`` where nothing can be proven."""
    if not 0 < size1 <= len(leaf_hashes):
        raise ValueError(f"nothing proves that {len(leaf_hashes)} leaves begin with {size1}")
    return consistency_of(size1, len(leaf_hashes), _Levels(leaf_hashes).subtree)


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows the leaf at ``index`` of a tree of ``size`` leaves with this root."""
    if not (_numbers(index, size) and _hashes(proof) and _hash(leaf_hash) and _hash(root) and index < size):
        return False
    at, last = index, size - 1
    found = leaf_hash
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(other, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    return last == 0 and hmac.compare_digest(found, root)


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> bool:
    """Whether the proof shows that the tree of ``size2`` leaves begins with the tree of ``size1``. Never for none."""
    if not (_numbers(size1, size2) and _hashes(proof) and _hash(root1) and _hash(root2) and 0 < size1 <= size2):
        return False
    if size1 == size2:
        return not proof and hmac.compare_digest(root1, root2)
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and hmac.compare_digest(old, root1) and hmac.compare_digest(new, root2)


class _Levels:
    """The complete subtrees over leaf hashes, level by level, each level made when it is asked for."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self._levels: list[Sequence[bytes]] = [leaf_hashes]

    def subtree(self, level: int, number: int) -> bytes:
        while len(self._levels) <= level:
            below = self._levels[-1]
            pairs = range(0, len(below) - 1, 2)
            self._levels.append([node_hash(below[one], below[one + 1]) for one in pairs])
        return self._levels[level][number]


def _numbers(*values: object) -> bool:
    return all(type(value) is int and value >= 0 for value in values)


def _hash(value: object) -> bool:
    return type(value) is bytes and len(value) == hashlib.sha256().digest_size


def _hashes(values: object) -> bool:
    return isinstance(values, list | tuple) and all(map(_hash, values))
