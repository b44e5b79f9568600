"""Scanners and badge readers that pretend to be a keyboard: key events of Linux and the text they type, both ways.

Only key-down counts, for releases may come late. Shift and Caps Lock make capitals; Ctrl with a letter is a control
character; Alt with digits types a character by its number (0 5 2 is "4"). What a key cannot say in this layout becomes
a byte that is no text, so that a code with a hole in it is refused and never delivered short.
"""

import struct
from dataclasses import dataclass
from enum import Enum
from typing import Final

from firmware_bridge.codec import More, Role
from firmware_bridge.scanners.lines import LENGTH_CAP, Frame, Framing, LineCodec, Reading

NAME: Final = "keys"
EVENT: Final = struct.Struct("@llHHi")
"""`struct input_event` as the kernel of this machine writes it: seconds, microseconds, type, code, value."""

SYNC, KEY = 0, 1
REPORT, DROPPED = 0, 3
UP, DOWN = 0, 1
ENTER, TAB, KEYPAD_ENTER = 28, 15, 96
SHIFTS, CTRLS, ALTS = (42, 54), (29, 97), (56, 100)
CAPS_LOCK: Final = 58
_SILENT: Final = frozenset((*SHIFTS, *CTRLS, *ALTS, CAPS_LOCK, 69, 70, 125, 126))  # locks and the system keys
_KEYPAD: Final = {82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9"}
_KEYPAD_SIGNS: Final = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}
_NO_TEXT: Final = b"\xff"
_ALT_DIGITS: Final = 5
PIECE_LIMIT: Final = 64 * EVENT.size


def _row(first: int, plain: str, shifted: str) -> dict[int, tuple[str, str]]:
    return {first + index: pair for index, pair in enumerate(zip(plain, shifted, strict=True))}


LAYOUTS: Final = {
    "us": {
        **_row(2, "1234567890-=", "!@#$%^&*()_+"),
        **_row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
        **_row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
        **_row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
        **_row(57, " ", " "),
    }
}
"""Key code -> plain and shifted character. Hosts in China use the US layout."""


@dataclass(frozen=True, slots=True)
class Key:
    """One event of the kernel; `kind` KEY with value DOWN is a key pressed."""

    kind: int
    code: int
    value: int


class Way(Enum):
    """How a scanner types what it read."""

    PLAIN = "plain"
    ALT_KEYPAD = "alt-keypad"


def pack(key: Key) -> bytes:
    return EVENT.pack(0, 0, key.kind, key.code, key.value)


def unpack(data: bytes) -> Key:
    """ValueError is never raised: the caller gives exactly EVENT.size bytes."""
    _, _, kind, code, value = EVENT.unpack(data)
    return Key(kind, code, value)


