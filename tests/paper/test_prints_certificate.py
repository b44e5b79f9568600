"""A certificate as it comes out of the printer: its code holds the checkpoint to the letter."""

from __future__ import annotations

import pypdfium2
import zxingcpp

from paper.prints.certificate import Certificate, certificate_sheet

NOTE = (
    "yungui/yk0802\n1234567\nNUZSKf4CDEuTw1EvglBEp2b6XDtCU/7Y7FhSpRIxch4=\nlog 0f1e2d3c4b5a6978\n"
    "time 2026-09-21T14:13:20.000Z\n\n"
    "— yungui/yk0802 lLGV4+RO3YGldibu8MsGYPo8lFaVHAYhF/G2Wr6Z+1FBiIt8mC6dlNCgnzumTHdqUGXXihOFvT8tgoJEjjU0spdkmgc=\n"
)


def sheet(*, proof: int = 3) -> bytes:
    return certificate_sheet(
        Certificate(
            court="营口市站前区人民法院",
            title="卷宗保管证明",
            lines=("卷宗册 v1，2026-09-21 14:00：", "在 3号云柜 07 号格（扫描）。"),
            proof=tuple(f"cab-1.e1.{number}  c0ffee.{number}/99  " + "ab" * 40 for number in range(proof)),
            note=NOTE,
            caption="总记录的最新检查点",
            foot="由核对程序生成",
        )
    )


def test_the_code_holds_the_checkpoint_to_the_letter() -> None:
    page = pypdfium2.PdfDocument(sheet())[0]

    (code,) = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil().convert("L"))

    assert code.text == NOTE


def test_what_is_certified_can_be_read() -> None:
    text = pypdfium2.PdfDocument(sheet())[0].get_textpage().get_text_range()

    for said in ("营口市站前区人民法院", "卷宗保管证明", "07 号格", "1234567", "cab-1.e1.2"):
        assert said in text


def test_a_long_proof_goes_on_over_further_pages() -> None:
    document = pypdfium2.PdfDocument(sheet(proof=120))

    assert len(document) > 1
    assert "cab-1.e1.119" in document[len(document) - 1].get_textpage().get_text_range()
