"""A hand-over list as it comes out of the printer."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from custody.identifiers import LabelKind, make_label
from paper.errors import NothingToPrintError
from paper.prints.pen import shorten, width_of, wrap
from paper.prints.slip import Slip, SlipRow, hand_over_slip
from paper.prints.typefaces import find_face

DPI = 300
SIGNERS = ("移交人", "接收人", "监交人")


def slip(count: int, *, remark: str = "") -> Slip:
    return Slip(
        court="营口市站前区人民法院",
        title="案卷移交清单",
        record="act-2026-000123.a7f3",
        printed="2026年11月23日 09:10",
        facts=(("移交人", "王敏"), ("接收人", "李强"), ("移交地点", "3号云柜")),
        rows=tuple(
            SlipRow(
                label=make_label(LabelKind.VOLUME, serial),
                case_number=f"（2019）辽0802民初{serial + 1}号",
                volume="正卷 第 1 册 共 2 册",
                pages=None if serial % 2 else 100 + serial,
                remark=remark,
            )
            for serial in range(count)
        ),
        signers=SIGNERS,
    )


def texts(document: bytes) -> list[str]:
    return [page.extract_text().strip() for page in pypdf.PdfReader(BytesIO(document)).pages]


def pictures(document: bytes) -> list[Image.Image]:
    return [page.render(scale=DPI / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(document)]


def test_a_list_names_the_court_the_volumes_and_the_page() -> None:
    [text] = texts(hand_over_slip(slip(3)))
    for expected in ("营口市站前区人民法院", "案卷移交清单", "移交人：王敏", "正卷 第 1 册 共 2 册", "合计 3 册"):
        assert expected in text
    assert "第 1 页 共 1 页" in text
    assert "打印时间 2026年11月23日 09:10" in text


@pytest.mark.parametrize("count", [1, 19, 20, 21, 22, 23, 24, 25, 26, 60, 200])
def test_every_volume_stands_once_and_signatures_once_at_the_end(count: int) -> None:
    pages = texts(hand_over_slip(slip(count)))
    whole = "\n".join(pages)
    for serial in range(count):
        assert whole.count(make_label(LabelKind.VOLUME, serial).text) == 1
    assert [page.count("签名") for page in pages] == [0] * (len(pages) - 1) + [3]
    assert make_label(LabelKind.VOLUME, count - 1).text in pages[-1]
    assert all(f"第 {number} 页 共 {len(pages)} 页" in page for number, page in enumerate(pages, start=1))
    assert all("营口市站前区人民法院" in page and "案号" in page for page in pages)


def test_the_code_names_the_record() -> None:
    first, *_ = pictures(hand_over_slip(slip(60)))
    assert [code.data.decode() for code in pyzbar.decode(first)] == ["act-2026-000123.a7f3"]
    assert [code.text for code in zxingcpp.read_barcodes(first)] == ["act-2026-000123.a7f3"]


@pytest.mark.parametrize("count", [1, 24, 25, 60])
def test_nothing_runs_into_the_margins(count: int) -> None:
    for picture in pictures(hand_over_slip(slip(count, remark="第 12 页破损，已与移交人当面核对"))):
        ink = np.argwhere(np.asarray(picture) < 250) / DPI * 25.4
        assert ink.min(axis=0)[0] >= 10
        assert ink.min(axis=0)[1] >= 15
        assert ink.max(axis=0)[0] <= 292
        assert ink.max(axis=0)[1] <= 195


def test_a_long_remark_is_printed_whole() -> None:
    remark = "第12页破损，已与移交人当面核对；另附光盘1张，封条完好，由接收人当场查验并签收。"
    [text] = texts(hand_over_slip(slip(1, remark=remark)))
    assert remark in text.replace("\n", "")


def test_a_remark_longer_than_a_page_goes_on_over_the_next() -> None:
    document = hand_over_slip(slip(2, remark="核对" * 300))
    assert "".join(texts(document)).count("核") == 600
    for picture in pictures(document):
        assert np.argwhere(np.asarray(picture) < 250).max(axis=0)[0] / DPI * 25.4 <= 292


def test_signatures_get_a_page_of_their_own_when_a_long_head_leaves_no_room() -> None:
    long = replace(slip(1, remark="核对" * 75), facts=(("事由", "交扫描加工"),) * 24)
    pages = texts(hand_over_slip(long))
    assert [page.count("签名") for page in pages] == [0, 3]


def test_an_empty_list_is_not_printed() -> None:
    with pytest.raises(NothingToPrintError, match=r"act-2026-000123\.a7f3"):
        hand_over_slip(slip(0))


def test_lines_break_neither_inside_a_number_nor_before_a_comma() -> None:
    face = find_face().prose
    room = width_of("（2022）辽0802诉前调确12345", face=face, size=10)
    lines = wrap("（2022）辽0802诉前调确12345、12346号", face=face, size=10, room=room)
    assert lines == ("（2022）辽0802诉前调确", "12345、12346号")


def test_a_word_wider_than_its_column_is_broken() -> None:
    face = find_face().prose
    lines = wrap("A" * 50, face=face, size=10, room=20)
    assert "".join(lines) == "A" * 50
    assert all(width_of(line, face=face, size=10) <= 20 for line in lines)


def test_what_fits_is_not_shortened() -> None:
    face = find_face().prose
    assert shorten("正卷", face=face, size=10, room=20) == "正卷"
    assert shorten("正卷正卷正卷", face=face, size=10, room=15) == "正卷正…"
