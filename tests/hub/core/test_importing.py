"""A clerk's list of volumes, read row by row: what is accepted, what was there already, what is refused and why."""

import pytest

from custody.events import Part
from custody.identifiers import LabelKind, make_label
from hub.core.importing import (
    KnownRow,
    Report,
    RowRefusal,
    Verdict,
    VolumeKey,
    VolumeRow,
    judge_file,
)
from hub.core.spreadsheet import MOST_BYTES, MOST_ROWS, Column, FileRefusal

CASE = "（2026）辽0802民初123号"
HEADER = "案号,正副卷,册号,总册数,页数,接收对象,标签\n"
LABEL, OTHER = make_label(LabelKind.VOLUME, 7).text, make_label(LabelKind.VOLUME, 8).text
RECIPIENTS = {"扫描": ("queue:scanning",), "王敏": ("p-1",), "李强": ("p-2", "p-3"), "p-2": ("p-2",)}


def judge(content: str | bytes, known: dict[VolumeKey, KnownRow] | None = None) -> Report:
    report = judge_raw(content, known)
    assert isinstance(report, Report)
    return report


def judge_raw(content: str | bytes, known: dict[VolumeKey, KnownRow] | None = None) -> Report | FileRefusal:
    data = content.encode() if isinstance(content, str) else content
    return judge_file(data, known=known or {}, recipients=RECIPIENTS, latest_year=2026)


def refusal_of(row: str, known: dict[VolumeKey, KnownRow] | None = None) -> RowRefusal:
    (judged,) = judge(HEADER + row + "\n", known).rows
    assert judged.verdict is Verdict.REFUSED
    assert judged.refusal is not None
    return judged.refusal


def test_a_good_row_is_accepted_with_everything_it_says() -> None:
    report = judge(HEADER + f"(2026)辽0802民初00123号,正卷,1,２,188,扫描,{LABEL.lower()}\n")

    key = VolumeKey(CASE, Part.MAIN, 1)
    assert report.accepted == (VolumeRow(key=key, of=2, pages=188, recipient="queue:scanning", label=LABEL),)
    assert report.count(Verdict.ACCEPTED) == 1


