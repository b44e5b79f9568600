"""Readings of scanners that type a line: text, its end, and perhaps an AIM prefix that names the symbology.

Every ending is accepted in every framing (CR, LF, CR LF, and STX … ETX around), because scanners are set up by hand.
TAB alone ends a reading only where the framing says so: elsewhere it would cut a code in two.
The framing decides what silence means: under IDLE it ends a reading, otherwise a reading without an end is no reading,
for half a code is a plausible wrong code. What has control characters or is no UTF-8 is refused, never repaired.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from firmware_bridge.codec import NEED_MORE, More, Role

NAME: Final = "line"
LENGTH_CAP: Final = 256
STX, ETX, TAB, LF, CR = 0x02, 0x03, 0x09, 0x0A, 0x0D

# The letter of an AIM prefix `]` letter modifier, in the words used for symbologies everywhere here. Modifiers
# differ by options and, with ECI, by an offset, so the letter alone decides.
SYMBOLOGIES: Final = {
    "A": "CODE39",
    "C": "CODE128",
    "E": "EAN",
    "F": "CODABAR",
    "G": "CODE93",
    "I": "I25",
    "L": "PDF417",
    "Q": "QRCODE",
    "U": "MAXICODE",
    "d": "DATAMATRIX",
    "e": "DATABAR",
    "z": "AZTEC",
}
_PREFIXES: Final = {
    symbology: f"]{letter}{'1' if letter in 'Qd' else '0'}" for letter, symbology in SYMBOLOGIES.items()
}


class Framing(Enum):
    """How the device ends a reading. A host reads CR, LF and CRLF alike."""

    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    STX_ETX = "stx-etx"
    IDLE = "idle"


_AROUND: Final = {
    Framing.CR: (b"", b"\r"),
    Framing.LF: (b"", b"\n"),
    Framing.CRLF: (b"", b"\r\n"),
    Framing.TAB: (b"", b"\t"),
    Framing.STX_ETX: (b"\x02", b"\x03"),
    Framing.IDLE: (b"", b""),
}


class Flaw(Enum):
    """Why bytes are no reading."""

    TOO_LONG = "too-long"
    CONTROL_CHARACTER = "control-character"
    NOT_TEXT = "not-text"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"
    NO_READ = "no-read"
    CHECKSUM = "checksum"
    NOT_A_BADGE = "not-a-badge"


@dataclass(frozen=True, slots=True)
class Reading:
    """One code as the scanner read it, without prefix and ending."""

    text: str
    symbology: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no reading; of one that is too long, its beginning."""

    reason: Flaw
    raw: bytes


Frame: TypeAlias = Reading | Unreadable


class LineCodec:
    """A host reads what a scanner types; a device reads and types the same, so both ends share one grammar.

    Satisfies `firmware_bridge.codec.Codec` as far as a line that only speaks can. `ignored` are bytes that mean nothing
    at the start of a line, such as a scanner's answers to a trigger.
    """

    def __init__(
        self, role: Role, *, framing: Framing = Framing.CR, length_cap: int = LENGTH_CAP, ignored: bytes = b""
    ) -> None:
        self.role = role
        self._ends = (CR, LF, ETX, TAB) if framing is Framing.TAB else (CR, LF, ETX)
        self._ignored = ignored
        self._framing = framing
        self._cap = length_cap
        self._line = bytearray()
        self._overlong = False
        self._frames: list[Frame] = []

    def receive(self, data: bytes) -> None:
        for byte in data:
            if byte in self._ends:
                self._end()
            elif byte == STX:
                self._break_off()
            elif not self._line and byte in self._ignored:
                continue
            elif len(self._line) < self._cap:
                self._line.append(byte)
            else:
                self._overlong = True

    def next_frame(self) -> Frame | More:
        return self._frames.pop(0) if self._frames else NEED_MORE

    def quiet(self) -> None:
        """The line fell silent for longer than a scanner pauses within a code."""
        if self._framing is Framing.IDLE:
            self._end()
        else:
            self._break_off()

    def reset(self) -> None:
        """Forget a line that has no end yet."""
        self._clear()

    @property
    def in_line(self) -> bool:
        """Whether bytes wait for their end, so that silence would mean something."""
        return bool(self._line)

    def encode(self, frame: Reading) -> bytes:
        """What a scanner types for a reading. ValueError names what cannot be typed."""
        prefix = "" if frame.symbology is None else _PREFIXES.get(frame.symbology)
        if prefix is None:
            raise ValueError(f"symbology {frame.symbology}: must be one of {', '.join(_PREFIXES)}")
        line = (prefix + frame.text).encode()
        if parse(line) != frame or len(line) > self._cap:
            raise ValueError(
                f"text {frame.text!r}: empty, not printable, begins like a prefix, or is over {self._cap} bytes"
            )
        return self._framed(line)

    def _framed(self, line: bytes) -> bytes:
        start, end = _AROUND[self._framing]
        return start + line + end

    def _end(self) -> None:
        line, overlong = self._clear()
        if line:
            self._frames.append(Unreadable(Flaw.TOO_LONG, line) if overlong else parse(line))

    def _break_off(self) -> None:
        line, _ = self._clear()
        if line:
            self._frames.append(Unreadable(Flaw.INCOMPLETE, line))

    def _clear(self) -> tuple[bytes, bool]:
        line, overlong = bytes(self._line), self._overlong
        self._line.clear()
        self._overlong = False
        return line, overlong


def parse(line: bytes) -> Frame:
    """One line without its ending."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return Unreadable(Flaw.NOT_TEXT, line)
    if not text.isprintable():
        return Unreadable(Flaw.CONTROL_CHARACTER, line)
    symbology = SYMBOLOGIES.get(text[1]) if len(text) >= 3 and text[0] == "]" and text[2].isalnum() else None
    text = text[3:] if symbology else text
    return Reading(text, symbology) if text.strip() else Unreadable(Flaw.EMPTY, line)
