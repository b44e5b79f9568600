"""Sheets and rolls of labels: the same text as Code 128, as QR and for the eye, and what the volume is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from custody.events import Part
from custody.identifiers import Label
from paper.errors import LayoutError, NothingToPrintError
from paper.prints.codes import code128, qr
from paper.prints.pen import POINT, Pen, width_of, wrap
from paper.prints.typefaces import Face, find_face
from paper.prints.words import CHINESE, Words

__all__ = ["LAYOUTS", "Layout", "PrintedLabel", "VolumeCaption", "label_sheets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeCaption:
    """What a person reads on a label: which volume of which case."""

    case_number: str
    part: Part
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """A label to print. Words name a place or a badge; without a caption it is a blank, attached to a volume later."""

    label: Label
    caption: VolumeCaption | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the labels lie on a sheet, in mm; a roll is a sheet of one label. The last two are from label to label."""

    columns: int
    rows: int
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    across: float = 0.0
    down: float = 0.0
    sheet_width: float = 210.0
    sheet_height: float = 297.0

    def __post_init__(self) -> None:
        right = self.left + (self.columns - 1) * self.across + self.width
        bottom = self.top + (self.rows - 1) * self.down + self.height
        fits = right <= self.sheet_width + 0.05 and bottom <= self.sheet_height + 0.05
        apart = (self.columns == 1 or self.across >= self.width) and (self.rows == 1 or self.down >= self.height)
        positive = min(self.columns, self.rows) >= 1 and min(self.width, self.height) > 0 <= min(self.left, self.top)
        if not (fits and apart and positive):
            raise LayoutError(
                f"{self.columns} × {self.rows} labels of {self.width} × {self.height} mm do not lie on a sheet of "
                f"{self.sheet_width} × {self.sheet_height} mm without overlapping. Measure the sheet again."
            )

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    def corner(self, position: int) -> tuple[float, float]:
        """The top left corner of the label at a position, counted from 0 along the rows."""
        row, column = divmod(position, self.columns)
        return self.left + column * self.across, self.top + row * self.down


LAYOUTS: dict[str, Layout] = {
    "3x8": Layout(columns=3, rows=8, width=63.5, height=33.9, left=7.25, top=12.9, across=66.0, down=33.9),
    "4x10": Layout(columns=4, rows=10, width=48.5, height=25.4, left=8.0, top=21.5, across=48.5, down=25.4),
    "roll-60x30": Layout(columns=1, rows=1, width=60.0, height=30.0, sheet_width=60.0, sheet_height=30.0),
}
"""Sheets and rolls sold everywhere: 24 labels of 63.5 × 33.9 mm, 40 of 48.5 × 25.4 mm, and a roll of 60 × 30 mm."""


def label_sheets(
    labels: Sequence[PrintedLabel],
    layout: Layout,
    *,
    start: int = 0,
    words: Words = CHINESE,
    face: Face | None = None,
) -> bytes:
    """The sheets as a PDF. ``start`` is the first free position of the first sheet, from 0."""
    if not labels:
        raise NothingToPrintError("There is no label to print. Choose at least one volume, place or badge.")
    if not 0 <= start < layout.per_sheet:
        raise LayoutError(
            f"The sheet has labels 1 to {layout.per_sheet}; it cannot be started at label {start + 1}. "
            f"Count the used labels along the rows."
        )
    title = f"{labels[0].label} – {labels[-1].label}"
    pen = Pen(face or find_face(), width=layout.sheet_width, height=layout.sheet_height, title=title)
    for index, printed in enumerate(labels, start=start):
        if index > start and index % layout.per_sheet == 0:
            pen.next_page()
        x, y = layout.corner(index % layout.per_sheet)
        _draw(pen, printed, x=x, y=y, layout=layout, lines=_lines(printed.caption, words))
    return pen.finish()


_PADDING = 1.8
_GAP = 1.0
_BARS = 0.3
_NUMBER_SIZE = 13.0
_CAPTION_SIZE = 9.5
_CAPTION_SMALL = 6.5
_CAPTION_LEAST = 4.5
_LEADING = 1.2


def _lines(caption: VolumeCaption | str | None, words: Words) -> tuple[str, ...]:
    match caption:
        case None:
            return ()
        case str():
            return (caption,)
        case VolumeCaption():
            volume = words.volume.format(number=caption.number, of=caption.of)
            return (caption.case_number, f"{words.parts[caption.part]} {volume}")


def _draw(pen: Pen, printed: PrintedLabel, *, x: float, y: float, layout: Layout, lines: Sequence[str]) -> None:
    """The bars below at full width; above them the QR code, and the words beside it."""
    text = printed.label.text
    inner = layout.width - 2 * _PADDING
    bars = (layout.height - 2 * _PADDING - _GAP) * _BARS
    side = layout.height - 2 * _PADDING - _GAP - bars
    left, top = x + _PADDING, y + _PADDING
    pen.fill(qr(text, x=left, y=top, side=side))
    pen.fill(code128(text, x=left, y=top + side + _GAP, width=inner, height=bars))
    beside, room = left + side, inner - side
    set_lines = [(text, _NUMBER_SIZE), *_set(lines, face=pen.face.prose, room=room)]
    at = top + max(0.0, side - sum(size for _, size in set_lines) * POINT * _LEADING) / 2
    for index, (line, size) in enumerate(set_lines):
        pen.fitted(line, x=beside, y=at, room=room, size=size, least=_CAPTION_LEAST, mono=index == 0)
        at += size * POINT * _LEADING


def _set(lines: Sequence[str], *, face: str, room: float) -> Iterator[tuple[str, float]]:
    """Each line that has words, with its size; one that would get too small to read goes on two lines instead."""
    for line in filter(None, (line.strip() for line in lines)):
        size = min(_CAPTION_SIZE, _CAPTION_SIZE * room / width_of(line, face=face, size=_CAPTION_SIZE))
        if size >= _CAPTION_SMALL:
            yield line, size
        else:
            first = wrap(line, face=face, size=_CAPTION_SMALL, room=room)[0]
            yield from ((part, _CAPTION_SMALL) for part in (first, line.removeprefix(first).strip()))
