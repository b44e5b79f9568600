"""The frames of Modbus RTU relay boards in words: the plain ones, and by name what Waveshare boards mean by them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from firmware_bridge.boards import modbus as board
from firmware_bridge.boards.framing import within
from firmware_bridge.boards.modbus_doors import EVERY_RELAY, PULSES
from firmware_bridge.words.telling import FIELDS, Sentences, at_least, hexed, of_frames

ON, OFF, TOGGLE = 0xFF00, 0x0000, 0x5500
PULSES_OFF: Final = 0x0400
RELAYS: Final = range(32)
TENTHS: Final = range(1, 0x8000)
FUNCTIONS: Final = board.READS + board.SINGLES + board.SEVERALS


@dataclass(frozen=True, slots=True)
class FlashOn:
    """A relay on for so many tenths of a second; the board ends it."""

    address: int
    relay: int
    tenths: int


@dataclass(frozen=True, slots=True)
class FlashOff:
    address: int
    relay: int
    tenths: int


@dataclass(frozen=True, slots=True)
class RelayOn:
    """On until it is switched off. No driver sends it."""

    address: int
    relay: int


@dataclass(frozen=True, slots=True)
class RelayOff:
    address: int
    relay: int


@dataclass(frozen=True, slots=True)
class RelayToggle:
    address: int
    relay: int


@dataclass(frozen=True, slots=True)
class AllOn:
    """No driver sends it."""

    address: int


@dataclass(frozen=True, slots=True)
class AllOff:
    address: int


def plain(frame: object) -> board.Frame:
    """A named frame as the write it is; any other as itself."""
    match frame:
        case FlashOn(address, relay, tenths):
            return _coil(address, PULSES + within(relay, RELAYS, "relay"), within(tenths, TENTHS, "tenths"))
        case FlashOff(address, relay, tenths):
            return _coil(address, PULSES_OFF + within(relay, RELAYS, "relay"), within(tenths, TENTHS, "tenths"))
        case RelayOn(address, relay):
            return _coil(address, within(relay, RELAYS, "relay"), ON)
        case RelayOff(address, relay):
            return _coil(address, within(relay, RELAYS, "relay"), OFF)
        case RelayToggle(address, relay):
            return _coil(address, within(relay, RELAYS, "relay"), TOGGLE)
        case AllOn(address):
            return _coil(address, EVERY_RELAY, ON)
        case AllOff(address):
            return _coil(address, EVERY_RELAY, OFF)
        case _:
            assert isinstance(frame, board.Frame)
            return frame


def named(frame: board.Frame) -> object:
    """What a write of a coil means on a Waveshare board; any other frame as itself."""
    if not isinstance(frame, board.Write) or frame.function != board.WRITE_COIL:
        return frame
    address, place, value = frame.address, frame.place, frame.value
    if place == EVERY_RELAY and value in (ON, OFF):
        return AllOn(address) if value == ON else AllOff(address)
    if place in RELAYS and value in _SWITCHED:
        return _SWITCHED[value](address, place)
    for first, kind in ((PULSES, FlashOn), (PULSES_OFF, FlashOff)):
        if place - first in RELAYS and value in TENTHS:
            return kind(address, place - first, value)
    return frame


def _coil(address: int, place: int, value: int) -> board.Write:
    return board.Write(address, board.WRITE_COIL, place, value)


def _senses(data: bytes) -> Iterable[tuple[str, object]]:
    """A write of one is its own answer."""
    if (request := board.as_request(data)) is not None:
        yield "host", named(request)
    if (reply := board.as_reply(data)) is not None:
        yield "board", named(reply)


def _function(data: bytes) -> Sentences | None:
    if data[1] & ~board.REFUSED in FUNCTIONS:
        return None
    known = [f"{function:02X}" for function in FUNCTIONS]
    return (
        f"未知功能码 {data[1]:02X}，应为 {'、'.join(known)}。",
        f"Unknown function {data[1]:02X}: not {', '.join(known)}.",
    )


def _crc(data: bytes) -> Sentences | None:
    expected, found = board.crc_of(data[:-2]), data[-2:]
    if expected == found:
        return None
    return (
        f"校验错误：应为 {hexed(expected)}，实为 {hexed(found)}。",
        f"Wrong checksum: expected {hexed(expected)}, found {hexed(found)}.",
    )


_SWITCHED: Final[Mapping[int, Callable[[int, int], object]]] = {ON: RelayOn, OFF: RelayOff, TOGGLE: RelayToggle}
_EXPLAINED: Final[Mapping[str, str]] = {
    "relay": "relay, the first being 0",
    "tenths": "length of a pulse in tenths of a second",
    "function": "Modbus function in decimal",
    "start": "first coil, input or register, in decimal",
    "count": "how many",
    "place": "coil or register, in decimal",
    "value": "what to write, in decimal",
    "code": "why a board refused: 1 function, 2 place, 3 value, 4 failed",
}
_FRAMES: Final = of_frames(
    board.NAME,
    (
        *(FlashOn, FlashOff, RelayOn, RelayOff, RelayToggle, AllOn, AllOff),
        *(board.Read, board.Bytes, board.Write, board.WriteSeveral, board.Written, board.Refused),
    ),
    encode=lambda frame: board.encode(plain(frame)),
    senses=_senses,
    checks=(at_least(5), _function, _crc),
    whose=("Modbus ", "Modbus"),
)
WORDS: Final = replace(_FRAMES, fields={"address": FIELDS["address"], "raw": FIELDS["raw"], **_EXPLAINED})
