"""The names of things: ids, labels and case numbers. Text in, a checked value or a refusal out.

An id is safe as one level of an MQTT topic and as a file name. A label is what is printed as Code 128 and QR: the
letter of its kind, six characters that mean nothing, and an ISO 7064 Mod 37,36 check character. Case numbers are read
in ``custody.case_numbers`` and named here, so that a reader needs one import.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from stdnum.iso7064.mod_37_36 import calc_check_digit, checksum

from custody.case_numbers import (
    CaseNumber,
    CaseNumberReason,
    CaseNumberRefusal,
    CourtLevel,
    parse_case_number,
)

__all__ = [
    "LABEL_CAPACITY",
    "LABEL_LENGTH",
    "ActId",
    "CaseNumber",
    "CaseNumberReason",
    "CaseNumberRefusal",
    "CourtId",
    "CourtLevel",
    "EventId",
    "Label",
    "LabelKind",
    "LabelRefusal",
    "LabelTrouble",
    "PersonId",
    "PlaceId",
    "StationId",
    "VolumeId",
    "check_id",
    "make_label",
    "parse_case_number",
    "parse_label",
    "serial_of",
]

VolumeId = NewType("VolumeId", str)
PersonId = NewType("PersonId", str)
PlaceId = NewType("PlaceId", str)
StationId = NewType("StationId", str)
CourtId = NewType("CourtId", str)
ActId = NewType("ActId", str)
EventId = NewType("EventId", str)


def check_id(text: str) -> bool:
    """Whether this text may be an id: 1 to 63 of a-z, 0-9, dot, dash and underscore, a letter or digit first."""
    return _ID.fullmatch(text) is not None


class LabelKind(StrEnum):
    """What a label is stuck on."""

    VOLUME = "V"
    PLACE = "P"
    BADGE = "B"


@dataclass(frozen=True, slots=True)
class Label:
    """A checked label. Make it with ``make_label`` or ``parse_label``."""

    kind: LabelKind
    text: str

    def __str__(self) -> str:
        return self.text


class LabelTrouble(StrEnum):
    """Why a text is not a label. The sentence of each stands under ``label.<trouble>`` in the catalogues."""

    LENGTH = "length"
    KIND = "kind"
    LOOK_ALIKE = "look_alike"
    ALPHABET = "alphabet"
    CHECK_CHARACTER = "check_character"


@dataclass(frozen=True, slots=True)
class LabelRefusal:
    """A text that is not a label. ``text`` is what was read; ``fields`` is what the sentence may name."""

    trouble: LabelTrouble
    text: str
    fields: tuple[tuple[str, str], ...] = ()


LABEL_LENGTH = 8


def make_label(kind: LabelKind, serial: int) -> Label:
    """The label of a serial number, different for each; serials run from 0 to ``LABEL_CAPACITY`` - 1 in every kind.

    Neighbouring serials differ in at least four of the six middle characters, so a mistyped label names no neighbour.
    A label bears neither the letter O nor I, and swapping any two of its neighbouring characters is always noticed.
    """
    if not 0 <= serial < LABEL_CAPACITY:
        raise ValueError(f"label serial {serial} is outside 0..{LABEL_CAPACITY - 1}")
    candidates = (_sealed(kind, serial * _SLOTS + slot) for slot in range(_SLOTS))
    return Label(kind, next(text for text in candidates if _fit_to_print(text)))


def parse_label(text: str) -> Label | LabelRefusal:
    """Read a scanned or typed label. Case, surrounding space and full-width forms do not matter; nothing is guessed."""
    read = text.strip().translate(_HALF_WIDTH)
    if len(read) != LABEL_LENGTH:
        return LabelRefusal(LabelTrouble.LENGTH, read, (("length", str(len(read))), ("expected", str(LABEL_LENGTH))))
    for place, character in enumerate(read, start=1):
        if character not in _PRINTED:
            trouble = LabelTrouble.LOOK_ALIKE if character in _LOOK_ALIKES else LabelTrouble.ALPHABET
            return LabelRefusal(trouble, read, (("character", character), ("position", str(place))))
    if read[0] not in list(LabelKind):
        return LabelRefusal(LabelTrouble.KIND, read, (("character", read[0]),))
    if checksum(read) != _CHECKED:
        return LabelRefusal(LabelTrouble.CHECK_CHARACTER, read)
    return Label(LabelKind(read[0]), read)


def serial_of(label: Label) -> int:
    """The serial number that ``make_label`` made this label of."""
    mixed = 0
    for character in label.text[1:-1]:
        mixed = mixed * len(_PRINTED) + _PRINTED.index(character)
    return (mixed - _SHIFT) * _UNFACTOR % _PAYLOADS // _SLOTS


_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")

# O and I are never printed, so nobody has to tell them from 0 and 1; a typed O or I is refused with that sentence and
# not read as the digit, because a scanner that sends one has misread the label.
_PRINTED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LOOK_ALIKES = "OI"
_HALF_WIDTH = {
    **{ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{code + 0xFEE0: chr(code).upper() for code in range(0x21, 0x7F) if chr(code).isalnum()},
}
_CHECKED = 1
_PAYLOAD_LENGTH = LABEL_LENGTH - 2
_PAYLOADS: int = len(_PRINTED) ** _PAYLOAD_LENGTH

# Mod 37,36 misses a swap of neighbours in about one label of a hundred, and one in eighteen would end in O or I. So
# each serial owns sixteen payloads and takes the first free of both; every serial of every kind was found to have one.
_SLOTS = 16
LABEL_CAPACITY = _PAYLOADS // _SLOTS

# A fixed mixing: payload = n * factor + shift (mod 34**6). The factor shares no divisor with 34, so it inverts.
_FACTOR = 954_742_811
_SHIFT = 618_033_989
_UNFACTOR: int = pow(_FACTOR, -1, _PAYLOADS)


def _sealed(kind: LabelKind, number: int) -> str:
    mixed = (number * _FACTOR + _SHIFT) % _PAYLOADS
    payload = ""
    for _ in range(_PAYLOAD_LENGTH):
        mixed, digit = divmod(mixed, len(_PRINTED))
        payload = _PRINTED[digit] + payload
    body = f"{kind}{payload}"
    return body + calc_check_digit(body)


def _fit_to_print(text: str) -> bool:
    swaps = (text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(LABEL_LENGTH - 1))
    return text[-1] in _PRINTED and all(swap == text or checksum(swap) != _CHECKED for swap in swaps)
