"""Times and codes become words; what a catalogue lacks shows by its name."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from edge.kiosk.catalogues import sentences
from edge.kiosk.sentences import Language, clock, date, moment, sentence

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH = Language(code="zh_CN", sentences=sentences("zh_CN"), zone=SHANGHAI)
EN = Language(code="en", sentences=sentences("en"), zone=SHANGHAI)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


NOW = ms("2026-09-23T10:30:00")  # a Wednesday


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        ("2026-09-23T10:29:40", "刚才", "just now"),
        ("2026-09-23T10:18:00", "12分钟前", "12 minutes ago"),
        ("2026-09-23T09:14:00", "09:14", "09:14"),
        ("2026-09-22T23:50:00", "周二 23:50", "Tue 23:50"),
        ("2026-09-21T14:02:00", "周一 14:02", "Mon 14:02"),
        ("2026-09-16T14:02:00", "9月16日 14:02", "16 Sep 14:02"),
        ("2025-12-30T08:00:00", "2025年12月30日 08:00", "30 Dec 2025 08:00"),
        ("2026-09-23T11:00:00", "11:00", "11:00"),
        ("2026-09-30T11:00:00", "9月30日 11:00", "30 Sep 11:00"),
    ],
)
def test_a_time_is_relative_below_an_hour_then_of_the_day_then_with_weekday_or_date(
    at: str, chinese: str, english: str
) -> None:
    assert moment(ZH, ms(at), now=NOW) == chinese
    assert moment(EN, ms(at), now=NOW) == english


def test_a_time_that_never_was_is_said_so() -> None:
    assert moment(ZH, 0, now=NOW) == "从未"
    assert moment(EN, 0, now=NOW) == "never"


def test_fields_that_are_times_or_codes_are_read_as_words() -> None:
    language = Language(
        code="zh_CN", sentences={"k": "%(person)s %(since_ms)s %(expected)s", "step.scanned": "扫描"}, zone=SHANGHAI
    )

    told = sentence(
        language, "k", {"person": "王敏", "since_ms": ms("2026-09-23T09:14:00"), "expected": "scanned"}, now=NOW
    )

    assert told == "王敏 09:14 扫描"


def test_what_is_missing_shows_by_its_name() -> None:
    language = Language(code="zh_CN", sentences={"k": "%(number)s 号格", "broken": "100 % sure %(x)"}, zone=SHANGHAI)

    assert sentence(language, "no.such.key", now=NOW) == "no.such.key"
    assert sentence(language, "k", {}, now=NOW) == "‹number› 号格"
    assert sentence(language, "broken", {"x": 1}, now=NOW) == "100 % sure %(x)"


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    language = Language(code="zh_CN", sentences={"k": "%(step)s"}, zone=SHANGHAI)

    assert sentence(language, "k", {"step": "folded"}, now=NOW) == "folded"


def test_the_clock_on_the_wall() -> None:
    assert clock(ZH, NOW) == "10:30"
    assert date(ZH, NOW) == "9月23日 星期三"
    assert date(EN, NOW) == "Wednesday, 23 September"


def test_both_languages_say_the_same_things() -> None:
    assert ZH.sentences.keys() == EN.sentences.keys()
