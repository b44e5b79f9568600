"""What the status bytes of an 8A/80 board say about doors. It depends on the locks, so it is told, never guessed.

"Close feedback" locks: 11 = closed, 00 = open. "Open feedback" locks: the other way round. Documents contradict
each other, and also about which byte holds channels 1–8: prove both at commissioning by opening door 1.
"""

from enum import Enum


class Door(Enum):
    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class ByteOrder(Enum):
    """Which status byte holds channels 1–8 (bit 0 = channel 1)."""

    LAST_BYTE_LOW = "last-byte-low"
    FIRST_BYTE_LOW = "first-byte-low"


def doors(raw: bytes, *, channels: int, closed_value: int, order: ByteOrder) -> tuple[Door, ...]:
    """Doors 1 … `channels` by the bytes of an AllStatus: a set bit is status 11.

    A channel no byte speaks of is UNKNOWN.
    """
    low_first = raw if order is ByteOrder.FIRST_BYTE_LOW else raw[::-1]
    bits = int.from_bytes(low_first, "little")
    told = min(channels, 8 * len(raw))
    known = tuple(door(0x11 if bits >> index & 1 else 0x00, closed_value=closed_value) for index in range(told))
    return known + (Door.UNKNOWN,) * (channels - told)


def status_bytes(shut: tuple[bool, ...], *, count: int, closed_value: int, order: ByteOrder) -> bytes:
    """The other way round, as a board does it; channels without a lock read 0."""
    bits = sum((is_shut == (closed_value == 0x11)) << index for index, is_shut in enumerate(shut))
    return bits.to_bytes(count, "little" if order is ByteOrder.FIRST_BYTE_LOW else "big")


def door(status: int, *, closed_value: int) -> Door:
    """One door by its status byte."""
    if status not in (0x00, 0x11):
        return Door.UNKNOWN
    return Door.CLOSED if status == closed_value else Door.OPEN
