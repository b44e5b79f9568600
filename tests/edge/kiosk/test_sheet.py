"""The list of a hand-over, printed at the kiosk as the screen shows it."""

from dataclasses import replace
from datetime import UTC
from io import BytesIO

import msgspec
import pypdf
import pytest

from custody.events import PaperKind, StationKind
from custody.flows.grammar import Chosen, LabelScanned, Sheet
from custody.identifiers import ActId
from edge.kiosk.catalogues import sentences
from edge.kiosk.sentences import Language
from edge.kiosk.sheet import sheet_of
from edge.kiosk.shown import parse_show
from tests.edge.kiosk.stage import CLERK, JUDGE, LABELS, NOW, Stage, volume


def printed(code: str, *, handed_over: bool) -> str | None:
    stage = Stage(StationKind.CABINET, volume(0)).badge(CLERK).tell(Chosen("hand_over"), LabelScanned(LABELS[0]))
    if handed_over:
        stage.badge(JUDGE)
    language = Language(code=code, sentences=sentences(code), zone=UTC)
    document = sheet_of(parse_show(msgspec.json.encode(stage.show())), language, now=NOW)
    return None if document is None else pypdf.PdfReader(BytesIO(document)).pages[0].extract_text()


def test_a_hand_over_is_printed_with_both_names_and_room_to_sign() -> None:
    text = printed("zh_CN", handed_over=True)

    assert text is not None
    for expected in ("案卷移交清单", "移交人：", "接收人：", "移交地点：", LABELS[0], "合计 1 册", "签名"):
        assert expected in text


def test_in_english_too() -> None:
    text = printed("en", handed_over=True)

    assert text is not None
    assert "Hand-over list" in text and "1 volumes in all" in text


def test_before_the_second_badge_there_is_nothing_to_print() -> None:
    assert printed("zh_CN", handed_over=False) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("zh_CN", ("材料收据", "收据号：7F3A 19C2", "接收人：王敏", "证据材料", "× 2", "份数合计 3")),
        ("en", ("Receipt for papers", "7F3A 19C2", "evidence", "Papers in all: 3")),
    ],
)
def test_a_party_can_print_a_receipt_that_names_no_party(code: str, words: tuple[str, ...]) -> None:
    listed = (PaperKind.PLEADING, PaperKind.EVIDENCE, PaperKind.EVIDENCE)
    sheet = Sheet(record=ActId("act-1"), giver="", receiver="王敏", volumes=(), papers=listed, receipt="7F3A 19C2")
    show = parse_show(msgspec.json.encode(Stage(StationKind.CABINET, volume(0)).badge(CLERK).show()))
    language = Language(code=code, sentences=sentences(code), zone=UTC)
    document = sheet_of(replace(show, prompt=replace(show.prompt, sheet=sheet)), language, now=NOW)
    assert document is not None
    text = pypdf.PdfReader(BytesIO(document)).pages[0].extract_text()

    assert [one for one in words if one not in text] == []
