"""The list of a hand-over as paper: what the screen shows now, as a PDF. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from custody.flows.grammar import Carried, Sheet
from custody.identifiers import Label, LabelKind, parse_label
from edge.kiosk.sentences import Language, sentence, stamp
from edge.kiosk.shown import Show
from paper.prints.slip import Slip, SlipRow, hand_over_slip
from paper.prints.words import CHINESE, ENGLISH, Words

__all__ = ["sheet_of"]

_TITLE = re.compile(r"(?P<case>.+) (?P<volume>\S+ \d+/\d+)")


def sheet_of(show: Show, language: Language, *, now: int) -> bytes | None:
    """The PDF, A4; none while there is no list to print."""
    sheet = show.prompt.sheet
    if sheet is None:
        return None

    def word(key: str) -> str:
        return sentence(language, key, now=now)

    if sheet.receipt:
        receipt = _receipt(show, sheet, word, stamp(language, now))
        return hand_over_slip(receipt, words=_of_papers(_words(language), sheet, word))
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
    return hand_over_slip(slip, words=_words(language))


def _words(language: Language) -> Words:
    return CHINESE if language.code == "zh_CN" else ENGLISH


def _of_papers(words: Words, sheet: Sheet, word: Callable[[str], str]) -> Words:
    number, _, _, _, pages, remarks = words.columns
    receipt, paper, copies = (word(f"kiosk.sheet.{one}") for one in ("receipt", "paper", "copies"))
    return replace(
        words,
        columns=(number, receipt, paper, copies, pages, remarks),
        total=f"{word('kiosk.sheet.papers_total')} {len(sheet.papers)}",
    )


def _receipt(show: Show, sheet: Sheet, word: Callable[[str], str], printed: str) -> Slip:
    """A receipt for papers: what was listed, for whom it waits, and its number. It names no party."""
    number = Label(LabelKind.VOLUME, sheet.receipt)
    return Slip(
        court=show.station.court,
        title=word("kiosk.sheet.receipt_title"),
        record=sheet.record,
        printed=printed,
        facts=(
            (word("kiosk.sheet.receipt"), sheet.receipt),
            (word("kiosk.sheet.receiver"), sheet.receiver or word("kiosk.sheet.party")),
            (word("kiosk.sheet.place"), show.station.name),
        ),
        rows=tuple(
            SlipRow(label=number, case_number=word(f"paper.{kind}"), volume=f"× {count}")
            for kind, count in Counter(sheet.papers).items()
        ),
        signers=(word("kiosk.sheet.party"), word("kiosk.sheet.receiver")),
    )


def _row(one: Carried) -> SlipRow:
    label = parse_label(one.label)
    read = _TITLE.fullmatch(one.title)
    return SlipRow(
        label=label if isinstance(label, Label) else Label(LabelKind.VOLUME, one.label),
        case_number=one.title if read is None else read["case"],
        volume="" if read is None else read["volume"],
    )
