"""Code 128 and QR as boxes to blacken, with their quiet zones, in widths that a 300 dpi printer hits exactly."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRAlphaNum, QRCode, QRErrorCorrectLevel

from paper.errors import LayoutError

__all__ = ["code128", "qr", "squares"]

Box = tuple[float, float, float, float]
"""x, y, width, height in mm from the top left corner."""

DOT = 25.4 / 300
"""A printer's dot in mm. A bar that is a whole number of dots wide is as wide as its neighbour."""

_LEAST_BAR = 2 * DOT
_MOST_BAR = 4 * DOT
_QUIET_BAR = 10
_LEAST_SQUARE = 3 * DOT
_MOST_SQUARE = 8 * DOT
_QUIET_SQUARE = 4


def code128(text: str, *, x: float, y: float, width: float, height: float) -> Iterator[Box]:
    """The bars of a text in the middle of a box, quiet zones inside. Raises ``LayoutError`` if it is too narrow."""
    # One letter a symbol: b is a bar, s a space, A to D the same one to four modules wide.
    strokes = _strokes(text)
    modules = sum(wide for _, wide in strokes) + 2 * _QUIET_BAR
    module = _module(modules, room=width, least=_LEAST_BAR, most=_MOST_BAR, what=f"Code 128 {text!r}")
    at = x + (width - modules * module) / 2 + _QUIET_BAR * module
    for is_bar, wide in strokes:
        if is_bar:
            yield (at, y, wide * module, height)
        at += wide * module


def qr(text: str, *, x: float, y: float, side: float) -> Iterator[Box]:
    """The squares of a text in the middle of a square box, quiet zone inside it. Raises ``LayoutError`` as above."""
    matrix = squares(text)
    modules = len(matrix) + 2 * _QUIET_SQUARE
    module = _module(modules, room=side, least=_LEAST_SQUARE, most=_MOST_SQUARE, what=f"QR {text!r}")
    margin = (side - len(matrix) * module) / 2
    for row, line in enumerate(matrix):
        column = 0
        for dark, run in groupby(line):
            wide = len(list(run))
            if dark:
                yield (x + margin + column * module, y + margin + row * module, wide * module, module)
            column += wide


def _module(modules: int, *, room: float, least: float, most: float, what: str) -> float:
    """The widest module that is a whole number of dots and lets this many into the room."""
    module = int(min(room / modules, most) / DOT + 1e-6) * DOT
    if module < least - 1e-6:
        raise LayoutError(
            f"{what} needs {modules * least:.1f} mm to be readable and has {room:.1f} mm. Choose a larger label."
        )
    return module


def _strokes(text: str) -> tuple[tuple[bool, int], ...]:
    code = Code128(text, quiet=False)
    code.validate()  # type: ignore[no-untyped-call]
    if not code.valid:
        raise LayoutError(f"Code 128 can bear printable ASCII only, and not {text!r}. Print the label's own text.")
    code.encode()  # type: ignore[no-untyped-call]
    code.decompose()  # type: ignore[no-untyped-call]
    # reportlab spells bars A-D (or 1-4) and spaces a-d.
    return tuple((mark.isupper(), "abcd".index(mark.lower()) + 1) for mark in str(code.decomposed))


def squares(text: str) -> list[list[bool]]:
    """The rows of a QR code, true where it is dark, without a quiet zone."""
    alphanumeric = set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    code = QRCode(None, QRErrorCorrectLevel.Q)
    code.addData(QRAlphaNum(text) if alphanumeric else QR8bitByte(text))
    code.make()
    return [[bool(dark) for dark in row] for row in code.modules]
