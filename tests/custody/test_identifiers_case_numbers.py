"""Case numbers as they are found on paper: one canonical form each, or a refusal that says what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.case_types import CASE_TYPES
from custody.identifiers import (
    CaseNumber,
    CaseNumberReason,
    CaseNumberRefusal,
    CourtLevel,
    parse_case_number,
)


def number(text: str) -> CaseNumber:
    read = parse_case_number(text)
    assert isinstance(read, CaseNumber), read
    return read


# What stands on the paper, and the one form it is kept in.
SPELLINGS = {
    "（2019）辽08民初123号": "（2019）辽08民初123号",
    "(2019)辽08民初123号": "（2019）辽08民初123号",
    "(2019）辽08民初123号": "（2019）辽08民初123号",
    "【2019】辽08民初123号": "（2019）辽08民初123号",
    "〔2019〕辽08民初123号": "（2019）辽08民初123号",
    "[2019]辽08民初123号": "（2019）辽08民初123号",
    "［2019］辽08民初123号": "（2019）辽08民初123号",
    "（２０１９）辽０８民初１２３号": "（2019）辽08民初123号",
    " （2019） 辽 08 民初\u3000123 号\n": "（2019）辽08民初123号",
    "\ufeff（2019）辽08民初\u200b123号": "（2019）辽08民初123号",
    "（2019）辽08民初00123号": "（2019）辽08民初123号",
    "（2026）辽0804执1号": "（2026）辽0804执1号",
    "（2021）辽0802执恢12号": "（2021）辽0802执恢12号",
    "（2021）辽0882执保7号": "（2021）辽0882执保7号",
    "（2020）辽民辖终31号": "（2020）辽民辖终31号",
    "（2020）辽08民辖2号": "（2020）辽08民辖2号",
    "（2022）辽0811诉前调书45号": "（2022）辽0811诉前调书45号",
    "（2022）辽0811诉前调确46号": "（2022）辽0811诉前调确46号",
    "（2022）辽0811诉前调47号": "（2022）辽0811诉前调47号",
    "（2019）最高法知民终1号": "（2019）最高法知民终1号",
    "（2019）最高法民再1号": "（2019）最高法民再1号",
    "（2017）京73知民初9号": "（2017）京73知民初9号",
    "（2018）兵0101民初5号": "（2018）兵0101民初5号",
    "（2018）辽72民初88号": "（2018）辽72民初88号",
    "（2016）最高法刑核51732773号": "（2016）最高法刑核51732773号",
    "（2017）辽08破申2号": "（2017）辽08破申2号",
    "（2017）辽08破1号": "（2017）辽08破1号",
    "（2019）辽08民初123号之一": "（2019）辽08民初123号之一",
    "（2019）辽08民初123号之1": "（2019）辽08民初123号之一",
    "（2019）辽08民初123号-3": "（2019）辽08民初123号之三",
    "（2019）辽08民初123号之10": "（2019）辽08民初123号之十",
    "（2019）辽08民初123号之42": "（2019）辽08民初123号之四十二",
    "（2018）粤0304民初3827、3828号": "（2018）粤0304民初3827、3828号",
    "（2018）粤0304民初3827，3828号": "（2018）粤0304民初3827、3828号",
    "（2018）粤0304民初18775-18776号": "（2018）粤0304民初18775-18776号",
    "（2018）粤0304民初18775—18776号": "（2018）粤0304民初18775-18776号",
    "（2018）粤0304民初18775至18777号": "（2018）粤0304民初18775-18777号",
    "（2018）粤0304民初1、3～5号": "（2018）粤0304民初1、3-5号",
    "（2014）民一终字第174号": "（2014）民一终字第174号",
    "(2001)青海法海事初字第23号": "（2001）青海法海事初字第23号",
    "（2009）沪一中民四(商)终字第S1号": "（2009）沪一中民四（商）终字第S1号",
    "（2013）站民二初字00456号": "（2013）站民二初字第456号",
    "（2013）营民一终字第456号之二": "（2013）营民一终字第456号之二",
    # 字第 in a number of today's form would make a second key for the same file.
    "（2019）辽08民初字第123号": "（2019）辽08民初123号",
    "（2016）辽民一终字第9号": "（2016）辽民一终字第9号",
    "（2016）辽08民初1庭字第9号": "（2016）辽08民初1庭字第9号",
}


@pytest.mark.parametrize(("text", "canonical"), SPELLINGS.items())
def test_every_spelling_has_one_canonical_form(text: str, canonical: str) -> None:
    assert number(text).canonical == canonical
    assert number(canonical).canonical == str(number(text)) == canonical


def test_the_fields_of_a_number() -> None:
    assert number("（2019）辽08民初123号之一") == CaseNumber(
        year=2019,
        designation="辽08民初",
        numbering="123",
        numbers=(123,),
        court_code="辽08",
        special=None,
        case_type="民初",
        suffix="之一",
        legacy=False,
    )


def test_further_rulings_share_the_key_of_their_file() -> None:
    assert {number(f"（2019）辽08民初123号{after}").key for after in ("", "之一", "之三")} == {"（2019）辽08民初123号"}


def test_a_document_for_several_cases_names_each_file() -> None:
    assert number("（2018）辽08民初1、3-5号之二").keys == tuple(f"（2018）辽08民初{one}号" for one in (1, 3, 4, 5))
    assert number("（2018）辽08民初1、3-5号之二").numbers == (1, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "special", "case_type"),
    [
        ("（2019）最高法知民终1号", "知", "民终"),
        ("（2019）辽08执恢12号", None, "执恢"),
        ("（2019）辽08执12号", None, "执"),
        ("（2019）辽08民辖终12号", None, "民辖终"),
        ("（2022）辽0811诉前调书4号", None, "诉前调书"),
    ],
)
def test_the_longest_type_is_the_type(text: str, special: str | None, case_type: str) -> None:
    assert (number(text).special, number(text).case_type) == (special, case_type)


@pytest.mark.parametrize(
    ("court", "level"),
    [
        ("最高法", CourtLevel.SUPREME),
        ("辽", CourtLevel.HIGH),
        ("辽08", CourtLevel.INTERMEDIATE),
        ("辽0804", CourtLevel.BASIC),
    ],
)
def test_a_court_code_shows_the_level(court: str, level: CourtLevel) -> None:
    assert number(f"（2020）{court}民申1号").level is level


def test_a_legacy_number_is_kept_and_not_taken_apart() -> None:
    old = number("(2001)青海法海事初字第23号")
    assert (old.legacy, old.year, old.designation, old.numbers) == (True, 2001, "青海法海事初", (23,))
    assert (old.court_code, old.special, old.case_type, old.level) == (None, None, None, None)
    assert number("（2009）沪一中民四(商)终字第S01号").keys == ("（2009）沪一中民四（商）终字第S1号",)


def test_every_digit_of_a_death_penalty_review_counts() -> None:
    assert number("（2016）最高法刑核00732773号").canonical == "（2016）最高法刑核00732773号"
    assert number("（2016）最高法刑核00732773号").numbers == ("00732773",)


def test_a_court_adds_a_type_of_its_own() -> None:
    text = "（2023）辽0802民诉前调6号"
    assert isinstance(parse_case_number(text), CaseNumberRefusal)
    added = parse_case_number(text, types=(*CASE_TYPES, "民诉前调"))
    assert isinstance(added, CaseNumber)
    assert added.case_type == "民诉前调"


def test_a_type_that_begins_with_the_special_character_wins_over_it() -> None:
    read = parse_case_number("（2015）京73知民初6号", types=(*CASE_TYPES, "知民初"))
    assert isinstance(read, CaseNumber)
    assert (read.special, read.case_type) == (None, "知民初")


# What was typed; what is wrong; which part; where it begins in what was typed.
REFUSED = [
    ("hello", "not_a_case_number", "hello", 1),
    ("（2019）", "unknown_court", "", 7),
    ("案号：（2019）辽08民初1号", "leading_text", "案号:", 1),
    ("辽08民初1号", "no_year", "辽08民初1号", 1),
    ("2019辽08民初1号", "no_year", "2019辽08民初1号", 1),
    ("（19）辽08民初1号", "no_year", "(19)辽08民初1号", 1),
    ("（二〇一九）辽08民初1号", "no_year", "(二〇一九)辽08民初1号", 1),
    ("（1948）辽08民初1号", "year_out_of_range", "1948", 2),
    ("（2100）辽08民初1号", "year_out_of_range", "2100", 2),
    ("（2019） 营08民初1号", "unknown_court", "营08民初1号", 8),
    ("（2019）辽081民初1号", "unknown_court", "辽081", 7),
    ("（2019）辽08021民初1号", "unknown_court", "辽08021", 7),
    ("（2019）最高民终1号", "unknown_court", "最高民终1号", 7),
    ("（2019）字第5号", "unknown_court", "字第5号", 7),
    ("（2019）辽0802号", "missing_type", "辽0802", 7),
    ("（2019）辽 08 民出 123号", "unknown_type", "民出", 12),
    ("（2019）辽08知1号", "unknown_type", "知", 10),
    ("（2019）辽08鸡鸭鹅1号", "unknown_type", "鸡鸭鹅", 10),
    ("（2019）辽08民初号", "missing_number", "号", 12),
    ("（2019）辽08民初", "missing_number", "", 12),
    ("（2014）民一终字第", "missing_number", "", 12),
    ("（2019）辽08民初000号", "number_zero", "000", 12),
    ("（2019）辽08民初3、0号", "number_zero", "3、0", 12),
    ("（2019）辽08民初123456789号", "number_too_long", "123456789", 12),
    ("（2016）最高法刑核5173277号", "number_width", "5173277", 12),
    ("（2019）辽08民初12-3号", "bad_range", "12-3", 12),
    ("（2019）辽08民初12-12号", "bad_range", "12-12", 12),
    ("（2019）辽08民初1-1002号", "bad_range", "1-1002", 12),
    ("（2009）沪一中民四终字第S1-S3号", "bad_range", "S1-S3", 15),
    ("（2016）最高法刑核51732773-51732775号", "bad_range", "51732773-51732775", 12),
    ("（2019）辽08民初123", "missing_hao", "", 15),
    ("（2019）辽08民初123、号", "missing_hao", "、号", 15),
    ("（2019）辽08民初123判决书", "missing_hao", "判决书", 15),
    ("（2019）辽08民初123号民事判决书", "trailing_text", "民事判决书", 16),
    ("（2019）辽08民初123号之", "trailing_text", "之", 16),
    ("（2019）辽08民初123号之0", "trailing_text", "之0", 16),
    ("（2019）辽08民初123号之一之二", "trailing_text", "之二", 18),
    ("（2019）辽08民初123号之100", "trailing_text", "之100", 16),
]


@pytest.mark.parametrize(("text", "reason", "part", "position"), REFUSED)
def test_a_refusal_names_what_is_wrong_and_where(text: str, reason: str, part: str, position: int) -> None:
    refused = parse_case_number(text)
    assert isinstance(refused, CaseNumberRefusal)
    fields = dict(refused.fields)
    assert (refused.reason, fields["part"], fields["position"]) == (reason, part, str(position))


@pytest.mark.parametrize("text", ["", "  \u3000", "\u200b"])
def test_nothing_is_refused_as_nothing(text: str) -> None:
    assert parse_case_number(text) == CaseNumberRefusal(CaseNumberReason.EMPTY)


def test_every_reason_is_met_above() -> None:
    assert {reason for _, reason, _, _ in REFUSED} | {"empty"} == set(CaseNumberReason)


def test_an_unknown_type_suggests_the_usual_ones_like_it() -> None:
    refused = parse_case_number("（2019）辽08民出123号")
    assert isinstance(refused, CaseNumberRefusal)
    assert "民初" in dict(refused.fields)["near"]


def test_a_type_like_no_other_suggests_nothing() -> None:
    refused = parse_case_number("（2019）辽08鸡鸭鹅1号")
    assert isinstance(refused, CaseNumberRefusal)
    assert dict(refused.fields)["near"] == "—"


def test_a_year_to_come_is_refused_when_the_caller_knows_the_year() -> None:
    refused = parse_case_number("（2027）辽08民初1号", latest_year=2026)
    assert isinstance(refused, CaseNumberRefusal)
    assert dict(refused.fields) == {
        "text": "(2027)辽08民初1号",
        "part": "2027",
        "position": "2",
        "earliest": "1949",
        "latest": "2026",
    }


def test_a_long_text_is_named_by_its_beginning() -> None:
    refused = parse_case_number("号" * 100_000)
    assert isinstance(refused, CaseNumberRefusal)
    assert dict(refused.fields)["part"] == "号" * 40 + "…"


def test_the_types_are_those_of_the_standard_and_its_two_additions() -> None:
    assert len(CASE_TYPES) == len(set(CASE_TYPES)) == 126
    assert all(
        1 <= len(code) <= 4 and not any(mark.isdigit() or mark in "号字知" for mark in code) for code in CASE_TYPES
    )


written = st.builds(
    "{}{}{}{}{}{}号{}".format,
    st.sampled_from("(（[【〔"),
    st.integers(1949, 2099),
    st.sampled_from(")）]】〕"),
    st.one_of(st.just("最高法"), st.from_regex(r"[京辽沪兵]([0-9]{2}|[0-9]{4})?", fullmatch=True)),
    st.sampled_from([code for code in CASE_TYPES if code != "刑核"]),
    st.lists(st.integers(1, 99_999_999), min_size=1, max_size=3).map(lambda few: "、".join(map(str, few))),
    st.one_of(st.just(""), st.integers(1, 99).map("之{}".format)),
)


@given(written)
def test_reading_the_canonical_form_again_changes_nothing(text: str) -> None:
    once = number(text)
    assert number(once.canonical) == once
    assert number(once.key).key == once.key


@given(st.text(alphabet="()（）[]2019辽08民初执第字之一号1-、 知终a", max_size=30))
def test_any_text_is_a_number_or_a_refusal_with_all_its_fields(text: str) -> None:
    read = parse_case_number(text)
    if isinstance(read, CaseNumber):
        assert number(read.canonical) == read
    else:
        assert all(value for name, value in read.fields if name != "part")
