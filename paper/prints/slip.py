"""A hand-over list or receipt on A4: what changed hands, from whom to whom, with room for the signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from custody.identifiers import Label
from paper.errors import NothingToPrintError
from paper.prints.codes import qr
from paper.prints.pen import POINT, Pen, width_of, wrap
from paper.prints.typefaces import Face, find_face
from paper.prints.words import CHINESE, Words

__all__ = ["Slip", "SlipRow", "hand_over_slip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRow:
    """One volume. ``volume``: its part and number as they shall read ("正卷 1/2")."""

    label: Label
    case_number: str
    volume: str
    pages: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What the list says. ``record`` is the id in the QR code; ``printed`` a time as it shall read.

    ``facts`` are pairs such as ("移交人", "王敏"), printed above the table; ``signers`` get room to sign.
    """

    court: str
    title: str
    record: str
    printed: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[SlipRow, ...]
    signers: tuple[str, ...]


def hand_over_slip(slip: Slip, *, words: Words = CHINESE, face: Face | None = None) -> bytes:
    """The list as a PDF. Long tables go on over further pages; the signatures stand once, after the last row."""
    if not slip.rows:
        raise NothingToPrintError(f"The list {slip.record} has no volume on it. Add the volumes before printing it.")
    pen = Pen(face or find_face(), width=210.0, height=297.0, title=f"{slip.court} {slip.title} {slip.record}")
    rows = [part for index, row in enumerate(slip.rows, start=1) for part in _split(_cells(row, index, pen.face))]
    pages = _paginate([_height(row) for row in rows], first=_table_top(slip), closing=_CLOSING)
    for page, span in enumerate(pages, start=1):
        if page > 1:
            pen.next_page()
        top = _head(pen, slip) if page == 1 else _short_head(pen, slip)
        bottom = _table(pen, rows[span.start : span.stop], top=top, words=words)
        if page == len(pages):
            _close(pen, slip, top=bottom, words=words)
        _foot(pen, slip, words=words, page=words.page.format(number=page, of=len(pages)))
    return pen.finish()


_LEFT, _RIGHT = 18.0, 192.0
_TOP, _BOTTOM = 16.0, 279.0
_QR = 24.0
_COLUMNS = (12.0, 25.0, 54.0, 41.0, 13.0, 29.0)
_LABEL = 1
_SIZE = 10.0
_SMALL = 9.0
_LINE = _SIZE * POINT * 1.4
_CELL = 1.5
_FACT = 7.0
_HEAD = _LINE + 2 * _CELL
_SHORT_HEAD_TOP = _TOP + 10.0
_CLOSING = 48.0
_MOST_LINES = 30

_Cells = tuple[tuple[str, ...], ...]


def _cells(row: SlipRow, index: int, face: Face) -> _Cells:
    pages = "" if row.pages is None else str(row.pages)
    texts = (str(index), row.label.text, row.case_number, row.volume, pages, row.remark)
    return tuple(
        wrap(text, face=face.prose, size=_SIZE, room=width - 2 * _CELL)
        for text, width in zip(texts, _COLUMNS, strict=True)
    )


def _split(row: _Cells) -> Iterator[_Cells]:
    """A row too high for a page goes on in further rows, so that nothing is cut off."""
    for start in range(0, max(len(lines) for lines in row), _MOST_LINES):
        yield tuple(lines[start : start + _MOST_LINES] for lines in row)


def _height(row: _Cells) -> float:
    return max(len(lines) for lines in row) * _LINE + 2 * _CELL


def _paginate(heights: Sequence[float], *, first: float, closing: float) -> list[range]:
    """Which rows stand on which page, so that the closing part follows the last row on its page."""
    pages = []
    start, at = 0, first + _HEAD
    for index, height in enumerate(heights):
        last = index == len(heights) - 1
        if index > start and at + height + (closing if last else 0.0) > _BOTTOM:
            pages.append(range(start, index))
            start, at = index, _SHORT_HEAD_TOP + _HEAD
        at += height
    pages.append(range(start, len(heights)))
    return pages if at + closing <= _BOTTOM else [*pages, range(len(heights), len(heights))]


