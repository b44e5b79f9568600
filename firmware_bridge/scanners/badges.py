"""The number of a badge, however its reader writes it: one card is one text at every reader of a court.

The text is the card's number in decimal, ten digits or more, as it is printed on common cards. What a reader types is a
setting of the wiring, because the same digits can be decimal or hexadecimal and nothing in them says which.
"""

import re
from enum import Enum
from typing import Final

PRINTED_DIGITS: Final = 10
TEXT_LIMIT: Final = 40


class Form(Enum):
    """How a reader writes a card's number."""

    AS_READ = "as-read"  # the text itself, such as a printed badge with a label on it
    DECIMAL = "decimal"
    HEX = "hex"
    HEX_REVERSED = "hex-reversed"  # the bytes in the other order
    FACILITY = "facility"  # 188,24910: eight bits and sixteen bits
    WIEGAND_26 = "wiegand-26"  # 26 bits in hexadecimal, the first and the last of them parity


def number_of(text: str, form: Form, *, keep_bytes: int) -> str | None:
    """The badge's text. `keep_bytes` counts from the low end: 4 leaves out an EM4100 card's version byte.

    None when the text is not what a reader of this form types.
    """
    text = text.strip()
    if form is Form.AS_READ:
        return text if text and len(text) <= TEXT_LIMIT else None
    value = _value(text, form)
    if value is None:
        return None
    return str(value & (1 << 8 * keep_bytes) - 1).zfill(PRINTED_DIGITS)


def typed(number: int, form: Form) -> str:
    """What a reader of this form types for a card's number. ValueError when it cannot."""
    match form:
        case Form.DECIMAL:
            return str(number).zfill(PRINTED_DIGITS)
        case Form.HEX | Form.HEX_REVERSED:
            data = number.to_bytes(max(4, (number.bit_length() + 7) // 8), "big")
            return (data if form is Form.HEX else data[::-1]).hex().upper()
        case Form.FACILITY | Form.WIEGAND_26 if not number >> 24:
            return _faced(number) if form is Form.FACILITY else _paired(number)
        case _:
            raise ValueError(f"card {number}: cannot be typed as {form.value}")


def _faced(number: int) -> str:
    return f"{number >> 16},{number & 0xFFFF:05d}"


def _paired(number: int) -> str:
    even = (number >> 12).bit_count() % 2
    odd = 1 - (number & 0xFFF).bit_count() % 2
    return f"{even << 25 | number << 1 | odd:08X}"


def _value(text: str, form: Form) -> int | None:
    match form:
        case Form.DECIMAL:
            return int(text) if re.fullmatch(r"[0-9]{1,20}", text) else None
        case Form.FACILITY:
            return _facility(text)
        case Form.WIEGAND_26:
            return _wiegand(text)
        case _:
            return _hexadecimal(text, backwards=form is Form.HEX_REVERSED)


def _hexadecimal(text: str, *, backwards: bool) -> int | None:
    digits = re.sub(r"[ :-]", "", text)
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}){3,10}", digits):
        return None
    return int.from_bytes(bytes.fromhex(digits), "little" if backwards else "big")


def _facility(text: str) -> int | None:
    parts = re.fullmatch(r"([0-9]{1,3})[,:/ -]([0-9]{1,5})", text)
    if parts is None:
        return None
    facility, card = int(parts[1]), int(parts[2])
    return facility << 16 | card if facility < 1 << 8 and card < 1 << 16 else None


def _wiegand(text: str) -> int | None:
    """Even parity over the first thirteen bits, odd over the last thirteen."""
    if not re.fullmatch(r"[0-9A-Fa-f]{7,8}", text):
        return None
    bits = int(text, 16)
    if bits >> 26 or (bits >> 13).bit_count() % 2 or not (bits & 0x1FFF).bit_count() % 2:
        return None
    return bits >> 1 & 0xFFFFFF
