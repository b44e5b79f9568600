"""GM65 and Waveshare scanner modules: orders and answers between the lines they type, and a codec for either end.

An order is `7E 00 | kind | len | address (2) | data … | CRC`, an answer `02 00 | 00 | len | data … | CRC`. The CRC is
CRC-16/XMODEM over all that follows the first two bytes, high byte first; `AB CD` in its place means that it is not
checked. Readings are plain lines. The answer to a trigger comes before the reading.

    7E 00 08 01 00 02 01 AB CD    trigger on          7E 00 08 01 00 02 00 AB CD    trigger off
    02 00 00 01 00 33 31          done                7E 00 07 01 00 2A 02 D8 0F    which speed?
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from firmware_bridge.codec import NEED_MORE, More, Role
from firmware_bridge.scanners.lines import LENGTH_CAP, Framing, LineCodec, Reading, Unreadable

NAME: Final = "gm65"
READ, WRITE, SAVE, HEARTBEAT = 0x07, 0x08, 0x09, 0x0A
KINDS: Final = (READ, WRITE, SAVE, HEARTBEAT)
BUFFER_LIMIT: Final = 512
DATA_LIMIT: Final = 64
_UNCHECKED: Final = b"\xab\xcd"
_ORDER_HEAD, _ANSWER_HEAD = b"\x7e\x00", b"\x02\x00"


@dataclass(frozen=True, slots=True)
class Order:
    """`checked` False: `AB CD` stands in the place of the CRC."""

    kind: int
    address: int
    data: bytes
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    data: bytes


Frame: TypeAlias = Order | Answer | Reading | Unreadable

TRIGGER_ON: Final = Order(WRITE, 0x0002, b"\x01", checked=False)
TRIGGER_OFF: Final = Order(WRITE, 0x0002, b"\x00", checked=False)
DONE: Final = Answer(b"\x00")


def crc_of(body: bytes) -> bytes:
    """CRC-16/XMODEM: polynomial 1021, initial value 0."""
    crc = 0
    for byte in body:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
        crc &= 0xFFFF
    return crc.to_bytes(2, "big")


def encode(frame: Order | Answer) -> bytes:
    """The bytes of an order or an answer. ValueError names what is out of its range."""
    if not 1 <= len(frame.data) <= DATA_LIMIT:
        raise ValueError(f"data of {len(frame.data)} bytes: must be from 1 to {DATA_LIMIT}")
    if isinstance(frame, Answer):
        body = bytes((0, len(frame.data))) + frame.data
        return _ANSWER_HEAD + body + crc_of(body)
    if frame.kind not in KINDS or not 0 <= frame.address <= 0xFFFF:
        raise ValueError(f"kind {frame.kind}, address {frame.address}: kind must be 7 to 10, address 0 to 65535")
    body = bytes((frame.kind, len(frame.data))) + frame.address.to_bytes(2, "big") + frame.data
    return _ORDER_HEAD + body + (crc_of(body) if frame.checked else _UNCHECKED)


def decode(data: bytes) -> Order | Answer | None:
    """The one order or answer these bytes are, all of them; None when they are none."""
    length = length_of(data)
    if length is None or len(data) != length:
        return None
    body, check = data[2:-2], data[-2:]
    checked = check == crc_of(body)
    if not checked and check != _UNCHECKED:
        return None
    if data[0] == _ANSWER_HEAD[0]:
        return Answer(body[2:])
    return Order(body[0], int.from_bytes(body[2:4], "big"), body[4:], checked)


def length_of(data: bytes) -> int | None:
    """How many bytes the frame that begins here must have by its own length byte; None when none begins here."""
    if len(data) < 4 or not 1 <= data[3] <= DATA_LIMIT:
        return None
    if data[:2] == _ANSWER_HEAD and data[2] == 0:
        return 6 + data[3]
    return 8 + data[3] if data[:2] == _ORDER_HEAD and data[2] in KINDS else None


class Codec:
    """A host reads lines with answers between them and writes orders; a device the other way round."""

    def __init__(self, role: Role, *, framing: Framing = Framing.CR, length_cap: int = LENGTH_CAP) -> None:
        self.skipped = 0  # bytes of orders or answers that were none
        self._role = role
        self._head = _ANSWER_HEAD if role is Role.HOST else _ORDER_HEAD
        self._lines = LineCodec(role, framing=framing, length_cap=length_cap)
        self._buffer = bytearray()
        self._closed = False

    def receive(self, data: bytes) -> None:
        for byte in data:
            self._closed = False
            self._buffer.append(byte)
            if len(self._buffer) >= BUFFER_LIMIT:
                self._text(1)

    def next_frame(self) -> Frame | More:
        while (frame := self._lines.next_frame()) is NEED_MORE and self._buffer:
            here = bytes(self._buffer)
            if not self._begins(here):
                self._text(1)
                continue
            length = length_of(here)
            if not self._closed and (len(here) < 4 or (length is not None and len(here) < length)):
                break
            if (told := decode(here[:length])) is not None:
                del self._buffer[:length]
                return told
            self._text(1)
        if frame is NEED_MORE and self._closed:
            self._closed = False
            self._lines.quiet()
            frame = self._lines.next_frame()
        return frame

    def quiet(self) -> None:
        """The line fell silent: nothing more of this comes."""
        self._closed = True

    def reset(self) -> None:
        self._buffer.clear()
        self._closed = False
        self._lines.reset()

    @property
    def in_line(self) -> bool:
        """Whether bytes wait for their end, so that silence would mean something."""
        return bool(self._buffer) or self._lines.in_line

    def encode(self, frame: Frame) -> bytes:
        if isinstance(frame, Unreadable):
            raise ValueError(f"{frame.reason.value}: no scanner types this")
        return self._lines.encode(frame) if isinstance(frame, Reading) else encode(frame)

    def answers(self, request: Frame, frame: Frame) -> bool:
        return isinstance(request, Order) and isinstance(frame, Answer)

    def repeatable(self, request: Frame) -> bool:
        """Whether it changes nothing that lasts: a question, a sign of life, a trigger."""
        return isinstance(request, Order) and (
            request.kind in (READ, HEARTBEAT) or (request.kind == WRITE and request.address == TRIGGER_ON.address)
        )

    def answered(self, request: Frame) -> bool:
        return isinstance(request, Order)

    def _begins(self, here: bytes) -> bool:
        """Whether this may be the start of an order or answer: no text has a NUL in it."""
        return here[0] == self._head[0] and (len(here) < 2 or here[1] == self._head[1])

    def _text(self, count: int) -> None:
        """These bytes belong to no order or answer: to a host they are text, to a device rubbish."""
        if self._role is Role.HOST:
            self._lines.receive(bytes(self._buffer[:count]))
        else:
            self.skipped += count
        del self._buffer[:count]