def _table_top(slip: Slip) -> float:
    return max(_TOP + 22.0 + (len(slip.facts) + 1) // 2 * _FACT, _TOP + _QR) + 3.0


def _head(pen: Pen, slip: Slip) -> float:
    """Court, title, facts and the QR code of the record; where the table may begin."""
    middle = (_LEFT + _RIGHT) / 2
    room = _RIGHT - _LEFT - 2 * _QR
    pen.centred_fitted(slip.court, x=middle, y=_TOP, room=room, size=18.0, least=10.0)
    pen.centred_fitted(slip.title, x=middle, y=_TOP + 10.0, room=room, size=14.0, least=9.0)
    pen.fill(qr(slip.record, x=_RIGHT - _QR, y=_TOP - 4.0, side=_QR))
    column = (_RIGHT - _LEFT) / 2
    for index, (name, value) in enumerate(slip.facts):
        row, side = divmod(index, 2)
        x, y = _LEFT + side * column, _TOP + 22.0 + row * _FACT
        pen.fitted(f"{name}：{value}", x=x, y=y, room=column - 4.0, size=11.0, least=6.0)
    return _table_top(slip)


def _short_head(pen: Pen, slip: Slip) -> float:
    pen.fitted(f"{slip.court} {slip.title}", x=_LEFT, y=_TOP, room=_RIGHT - _LEFT, size=11.0, least=7.0)
    return _SHORT_HEAD_TOP


def _table(pen: Pen, rows: Sequence[_Cells], *, top: float, words: Words) -> float:
    """Heads, rows and rules; where the table ends."""
    edges = [_LEFT + sum(_COLUMNS[:index]) for index in range(len(_COLUMNS) + 1)]
    pen.line(x=_LEFT, y=top, to_x=_RIGHT, to_y=top, thick=0.4)
    for edge, width, name in zip(edges, _COLUMNS, words.columns, strict=False):
        pen.fitted(name, x=edge + _CELL, y=top + _CELL, room=width - 2 * _CELL, size=_SIZE, least=6.0)
    at = top + _HEAD
    pen.line(x=_LEFT, y=at, to_x=_RIGHT, to_y=at, thick=0.4)
    for row in rows:
        for edge, lines in zip(edges, row, strict=False):
            for step, line in enumerate(lines):
                mono = edge == edges[_LABEL]
                pen.text(line, x=edge + _CELL, y=at + _CELL + step * _LINE, size=_SIZE, mono=mono)
        at += _height(row)
        pen.line(x=_LEFT, y=at, to_x=_RIGHT, to_y=at)
    for edge in edges:
        pen.line(x=edge, y=top, to_x=edge, to_y=at)
    return at


def _close(pen: Pen, slip: Slip, *, top: float, words: Words) -> None:
    """The number of volumes, and a line to sign and a line to date for each signer."""
    pen.text(words.total.format(volumes=len(slip.rows)), x=_LEFT, y=top + 3.0, size=_SIZE)
    column = (_RIGHT - _LEFT) / max(1, len(slip.signers))
    for index, signer in enumerate(slip.signers):
        x, end = _LEFT + index * column, _LEFT + (index + 1) * column - 6.0
        pen.fitted(signer, x=x, y=top + 12.0, room=column - 6.0, size=11.0, least=6.0)
        for name, y in ((words.signature, top + 26.0), (words.date, top + 38.0)):
            pen.text(name, x=x, y=y, size=_SMALL)
            begin = x + width_of(name, face=pen.face.prose, size=_SMALL) + 2.0
            pen.line(x=begin, y=y + 4.0, to_x=end, to_y=y + 4.0)


def _foot(pen: Pen, slip: Slip, *, words: Words, page: str) -> None:
    y = 284.0
    pen.fitted(slip.record, x=_LEFT, y=y, room=62.0, size=_SMALL, least=5.0)
    pen.centred(page, x=(_LEFT + _RIGHT) / 2, y=y, size=_SMALL)
    printed = f"{words.printed} {slip.printed}"
    pen.text(printed, x=_RIGHT - width_of(printed, face=pen.face.prose, size=_SMALL), y=y, size=_SMALL)
