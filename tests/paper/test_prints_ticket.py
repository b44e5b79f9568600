"""A ticket as it comes out of the printer: its code is what the digits say, and it fits on its page."""

from __future__ import annotations

import pypdfium2
import zxingcpp

from paper.prints.ticket import Ticket, ticket_sheet


def sheet(*, lines: int = 3) -> bytes:
    return ticket_sheet(
        Ticket(
            court="营口市站前区人民法院",
            title="取件单",
            code="48213377",
            digits="4821 3377",
            lines=tuple(f"{number}. （2026）辽0802民初123号 正卷 1/2" for number in range(lines)),
            foot="此单等同证卡，请勿转交",
        )
    )


def test_the_code_is_what_the_digits_say() -> None:
    page = pypdfium2.PdfDocument(sheet())[0]

    (code,) = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil().convert("L"))

    assert code.text == "48213377"
    text = page.get_textpage().get_text_range()
    for said in ("营口市站前区人民法院", "取件单", "4821 3377", "2. （2026）辽0802民初123号", "请勿转交"):
        assert said in text


def test_what_is_too_long_stays_on_one_page_above_the_foot() -> None:
    document = pypdfium2.PdfDocument(sheet(lines=60))

    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    assert "0. （2026）" in text
    assert "59. （2026）" not in text
    assert "请勿转交" in text
