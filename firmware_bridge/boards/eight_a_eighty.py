"""The "8A/80" lock boards (RS-485, 9600 8N1, DIP address 1–32): their frames, and a codec for either end of the line.

Every frame ends in BCC, the XOR of all bytes before it. Statuses stay raw bytes here: what 00 and 11 mean depends on
how the locks are wired, which `eight_a_eighty_doors` is told. The commands that hold a coil energised (9A, 9B) and the
all-open test (9D) exist on such boards and are not spoken here: a host that dies between on and off cooks the lock.

    host → board                        board → host
    8A aa cc 11 BCC     unlock one      8A aa cc st BCC      answer to an unlock
    8A aa cc 11 ss BCC  … ss = 1–9 s    80 aa cc st BCC      answer to a query of one
    8A aa 00 11 BCC     unlock all      80 aa n×st 33 BCC    answer to a query of all
    90 aa m m m BCC     unlock several  82|81 aa cc st BCC   report nobody asked for
    80 aa cc 33 BCC     query one
    80 aa 00 33 BCC     query all

The length of the answer to a query of all cannot be derived from the channel count (a board with 8 channels was seen
answering with 3 bytes), and a frame can be the beginning of a longer one: `80 01 11 00 90` reads as one door's status
and also begins the answer whose status bytes are 11 00 90. So the host's codec is told the number of status bytes. It
takes such an answer as soon as that length is valid, and a shorter reading only when the longer one is ruled out or the
line falls quiet. An answer of another length is delivered only when it is all there was between two silences. It is
never taken for a reading of doors (a lost byte 00 leaves every XOR intact), nor swallowed: it says what to set.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final, Generic, TypeAlias, TypeVar, assert_never

from firmware_bridge.codec import NEED_MORE, More, Role

FrameT = TypeVar("FrameT", covariant=True)

NAME: Final = "8a80"
ADDRESSES: Final = range(1, 33)
CHANNELS: Final = range(1, 51)
CHANNELS_OR_ALL: Final = range(51)  # 0 stands for every channel
SECONDS: Final = range(1, 10)
STATUS_BYTES: Final = range(1, 8)  # up to 50 channels
STATUSES: Final = (0x00, 0x11)
UNSPOKEN: Final = {0x9A: "hold on", 0x9B: "hold off", 0x9D: "all-open test"}
BUFFER_LIMIT: Final = 1024


@dataclass(frozen=True, slots=True)
class UnlockOne:
    """One pulse of the board's own length (300 ms unless its maker says otherwise)."""

    address: int
    channel: int


@dataclass(frozen=True, slots=True)
class UnlockTimed:
    address: int
    channel: int
    seconds: int


@dataclass(frozen=True, slots=True)
class UnlockAll:
    """Fires every lock of a board. For reading a line and for the simulated board; no driver sends it."""

    address: int


@dataclass(frozen=True, slots=True)
class UnlockSeveral:
    """Three bytes of lock bits, as they stand on the line. Not answered. No driver sends it."""

    address: int
    masks: bytes


@dataclass(frozen=True, slots=True)
class QueryOne:
    address: int
    channel: int


@dataclass(frozen=True, slots=True)
class QueryAll:
    address: int


@dataclass(frozen=True, slots=True)
class UnlockReply:
    address: int
    channel: int
    status: int


@dataclass(frozen=True, slots=True)
class OneStatus:
    address: int
    channel: int
    status: int


@dataclass(frozen=True, slots=True)
class AllStatus:
    address: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class DoorReport:
    """A board said by itself that a door changed. Not on all products."""

    header: int
    address: int
    channel: int
    status: int


Request: TypeAlias = UnlockOne | UnlockTimed | UnlockAll | UnlockSeveral | QueryOne | QueryAll
Reply: TypeAlias = UnlockReply | OneStatus | AllStatus | DoorReport
Frame: TypeAlias = Request | Reply


def check_of(body: bytes) -> int:
    """BCC: the XOR of all bytes. Over a whole frame, BCC included, it is 0."""
    return reduce(xor, body, 0)


def as_request(data: bytes) -> Request | None:
    """The one request these bytes are, all of them; None when they are none."""
    return next((shape.build(data) for shape in REQUESTS if shape.is_whole(data)), None)


