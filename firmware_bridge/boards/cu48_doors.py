"""KERONG CU48 and CU48B as a bus driver speaks to them. An unlock is not answered: only the next status tells of it.

Whether a set bit is a locked hook depends on its switch (NO or NC): `closed` says it, proved by opening door 1. The
same holds for the item sensors of a CU48B: `items` says what "something is there" reads as, or that none are fitted.
How long the board's own pulse is stands in no document: `pulse_ms` is told, so that no second coil is fired meanwhile.
"""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.boards import cu48 as board
from firmware_bridge.boards import cu48b
from firmware_bridge.boards.dialect import Choice, Count, Family, Reading, Settings, bits_of, door_of, item_of
from firmware_bridge.codec import Role

CLOSED: Final = Choice("closed", ("1", "0"))
ITEMS: Final = Choice("items", ("none", "1", "0"), "none")
PULSE: Final = Count("pulse_ms", range(100, 1001), 500)


@dataclass(frozen=True, slots=True)
class CU48:
    """One board. `closed_bit`: what a locked hook reads as; `present_bit`: what a full compartment does, if told."""

    address: int
    channels: int = 48
    closed_bit: int = 1
    pulse_seconds: float = 0.5
    commands: board.Commands = board.COMMANDS
    present_bit: int | None = None

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST, commands=self.commands)

    def at_start(self) -> tuple[board.Frame, ...]:
        """Nothing: a pulse ends by itself."""
        return ()

    def unlock(self, channel: int) -> board.Frame:
        return board.Unlock(self.address, channel)

    def fired(self, reply: board.Frame) -> bool:
        """Never: an unlock is not answered."""
        return False

    def queries(self) -> tuple[board.Frame, ...]:
        return (board.Query(self.address),)

    def reading(self, replies: tuple[board.Frame, ...]) -> Reading | None:
        match replies:
            case (board.Status(_, raw),):
                doors = tuple(door_of(bit, closed=self.closed_bit) for bit in bits_of(raw[:6], self.channels))
                if self.present_bit is None:
                    return Reading(doors)
                items = tuple(item_of(bit, present=self.present_bit) for bit in bits_of(raw[6:], self.channels))
                return Reading(doors, items)
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        """Never: this board speaks only when asked."""
        return False


def _cu48(address: int, channels: int, settings: Settings) -> CU48:
    return CU48(address, channels, int(settings["closed"]), int(settings["pulse_ms"]) / 1000)


def _cu48b(address: int, channels: int, settings: Settings) -> CU48:
    present = None if settings["items"] == "none" else int(settings["items"])
    closed, pulse = int(settings["closed"]), int(settings["pulse_ms"]) / 1000
    return CU48(address, channels, closed, pulse, cu48b.COMMANDS, present)


FAMILY: Final = Family(board.NAME, board.ADDRESSES, range(1, 49), 19200, (CLOSED, PULSE), _cu48)
FAMILY_B: Final = Family(cu48b.NAME, board.ADDRESSES, range(1, 49), 19200, (CLOSED, PULSE, ITEMS), _cu48b)
