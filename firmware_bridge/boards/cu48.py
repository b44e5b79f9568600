"""KERONG CU48 lock boards (RS-485, 19200 8N1, address 0–9): their frames, and a codec for either end of the line.

Every frame is `02 | address | lock | command | … | 03 | SUM`, SUM being the low byte of the sum of all bytes before it.
An unlock is never answered: only a later status tells what became of it. Locks count from 0 on the line, here from 1.

    02 aa ll 51 03 SUM          unlock        host → board
    02 aa 30 51 03 SUM          unlock all    host → board; no driver sends it
    02 aa 00 50 03 SUM          query         host → board; address 10 is every board on the line
    02 aa xx 65 D1…D6 03 SUM    status        board → host; bit 0 of D1 is lock 1

What a set bit says of a door depends on its switch: `locked` is told. `cu48b` is the same with other commands and six
bytes of item sensors more.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, assert_never

from firmware_bridge.boards.framing import FramedCodec, Grammar, Length, sum_of, within
from firmware_bridge.codec import NEED_MORE, Role

NAME: Final = "cu48"
ADDRESSES: Final = range(10)
EVERY_BOARD: Final = 10
LOCKS: Final = range(1, 49)
ALL_LOCKS: Final = 0x30


@dataclass(frozen=True, slots=True)
class Unlock:
    address: int
    lock: int


@dataclass(frozen=True, slots=True)
class UnlockAll:
    """Fires every lock of a board, or with address 10 of every board. For reading a line; no driver sends it."""

    address: int


@dataclass(frozen=True, slots=True)
class Query:
    """Address 10 asks every board; each answers with a frame of its own."""

    address: int


@dataclass(frozen=True, slots=True)
class Status:
    address: int
    raw: bytes


Frame: TypeAlias = Unlock | UnlockAll | Query | Status


@dataclass(frozen=True, slots=True)
class Commands:
    """The command bytes of a model, and how many status bytes it answers with."""

    query: int
    unlock: int
    status: int
    width: int

    def length(self, data: bytes, *, role: Role) -> Length:
        if data[0] != 2:
            return None
        if len(data) < 4:
            return NEED_MORE
        if data[3] in (self.query, self.unlock):
            return 6
        return 6 + self.width if data[3] == self.status and role is Role.HOST else None

    def encode(self, frame: Frame) -> bytes:
        within(frame.address, ADDRESSES if isinstance(frame, Unlock | Status) else range(11), "address")
        match frame:
            case Unlock(address, lock):
                body = bytes((2, address, within(lock, LOCKS, "lock") - 1, self.unlock, 3))
            case UnlockAll(address):
                body = bytes((2, address, ALL_LOCKS, self.unlock, 3))
            case Query(address):
                body = bytes((2, address, 0, self.query, 3))
            case Status(address, raw):
                within(len(raw), range(self.width, self.width + 1), "number of status bytes")
                body = bytes((2, address, 0, self.status, *raw, 3))
            case _:
                assert_never(frame)
        return body + bytes((sum_of(body),))

    def decode(self, data: bytes) -> Frame | None:
        if len(data) < 6 or self.length(data, role=Role.HOST) != len(data) or data[-2] != 3:
            return None
        if sum_of(data[:-1]) != data[-1]:
            return None
        address, lock, command = data[1:4]
        if command == self.status:
            return Status(address, data[4:-2]) if address in ADDRESSES else None
        if command == self.query:
            # Lock 30 in a query says "all", as lock 00 does.
            return Query(address) if address <= EVERY_BOARD and lock in (0, ALL_LOCKS) else None
        if lock == ALL_LOCKS:
            return UnlockAll(address) if address <= EVERY_BOARD else None
        return Unlock(address, lock + 1) if address in ADDRESSES and lock + 1 in LOCKS else None

    def grammar(self, role: Role) -> Grammar[Frame]:
        length = partial(self.length, role=role)
        return Grammar(length, self.decode, self.encode, answers, repeatable, answered)


COMMANDS: Final = Commands(query=0x50, unlock=0x51, status=0x65, width=6)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    return COMMANDS.encode(frame)


def decode(data: bytes) -> Frame | None:
    """The one frame these bytes are, all of them; None when they are none."""
    return COMMANDS.decode(data)


def answers(request: Frame, frame: Frame) -> bool:
    """Nothing answers an unlock; any board answers a query of every board."""
    match request, frame:
        case Query(asked), Status(told, _):
            return asked in (told, EVERY_BOARD)
        case _:
            return False


def repeatable(request: Frame) -> bool:
    return isinstance(request, Query)


def answered(request: Frame) -> bool:
    return isinstance(request, Query)


def locked(raw: bytes, *, locked_bit: int) -> tuple[bool, ...]:
    """Locks 1 … 48 by the bytes of a Status, `locked_bit` (0 or 1) being what a locked hook reads as."""
    bits = int.from_bytes(raw[:6], "little")
    return tuple((bits >> index & 1) == locked_bit for index in range(48))


class Codec(FramedCodec[Frame]):
    """Reads what the other end writes, and writes for its own. A host also reads its own requests as an echo."""

    def __init__(self, role: Role, *, commands: Commands = COMMANDS) -> None:
        super().__init__(commands.grammar(role))
