"""What a printer would put on a sheet of labels, looked at as a scanner and a person would."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw
from pyzbar import pyzbar

from custody.events import Part
from custody.identifiers import LabelKind, make_label
from paper.errors import LayoutError, NothingToPrintError, TypefaceMissingError
from paper.prints.codes import code128, qr
from paper.prints.labels import LAYOUTS, Layout, PrintedLabel, VolumeCaption, label_sheets
from paper.prints.typefaces import Typeface, find_face
from paper.prints.words import ENGLISH

DPI = 300
LONG = "（2022）辽0802诉前调确12345、12346号"


def caption(case_number: str = "（2019）辽08民初123号") -> VolumeCaption:
    return VolumeCaption(case_number=case_number, part=Part.CONFIDENTIAL, number=2, of=3)


def volumes(count: int, *, first: int = 0) -> list[PrintedLabel]:
    numbers = ("（2019）辽08民初123号", LONG, "（2014）民一终字第174号")
    return [
        PrintedLabel(make_label(LabelKind.VOLUME, serial), caption(numbers[serial % 3]))
        for serial in range(first, first + count)
    ]


def pages(document: bytes) -> list[Image.Image]:
    return [page.render(scale=DPI / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(document)]


def cell(page: Image.Image, layout: Layout, position: int) -> Image.Image:
    x, y = layout.corner(position)
    dot = DPI / 25.4
    return page.crop((x * dot, y * dot, (x + layout.width) * dot, (y + layout.height) * dot))


def seen_by_zxing(picture: Image.Image) -> set[tuple[str, str]]:
    return {(str(code.format).replace(" ", ""), code.text) for code in zxingcpp.read_barcodes(picture)}


def seen_by_zbar(picture: Image.Image) -> set[tuple[str, str]]:
    return {(code.type, code.data.decode()) for code in pyzbar.decode(picture)}


def texts(document: bytes) -> list[str]:
    return [page.extract_text().strip() for page in pypdf.PdfReader(BytesIO(document)).pages]


@pytest.mark.parametrize("name", LAYOUTS)
def test_two_readers_read_the_same_text_from_both_codes_of_every_label(name: str) -> None:
    layout = LAYOUTS[name]
    labels = volumes(layout.per_sheet + 1)
    sheets = pages(label_sheets(labels, layout))
    assert len(sheets) == 2
    for index, printed in enumerate(labels):
        sheet, position = divmod(index, layout.per_sheet)
        picture = cell(sheets[sheet], layout, position)
        text = printed.label.text
        assert seen_by_zxing(picture) == {("QRCode", text), ("Code128", text)}
        assert seen_by_zbar(picture) == {("QRCODE", text), ("CODE128", text)}


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_ink_leaves_its_label(name: str) -> None:
    layout = LAYOUTS[name]
    sheet = pages(label_sheets(volumes(layout.per_sheet), layout))[0]
    kept = np.asarray(sheet).copy()
    margin = 1.0
    for position in range(layout.per_sheet):
        x, y = layout.corner(position)
        edges = (x + margin, y + margin, x + layout.width - margin, y + layout.height - margin)
        left, top, right, bottom = (round(edge / 25.4 * DPI) for edge in edges)
        assert (kept[top:bottom, left:right] < 128).any()
        kept[top:bottom, left:right] = 255
    assert (kept > 250).all()


def test_a_half_used_sheet_is_filled_from_its_first_free_label() -> None:
    layout = LAYOUTS["3x8"]
    sheets = pages(label_sheets(volumes(15), layout, start=10))
    assert len(sheets) == 2
    inked = [bool((np.asarray(cell(sheets[0], layout, position)) < 128).any()) for position in range(24)]
    assert inked == [False] * 10 + [True] * 14
    assert seen_by_zxing(cell(sheets[1], layout, 0)) >= {("QRCode", make_label(LabelKind.VOLUME, 14).text)}


def test_a_person_reads_the_label_the_case_and_the_volume() -> None:
    [text] = texts(label_sheets(volumes(1), LAYOUTS["3x8"]))
    assert text.split("\n") == [make_label(LabelKind.VOLUME, 0).text, "（2019）辽08民初123号", "副卷 第 2 册 共 3 册"]


def test_a_long_case_number_goes_on_two_lines_and_stays_whole() -> None:
    [text] = texts(label_sheets([PrintedLabel(make_label(LabelKind.VOLUME, 1), caption(LONG))], LAYOUTS["4x10"]))
    assert LONG in text.replace("\n", "")
    assert len(text.split("\n")) == 4


def test_words_broken_over_two_lines_keep_their_spaces() -> None:
    words = "East wing, third floor, the shelf behind the second pillar seen from the north door"
    [text] = texts(label_sheets([PrintedLabel(make_label(LabelKind.PLACE, 1), words)], LAYOUTS["4x10"]))
    _, first, second = text.split("\n")
    assert words.startswith(f"{first} {second.removesuffix('…')}")


@pytest.mark.parametrize("nothing", ["", "  "])
def test_a_caption_without_words_is_a_blank(nothing: str) -> None:
    label = make_label(LabelKind.PLACE, 1)
    assert texts(label_sheets([PrintedLabel(label, nothing)], LAYOUTS["3x8"])) == [label.text]


def test_a_volume_whose_case_has_no_number_yet_still_says_which_volume_it_is() -> None:
    [text] = texts(label_sheets([PrintedLabel(make_label(LabelKind.VOLUME, 1), caption(""))], LAYOUTS["3x8"]))
    assert text.endswith("副卷 第 2 册 共 3 册")


def test_a_text_too_long_for_two_lines_ends_with_a_sign_that_more_follows() -> None:
    [text] = texts(label_sheets([PrintedLabel(make_label(LabelKind.PLACE, 1), "三楼东侧" * 20)], LAYOUTS["4x10"]))
    assert text.endswith("…")


def test_blank_and_place_labels() -> None:
    blank = PrintedLabel(make_label(LabelKind.VOLUME, 5))
    place = PrintedLabel(make_label(LabelKind.PLACE, 5), "3号柜 07格")
    assert texts(label_sheets([blank, place], LAYOUTS["roll-60x30"])) == [
        blank.label.text,
        f"{place.label.text}\n3号柜 07格",
    ]


def test_the_words_can_be_english() -> None:
    [text] = texts(label_sheets(volumes(1), LAYOUTS["3x8"], words=ENGLISH))
    assert text.endswith("Confidential volume 2 of 3")


def embedded(document: bytes) -> Sequence[bool]:
    fonts = [font for page in pypdf.PdfReader(BytesIO(document)).pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    return ["/FontFile2" in font.get_object()["/FontDescriptor"] for font in fonts]


def test_every_typeface_travels_in_the_document() -> None:
    found = embedded(label_sheets(volumes(3), LAYOUTS["3x8"]))
    assert found
    assert all(found)


def test_the_same_labels_give_the_same_bytes() -> None:
    assert label_sheets(volumes(5), LAYOUTS["3x8"]) == label_sheets(volumes(5), LAYOUTS["3x8"])


def test_nothing_to_print_is_said() -> None:
    with pytest.raises(NothingToPrintError, match="Choose at least one"):
        label_sheets([], LAYOUTS["3x8"])


@pytest.mark.parametrize("start", [-1, 24])
def test_a_start_beyond_the_sheet_is_said(start: int) -> None:
    with pytest.raises(LayoutError, match="labels 1 to 24"):
        label_sheets(volumes(1), LAYOUTS["3x8"], start=start)


@pytest.mark.parametrize(
    ("columns", "width", "left", "across"),
    [(3, 63.5, 25.0, 66.0), (3, 66.0, 0.0, 63.5), (0, 63.5, 0.0, 66.0), (3, 63.5, -1.0, 66.0)],
    ids=["off the sheet", "overlapping", "none", "left of the sheet"],
)
def test_a_sheet_that_cannot_be_is_refused(columns: int, width: float, left: float, across: float) -> None:
    with pytest.raises(LayoutError, match="Measure the sheet again"):
        Layout(columns=columns, rows=1, width=width, height=30.0, left=left, across=across)


def test_a_label_too_small_for_its_codes_is_refused_before_anything_is_printed() -> None:
    tiny = Layout(columns=1, rows=1, width=20.0, height=10.0, sheet_width=20.0, sheet_height=10.0)
    with pytest.raises(LayoutError, match="Choose a larger label"):
        label_sheets(volumes(1), tiny)


def test_a_roll_of_blanks_has_a_label_a_page() -> None:
    blanks = [PrintedLabel(make_label(LabelKind.VOLUME, serial)) for serial in range(3)]
    assert texts(label_sheets(blanks, LAYOUTS["roll-60x30"])) == [blank.label.text for blank in blanks]


def test_code_128_refuses_what_a_scanner_cannot_type() -> None:
    with pytest.raises(LayoutError, match="printable ASCII only"):
        list(code128("正卷", x=0, y=0, width=50, height=10))


def test_a_qr_code_bears_chinese_when_it_must() -> None:
    page = Image.new("L", (600, 600), 255)
    pen = ImageDraw.Draw(page)
    for x, y, width, height in qr("（2019）辽08民初123号", x=0, y=0, side=50):
        pen.rectangle((x * 12, y * 12, (x + width) * 12, (y + height) * 12), fill=0)
    assert [code.text for code in zxingcpp.read_barcodes(page)] == ["（2019）辽08民初123号"]


def test_without_a_chinese_typeface_the_package_to_install_is_named(tmp_path: Path) -> None:
    missing = Typeface(tmp_path / "none.ttc", 0, 0, "fonts-wqy-microhei")
    with pytest.raises(TypefaceMissingError) as raised:
        find_face([missing])
    said = str(raised.value)
    assert said.startswith("没有可用的中文字体")
    assert "请管理员执行“apt install fonts-wqy-microhei”后重新打印。" in said
    assert "Install one with 'apt install fonts-wqy-microhei' and print again." in said
    assert str(missing.path) in said


def test_every_typeface_that_would_do_is_named(tmp_path: Path) -> None:
    missing = [Typeface(tmp_path / name, 0, 0, f"fonts-{name}") for name in ("one", "two", "three")]
    with pytest.raises(TypefaceMissingError, match="也可安装 fonts-two、fonts-three") as raised:
        find_face(missing)
    assert "also possible: fonts-two, fonts-three" in str(raised.value)


def test_a_file_that_is_no_typeface_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a typeface")
    with pytest.raises(TypefaceMissingError, match=r"broken\.ttf"):
        find_face([Typeface(broken, 0, 0, "fonts-wqy-microhei")])


def test_no_typeface_to_look_for() -> None:
    with pytest.raises(TypefaceMissingError, match="Name at least one"):
        find_face([])