def test_what_may_be_left_out_may_be_left_out() -> None:
    report = judge(f"case number,part,volume,of\n{CASE},confidential,1,1\n")

    assert report.accepted == (VolumeRow(key=VolumeKey(CASE, Part.CONFIDENTIAL, 1), of=1),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_spreadsheets_may_save_it_as_they_like(encoding: str, delimiter: str, ending: str) -> None:
    lines = [
        ["案号", "正副卷", "册号", "总册数", "接收对象（可选）"],
        [CASE, "副卷", "1", "1", "王敏"],
        ["", "", "", "", ""],
    ]
    content = ending.join(delimiter.join(line) for line in lines)

    assert judge(content.encode(encoding)).accepted[0].recipient == "p-1"


def test_one_wrong_row_does_not_hold_up_the_others() -> None:
    report = judge(HEADER + f"{CASE},正卷,1,2,,,\n辽0802民初123,正卷,2,2,,,\n{CASE},正卷,2,2,,,\n")

    assert [one.verdict for one in report.rows] == [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.ACCEPTED]
    assert [one.line for one in report.rows] == [2, 3, 4]
    assert report.rows[1].shown == "辽0802民初123"


def test_the_same_list_again_registers_nothing() -> None:
    first = judge(HEADER + f"{CASE},正卷,1,1,12,,{LABEL}\n")
    known = {row.key: KnownRow(of=row.of, pages=row.pages, labels=(LABEL,)) for row in first.accepted}

    again = judge(HEADER + f"{CASE},正卷,1,1,12,,{LABEL}\n", known)

    assert again.accepted == ()
    assert again.count(Verdict.KNOWN) == 1


def test_a_quoted_cell_over_two_lines_keeps_the_line_numbers_right() -> None:
    report = judge(HEADER + f'{CASE},正卷,1,2,,"王\n敏",\n{CASE},正卷,2,2,,,\n')

    assert [one.line for one in report.rows] == [2, 4]


@pytest.mark.parametrize(
    ("row", "key", "column"),
    [
        ("（2026）辽0802民初号,正卷,1,1,,,", "case_number.missing_number", Column.CASE),
        ("（2027）辽0802民初1号,正卷,1,1,,,", "case_number.year_out_of_range", Column.CASE),
        (f"{CASE},附卷,1,1,,,", "import.row.part", Column.PART),
        (f"{CASE},正卷,0,1,,,", "import.row.count", Column.NUMBER),
        (f"{CASE},正卷,一,1,,,", "import.row.count", Column.NUMBER),
        (f"{CASE},正卷,1,,,,", "import.row.count", Column.OF),
        (f"{CASE},正卷,3,2,,,", "import.row.number_beyond", Column.NUMBER),
        (f"{CASE},正卷,1,1,1000000,,", "import.row.count", Column.PAGES),
        (f"{CASE},正卷,1,1,-3,,", "import.row.count", Column.PAGES),
        (f"{CASE},正卷,1,1,,张三,", "import.row.recipient_unknown", Column.RECIPIENT),
        (f"{CASE},正卷,1,1,,李强,", "import.row.recipient_ambiguous", Column.RECIPIENT),
        (f"{CASE},正卷,1,1,,,{LABEL[:-1]}", "label.length", Column.LABEL),
        (f"{CASE},正卷,1,1,,,{make_label(LabelKind.BADGE, 1)}", "import.row.label_kind", Column.LABEL),
        (f"{CASE},正卷,1,1,,,,多", "import.row.surplus", None),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_why(row: str, key: str, column: Column | None) -> None:
    refusal = refusal_of(row)

    assert refusal.key == key
    assert refusal.column is column


def test_a_person_with_a_common_name_is_named_by_id() -> None:
    assert refusal_of(f"{CASE},正卷,1,1,,李强,").fields == {"ids": "p-2、p-3"}
    assert judge(HEADER + f"{CASE},正卷,1,1,,p-2,\n").accepted[0].recipient == "p-2"


def test_the_same_volume_twice_in_a_list_is_refused_the_second_time() -> None:
    report = judge(HEADER + f"{CASE},正卷,1,1,,,\n{CASE},正卷,1,1,,,\n")

    assert report.rows[1].refusal == RowRefusal("import.row.double", Column.NUMBER, "1", {"line": "2"})


def test_rows_of_one_set_must_agree_on_its_size() -> None:
    report = judge(HEADER + f"{CASE},正卷,1,2,,,\n{CASE},正卷,2,3,,,\n")

    assert report.rows[1].refusal == RowRefusal("import.row.of_in_file", Column.OF, "3", {"of": "2", "line": "2"})


def test_one_label_goes_on_one_volume() -> None:
    report = judge(HEADER + f"{CASE},正卷,1,2,,,{LABEL}\n{CASE},正卷,2,2,,,{LABEL}\n")

    refusal = report.rows[1].refusal
    assert refusal is not None
    assert (refusal.key, refusal.fields["line"]) == ("import.row.label_in_file", "2")


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (f"{CASE},正卷,2,3,,,", "import.row.of_recorded"),
        (f"{CASE},正卷,1,2,13,,", "import.row.pages_recorded"),
        (f"{CASE},正卷,1,2,,,{OTHER}", "import.row.label_recorded"),
        (f"{CASE},副卷,1,1,,,{LABEL}", "import.row.label_taken"),
    ],
)
def test_what_contradicts_the_register_is_refused(row: str, key: str) -> None:
    known = {VolumeKey(CASE, Part.MAIN, 1): KnownRow(of=2, pages=12, labels=(LABEL,))}

    assert refusal_of(row, known).key == key


def test_columns_that_mean_nothing_here_are_named() -> None:
    report = judge(f"案号,正副卷,册号,总册数,备注,\n{CASE},正卷,1,1,急,\n")

    assert report.unused == ("备注",)
    assert len(report.accepted) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n,,\n", "empty"),
        (b"PK\x03\x04 a spreadsheet", "spreadsheet"),
        (b"\xff\xff\xff\xff", "not_text"),
        (b"a\x00b", "not_text"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (HEADER.encode() + b'"open', "malformed"),
        (b'"open', "malformed"),
        ("案号,册号\n".encode(), "columns_missing"),
        ("案号,案号,正副卷,册号,总册数\n".encode(), "columns_double"),
        (HEADER.encode() + b"x\n" * (MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(content: bytes, code: str) -> None:
    refusal = judge_raw(content)

    assert isinstance(refusal, FileRefusal)
    assert refusal.code == code


def test_missing_columns_are_named_in_the_words_of_the_list() -> None:
    refusal = judge_raw("案号,备注\n")

    assert isinstance(refusal, FileRefusal)
    assert refusal.fields == {"missing": "正副卷、册号、总册数", "found": "案号、备注"}
