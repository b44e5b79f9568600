"""The "WKLY" lock boards (RS-485 or TTL, 9600 8N1, address 0–31): their frames, and a codec for either end of the line.

Every frame is `57 4B 4C 59 | LEN | board | command | … | XOR`; LEN counts the whole frame, XOR runs over all before it.

    host → board                            board → host
    80 n c…    open several at once         80 st            done (also 86, 87)
    81 c       blink                        81 st c          blinked
    82 c       open one                     82 st c door     opened
    83 c       query one                    83 st c door     one status
    84         query all                    84 st n door…    all status
    86         open all                     85 c door        report nobody asked for; it has no status byte
    87 n c…    open several one by one

`st` is 00 (done) or FF (failed). What 00 and 01 say of a door is disputed, so it is told (`wkly_doors`). The commands
that hold a coil energised (88, 89) exist and are not spoken here: a host that dies between on and off cooks the lock.
A sibling on the same product line speaks `55 | LEN | command | … | XOR`: told in words, driven by nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from firmware_bridge.boards.eight_a_eighty import check_of
from firmware_bridge.boards.framing import FramedCodec, Grammar, Length, within
from firmware_bridge.codec import NEED_MORE, Role

NAME: Final = "wkly"
HEADER: Final = b"\x57\x4b\x4c\x59"
ADDRESSES: Final = range(32)
CHANNELS: Final = range(65)  # whether the first is 0 or 1 differs
COUNTS: Final = range(1, 65)
DONE: Final = 0x00
FAILED: Final = 0xFF
DOORS: Final = range(2)
UNSPOKEN: Final = {0x88: "hold on", 0x89: "hold off"}


@dataclass(frozen=True, slots=True)
class OpenSeveral:
    """Fires several locks at once. For reading a line; no driver sends it."""

    address: int
    channels: bytes


@dataclass(frozen=True, slots=True)
class Blink:
    address: int
    channel: int


@dataclass(frozen=True, slots=True)
class OpenOne:
    address: int
    channel: int


@dataclass(frozen=True, slots=True)
class QueryOne:
    address: int
    channel: int


@dataclass(frozen=True, slots=True)
class QueryAll:
    address: int


@dataclass(frozen=True, slots=True)
class OpenAll:
    """Fires every lock. For reading a line; no driver sends it."""

    address: int


@dataclass(frozen=True, slots=True)
class OpenEach:
    """Fires several locks one by one. For reading a line; no driver sends it."""

    address: int
    channels: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """How a command to several locks ended: 80, 86 or 87."""

    address: int
    command: int
    status: int


@dataclass(frozen=True, slots=True)
class Blinked:
    address: int
    status: int
    channel: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What answers OpenOne. `door` is what the contact read at that moment: most likely still shut."""

    address: int
    status: int
    channel: int
    door: int


@dataclass(frozen=True, slots=True)
class OneStatus:
    address: int
    status: int
    channel: int
    door: int


@dataclass(frozen=True, slots=True)
class AllStatus:
    address: int
    status: int
    doors: bytes


@dataclass(frozen=True, slots=True)
class DoorReport:
    """A board said by itself that a door changed."""

    address: int
    channel: int
    door: int


@dataclass(frozen=True, slots=True)
class Sibling:
    """A frame of the sibling line, header 55."""

    command: int
    payload: bytes


Request: TypeAlias = OpenSeveral | Blink | OpenOne | QueryOne | QueryAll | OpenAll | OpenEach
Reply: TypeAlias = Done | Blinked | Opened | OneStatus | AllStatus | DoorReport
Frame: TypeAlias = Request | Reply


def encode(frame: Frame | Sibling) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    if isinstance(frame, Sibling):
        within(len(frame.payload), range(64), "number of bytes")
        body = bytes((0x55, len(frame.payload) + 4, within(frame.command, range(256), "command"), *frame.payload))
    else:
        payload = _payload(frame)
        within(frame.address, ADDRESSES, "address")
        body = HEADER + bytes((len(payload) + 7, frame.address)) + payload
    return body + bytes((check_of(body),))


def as_request(data: bytes) -> Request | None:
    """The one request these bytes are, all of them; None when they are none."""
    if not _whole(data):
        return None
    address, command, rest = data[5], data[6], data[7:-1]
    match command, len(rest):
        case 0x84, 0:
            return QueryAll(address)
        case 0x86, 0:
            return OpenAll(address)
        case 0x81, 1 if rest[0] in CHANNELS:
            return Blink(address, rest[0])
        case 0x82, 1 if rest[0] in CHANNELS:
            return OpenOne(address, rest[0])
        case 0x83, 1 if rest[0] in CHANNELS:
            return QueryOne(address, rest[0])
        case 0x80 | 0x87, count if count > 1 and rest[0] == count - 1 and all(one in CHANNELS for one in rest[1:]):
            return OpenSeveral(address, rest[1:]) if command == 0x80 else OpenEach(address, rest[1:])
        case _:
            return None


