"""A certificate on A4: a title, what is certified, and a checkpoint of the ledger as text and as a QR code.

The same form serves the sheet for the paper register: anybody who keeps it can later show that nothing was rewritten.
"""

from __future__ import annotations

from dataclasses import dataclass

from paper.prints.codes import qr
from paper.prints.pen import POINT, Pen, wrap
from paper.prints.typefaces import Face, find_face

__all__ = ["Certificate", "certificate_sheet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """``lines``: what is certified, each a paragraph; ``proof``: small print such as ids and hashes.

    ``note``: the signed checkpoint; ``caption`` says what its QR code is for. Without a note there is no code, and the
    caption says why.
    """

    court: str
    title: str
    lines: tuple[str, ...]
    proof: tuple[str, ...] = ()
    note: str
    caption: str
    foot: str


def certificate_sheet(certificate: Certificate, *, face: Face | None = None) -> bytes:
    """The certificate as a PDF; small print that finds no room goes on over further pages."""
    pen = Pen(face or find_face(), width=210.0, height=297.0, title=f"{certificate.court} {certificate.title}")
    room = _RIGHT - _LEFT
    middle = (_LEFT + _RIGHT) / 2
    pen.centred_fitted(certificate.court, x=middle, y=_TOP, room=room, size=18.0, least=10.0)
    pen.centred_fitted(certificate.title, x=middle, y=_TOP + 11.0, room=room, size=15.0, least=9.0)
    at = _paragraphs(pen, certificate.lines, top=_TOP + 26.0, size=11.0, mono=False) + 4.0
    if certificate.note:
        at = _checkpoint(pen, certificate, top=_fresh(pen, at, needs=_QR + 8.0))
    else:
        at = _paragraphs(pen, (certificate.caption,), top=at, size=11.0, mono=False) + 4.0
    _paragraphs(pen, certificate.proof, top=at, size=8.0, mono=True)
    pen.centred(certificate.foot, x=middle, y=_FOOT, size=8.0)
    return pen.finish()


_LEFT, _RIGHT = 20.0, 190.0
_TOP, _BOTTOM, _FOOT = 18.0, 276.0, 284.0
_QR = 48.0


def _checkpoint(pen: Pen, certificate: Certificate, *, top: float) -> float:
    """The code on the left, its text beside it; where what follows may begin."""
    pen.fill(qr(certificate.note, x=_LEFT, y=top, side=_QR))
    x, at = _LEFT + _QR + 5.0, top
    for line in wrap(certificate.caption, face=pen.face.prose, size=10.0, room=_RIGHT - x):
        pen.text(line, x=x, y=at, size=10.0)
        at += 10.0 * POINT * 1.5
    at += 2.0
    for written in certificate.note.splitlines():
        for line in wrap(written, face=pen.face.mono, size=7.5, room=_RIGHT - x) or ("",):
            pen.text(line, x=x, y=at, size=7.5, mono=True)
            at += 7.5 * POINT * 1.4
    return max(at, top + _QR) + 6.0


def _paragraphs(pen: Pen, paragraphs: tuple[str, ...], *, top: float, size: float, mono: bool) -> float:
    step, at = size * POINT * 1.6, top
    face = pen.face.mono if mono else pen.face.prose
    for paragraph in paragraphs:
        for line in wrap(paragraph, face=face, size=size, room=_RIGHT - _LEFT):
            at = _fresh(pen, at, needs=step)
            pen.text(line, x=_LEFT, y=at, size=size, mono=mono)
            at += step
        at += step * 0.3
    return at


def _fresh(pen: Pen, at: float, *, needs: float) -> float:
    """Here, or at the top of the next page where there is no room."""
    if at + needs <= _BOTTOM:
        return at
    pen.next_page()
    return _TOP
