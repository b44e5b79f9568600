"""The list of a hand-over as paper: what the screen shows now, as a PDF. Pure."""

from __future__ import annotations

import re

from custody.flows.grammar import Carried
from custody.identifiers import Label, LabelKind, parse_label
from edge.kiosk.sentences import Language, sentence, stamp
from edge.kiosk.shown import Show
from paper.prints.slip import Slip, SlipRow, hand_over_slip
from paper.prints.words import CHINESE, ENGLISH

__all__ = ["sheet_of"]

_TITLE = re.compile(r"(?P<case>.+) (?P<volume>\S+ \d+/\d+)")


def sheet_of(show: Show, language: Language, *, now: int) -> bytes | None:
    """The PDF, A4; none while there is no list to print."""
    sheet = show.prompt.sheet
    if sheet is None:
        return None

    def word(key: str) -> str:
        return sentence(language, key, now=now)

    giver, receiver = word("kiosk.sheet.giver"), word("kiosk.sheet.receiver")
    slip = Slip(
        court=show.station.court,
        title=word("kiosk.sheet.title"),
        record=sheet.record,
        printed=stamp(language, now),
        facts=((giver, sheet.giver), (receiver, sheet.receiver), (word("kiosk.sheet.place"), show.station.name)),
        rows=tuple(_row(one) for one in sheet.volumes),
        signers=(giver, receiver, word("kiosk.sheet.witness")),
    )
    return hand_over_slip(slip, words=CHINESE if language.code == "zh_CN" else ENGLISH)


def _row(one: Carried) -> SlipRow:
    label = parse_label(one.label)
    read = _TITLE.fullmatch(one.title)
    return SlipRow(
        label=label if isinstance(label, Label) else Label(LabelKind.VOLUME, one.label),
        case_number=one.title if read is None else read["case"],
        volume="" if read is None else read["volume"],
    )
