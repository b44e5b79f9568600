"""A "WKLY" board as a bus driver speaks to it.

Whether door byte 00 or 01 means closed is disputed among programs, and so is whether channels begin at 0 or 1:
`closed` and `first_channel` are told, proved by opening door 1.
"""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.boards import wkly as board
from firmware_bridge.boards.cu48_doors import PULSE
from firmware_bridge.boards.dialect import Choice, Count, Family, Reading, Settings, door_of
from firmware_bridge.codec import Role


@dataclass(frozen=True, slots=True)
class Wkly:
    """One board. `closed_byte`: what a closed door reads as; `first`: the number of channel 1 on the line."""

    address: int
    channels: int
    closed_byte: int = 1
    first: int = 1
    pulse_seconds: float = 0.5

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST)

    def at_start(self) -> tuple[board.Frame, ...]:
        """Nothing: a pulse ends by itself, and what holds a coil on is never sent."""
        return ()

    def unlock(self, channel: int) -> board.Frame:
        return board.OpenOne(self.address, channel - 1 + self.first)

    def fired(self, reply: board.Frame) -> bool:
        return isinstance(reply, board.Opened) and reply.status == board.DONE

    def queries(self) -> tuple[board.Frame, ...]:
        return (board.QueryAll(self.address),)

    def reading(self, replies: tuple[board.Frame, ...]) -> Reading | None:
        match replies:
            case (board.AllStatus(_, board.DONE, doors),) if len(doors) >= self.channels:
                return Reading(tuple(door_of(byte, closed=self.closed_byte) for byte in doors[: self.channels]))
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        return isinstance(frame, board.DoorReport)


def _dialect(address: int, channels: int, settings: Settings) -> Wkly:
    return Wkly(
        address=address,
        channels=channels,
        closed_byte=int(settings["closed"]),
        first=int(settings["first_channel"]),
        pulse_seconds=int(settings["pulse_ms"]) / 1000,
    )


FAMILY: Final = Family(
    board.NAME,
    board.ADDRESSES,
    range(1, 64),
    9600,
    (Choice("closed", ("01", "00")), Count("first_channel", range(2), 1), PULSE),
    _dialect,
)
