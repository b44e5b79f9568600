"""Modbus RTU relay and input boards (RS-485, 9600 8N1, address 1–255): their frames, and a codec for either end.

Every frame is `address | function | … | CRC`, the CRC-16 (A001 reflected, from FFFF) with its low byte first. There is
no mark of a beginning and no length: a frame is found by its function, the length that follows from it, and its CRC.

    aa 01 ss ss nn nn   read relays        aa 01 nn D1…Dn     bit 0 of D1 is the first
    aa 02 ss ss nn nn   read inputs        aa 02 nn D1…Dn
    aa 03 ss ss nn nn   read registers     aa 03 nn D1…Dn
    aa 05 cc cc vv vv   write a coil       the same
    aa 06 rr rr vv vv   write a register   the same
    aa 0F ss ss nn nn b D1…Db   write coils        aa 0F ss ss nn nn
    aa 10 ss ss nn nn b D1…Db   write registers    aa 10 ss ss nn nn
                                           aa 8x ee           function x was refused

Address 0 is every board, and answered by none. What a coil or a value means is the board's own: Waveshare's coil
0200 + n takes the length of a pulse in tenths of a second as its value, 00FF is all relays. `modbus_doors` knows them.
Why these are not the frames of pymodbus: docs/decisions/0009-modbus-codec.md.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, assert_never

from firmware_bridge.boards.framing import FramedCodec, Grammar, Length, within
from firmware_bridge.codec import NEED_MORE, Role

NAME: Final = "modbus"
ADDRESSES: Final = range(1, 256)
ANY_ADDRESS: Final = range(256)
WORD: Final = range(0x10000)
COILS, INPUTS, REGISTERS = 0x01, 0x02, 0x03
WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 0x05, 0x06, 0x0F, 0x10
READS: Final = (COILS, INPUTS, REGISTERS)
SINGLES: Final = (WRITE_COIL, WRITE_REGISTER)
SEVERALS: Final = (WRITE_COILS, WRITE_REGISTERS)
REFUSED: Final = 0x80
MOST_BYTES: Final = 250  # of what is read or written at once; a frame has at most 256 bytes


@dataclass(frozen=True, slots=True)
class Read:
    """Ask for `count` coils (function 1), inputs (2) or registers (3) from `start`."""

    address: int
    function: int
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Bytes:
    """What was read, as on the line."""

    address: int
    function: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """Write one coil (function 5) or register (6). A board answers with the same."""

    address: int
    function: int
    place: int
    value: int


@dataclass(frozen=True, slots=True)
class WriteSeveral:
    """Write `count` coils (function 15) or registers (16) from `start`."""

    address: int
    function: int
    start: int
    count: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to `WriteSeveral`."""

    address: int
    function: int
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A board did not do it: 1 no such function, 2 no such place, 3 no such value, 4 it failed."""

    address: int
    function: int
    code: int


Request: TypeAlias = Read | Write | WriteSeveral
Frame: TypeAlias = Request | Bytes | Written | Refused


def crc_of(body: bytes) -> bytes:
    """The two bytes that end a frame."""
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    body = _body(frame)
    return body + crc_of(body)


def as_request(data: bytes) -> Request | None:
    """The one request these bytes are, all of them; None when they are none."""
    return _request(data) if _sound(data) else None


def as_reply(data: bytes) -> Frame | None:
    """The one answer these bytes are, all of them; None when they are none. A write of one is its own answer."""
    return _reply(data) if _sound(data) else None


def answers(request: Frame, frame: Frame) -> bool:
    """Whether `frame` is what a board says to `request`; also when it refuses."""
    match request, frame:
        case Read(address, function, _, count), Bytes(told, same, raw):
            return (address, function) == (told, same) and len(raw) == _width(function, count)
        case Write(), Write():
            return request == frame
        case WriteSeveral(address, function, start, count, _), Written():
            return Written(address, function, start, count) == frame
        case ((Read() | Write() | WriteSeveral()), Refused(told, function, _)):
            return (request.address, request.function) == (told, function)
        case _:
            return False


def repeatable(request: Frame) -> bool:
    """A question, and switching off: neither does more when it is said twice."""
    match request:
        case Read():
            return True
        case Write(_, function, place, value):
            return function == WRITE_COIL and place < 0x100 and value == 0
        case WriteSeveral(_, function, _, _, raw):
            return function == WRITE_COILS and not any(raw)
        case _:
            return False


def answered(request: Frame) -> bool:
    """What is said to every board is answered by none."""
    return request.address != 0


class Codec(FramedCodec[Frame]):
    """Reads what the other end writes, and writes for its own. A host also reads its own requests as an echo."""

    def __init__(self, role: Role) -> None:
        read = _heard if role is Role.HOST else as_request
        super().__init__(Grammar(partial(_length, role=role), read, encode, answers, repeatable, answered))


def _heard(data: bytes) -> Frame | None:
    """What a host reads: `01 02 03 00 00 08 CRC` asks from 0300 on, and also answers with three bytes."""
    return as_reply(data) or as_request(data)


def _sound(data: bytes) -> bool:
    return len(data) >= 5 and crc_of(data[:-2]) == data[-2:]


def _length(data: bytes, *, role: Role) -> Length:
    """How long the frame is that begins here, by its function."""
    if len(data) < 3:
        return NEED_MORE if len(data) < 2 or _known(data[1], role) else None
    function = data[1]
    if not _known(function, role):
        return None
    if function & REFUSED:
        return 5
    if function in SINGLES or (function in READS and role is Role.DEVICE):
        return 8
    if function in READS:
        # An echoed question has the high byte of its start where an answer has its length.
        return 8 if data[2] == 0 or _is_whole(data[:8]) else 5 + data[2]
    return _several(data, role)


def _several(data: bytes, role: Role) -> Length:
    """A write of several, or its answer, which is its beginning."""
    if role is Role.HOST and (len(data) < 8 or _is_whole(data[:8])):
        return 8
    if len(data) < 7:
        return NEED_MORE
    expected = _width(data[1], int.from_bytes(data[4:6], "big"))
    return 9 + data[6] if data[6] == expected else None


def _known(function: int, role: Role) -> bool:
    asked = function & ~REFUSED if role is Role.HOST else function
    return asked in READS + SINGLES + SEVERALS


def _is_whole(data: bytes) -> bool:
    return len(data) == 8 and _sound(data)


def _width(function: int, count: int) -> int:
    """Bytes that so many coils or registers take."""
    return 2 * count if function in (REGISTERS, WRITE_REGISTERS) else (count + 7) // 8


def _body(frame: Frame) -> bytes:
    head = bytes((within(frame.address, ANY_ADDRESS, "address"),))
    match frame:
        case Read(_, function, start, count):
            _one_of(function, READS)
            return head + bytes((function,)) + _word(start, "start") + _count(function, count)
        case Bytes(_, function, raw):
            _one_of(function, READS)
            within(len(raw), range(1, MOST_BYTES + 1), "number of bytes")
            return head + bytes((function, len(raw))) + raw
        case Write(_, function, place, value):
            _one_of(function, SINGLES)
            return head + bytes((function,)) + _word(place, "place") + _word(value, "value")
        case WriteSeveral(_, function, start, count, raw):
            _one_of(function, SEVERALS)
            number = _count(function, count)
            width = _width(function, count)
            within(len(raw), range(width, width + 1), "number of bytes")
            return head + bytes((function,)) + _word(start, "start") + number + bytes((len(raw),)) + raw
        case Written(_, function, start, count):
            _one_of(function, SEVERALS)
            return head + bytes((function,)) + _word(start, "start") + _count(function, count)
        case Refused(_, function, code):
            _one_of(function, READS + SINGLES + SEVERALS)
            return head + bytes((function | REFUSED, within(code, ANY_ADDRESS, "code")))
        case _:
            assert_never(frame)


def _request(data: bytes) -> Request | None:
    """Of bytes whose CRC is right."""
    address, function = data[:2]
    if function in SEVERALS and len(data) >= 10 and _several(data, Role.DEVICE) == len(data):
        return WriteSeveral(address, function, _at(data, 2), _at(data, 4), data[7:-2])
    if len(data) != 8:
        return None
    if function in SINGLES:
        return Write(address, function, _at(data, 2), _at(data, 4))
    if function in READS and 1 <= _width(function, _at(data, 4)) <= MOST_BYTES:
        return Read(address, function, _at(data, 2), _at(data, 4))
    return None


def _reply(data: bytes) -> Frame | None:
    """Of bytes whose CRC is right."""
    address, function = data[:2]
    if function in SINGLES and len(data) == 8:
        return Write(address, function, _at(data, 2), _at(data, 4))
    if function & REFUSED and function & ~REFUSED in READS + SINGLES + SEVERALS and len(data) == 5:
        return Refused(address, function & ~REFUSED, data[2])
    if function in READS and 1 <= data[2] <= MOST_BYTES and len(data) == 5 + data[2]:
        return Bytes(address, function, data[3:-2])
    if function in SEVERALS and len(data) == 8 and 1 <= _width(function, _at(data, 4)) <= MOST_BYTES:
        return Written(address, function, _at(data, 2), _at(data, 4))
    return None


def _at(data: bytes, index: int) -> int:
    return int.from_bytes(data[index : index + 2], "big")


def _word(value: int, name: str) -> bytes:
    return within(value, WORD, name).to_bytes(2, "big")


def _count(function: int, count: int) -> bytes:
    most = MOST_BYTES // 2 if function in (REGISTERS, WRITE_REGISTERS) else MOST_BYTES * 8
    return _word(within(count, range(1, most + 1), "count"), "count")


def _one_of(function: int, known: tuple[int, ...]) -> None:
    if function not in known:
        raise ValueError(f"function {function}: must be one of {', '.join(map(str, known))}")
