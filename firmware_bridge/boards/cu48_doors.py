"""A KERONG CU48 as a bus driver speaks to it. An unlock is never answered, so only the next status tells of it.

Whether a set bit is a locked hook depends on its switch (NO or NC): `closed` says it, proved by opening door 1. How
long the board's own pulse is stands in no document: `pulse_ms` is told, so that no second coil is fired meanwhile.
"""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.boards import cu48 as board
from firmware_bridge.boards.dialect import Choice, Count, Door, Family, Reading, Settings
from firmware_bridge.codec import Role

PULSE: Final = Count("pulse_ms", range(100, 1001), 500)


@dataclass(frozen=True, slots=True)
class CU48:
    """One board. `closed_bit`: what a locked hook reads as."""

    address: int
    channels: int = 48
    closed_bit: int = 1
    pulse_seconds: float = 0.5

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST)

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
                hooks = board.locked(raw, locked_bit=self.closed_bit)[: self.channels]
                return Reading(tuple(Door.CLOSED if locked else Door.OPEN for locked in hooks))
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        """Never: this board speaks only when asked."""
        return False


def _dialect(address: int, channels: int, settings: Settings) -> CU48:
    closed, pulse = int(settings["closed"]), int(settings["pulse_ms"])
    return CU48(address=address, channels=channels, closed_bit=closed, pulse_seconds=pulse / 1000)


FAMILY: Final = Family(
    name=board.NAME,
    addresses=board.ADDRESSES,
    channels=range(1, 49),
    baud=19200,
    settings=(Choice("closed", ("1", "0")), PULSE),
    dialect=_dialect,
)
