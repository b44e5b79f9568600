"""Orders in words to Honeywell and Newland scanners: trigger bytes, and menu commands with their answers.

    16 4D 0D TAG … 21             Honeywell, kept in RAM only (`!`); 2E (`.`) keeps it for good
    7E 01 30 30 30 30 23 TAG … 3B 03   Newland, kept in RAM only (`#`); 40 (`@`) keeps it for good

A Honeywell answers with the command and ACK (06), ENQ (05: no such command) or NAK (15: not that value) before the last
character; a Newland with `02 01 30 30 30 30 …` and one of the same three before `3B 03`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

HONEYWELL_ON: Final = b"\x16T\r"
HONEYWELL_OFF: Final = b"\x16U\r"
NEWLAND_ON: Final = b"\x01T\x04"
NEWLAND_OFF: Final = b"\x01P\x04"
ANSWERS: Final = b"\x05\x06\x15"
COMMAND_LIMIT: Final = 200
_HONEYWELL_HEAD: Final = b"\x16M\r"
_NEWLAND_HEAD, _NEWLAND_TOLD, _NEWLAND_TAIL = b"\x7e\x010000", b"\x02\x010000", b";\x03"


class Verdict(Enum):
    DONE = 0x06
    UNKNOWN_COMMAND = 0x05
    REFUSED = 0x15


@dataclass(frozen=True, slots=True)
class Menu:
    """A command such as `TRGMOD0`. `lasting` True: the scanner keeps it without power."""

    command: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class MenuAnswer:
    command: str
    verdict: Verdict
    lasting: bool = False


def encode_honeywell(frame: Menu | MenuAnswer) -> bytes:
    """ValueError when the command is no printable ASCII, or holds a character that ends it."""
    end = b"." if frame.lasting else b"!"
    command = _checked(frame.command, b".!")
    if isinstance(frame, MenuAnswer):
        return command + bytes((frame.verdict.value,)) + end
    return _HONEYWELL_HEAD + command + end


def decode_honeywell(data: bytes) -> Menu | MenuAnswer | None:
    """The one command or answer these bytes are, all of them; None when they are none."""
    if len(data) < 3 or data[-1:] not in (b".", b"!"):
        return None
    lasting = data[-1:] == b"."
    if data.startswith(_HONEYWELL_HEAD):
        command = _text(data[3:-1], b".!")
        return None if command is None else Menu(command, lasting)
    return _answer(data[:-1], b".!", lasting=lasting)


def encode_newland(frame: Menu | MenuAnswer) -> bytes:
    """ValueError when the command is no printable ASCII, or holds a character that ends it."""
    keep = b"@" if frame.lasting else b"#"
    command = keep + _checked(frame.command, b";")
    if isinstance(frame, MenuAnswer):
        return _NEWLAND_TOLD + command + bytes((frame.verdict.value,)) + _NEWLAND_TAIL
    return _NEWLAND_HEAD + command + _NEWLAND_TAIL


def decode_newland(data: bytes) -> Menu | MenuAnswer | None:
    """The one command or answer these bytes are, all of them; None when they are none."""
    head, keep, rest = data[:6], data[6:7], data[7:-2]
    if data[-2:] != _NEWLAND_TAIL or keep not in (b"@", b"#"):
        return None
    if head == _NEWLAND_HEAD:
        command = _text(rest, b";")
        return None if command is None else Menu(command, keep == b"@")
    return _answer(rest, b";", lasting=keep == b"@") if head == _NEWLAND_TOLD else None


def _answer(data: bytes, ends: bytes, *, lasting: bool) -> MenuAnswer | None:
    command = _text(data[:-1], ends)
    if command is None or data[-1] not in ANSWERS:
        return None
    return MenuAnswer(command, Verdict(data[-1]), lasting)


def _checked(command: str, ends: bytes) -> bytes:
    data = command.encode("ascii", "replace")
    if _text(data, ends) != command:
        raise ValueError(f"command {command!r}: must be 1 to {COMMAND_LIMIT} printable ASCII without {ends.decode()}")
    return data


def _text(data: bytes, ends: bytes) -> str | None:
    plain = all(0x20 <= byte < 0x7F and byte not in ends for byte in data)
    return data.decode("ascii") if plain and 1 <= len(data) <= COMMAND_LIMIT else None
