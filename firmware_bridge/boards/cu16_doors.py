"""A KERONG CU16 as a bus driver speaks to it. Its infrared sensors see whether something lies in a compartment.

Answers to an unlock are not relied on. `closed` and `items` say what a locked hook and a full compartment read as;
`pulse_ms` how long a pulse of the board lasts, and `write_pulse` whether that is written into it at the start.
"""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.boards import cu16 as board
from firmware_bridge.boards.cu48_doors import CLOSED, ITEMS
from firmware_bridge.boards.dialect import (
    Choice,
    Count,
    Family,
    PulseTold,
    Reading,
    Settings,
    bits_of,
    door_of,
    item_of,
)
from firmware_bridge.codec import Role

PULSE: Final = Count("pulse_ms", range(100, 1001, 10), 500)
WRITE: Final = Choice("write_pulse", ("no", "yes"), "no")


@dataclass(frozen=True, slots=True)
class CU16:
    """One board. `written`: the pulse to write into it at the start, in milliseconds, if any."""

    address: int
    channels: int = 16
    closed_bit: int = 1
    present_bit: int | None = None
    pulse_seconds: float = 0.5
    written: int | None = None

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST)

    def at_start(self) -> tuple[board.Frame, ...]:
        return () if self.written is None else (board.SetTime(self.address, self.written),)

    def unlock(self, channel: int) -> board.Frame:
        return board.Unlock(self.address, channel)

    def fired(self, reply: board.Frame) -> bool:
        """Never: no answer is awaited."""
        return False

    def queries(self) -> tuple[board.Frame, ...]:
        return (board.Query(self.address),)

    def reading(self, replies: tuple[board.Frame, ...]) -> Reading | None:
        match replies:
            case (board.Status(_, hooks, items),):
                doors = tuple(door_of(bit, closed=self.closed_bit) for bit in bits_of(hooks, self.channels))
                if self.present_bit is None:
                    return Reading(doors)
                return Reading(
                    doors, tuple(item_of(bit, present=self.present_bit) for bit in bits_of(items, self.channels))
                )
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        """Never: this board speaks only when asked."""
        return False


def _dialect(address: int, channels: int, settings: Settings) -> CU16:
    pulse = int(settings["pulse_ms"])
    return CU16(
        address=address,
        channels=channels,
        closed_bit=int(settings["closed"]),
        present_bit=None if settings["items"] == "none" else int(settings["items"]),
        pulse_seconds=pulse / 1000,
        written=pulse if settings["write_pulse"] == "yes" else None,
    )


def _told(reply: board.Frame) -> int:
    assert isinstance(reply, board.Time)  # no other answer is awaited to that question
    return reply.milliseconds


FAMILY: Final = Family(
    board.NAME,
    board.ADDRESSES,
    range(1, 17),
    19200,
    (CLOSED, PULSE, WRITE, ITEMS),
    _dialect,
    pulse=PulseTold(board.QueryTime, _told),
)
