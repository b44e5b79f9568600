"""Badge readers of the RDM6300 kind (125 kHz, EM4100): frames of 14 characters, and a codec for either end.

    02 | ten hexadecimal digits | two digits of check | 03      the check is the XOR of the five bytes

While a card lies on the reader it is told again and again. General knowledge of these modules, not a vendor's page.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from firmware_bridge.codec import NEED_MORE, More, Role
from firmware_bridge.scanners.lines import ETX, STX, Flaw, Unreadable

NAME: Final = "rdm6300"
LENGTH: Final = 14
CARD_BYTES: Final = 5
BUFFER_LIMIT: Final = 256


@dataclass(frozen=True, slots=True)
class Card:
    """The five bytes of a card as the reader told them: a version byte and the number."""

    raw: bytes


Frame: TypeAlias = Card | Unreadable


def check_of(raw: bytes) -> int:
    check = 0
    for byte in raw:
        check ^= byte
    return check


def encode(frame: Card) -> bytes:
    """The bytes of a frame. ValueError when a card has not five bytes."""
    if len(frame.raw) != CARD_BYTES:
        raise ValueError(f"card of {len(frame.raw)} bytes: must be {CARD_BYTES}")
    digits = (frame.raw + bytes((check_of(frame.raw),))).hex().upper()
    return bytes((STX,)) + digits.encode() + bytes((ETX,))


def decode(data: bytes) -> Card | None:
    """The one frame these bytes are, all of them; None when they are none."""
    if len(data) != LENGTH or data[0] != STX or data[-1] != ETX or not all(byte in _DIGITS for byte in data[1:-1]):
        return None
    raw = bytes.fromhex(data[1:-1].decode())
    return Card(raw[:-1]) if check_of(raw[:-1]) == raw[-1] else None


_DIGITS: Final = b"0123456789ABCDEFabcdef"


class Codec:
    """A host reads cards, a device writes them; both ends share one grammar."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self._buffer = bytearray()
        self._frames: list[Frame] = []

    def receive(self, data: bytes) -> None:
        for byte in data:
            if byte == STX:
                self._end()
            if byte == STX or self._buffer:  # what comes before a start is noise
                self._buffer.append(byte)
            if byte == ETX or len(self._buffer) >= BUFFER_LIMIT:
                self._end()

    def next_frame(self) -> Frame | More:
        return self._frames.pop(0) if self._frames else NEED_MORE

    def quiet(self) -> None:
        self._end()

    def reset(self) -> None:
        self._buffer.clear()

    @property
    def in_line(self) -> bool:
        """Whether bytes wait for their end, so that silence would mean something."""
        return bool(self._buffer)

    def encode(self, frame: Frame) -> bytes:
        if isinstance(frame, Unreadable):
            raise ValueError(f"{frame.reason.value}: no reader types this")
        return encode(frame)

    def answers(self, request: Frame, frame: Frame) -> bool:
        """Nobody asks it."""
        return False

    def repeatable(self, request: Frame) -> bool:
        return False

    def answered(self, request: Frame) -> bool:
        return False

    def _end(self) -> None:
        raw = bytes(self._buffer)
        self._buffer.clear()
        if raw:
            self._frames.append(decode(raw) or Unreadable(_flaw(raw), raw))


def _flaw(raw: bytes) -> Flaw:
    return Flaw.CHECKSUM if len(raw) == LENGTH and raw[-1] == ETX else Flaw.INCOMPLETE
