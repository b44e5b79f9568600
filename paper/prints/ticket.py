"""A ticket on A6 that somebody carries to a cabinet: digits to key in, and the same as a QR code to hold under it."""

from __future__ import annotations

from dataclasses import dataclass

from paper.prints.codes import qr
from paper.prints.pen import POINT, Pen, wrap
from paper.prints.typefaces import Face, find_face

__all__ = ["Ticket", "ticket_sheet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """``code``: what the QR code holds; ``digits``: the same as people read it; ``lines``: a paragraph each."""

    court: str
    title: str
    code: str
    digits: str
    lines: tuple[str, ...]
    foot: str


def ticket_sheet(ticket: Ticket, *, face: Face | None = None) -> bytes:
    """The ticket as a PDF of one page; lines that find no room are cut off, so say what matters first."""
    pen = Pen(face or find_face(), width=105.0, height=148.0, title=f"{ticket.court} {ticket.title}")
    middle, room = (_LEFT + _RIGHT) / 2, _RIGHT - _LEFT
    pen.centred_fitted(ticket.court, x=middle, y=_TOP, room=room, size=13.0, least=7.0)
    pen.centred_fitted(ticket.title, x=middle, y=_TOP + 7.5, room=room, size=11.0, least=7.0)
    pen.fill(qr(ticket.code, x=middle - _QR / 2, y=_TOP + 13.0, side=_QR))
    pen.centred_fitted(ticket.digits, x=middle, y=_TOP + 15.0 + _QR, room=room, size=24.0, least=12.0)
    at = _TOP + 30.0 + _QR
    for paragraph in ticket.lines:
        for line in wrap(paragraph, face=pen.face.prose, size=_SIZE, room=room):
            if at > _BOTTOM:
                break
            pen.text(line, x=_LEFT, y=at, size=_SIZE)
            at += _SIZE * POINT * 1.5
        at += 1.0
    pen.centred_fitted(ticket.foot, x=middle, y=_FOOT, room=room, size=7.0, least=5.0)
    return pen.finish()


_LEFT, _RIGHT = 9.0, 96.0
_TOP, _BOTTOM, _FOOT = 9.0, 132.0, 140.0
_QR = 38.0
_SIZE = 9.0
