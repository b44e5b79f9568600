"""Winnsen lock boards (9600 8N1, 16 locks, DIP address 0–255): their frames, and a codec for either end of the line.

Every frame is `90 | LEN | command | station | … | 03`; LEN counts the whole frame. **There is no check**: bytes inside
may equal 90 or 03, so a frame is cut by its length alone, every field is held to its range, and a host that knows which
station it speaks to reads no other.

    host → board                        board → host
    05 SS LL        unlock              85 SS LL st     01 opened, 00 failed, 02 refused (the coil must cool)
    02 SS lo hi     query by mask       82 SS lo hi     bit n-1 = lock n, 1 = open
    12 SS LL        query one           92 SS st LL     status and lock the other way round than in 85
"""

from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, assert_never

from firmware_bridge.boards.framing import FramedCodec, Grammar, Length, within
from firmware_bridge.codec import NEED_MORE, Role

NAME: Final = "winnsen"
STATIONS: Final = range(256)
LOCKS: Final = range(1, 17)
FAILED, OPENED, COOLING = 0, 1, 2
STATUSES: Final = range(3)
_LENGTHS: Final = {0x05: 6, 0x02: 7, 0x12: 6, 0x85: 7, 0x82: 7, 0x92: 7}
_REQUESTS: Final = (0x05, 0x02, 0x12)


@dataclass(frozen=True, slots=True)
class Unlock:
    address: int
    lock: int


@dataclass(frozen=True, slots=True)
class Query:
    """The doors of the locks whose bits are set in the mask."""

    address: int
    masks: bytes


@dataclass(frozen=True, slots=True)
class QueryOne:
    address: int
    lock: int


@dataclass(frozen=True, slots=True)
class Unlocked:
    address: int
    lock: int
    status: int


@dataclass(frozen=True, slots=True)
class Status:
    address: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class OneStatus:
    address: int
    status: int
    lock: int


Request: TypeAlias = Unlock | Query | QueryOne
Reply: TypeAlias = Unlocked | Status | OneStatus
Frame: TypeAlias = Request | Reply


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    within(frame.address, STATIONS, "address")
    match frame:
        case Unlock(address, lock):
            command, rest = 0x05, bytes((within(lock, LOCKS, "lock"),))
        case Query(address, masks):
            command, rest = 0x02, _two(masks)
        case QueryOne(address, lock):
            command, rest = 0x12, bytes((within(lock, LOCKS, "lock"),))
        case Unlocked(address, lock, status):
            command, rest = 0x85, bytes((within(lock, LOCKS, "lock"), within(status, STATUSES, "status")))
        case Status(address, raw):
            command, rest = 0x82, _two(raw)
        case OneStatus(address, status, lock):
            command, rest = 0x92, bytes((within(status, STATUSES, "status"), within(lock, LOCKS, "lock")))
        case _:
            assert_never(frame)
    return bytes((0x90, len(rest) + 5, command, address, *rest, 3))


def decode(data: bytes) -> Frame | None:
    """The one frame these bytes are, all of them; None when they are none."""
    if len(data) < 6 or data[0] != 0x90 or _LENGTHS.get(data[2]) != len(data) or data[1] != len(data) or data[-1] != 3:
        return None
    command, address, rest = data[2], data[3], data[4:-1]
    match command:
        case 0x02:
            return Query(address, rest)
        case 0x82:
            return Status(address, rest)
        case 0x85 if rest[0] in LOCKS and rest[1] in STATUSES:
            return Unlocked(address, rest[0], rest[1])
        case 0x92 if rest[0] in STATUSES and rest[1] in LOCKS:
            return OneStatus(address, rest[0], rest[1])
        case 0x05 if rest[0] in LOCKS:
            return Unlock(address, rest[0])
        case 0x12 if rest[0] in LOCKS:
            return QueryOne(address, rest[0])
        case _:
            return None


def answers(request: Frame, frame: Frame) -> bool:
    match request, frame:
        case Query(asked, _), Status(told, _):
            return asked == told
        case (Unlock(asked, lock), Unlocked(told, same, _)) | (QueryOne(asked, lock), OneStatus(told, _, same)):
            return (asked, lock) == (told, same)
        case _:
            return False


def repeatable(request: Frame) -> bool:
    return isinstance(request, Query | QueryOne)


def answered(request: Frame) -> bool:
    """Every one is."""
    return True


class Codec(FramedCodec[Frame]):
    """Reads what the other end writes, and writes for its own. A host also reads its own requests as an echo."""

    def __init__(self, role: Role, *, station: int | None = None) -> None:
        """`station`: the only one whose frames are read; None reads all."""
        length = partial(_length, role=role, station=station)
        super().__init__(Grammar(length, decode, encode, answers, repeatable, answered))


def _length(data: bytes, *, role: Role, station: int | None) -> Length:
    if data[0] != 0x90 or data[1:2] not in (b"", b"\x06", b"\x07"):
        return None
    if len(data) < 4:
        return NEED_MORE
    known = data[2] in _LENGTHS and (role is Role.HOST or data[2] in _REQUESTS)
    fits = known and _LENGTHS[data[2]] == data[1] and station in (None, data[3])
    return data[1] if fits else None


def _two(raw: bytes) -> bytes:
    within(len(raw), range(2, 3), "number of lock bytes")
    return raw