def as_reply(data: bytes) -> Reply | None:
    """The one answer or report these bytes are, all of them; None when they are none."""
    if not _whole(data):
        return None
    address, command, rest = data[5], data[6], data[7:-1]
    if command == 0x85:
        fits = len(rest) == 2 and rest[0] in CHANNELS and rest[1] in DOORS
        return DoorReport(address, rest[0], rest[1]) if fits else None
    if not rest or rest[0] not in (DONE, FAILED):
        return None
    match command, len(rest):
        case 0x80 | 0x86 | 0x87, 1:
            return Done(address, command, rest[0])
        case 0x81, 2 if rest[1] in CHANNELS:
            return Blinked(address, rest[0], rest[1])
        case 0x82 | 0x83, 3 if rest[1] in CHANNELS and rest[2] in DOORS:
            return Opened(address, *rest) if command == 0x82 else OneStatus(address, *rest)
        case 0x84, count if count > 2 and rest[1] == count - 2 and all(door in DOORS for door in rest[2:]):
            return AllStatus(address, rest[0], rest[2:])
        case _:
            return None


def as_sibling(data: bytes) -> Sibling | None:
    """A frame of the sibling line."""
    if len(data) < 4 or data[0] != 0x55 or data[1] != len(data) or check_of(data) != 0:
        return None
    return Sibling(data[2], data[3:-1])


def answers(request: Frame, frame: Frame) -> bool:
    """Whether `frame` is what a board says to `request`. A report nobody asked for never is."""
    match request, frame:
        case (OpenOne(asked, channel), Opened(told, _, same, _)) | (
            QueryOne(asked, channel),
            OneStatus(told, _, same, _),
        ):
            return (asked, channel) == (told, same)
        case Blink(asked, channel), Blinked(told, _, same):
            return (asked, channel) == (told, same)
        case QueryAll(asked), AllStatus(told, _, _):
            return asked == told
        case OpenSeveral() | OpenAll() | OpenEach(), Done(told, command, _):
            return (request.address, _COMMANDS[type(request)]) == (told, command)
        case _:
            return False


def repeatable(request: Frame) -> bool:
    return isinstance(request, QueryOne | QueryAll | Blink)


def answered(request: Frame) -> bool:
    """Every one is."""
    return True


class Codec(FramedCodec[Frame]):
    """Reads what the other end writes, and writes for its own. A host also reads its own requests as an echo."""

    def __init__(self, role: Role) -> None:
        read: Callable[[bytes], Frame | None] = as_request if role is Role.DEVICE else _either
        super().__init__(Grammar(_length, read, encode, answers, repeatable, answered))


def _either(data: bytes) -> Frame | None:
    return as_reply(data) or as_request(data)


def _length(data: bytes) -> Length:
    start = data[:4]
    if start != HEADER[: len(start)]:
        return None
    if len(data) < 5:
        return NEED_MORE
    return data[4] if 8 <= data[4] <= 9 + COUNTS[-1] + 1 else None


def _whole(data: bytes) -> bool:
    return len(data) >= 8 and _length(data) == len(data) and data[5] in ADDRESSES and check_of(data) == 0


_COMMANDS: Final[dict[type[Frame], int]] = {OpenSeveral: 0x80, OpenAll: 0x86, OpenEach: 0x87}


def _payload(frame: Frame) -> bytes:
    match frame:
        case OpenSeveral(_, channels):
            return bytes((0x80, *_several(channels)))
        case OpenEach(_, channels):
            return bytes((0x87, *_several(channels)))
        case OpenAll():
            return b"\x86"
        case QueryAll():
            return b"\x84"
        case Blink(_, channel):
            return bytes((0x81, _channel(channel)))
        case OpenOne(_, channel):
            return bytes((0x82, _channel(channel)))
        case QueryOne(_, channel):
            return bytes((0x83, _channel(channel)))
        case Done(_, command, status):
            if command not in (0x80, 0x86, 0x87):
                raise ValueError(f"command {command:02X}: must be 80, 86 or 87")
            return bytes((command, _status(status)))
        case Blinked(_, status, channel):
            return bytes((0x81, _status(status), _channel(channel)))
        case Opened(_, status, channel, door):
            return bytes((0x82, _status(status), _channel(channel), within(door, DOORS, "door")))
        case OneStatus(_, status, channel, door):
            return bytes((0x83, _status(status), _channel(channel), within(door, DOORS, "door")))
        case AllStatus(_, status, doors):
            within(len(doors), COUNTS, "number of doors")
            return bytes((0x84, _status(status), len(doors), *(within(door, DOORS, "door") for door in doors)))
        case DoorReport(_, channel, door):
            return bytes((0x85, _channel(channel), within(door, DOORS, "door")))
        case _:
            assert_never(frame)


def _several(channels: bytes) -> bytes:
    within(len(channels), COUNTS, "number of channels")
    return bytes((len(channels), *map(_channel, channels)))


def _channel(value: int) -> int:
    return within(value, CHANNELS, "channel")


def _status(value: int) -> int:
    if value not in (DONE, FAILED):
        raise ValueError(f"status {value:02X}: must be 00 or FF")
    return value