def as_reply(data: bytes) -> Reply | None:
    """The one answer or report these bytes are, all of them; None when they are none."""
    return next((shape.build(data) for shape in REPLIES + ALL_STATUS if shape.is_whole(data)), None)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    _within(frame.address, ADDRESSES, "address")
    body = _body(frame)
    return body + bytes((check_of(body),))


def answers(request: Frame, frame: Frame) -> bool:
    """Whether `frame` is what a board says to `request`. A report nobody asked for never is."""
    match request, frame:
        case (QueryAll(asked), AllStatus(told, _)) | (UnlockAll(asked), UnlockReply(told, _, _)):
            return asked == told
        case (QueryOne(asked, channel), OneStatus(told, same, _)):
            return (asked, channel) == (told, same)
        case (UnlockOne(asked, channel) | UnlockTimed(asked, channel, _), UnlockReply(told, same, _)):
            return (asked, channel) == (told, same)
        case _:
            return False


def repeatable(request: Frame) -> bool:
    """Only a question may be asked again. A lost answer to an unlock stays lost."""
    return isinstance(request, QueryOne | QueryAll)


class Codec:
    """Reads what the other end writes, and writes for its own end. Satisfies `firmware_bridge.codec.Codec`.

    A host also reads its own requests, since a two-wire line may echo them: those that have the shape of an answer come
    out as that answer (their bytes are the same), the others as the requests they are.
    """

    def __init__(
        self, role: Role, *, status_bytes: int | None = 3, by_address: Mapping[int, int] | None = None
    ) -> None:
        """`status_bytes` of every board on the line (None: not known), but for those named in `by_address`."""
        for count in (*(by_address or {}).values(), *(() if status_bytes is None else (status_bytes,))):
            _within(count, STATUS_BYTES, "status_bytes")
        self.skipped = 0  # bytes thrown away so far: noise on the line shows here
        self._role = role
        self._status_bytes = status_bytes
        self._by_address = by_address or {}
        self._buffer = bytearray()
        self._closed = 0  # that many bytes at the start of the buffer came before a silence

    def receive(self, data: bytes) -> None:
        self._buffer += data
        self._skip(max(0, len(self._buffer) - BUFFER_LIMIT))

    def next_frame(self) -> Frame | More:
        while self._buffer:
            shape = self._shape_at_start()
            if shape is NEED_MORE:
                return NEED_MORE
            if shape is None:
                self._skip(1)
            else:
                return shape.build(self._take(len(shape.positions)))
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
        return not isinstance(request, UnlockSeveral)

    def _shape_at_start(self) -> "_Shape[Frame] | More | None":
        """The most likely frame that begins here, or that none does, or that more bytes must tell."""
        here = bytes(self._buffer[: self._closed or len(self._buffer)])
        undecided = not self._closed and self._only_silence_can_tell(here)
        wired = self._by_address.get(here[1], self._status_bytes) if len(here) > 1 else self._status_bytes
        if undecided and wired is None:
            return NEED_MORE
        for shape in self._shapes_by_preference(wired):
            if shape.is_whole(here[: len(shape.positions)]):
                return shape
            if not self._closed and len(here) < len(shape.positions) and shape.begins(here):
                return NEED_MORE
        return NEED_MORE if undecided else None

    def _shapes_by_preference(self, wired: int | None) -> "tuple[_Shape[Frame], ...]":
        if self._role is Role.DEVICE:
            return REQUESTS
        all_there_was = ALL_STATUS[self._closed - 5 : self._closed - 4] if self._closed >= 5 else ()
        if wired is None:
            return (*all_there_was, *REPLIES, *ALL_STATUS, *REQUESTS)
        return (ALL_STATUS[wired - 1], *REPLIES, *REQUESTS, *all_there_was)

    def _only_silence_can_tell(self, here: bytes) -> bool:
        """Whether this may become an answer to a query of all, of a length that is not the wired one."""
        return self._role is Role.HOST and len(here) < LONGEST and ALL_STATUS[-1].begins(here)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._closed = max(0, self._closed - count)
        return taken

    def _skip(self, count: int) -> None:
        self.skipped += len(self._take(count))


