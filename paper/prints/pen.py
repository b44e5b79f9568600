"""A pen for one document: millimetres from the top left corner, text that is made to fit, bytes at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from paper.prints.typefaces import Face

__all__ = ["Pen", "shorten", "width_of", "wrap"]

POINT = 1 / mm
"""A point in mm."""

_ASCENT = 0.86

# A number or word, or any character, with the opening marks before and the closing marks after it.
_TOKEN = re.compile(r"[（〔【《“(\[]*(?:[A-Za-z0-9]+|.)[、，。；：！？）〕】》”,.;:!?)\]]*", re.DOTALL)


class Pen:
    """Draws on pages of one size. The same strokes always give the same bytes: no date, no random id is written."""

    def __init__(self, face: Face, *, width: float, height: float, title: str) -> None:
        self.face = face
        self.width = width
        self.height = height
        self._bytes = BytesIO()
        # Without a first font of ours, Helvetica would be named and not embedded.
        first: Any = face.prose  # the stubs take it for a number
        size = (width * mm, height * mm)
        self._canvas = Canvas(self._bytes, pagesize=size, pageCompression=1, invariant=1, initialFontName=first)
        self._canvas.setTitle(title)
        self._canvas.setCreator("Yungui")

    def text(self, words: str, *, x: float, y: float, size: float, mono: bool = False) -> None:
        """Write one line with its top left corner at x, y. Size in points."""
        self._canvas.setFont(self.face.mono if mono else self.face.prose, size)
        self._canvas.drawString(x * mm, self._up(y + size * POINT * _ASCENT), words)

    def centred(self, words: str, *, x: float, y: float, size: float) -> None:
        """Write one line with the middle of its top at x, y."""
        self.text(words, x=x - width_of(words, face=self.face.prose, size=size) / 2, y=y, size=size)

    def centred_fitted(self, words: str, *, x: float, y: float, room: float, size: float, least: float) -> None:
        """As ``fitted``, around a middle."""
        full = width_of(words, face=self.face.prose, size=size)
        fitting = max(least, min(size, size * room / full)) if full else size
        self.centred(shorten(words, face=self.face.prose, size=fitting, room=room), x=x, y=y, size=fitting)

    def fitted(
        self, words: str, *, x: float, y: float, room: float, size: float, least: float, mono: bool = False
    ) -> None:
        """Write one line smaller, if it must be, so that it stays in its room; at the least size its end is cut."""
        face = self.face.mono if mono else self.face.prose
        full = width_of(words, face=face, size=size)
        fitting = max(least, min(size, size * room / full)) if full else size
        self.text(shorten(words, face=face, size=fitting, room=room), x=x, y=y, size=fitting, mono=mono)

    def line(self, *, x: float, y: float, to_x: float, to_y: float, thick: float = 0.2) -> None:
        self._canvas.setLineWidth(thick * mm)
        self._canvas.line(x * mm, self._up(y), to_x * mm, self._up(to_y))

    def fill(self, boxes: Iterable[tuple[float, float, float, float]]) -> None:
        """Blacken boxes of x, y, width, height in one stroke, so that no seam shows between them."""
        path = self._canvas.beginPath()
        for x, y, width, height in boxes:
            path.rect(x * mm, self._up(y + height), width * mm, height * mm)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def next_page(self) -> None:
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The document. The pen is empty after."""
        self._canvas.save()
        return self._bytes.getvalue()

    def _up(self, y: float) -> float:
        return (self.height - y) * mm


def width_of(words: str, *, face: str, size: float) -> float:
    """How wide a line is, in mm."""
    return float(stringWidth(words, face, size)) / mm


def shorten(words: str, *, face: str, size: float, room: float) -> str:
    """The words, or as much of their beginning as fits with a sign that more follows."""
    tolerance = room + 1e-6
    if width_of(words, face=face, size=size) <= tolerance:
        return words
    kept = words
    while kept and width_of(kept + "…", face=face, size=size) > tolerance:
        kept = kept[:-1]
    return kept + "…"


def wrap(words: str, *, face: str, size: float, room: float) -> tuple[str, ...]:
    """The words in as many lines as they need, broken as Chinese is: not inside a number, nor before a comma."""
    whole = (
        piece
        for token in _TOKEN.findall(words)
        for piece in ([token] if width_of(token, face=face, size=size) <= room else token)
    )
    lines = [""]
    for piece in whole:
        if lines[-1] and width_of(lines[-1] + piece, face=face, size=size) > room:
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines)
