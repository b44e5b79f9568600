"""What the status bytes of an 8A/80 board say about doors. It depends on the locks, so it is told, never guessed.

"Close feedback" locks: 11 = closed, 00 = open. "Open feedback" locks: the other way round. Documents contradict
each other, and also about which byte holds channels 1–8: prove both at commissioning by opening door 1.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from firmware_bridge.boards import eight_a_eighty as board
from firmware_bridge.boards.dialect import Choice, Count, Door, Family, Flaw, Reading, Settings
from firmware_bridge.codec import Role
from firmware_bridge.exchange import Echo

OWN_PULSE: Final = 0.3  # seconds, unless the maker says otherwise


class ByteOrder(Enum):
    """Which status byte holds channels 1–8 (bit 0 = channel 1)."""

    LAST_BYTE_LOW = "last-byte-low"
    FIRST_BYTE_LOW = "first-byte-low"


@dataclass(frozen=True, slots=True)
class EightAEighty:
    """One board. `seconds` 0: its own pulse; 1: the timed form, for locks that need a whole second."""

    address: int
    channels: int
    status_bytes: int = 3
    closed_value: int = 0x11
    order: ByteOrder = ByteOrder.LAST_BYTE_LOW
    seconds: int = 0

    @property
    def pulse_seconds(self) -> float:
        return float(self.seconds or OWN_PULSE)

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST, status_bytes=self.status_bytes)

    def at_start(self) -> tuple[board.Frame, ...]:
        """Nothing: every pulse of these boards ends by itself, and there is no frame that ends one."""
        return ()

    def unlock(self, channel: int) -> board.Frame:
        if self.seconds:
            return board.UnlockTimed(self.address, channel, self.seconds)
        return board.UnlockOne(self.address, channel)

    def fired(self, reply: board.Frame) -> bool:
        """Any answer does: what its status byte means differs between makers."""
        return True

    def queries(self) -> tuple[board.Frame, ...]:
        return (board.QueryAll(self.address),)

    def reading(self, replies: tuple[board.Frame, ...]) -> Reading | None:
        match replies:
            case (board.AllStatus(_, raw),) if len(raw) == self.status_bytes:
                return Reading(
                    doors(raw, channels=self.channels, closed_value=self.closed_value, order=self.order),
                )
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        return isinstance(frame, board.DoorReport)


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


def _dialect(address: int, channels: int, settings: Settings) -> EightAEighty:
    return EightAEighty(
        address=address,
        channels=channels,
        status_bytes=int(settings["status_bytes"]),
        closed_value=int(str(settings["closed"]), 16),
        order=ByteOrder(settings["byte_order"]),
        seconds=int(settings["pulse_seconds"]),
    )


def _flaw(channels: int, settings: Settings, echo: Echo) -> Flaw | None:
    count = int(settings["status_bytes"])
    if count == 1 and echo is Echo.TOLERATE:
        # The answer "all zero" of such a board is byte for byte the question.
        return Flaw("status_bytes", "1", "echo-unclear")
    if 8 * count < channels:
        return Flaw("status_bytes", str(count), "too-few-status-bytes")
    return None


FAMILY: Final = Family(
    name=board.NAME,
    addresses=board.ADDRESSES,
    channels=board.CHANNELS,
    baud=9600,
    settings=(
        Count("status_bytes", board.STATUS_BYTES, 3),
        Choice("closed", ("11", "00")),
        Choice("byte_order", tuple(order.value for order in ByteOrder), ByteOrder.LAST_BYTE_LOW.value),
        Count("pulse_seconds", range(2), 0),
    ),
    dialect=_dialect,
    flaw=_flaw,
)
