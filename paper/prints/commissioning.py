"""The sheet that a technician signs for a cabinet: every door as it was measured, what was set, who, when."""

from __future__ import annotations

from dataclasses import dataclass

from paper.prints.pen import Pen
from paper.prints.typefaces import Face, find_face

__all__ = ["DoorRow", "Sheet", "commissioning_sheet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRow:
    """One channel, in words ready to be printed."""

    channel: str
    door: str
    result: str
    travel: str
    closes: str
    lever: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """``facts``: pairs of name and value; ``settings``, ``parts``: lines on boards, readers, lights and supply.

    ``wiring``: SHA-256 of the file that was written, hex.
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, str, str, str, str, str]
    rows: tuple[DoorRow, ...]
    settings: tuple[str, ...]
    parts: tuple[str, ...]
    wiring: str
    signers: tuple[str, ...]


_LEFT, _RIGHT, _TOP = 14.0, 196.0, 14.0
_GAP = 6.0
_ROW = 5.6
_SHARES = (0.13, 0.13, 0.32, 0.16, 0.12, 0.14)
_SIZE, _LEAST = 8.5, 5.0
_CLOSING = 34.0
_FLOOR = 283.0


def commissioning_sheet(sheet: Sheet, *, face: Face | None = None) -> bytes:
    """An A4 page as a PDF, doors in two columns; a cabinet of more doors than fit goes on over further pages."""
    pen = Pen(face or find_face(), width=210.0, height=297.0, title=f"{sheet.title} {sheet.subtitle}")
    top = _head(pen, sheet)
    left = list(sheet.rows)
    while True:
        last_room = int((_FLOOR - _CLOSING - _lines(sheet) * _ROW - top - _ROW) / _ROW)
        room = int((_FLOOR - top - _ROW) / _ROW)
        fits = len(left) <= 2 * last_room
        height = -(-len(left) // 2) if fits else room
        bottom = _doors(pen, sheet, left[: 2 * height], top=top, height=height)
        left = left[2 * height :]
        if fits:
            break
        pen.next_page()
        top = _TOP
    _close(pen, sheet, top=bottom)
    return pen.finish()


def _lines(sheet: Sheet) -> int:
    return len(sheet.settings) + len(sheet.parts)


def _head(pen: Pen, sheet: Sheet) -> float:
    middle, room = (_LEFT + _RIGHT) / 2, _RIGHT - _LEFT
    pen.centred_fitted(sheet.title, x=middle, y=_TOP, room=room, size=16.0, least=9.0)
    pen.centred_fitted(sheet.subtitle, x=middle, y=_TOP + 8.0, room=room, size=10.0, least=7.0)
    column = room / 2
    for index, (name, value) in enumerate(sheet.facts):
        row, side = divmod(index, 2)
        text = f"{name}：{value}"
        pen.fitted(text, x=_LEFT + side * column, y=_TOP + 15.0 + row * 5.5, room=column - 4.0, size=9.0, least=5.0)
    return _TOP + 15.0 + (len(sheet.facts) + 1) // 2 * 5.5 + 2.0


def _doors(pen: Pen, sheet: Sheet, rows: list[DoorRow], *, top: float, height: int) -> float:
    """Two columns of doors; where they end."""
    width = (_RIGHT - _LEFT - _GAP) / 2
    for side in range(2):
        part = rows[side * height : (side + 1) * height]
        if not part:
            continue
        x = _LEFT + side * (width + _GAP)
        cells = [(one.channel, one.door, one.result, one.travel, one.closes, one.lever) for one in part]
        for index, row in enumerate([sheet.columns, *cells]):
            y = top + index * _ROW
            at = x
            for share, text in zip(_SHARES, row, strict=True):
                pen.fitted(text, x=at + 0.6, y=y + 0.9, room=share * width - 1.2, size=_SIZE, least=_LEAST)
                at += share * width
            pen.line(x=x, y=y + _ROW, to_x=x + width, to_y=y + _ROW, thick=0.3 if index == 0 else 0.1)
    return top + (height + 1) * _ROW


def _close(pen: Pen, sheet: Sheet, *, top: float) -> None:
    y = top + 3.0
    for line in (*sheet.settings, *sheet.parts):
        pen.fitted(line, x=_LEFT, y=y, room=_RIGHT - _LEFT, size=_SIZE, least=_LEAST)
        y += _ROW
    pen.fitted(f"wiring.toml SHA-256 {sheet.wiring}", x=_LEFT, y=y, room=_RIGHT - _LEFT, size=7.0, least=5.0, mono=True)
    column = (_RIGHT - _LEFT) / max(1, len(sheet.signers))
    for index, signer in enumerate(sheet.signers):
        x = _LEFT + index * column
        pen.fitted(signer, x=x, y=y + 9.0, room=column - 6.0, size=9.0, least=6.0)
        pen.line(x=x, y=y + 26.0, to_x=x + column - 6.0, to_y=y + 26.0)