class KeyCodec:
    """A host reads key events as lines; a device turns a reading into key events."""

    def __init__(
        self,
        role: Role,
        *,
        framing: Framing = Framing.CR,
        layout: str = "us",
        way: Way = Way.PLAIN,
        length_cap: int = LENGTH_CAP,
    ) -> None:
        self.role = role
        self._layout, self._way = LAYOUTS[layout], way
        self._lines = LineCodec(role, framing=framing, length_cap=length_cap)
        self._piece = bytearray()
        self._held: set[int] = set()
        self._capitals = False
        self._number = ""  # what is typed while Alt is held
        self._lost = False  # the kernel dropped events: nothing counts until the next report

    def receive(self, data: bytes) -> None:
        """Bytes of `struct input_event`, split anyhow."""
        self._piece += data
        while len(self._piece) >= EVENT.size:
            event = unpack(bytes(self._piece[: EVENT.size]))
            del self._piece[: EVENT.size]
            self._take(event)

    def next_frame(self) -> Frame | More:
        return self._lines.next_frame()

    def quiet(self) -> None:
        self._lines.quiet()

    def reset(self) -> None:
        """The device is another one, or came back: no key is held."""
        self._piece.clear()
        self._held.clear()
        self._capitals, self._number, self._lost = False, "", False
        self._lines.reset()

    @property
    def in_line(self) -> bool:
        """Whether keys wait for their end, so that silence would mean something."""
        return self._lines.in_line

    def encode(self, frame: Reading) -> bytes:
        """The events of a scanner that types this. ValueError names a character that the layout has no key for."""
        return b"".join(pack(key) for character in self._lines.encode(frame) for key in self._typed(chr(character)))

    def answers(self, request: Reading, frame: Reading) -> bool:
        """Nobody asks it."""
        return False

    def repeatable(self, request: Reading) -> bool:
        return False

    def answered(self, request: Reading) -> bool:
        return False

    def _take(self, event: Key) -> None:
        if event.kind == SYNC:
            if event.code == DROPPED:
                self._lost = True
                self._held.clear()
                self._lines.receive(_NO_TEXT)
            elif event.code == REPORT:
                self._lost = False
        elif event.kind == KEY and not self._lost:
            if event.value == DOWN:
                self._down(event.code)
            elif event.value == UP:
                self._up(event.code)

    def _down(self, code: int) -> None:
        if code == CAPS_LOCK:
            self._capitals = not self._capitals
        if code in _SILENT:
            self._held.add(code)
            return
        if self._held.intersection(ALTS):
            self._number += self._digit(code)
            self._number = self._number[: _ALT_DIGITS + 1]
            return
        self._lines.receive(self._bytes(code))

    def _up(self, code: int) -> None:
        self._held.discard(code)
        if code in ALTS and self._number and not self._held.intersection(ALTS):
            number, self._number = self._number, ""
            plain = number.isdigit() and len(number) <= _ALT_DIGITS and 0 < int(number) < 128
            self._lines.receive(bytes((int(number),)) if plain else _NO_TEXT)

    def _bytes(self, code: int) -> bytes:
        if code in (ENTER, KEYPAD_ENTER):
            return b"\r"
        if code == TAB:
            return b"\t"
        if not (character := self._character(code)):
            return _NO_TEXT
        if not self._held.intersection(CTRLS):
            return character.encode()
        upper = character.upper()
        return bytes((ord(upper) & 0x1F,)) if "@" <= upper <= "_" else _NO_TEXT

    def _character(self, code: int) -> str:
        if code in self._layout:
            plain, shifted = self._layout[code]
            capital = bool(self._held.intersection(SHIFTS)) is not (self._capitals and plain.isalpha())
            return shifted if capital else plain
        return _KEYPAD.get(code) or _KEYPAD_SIGNS.get(code, "")

    def _digit(self, code: int) -> str:
        """A digit typed while Alt is held; anything else spoils the number."""
        digit = _KEYPAD.get(code) or self._layout.get(code, ("x", ""))[0]
        return digit if digit.isdigit() else "x"

    def _typed(self, character: str) -> list[Key]:
        ends = {"\r": ENTER, "\n": ENTER, "\t": TAB}
        if character in ends:
            return _pressed(ends[character])
        if self._way is Way.ALT_KEYPAD:
            keypad = {digit: code for code, digit in _KEYPAD.items()}
            numbers = [keypad[digit] for digit in f"{ord(character):03d}"]
            return _held_down(ALTS[0], [key for code in numbers for key in _pressed(code)])
        for code, (plain, shifted) in self._layout.items():
            if character == plain:
                return _pressed(code)
            if character == shifted:
                return _held_down(SHIFTS[0], _pressed(code))
        raise ValueError(f"character {character!r}: there is no key for it")


_END: Final = Key(SYNC, REPORT, 0)


def _pressed(code: int) -> list[Key]:
    return [Key(KEY, code, DOWN), _END, Key(KEY, code, UP), _END]


def _held_down(code: int, keys: list[Key]) -> list[Key]:
    return [Key(KEY, code, DOWN), _END, *keys, Key(KEY, code, UP), _END]
