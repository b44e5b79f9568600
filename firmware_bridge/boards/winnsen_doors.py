"""A Winnsen board as a bus driver speaks to it.

There is no check in its frames: a changed byte can pass for a door, so `stable_polls` of its bus should not be 1.
"""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.boards import winnsen as board
from firmware_bridge.boards.cu48_doors import PULSE
from firmware_bridge.boards.dialect import Choice, Family, Reading, Settings, bits_of, door_of
from firmware_bridge.codec import Role


@dataclass(frozen=True, slots=True)
class Winnsen:
    """One board. `closed_bit`: what a closed door reads as; the document says 0."""

    address: int
    channels: int = 16
    closed_bit: int = 0
    pulse_seconds: float = 0.5

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST, station=self.address)

    def at_start(self) -> tuple[board.Frame, ...]:
        """Nothing: a pulse ends by itself."""
        return ()

    def unlock(self, channel: int) -> board.Frame:
        return board.Unlock(self.address, channel)

    def fired(self, reply: board.Frame) -> bool:
        return isinstance(reply, board.Unlocked) and reply.status == board.OPENED

    def queries(self) -> tuple[board.Frame, ...]:
        return (board.Query(self.address, b"\xff\xff"),)

    def reading(self, replies: tuple[board.Frame, ...]) -> Reading | None:
        match replies:
            case (board.Status(_, raw),):
                return Reading(tuple(door_of(bit, closed=self.closed_bit) for bit in bits_of(raw, self.channels)))
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        """Never: this board speaks only when asked."""
        return False


def _dialect(address: int, channels: int, settings: Settings) -> Winnsen:
    return Winnsen(address, channels, int(settings["closed"]), int(settings["pulse_ms"]) / 1000)


FAMILY: Final = Family(board.NAME, board.STATIONS, range(1, 17), 9600, (Choice("closed", ("0", "1")), PULSE), _dialect)
