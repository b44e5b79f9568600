"""Modbus relay boards as a bus driver speaks to them: locks on relays, contacts on inputs.

The only verb that fires a lock is one whose pulse the board ends by itself: Waveshare's "flash on" (write coil 0200 + n
with the length in tenths of a second), or LC Technology's (write registers 3 + 5n with 2 and the length). A relay is
never switched on to be switched off later: a host that dies in between would cook the lock. Cheap boards that cannot
time a pulse (those with coils from 1 and value 0100, or driven by function 6) are therefore no lock boards here; their
frames can still be read and written by hand. Before anything else all relays are switched off.

Boards without inputs (Waveshare 16CH and 32CH) leave the contacts to another board on the line: `inputs_address`.
Inputs are read eight at a time, which every board answers. What a closed contact reads as depends on how the inputs are
wired: `closed` says it, proved by opening door 1.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from firmware_bridge.boards import modbus as board
from firmware_bridge.boards.dialect import Choice, Count, Family, Reading, RelaysTold, Settings, bits_of, door_of
from firmware_bridge.codec import Role

PULSES: Final = 0x0200
EVERY_RELAY: Final = 0x00FF
LC_FIRST: Final = 3
LC_STEP: Final = 5
LC_FLASH_ON: Final = 2


class Model(Enum):
    WAVESHARE = "waveshare"
    LC = "lc"


@dataclass(frozen=True, slots=True)
class Modbus:
    """One board. `tenths`: how long its pulse is. `closed_bit`: what a closed contact reads as."""

    address: int
    channels: int
    model: Model = Model.WAVESHARE
    closed_bit: int = 1
    tenths: int = 5
    inputs_address: int = 0

    @property
    def pulse_seconds(self) -> float:
        return self.tenths / 10

    @property
    def contacts(self) -> int:
        """The address that the contacts are read at."""
        return self.inputs_address or self.address

    def codec(self) -> board.Codec:
        return board.Codec(Role.HOST)

    def at_start(self) -> tuple[board.Frame, ...]:
        """Every relay off."""
        if self.model is Model.WAVESHARE:
            return (board.Write(self.address, board.WRITE_COIL, EVERY_RELAY, 0),)
        count = self._inputs
        return (board.WriteSeveral(self.address, board.WRITE_COILS, 0, count, bytes(count // 8)),)

    def unlock(self, channel: int) -> board.Frame:
        if self.model is Model.WAVESHARE:
            return board.Write(self.address, board.WRITE_COIL, PULSES + channel - 1, self.tenths)
        start = LC_FIRST + LC_STEP * (channel - 1)
        raw = LC_FLASH_ON.to_bytes(2, "big") + self.tenths.to_bytes(2, "big")
        return board.WriteSeveral(self.address, board.WRITE_REGISTERS, start, 2, raw)

    def fired(self, reply: board.Frame) -> bool:
        return not isinstance(reply, board.Refused)

    def queries(self) -> tuple[board.Frame, ...]:
        return (board.Read(self.contacts, board.INPUTS, 0, self._inputs),)

    def reading(self, replies: tuple[board.Frame, ...]) -> Reading | None:
        match replies:
            case (board.Bytes(_, board.INPUTS, raw),):
                return Reading(tuple(door_of(bit, closed=self.closed_bit) for bit in bits_of(raw, self.channels)))
            case _:
                return None

    def hints(self, frame: board.Frame) -> bool:
        """Never: this board speaks only when asked."""
        return False

    @property
    def _inputs(self) -> int:
        return -(-self.channels // 8) * 8


def _modbus(address: int, channels: int, settings: Settings) -> Modbus:
    return Modbus(
        address,
        channels,
        Model(settings["model"]),
        int(settings["closed"]),
        int(settings["pulse_ms"]) // 100,
        int(settings["inputs_address"]),
    )


def _ask_relays(address: int, channels: int) -> board.Frame:
    return board.Read(address, board.COILS, 0, -(-channels // 8) * 8)


def _relays(reply: board.Frame, channels: int) -> tuple[bool, ...]:
    """None is on as long as the board does not say so."""
    raw = reply.raw if isinstance(reply, board.Bytes) else bytes(-(-channels // 8))
    return tuple(bit == 1 for bit in bits_of(raw, channels))


MODEL: Final = Choice("model", tuple(model.value for model in Model), Model.WAVESHARE.value)
CLOSED: Final = Choice("closed", ("1", "0"))
PULSE: Final = Count("pulse_ms", range(100, 1001, 100), 500)
INPUTS_ADDRESS: Final = Count("inputs_address", range(256), 0)

FAMILY: Final = Family(
    board.NAME,
    board.ADDRESSES,
    range(1, 33),
    9600,
    (MODEL, CLOSED, PULSE, INPUTS_ADDRESS),
    _modbus,
    relays=RelaysTold(_ask_relays, _relays),
)
