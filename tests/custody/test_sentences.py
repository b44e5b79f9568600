"""Every key has a sentence in both languages, and every sentence is one that helps."""

import re
from dataclasses import fields, replace
from string import Formatter

import pytest

from custody.events import (
    FACTS,
    Fact,
    Grade,
    Unrecognised,
)
from custody.identifiers import CaseNumberRefusal, LabelRefusal, parse_case_number, parse_label
from custody.refusals import REFUSALS, HeldByOther, WrongStep, fields_of
from custody.sentences import FAMILIES, event_key, event_sentence, keys, own_sentences, sentence
from tests.custody.catalogues import LANGUAGES, catalogue
from tests.custody.facts import SAMPLES

languages = pytest.mark.parametrize("language", LANGUAGES)
CHINESE = catalogue("zh_CN")
_FIELD = re.compile(r"%\((\w+)\)s")
_HAN = re.compile(r"[㐀-鿿]")


@languages
def test_the_catalogue_has_every_key_and_no_other(language: str) -> None:
    assert set(catalogue(language)) | set(own_sentences(language)) == set(keys())
    assert all(catalogue(language).values())


@languages
def test_a_sentence_names_only_fields_its_key_has(language: str) -> None:
    for key, template in catalogue(language).items():
        assert set(_FIELD.findall(template)) <= keys()[key], key
        assert "%" not in _FIELD.sub("", template), key


def test_both_languages_say_the_same_fields() -> None:
    for key, template in CHINESE.items():
        assert set(_FIELD.findall(template)) == set(_FIELD.findall(catalogue("en")[key])), key


def test_a_headline_has_at_most_twelve_chinese_characters() -> None:
    for key, template in CHINESE.items():
        if key.endswith(".headline"):
            assert len(_HAN.findall(template)) <= 12, key


def test_a_refusal_says_what_why_and_what_to_do_now() -> None:
    """At least two sentences, the last of which asks for something; never "operation failed"."""
    for code in REFUSALS:
        said = CHINESE[f"refusal.{code}"]
        assert said.count("。") >= 2 or ("，" in said and "请" in said), code
        assert re.search(r"请|再试|自动恢复", said), code
        assert not re.search(r"操作失败|错误代码|事件|同步|哈希", said), code


def test_no_sentence_speaks_our_jargon() -> None:
    for key, said in CHINESE.items():
        assert not re.search(r"事件|同步|哈希|日志|令牌", said), key


def test_the_example_of_a_refusal_reads_as_it_should() -> None:
    refusal = HeldByOther(volume="（2026）辽0802民初1号 正卷 1/2", person="王敏", since_ms=42)

    said = sentence(CHINESE, "refusal.held_by_other", fields_of(refusal), moment=lambda at: f"09:{at}")

    assert said == (
        "卷宗 （2026）辽0802民初1号 正卷 1/2 记在 王敏 名下（09:42 起），所以没有办理。"
        "请让 王敏 本人办理，或先用“当面转交”交给您。"
    )


@languages
@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_said_with_its_fields(language: str, code: str) -> None:
    values = {one.name: "x" for one in fields(REFUSALS[code])}

    said = sentence(catalogue(language), f"refusal.{code}", values)

    assert "%(" not in said


def test_codes_among_the_fields_are_put_into_words() -> None:
    said = sentence(CHINESE, "refusal.wrong_step", fields_of(WrongStep(volume="v", expected="prepared")))

    assert "整理" in said


def test_a_key_or_field_that_is_missing_shows_instead_of_failing() -> None:
    assert sentence({}, "no.such.key") == "no.such.key"
    assert sentence({"k": "%(who)s is here"}, "k") == "%(who)s is here"
    assert sentence({"k": "all is well"}, "k") == "all is well"


@languages
@pytest.mark.parametrize("kind", [*FACTS, "unrecognised"])
def test_every_fact_is_told_in_one_line(language: str, kind: str) -> None:
    fact = Unrecognised(type="yungui.future", why="kind") if kind == "unrecognised" else SAMPLES[kind]

    said = event_sentence(catalogue(language), fact, name=lambda identity: f"«{identity}»")

    assert said != event_key(fact)
    assert "%(" not in said
    assert "\n" not in said


