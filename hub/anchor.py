"""The newest checkpoint as a sheet for the paper register: whoever keeps it can show that nothing was rewritten."""

from __future__ import annotations

from hub.face import Parts, Refused
from hub.texts import texts
from paper.prints.certificate import Certificate, certificate_sheet

__all__ = ["anchor_sheet"]


def anchor_sheet(parts: Parts, *, language: str) -> bytes | Refused:
    """The PDF; refused while nothing was signed yet."""
    note = parts.queries.checkpoint()
    if note is None:
        return Refused("checkpoint.none_yet", {})
    say = texts(language)
    size = note.split("\n")[1]
    sheet = Certificate(
        court=parts.court_name,
        title=say("checkpoint.title"),
        lines=(say("checkpoint.line", size=size), say("checkpoint.keep")),
        note=note,
        caption=say("checkpoint.caption"),
        foot=say("checkpoint.foot"),
    )
    return certificate_sheet(sheet)
