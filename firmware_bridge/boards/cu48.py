"""KERONG CU48 lock boards (RS-485, 19200 8N1, address 0–9): their frames, and a codec for either end of the line.

Every frame is `02 | address | lock | command | … | 03 | SUM`, SUM being the low byte of the sum of all bytes before it.
An unlock is never answered: only a later status tells what became of it. Locks count from 0 on the line, here from 1.

    02 aa ll 51 03 SUM          unlock        host → board
    02 aa 00 50 03 SUM          query         host → board; address 10 is every board on the line
    02 aa xx 65 D1…D6 03 SUM    status        board → host; bit 0 of D1 is lock 1

What a set bit says of a door depends on its switch: `locked` is told. Unlocking all 48 at once is not spoken here.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from firmware_bridge.codec import NEED_MORE, More, Role

NAME: Final = "cu48"
ADDRESSES: Final = range(10)
EVERY_BOARD: Final = 10
LOCKS: Final = range(1, 49)
BUFFER_LIMIT: Final = 1024
_LENGTHS: Final = {0x50: 6, 0x51: 6, 0x65: 12}


@dataclass(frozen=True, slots=True)
class Unlock:
    address: int
    lock: int


@dataclass(frozen=True, slots=True)
class Query:
    """Address 10 asks every board; each answers with a frame of its own."""

    address: int


@dataclass(frozen=True, slots=True)
class Status:
    address: int
    raw: bytes


Frame: TypeAlias = Unlock | Query | Status


def check_of(body: bytes) -> int:
    return sum(body) & 0xFF


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    _within(frame.address, range(11) if isinstance(frame, Query) else ADDRESSES, "address")
    match frame:
        case Unlock(address, lock):
            body = bytes((2, address, _within(lock, LOCKS, "lock") - 1, 0x51, 3))
        case Query(address):
            body = bytes((2, address, 0, 0x50, 3))
        case Status(address, raw):
            _within(len(raw), range(6, 7), "number of status bytes")
            body = bytes((2, address, 0, 0x65, *raw, 3))
        case _:
            assert_never(frame)
    return body + bytes((check_of(body),))


def decode(data: bytes) -> Frame | None:
    """The one frame these bytes are, all of them; None when they are none."""
    if len(data) < 6 or _LENGTHS.get(data[3]) != len(data) or data[0] != 2 or data[-2] != 3:
        return None
    if check_of(data[:-1]) != data[-1]:
        return None
    address, lock, command = data[1:4]
    if command == 0x50 and address <= EVERY_BOARD and lock == 0:
        return Query(address)
    if command == 0x51 and address in ADDRESSES and lock + 1 in LOCKS:
        return Unlock(address, lock + 1)
    if command == 0x65 and address in ADDRESSES:
        return Status(address, data[4:10])
    return None


def answers(request: Frame, frame: Frame) -> bool:
    """Nothing answers an unlock; any board answers a query of every board."""
    match request, frame:
        case Query(asked), Status(told, _):
            return asked in (told, EVERY_BOARD)
        case _:
            return False


def repeatable(request: Frame) -> bool:
    return isinstance(request, Query)


def locked(raw: bytes, *, locked_bit: int) -> tuple[bool, ...]:
    """Locks 1 … 48 by the bytes of a Status, `locked_bit` (0 or 1) being what a locked hook reads as."""
    bits = int.from_bytes(raw, "little")
    return tuple((bits >> index & 1) == locked_bit for index in range(48))


class Codec:
    """Reads what the other end writes, and writes for its own. A host also reads its own requests as an echo."""

    def __init__(self, role: Role) -> None:
        self.skipped = 0  # bytes thrown away so far: noise on the line shows here
        self._commands = tuple(_LENGTHS) if role is Role.HOST else (0x50, 0x51)
        self._buffer = bytearray()
        self._closed = 0  # bytes that came before the last silence

    def receive(self, data: bytes) -> None:
        self._buffer += data
        self._skip(max(0, len(self._buffer) - BUFFER_LIMIT))

    def next_frame(self) -> Frame | More:
        while self._buffer:
            here = bytes(self._buffer[: self._closed or len(self._buffer)])
            length = _LENGTHS[here[3]] if len(here) > 3 and here[3] in self._commands else 6
            begins = here[0] == 2 and (len(here) < 4 or here[3] in self._commands)
            if begins and len(here) < length and not self._closed:
                return NEED_MORE
            if begins and (frame := decode(here[:length])) is not None:
                self._take(length)
                return frame
            self._skip(1)
        return NEED_MORE

    def quiet(self) -> None:
        self._closed = len(self._buffer)

    def reset(self) -> None:
        self._skip(len(self._buffer))

    def encode(self, frame: Frame) -> bytes:
        return encode(frame)

    def answers(self, request: Frame, frame: Frame) -> bool:
        return answers(request, frame)

    def repeatable(self, request: Frame) -> bool:
        return repeatable(request)

    def answered(self, request: Frame) -> bool:
        return not isinstance(request, Unlock)

    def _take(self, count: int) -> None:
        del self._buffer[:count]
        self._closed = max(0, self._closed - count)

    def _skip(self, count: int) -> None:
        self._take(count)
        self.skipped += count


def _within(value: int, allowed: range, name: str) -> int:
    if value not in allowed:
        raise ValueError(f"{name} {value}: must be from {allowed[0]} to {allowed[-1]}")
    return value
