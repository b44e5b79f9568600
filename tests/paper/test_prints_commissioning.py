"""The sheet for a cabinet stands on one page, however many doors of it fit, and says every one."""

from io import BytesIO

import pypdf
import pytest

from paper.prints.commissioning import DoorRow, Sheet, commissioning_sheet


def sheet(doors: int) -> Sheet:
    return Sheet(
        title="柜体调试单",
        subtitle="Commissioning sheet · cab-1",
        facts=(("站点 Station", "cab-1"), ("调试人 Technician", "张工"), ("时间 Time", "2026-11-23 09:30")),
        columns=("通道 Ch.", "门号 Door", "结果 Result", "行程 Travel ms", "关门 Shuts", "应急 Lever"),
        rows=tuple(
            DoorRow(channel=f"A/{n}", door=f"{n:02}", result="正常 OK", travel=str(80 + n), closes="√", lever="√")
            for n in range(1, doors + 1)
        ),
        settings=("锁控板 A：closed = 11（已核实） · board A: closed = 11 (proved)",) * 3,
        parts=("扫描头 label：读到 12 个字符 · reader label: 12 characters read",) * 2,
        wiring="ab" * 32,
        signers=("调试人 Technician", "法院接收人 For the court", "监交人 Witness"),
    )


@pytest.mark.parametrize(("doors", "pages"), [(1, 1), (24, 1), (48, 1), (56, 1), (200, 3)])
def test_doors_stand_in_two_columns_and_large_cabinets_go_on(doors: int, pages: int) -> None:
    texts = [page.extract_text() for page in pypdf.PdfReader(BytesIO(commissioning_sheet(sheet(doors)))).pages]

    text = "\n".join(texts)
    assert len(texts) == pages
    assert all(f"A/{n}" in text for n in range(1, doors + 1))
    assert "监交人 Witness" in texts[-1]
    assert "ab" * 32 in text


def test_a_sheet_without_doors_is_for_a_station() -> None:
    (page,) = pypdf.PdfReader(BytesIO(commissioning_sheet(sheet(0)))).pages

    assert "读到 12 个字符" in page.extract_text()
