"""The hash chain of one station and the judgement of a batch against a known tip.

``leaf = SHA-256(0x00 ‖ event bytes)``; ``link_n = SHA-256(0x02 ‖ link_{n-1} ‖ leaf_n)``; the link before the first
entry of an epoch names station and epoch, so that no entry can be moved to another chain. (0x01 is the Merkle node's.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "Broken",
    "Continues",
    "Fork",
    "Gap",
    "Repeats",
    "Tip",
    "Verdict",
    "judge",
    "leaf",
    "link",
    "links",
    "origin",
]


def origin(station: str, epoch: str) -> bytes:
    """The link before entry 1 of an epoch (32 bytes)."""
    return hashlib.sha256(b"\x03" + station.encode() + b"\x00" + epoch.encode()).digest()


def leaf(event: bytes) -> bytes:
    """The leaf hash of an event's exact bytes (32 bytes)."""
    return hashlib.sha256(b"\x00" + event).digest()


def link(before: bytes, leaf_hash: bytes) -> bytes:
    """The link after one more leaf (32 bytes)."""
    return hashlib.sha256(b"\x02" + before + leaf_hash).digest()


def links(before: bytes, events: Iterable[bytes]) -> tuple[bytes, ...]:
    """The links after each of the events, in order."""
    found = []
    for event in events:
        before = link(before, leaf(event))
        found.append(before)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a chain stands: its last sequence (0 before the first entry) and the link after it."""

    sequence: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Continues:
    """The events from position ``skip`` on are new and follow; ``tip`` is the tip after them."""

    skip: int
    links: tuple[bytes, ...]
    tip: Tip


@dataclass(frozen=True, slots=True)
class Repeats:
    """Everything in the batch is stored already, byte for byte."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The batch begins too late; the receiver wants it from ``expected`` on."""

    expected: int


@dataclass(frozen=True, slots=True)
class Fork:
    """The batch contradicts what is stored at sequence ``at``: two histories under one name."""

    at: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The batch contradicts itself; ``why`` is a code: ``count``, ``after``, ``before`` or ``sequence``."""

    why: str


Verdict = Continues | Repeats | Gap | Fork | Broken


def judge(
    events: Sequence[bytes],
    *,
    first: int,
    last: int,
    before: bytes,
    after: bytes,
    tip: Tip,
    link_at: Callable[[int], bytes],
) -> Verdict:
    """Judge a batch of ``events`` numbered ``first``..``last`` between links ``before`` and ``after``.

    ``tip`` is the stored tip of the same station and epoch; ``link_at(n)`` the stored link for 0 <= n <= tip.sequence.
    """
    if first < 1 or last < first:
        return Broken("sequence")
    if len(events) != last - first + 1:
        return Broken("count")
    computed = links(before, events)
    if computed[-1] != after:
        return Broken("after")
    if first > tip.sequence + 1:
        return Gap(tip.sequence + 1)
    if link_at(first - 1) != before:
        # Before the first entry there is nothing to contradict: such a batch does not begin at its own origin.
        return Fork(first - 1) if first > 1 else Broken("before")
    known = min(last, tip.sequence) - first + 1
    for position in range(known):
        if computed[position] != link_at(first + position):
            return Fork(first + position)
    if last <= tip.sequence:
        return Repeats()
    return Continues(skip=known, links=computed[known:], tip=Tip(last, after))
