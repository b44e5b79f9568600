"""KERONG CU16 lock boards (RS-485, 19200 8N1, 16 locks): their frames, and a codec for either end of the line.

Every frame is `02 | ADDR | command | … | 03 | SUM`. The high half of ADDR is the board (0–15), the low half the lock
(0–15 on the line, here 1–16); where a command speaks to a whole board the low half is 0.

    02 b l 31 03 SUM       unlock          host → board; an answer is not to be relied on
    02 b 0 33 03 SUM       unlock all      host → board; no driver sends it
    02 b 0 30 03 SUM       query           host → board
    02 F 0 32 03 SUM       query every     host → every board; each answers with 36
    02 b 0 37 03 SUM       query time      host → board
    02 b 0 37 tt tt 03 SUM set time        host → board: the length of a pulse in 10 ms, high byte first
    02 b 0 35|36 H1 H2 I1 I2 03 SUM        board → host: hooks 1–8, 9–16, infrared 1–8, 9–16
    02 b 0 38 tt tt 03 SUM                 board → host: the length of a pulse

The delayed unlock (39) and the change of speed (40) are not spoken here: the one fires when nobody looks, the other
leaves a board that nobody finds again.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, assert_never

from firmware_bridge.boards.framing import FramedCodec, Grammar, Length, sum_of, within
from firmware_bridge.codec import NEED_MORE, Role

NAME: Final = "cu16"
ADDRESSES: Final = range(16)
LOCKS: Final = range(1, 17)
TIMES: Final = range(0, 60_001, 10)  # milliseconds
EVERY_BOARD: Final = 0xF0
UNSPOKEN: Final = {0x39: "delayed unlock", 0x40: "change of speed"}


@dataclass(frozen=True, slots=True)
class Unlock:
    address: int
    lock: int


@dataclass(frozen=True, slots=True)
class UnlockAll:
    """Fires every lock of a board. For reading a line; no driver sends it."""

    address: int


@dataclass(frozen=True, slots=True)
class Query:
    address: int


@dataclass(frozen=True, slots=True)
class QueryEvery:
    """Every board answers with a frame of its own."""


@dataclass(frozen=True, slots=True)
class QueryTime:
    address: int


@dataclass(frozen=True, slots=True)
class SetTime:
    """How long a pulse of this board lasts from now on, in milliseconds."""

    address: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Status:
    """The answer to Query."""

    address: int
    hooks: bytes
    items: bytes


@dataclass(frozen=True, slots=True)
class EveryStatus:
    """The answer to QueryEvery."""

    address: int
    hooks: bytes
    items: bytes


@dataclass(frozen=True, slots=True)
class Time:
    address: int
    milliseconds: int


Request: TypeAlias = Unlock | UnlockAll | Query | QueryEvery | QueryTime | SetTime
Reply: TypeAlias = Status | EveryStatus | Time
Frame: TypeAlias = Request | Reply


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    body = bytes((2, *_body(frame), 3))
    return body + bytes((sum_of(body),))


def decode(data: bytes) -> Frame | None:
    """The one frame these bytes are, all of them; None when they are none."""
    if len(data) not in (5, 7, 9) or data[0] != 2 or data[-2] != 3 or sum_of(data[:-1]) != data[-1]:
        return None
    board, lock = data[1] >> 4, data[1] & 0x0F
    if data[2] == 0x31:
        return Unlock(board, lock + 1) if len(data) == 5 else None
    if data[1] == EVERY_BOARD and data[2] == 0x32 and len(data) == 5:
        return QueryEvery()
    return _of_whole_board(board, data) if lock == 0 else None


def length(data: bytes, *, role: Role) -> Length:
    if data[0] != 2:
        return None
    if len(data) < 3:
        return NEED_MORE
    if data[2] in (0x30, 0x31, 0x32, 0x33):
        return 5
    if data[2] in (0x35, 0x36) and role is Role.HOST:
        return 9
    if data[2] == 0x38 and role is Role.HOST:
        return 7
    if data[2] != 0x37:
        return None
    if len(data) < 5:
        return NEED_MORE
    return 5 if decode(data[:5]) is not None else 7


def answers(request: Frame, frame: Frame) -> bool:
    """Whether `frame` is what a board says to `request`; any board answers a query of every board."""
    match request, frame:
        case (Query(asked), Status(told, _, _)) | (QueryTime(asked) | SetTime(asked, _), Time(told, _)):
            return asked == told
        case QueryEvery(), EveryStatus():
            return True
        case _:
            return False


def repeatable(request: Frame) -> bool:
    """Setting the length of a pulse twice does no more than once."""
    return isinstance(request, Query | QueryEvery | QueryTime | SetTime)


def answered(request: Frame) -> bool:
    """Nobody relies on the answer to an unlock; whether setting the time is answered stands in no document."""
    return isinstance(request, Query | QueryEvery | QueryTime)


class Codec(FramedCodec[Frame]):
    """Reads what the other end writes, and writes for its own. A host also reads its own requests as an echo."""

    def __init__(self, role: Role) -> None:
        super().__init__(Grammar(partial(length, role=role), decode, encode, answers, repeatable, answered))


def _of_whole_board(board: int, data: bytes) -> Frame | None:
    match data[2], len(data):
        case 0x30, 5:
            return Query(board)
        case 0x33, 5:
            return UnlockAll(board)
        case 0x37, 5:
            return QueryTime(board)
        case 0x37, 7:
            milliseconds = 10 * int.from_bytes(data[3:5])
            return SetTime(board, milliseconds) if milliseconds in TIMES else None
        case 0x38, 7:
            return Time(board, 10 * int.from_bytes(data[3:5]))
        case 0x35, 9:
            return Status(board, data[3:5], data[5:7])
        case 0x36, 9:
            return EveryStatus(board, data[3:5], data[5:7])
        case _:
            return None


def _body(frame: Frame) -> tuple[int, ...]:
    if isinstance(frame, QueryEvery):
        return EVERY_BOARD, 0x32
    board = within(frame.address, ADDRESSES, "address") << 4
    match frame:
        case Unlock(_, lock):
            return board | within(lock, LOCKS, "lock") - 1, 0x31
        case UnlockAll():
            return board, 0x33
        case Query():
            return board, 0x30
        case QueryTime():
            return board, 0x37
        case SetTime(_, milliseconds):
            return board, 0x37, *_ticks(milliseconds, TIMES)
        case Time(_, milliseconds):
            return board, 0x38, *_ticks(milliseconds, range(0, 655_351, 10))
        case Status(_, hooks, items):
            return board, 0x35, *_two(hooks, "hook"), *_two(items, "infrared")
        case EveryStatus(_, hooks, items):
            return board, 0x36, *_two(hooks, "hook"), *_two(items, "infrared")
        case _:
            assert_never(frame)


def _ticks(milliseconds: int, allowed: range) -> bytes:
    if milliseconds not in allowed:
        raise ValueError(f"milliseconds {milliseconds}: must be a multiple of 10, up to {allowed[-1]}")
    return (milliseconds // 10).to_bytes(2)


def _two(raw: bytes, name: str) -> bytes:
    within(len(raw), range(2, 3), f"number of {name} bytes")
    return raw
