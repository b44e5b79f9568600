"""Every question and finding of the walk has its sentence in both languages."""

from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from edge.sentences import LANGUAGES
from hardware.commissioning.evidence import Verdict
from hardware.commissioning.walk import ANSWERS, FATES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_fate_has_its_sentence(language: str) -> None:
    with (files("edge") / "locale" / language / "LC_MESSAGES" / "commission.po").open("rb") as catalogue:
        known = {str(one.id): str(one.string) for one in read_po(catalogue) if one.id}

    fates = {*FATES.values(), *(verdict.value for verdict in Verdict)}
    questions = {f"ask.{stage.value}" for stage in ANSWERS}
    assert questions | {f"found.{fate}" for fate in fates} | {f"sheet.{fate}" for fate in fates} <= set(known)
    assert all(known.values())
    assert all(f"{answer} " in known[f"ask.{stage.value}"] for stage, words in ANSWERS.items() for answer in words)