def variant(kind: str, **members: object) -> Fact:
    return replace(SAMPLES[kind], **members)  # type: ignore[arg-type]


@languages
@pytest.mark.parametrize(
    ("fact", "key"),
    [
        (variant("door.pulse_sent", acknowledged=False), "event.door.pulse_sent.unanswered"),
        (variant("doors.sensed", open=()), "event.doors.sensed.all_closed"),
        (variant("compartment.verified", contents=()), "event.compartment.verified.empty"),
        (variant("volume.collected", grade=Grade.STATED, label=None), "event.volume.collected.stated"),
        (variant("archive.step_finished", pages=None), "event.archive.step_finished"),
        (variant("archive.sent_back", pages=()), "event.archive.sent_back"),
        (variant("board.lost", places=()), "event.board.lost"),
        (variant("command.issued", reason="deposit"), "event.command.issued"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_matters_changes_the_line(language: str, fact: Fact, key: str) -> None:
    said = event_sentence(catalogue(language), fact)

    assert event_key(fact) == key
    assert "%(" not in said
    assert "None" not in said


def test_a_line_reads_like_one() -> None:
    names = {
        "wang": "王敏",
        "vol-0001": "民初1号正卷",
        "cab-1.07": "07 号格",
        "queue:scanning": "扫描室",
    }

    def told(kind: str) -> str:
        return event_sentence(CHINESE, SAMPLES[kind], name=lambda identity: names.get(identity, identity))

    assert told("volume.deposited") == "王敏 将 民初1号正卷 存入 07 号格，留给 扫描室。"
    assert told("volume.returned").endswith("（材料不全）。")
    assert told("door.unlock_intended") == "王敏 请求打开 07 号格（远程开门）。"
    assert "第 3、17 页" in told("archive.sent_back")
    assert told("person.registered") == "登记人员 王敏：本院人员、管理员。"


@languages
def test_every_code_of_a_family_has_a_word(language: str) -> None:
    for family, codes in FAMILIES.items():
        assert all(catalogue(language)[f"{family}.{code}"] for code in codes)


BAD_CASE_NUMBERS = (
    "",
    "abc",
    "关于（2019）辽08民初123号",
    "辽08民初123号",
    "（1800）辽08民初123号",
    "（2019）某08民初123号",
    "（2019）辽08",
    "（2019）辽08123号",
    "（2019）辽08民甲123号",
    "（2019）辽08民初号",
    "（2019）辽08民初0号",
    "（2019）辽08民初123456789号",
    "（2019）最高法刑核123号",
    "（2019）辽08民初9-3号",
    "（2019）辽08民初123",
    "（2019）辽08民初123号附件",
)


@languages
@pytest.mark.parametrize("text", BAD_CASE_NUMBERS)
def test_a_case_number_that_is_none_is_answered_in_a_whole_sentence(language: str, text: str) -> None:
    refusal = parse_case_number(text)
    assert isinstance(refusal, CaseNumberRefusal)

    said = sentence(catalogue(language), f"case_number.{refusal.reason}", dict(refusal.fields))

    assert "%(" not in said


@languages
@pytest.mark.parametrize("text", ["", "V12", "V12345O7", "V123456-", "X1234567", "V1234567"])
def test_a_label_that_is_none_is_answered_in_a_whole_sentence(language: str, text: str) -> None:
    refusal = parse_label(text)
    assert isinstance(refusal, LabelRefusal)

    said = sentence(catalogue(language), f"label.{refusal.trouble}", {"text": refusal.text, **dict(refusal.fields)})

    assert "%(" not in said


def test_templates_hold_nothing_but_named_fields() -> None:
    """A stray brace would be shown to a reader as it is."""
    for language in LANGUAGES:
        for key, said in catalogue(language).items():
            assert [name for _, name, _, _ in Formatter().parse(said) if name is not None] == [], key