@dataclass(frozen=True, slots=True)
class _Shape(Generic[FrameT]):
    """A frame as a table row: which values each position allows, and what it means."""

    positions: tuple[Container[int], ...]
    build: Callable[[bytes], FrameT]

    def begins(self, data: bytes) -> bool:
        return all(byte in allowed for byte, allowed in zip(data, self.positions, strict=False))

    def is_whole(self, data: bytes) -> bool:
        return len(data) == len(self.positions) and self.begins(data) and check_of(data) == 0


def _body(frame: Frame) -> bytes:
    match frame:
        case UnlockOne(address, channel):
            return bytes((0x8A, address, _within(channel, CHANNELS, "channel"), 0x11))
        case UnlockTimed(address, channel, seconds):
            pulse = (_within(channel, CHANNELS, "channel"), 0x11, _within(seconds, SECONDS, "seconds"))
            return bytes((0x8A, address, *pulse))
        case UnlockAll(address):
            return bytes((0x8A, address, 0x00, 0x11))
        case UnlockSeveral(address, masks):
            _within(len(masks), range(3, 4), "number of mask bytes")
            return bytes((0x90, address, *masks))
        case QueryOne(address, channel):
            return bytes((0x80, address, _within(channel, CHANNELS, "channel"), 0x33))
        case QueryAll(address):
            return bytes((0x80, address, 0x00, 0x33))
        case UnlockReply(address, channel, status):
            return bytes((0x8A, address, _within(channel, CHANNELS_OR_ALL, "channel"), _status(status)))
        case OneStatus(address, channel, status):
            return bytes((0x80, address, _within(channel, CHANNELS, "channel"), _status(status)))
        case AllStatus(address, raw):
            _within(len(raw), STATUS_BYTES, "number of status bytes")
            return bytes((0x80, address, *raw, 0x33))
        case DoorReport(header, address, channel, status):
            _within(header, range(0x81, 0x83), "header")
            return bytes((header, address, _within(channel, CHANNELS, "channel"), _status(status)))
        case _:
            assert_never(frame)


def _all_status(count: int) -> _Shape[Reply]:
    return _Shape(((0x80,), ADDRESSES, *(ANY,) * count, (0x33,), ANY), lambda b: AllStatus(b[1], b[2:-2]))


def _within(value: int, allowed: range, name: str) -> int:
    if value not in allowed:
        raise ValueError(f"{name} {value}: must be from {allowed[0]} to {allowed[-1]}")
    return value


def _status(value: int) -> int:
    if value not in STATUSES:
        raise ValueError(f"status {value:02X}: must be 00 or 11")
    return value


ANY: Final = range(256)
REQUESTS: Final[tuple[_Shape[Request], ...]] = (
    _Shape(((0x8A,), ADDRESSES, CHANNELS, (0x11,), SECONDS, ANY), lambda b: UnlockTimed(b[1], b[2], b[4])),
    _Shape(((0x8A,), ADDRESSES, CHANNELS, (0x11,), ANY), lambda b: UnlockOne(b[1], b[2])),
    _Shape(((0x8A,), ADDRESSES, (0x00,), (0x11,), ANY), lambda b: UnlockAll(b[1])),
    _Shape(((0x90,), ADDRESSES, ANY, ANY, ANY, ANY), lambda b: UnlockSeveral(b[1], b[2:5])),
    _Shape(((0x80,), ADDRESSES, CHANNELS, (0x33,), ANY), lambda b: QueryOne(b[1], b[2])),
    _Shape(((0x80,), ADDRESSES, (0x00,), (0x33,), ANY), lambda b: QueryAll(b[1])),
)
REPLIES: Final[tuple[_Shape[Reply], ...]] = (
    _Shape(((0x8A,), ADDRESSES, CHANNELS_OR_ALL, STATUSES, ANY), lambda b: UnlockReply(b[1], b[2], b[3])),
    _Shape(((0x80,), ADDRESSES, CHANNELS, STATUSES, ANY), lambda b: OneStatus(b[1], b[2], b[3])),
    _Shape(((0x81, 0x82), ADDRESSES, CHANNELS, STATUSES, ANY), lambda b: DoorReport(b[0], b[1], b[2], b[3])),
)
ALL_STATUS: Final = tuple(_all_status(count) for count in STATUS_BYTES)
LONGEST: Final = len(ALL_STATUS[-1].positions)
