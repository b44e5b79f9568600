"""Keys and fields into sentences people read. Pure: the catalogue, the time zone and the time arrive as arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from babel.dates import format_datetime, format_timedelta

__all__ = ["Language", "clock", "date", "moment", "sentence", "stamp"]

_CODES = {"expected": "step", "step": "step", "part": "part", "grade": "grade"}
"""Fields whose values are codes of ours, and the family of catalogue keys that puts them into words."""

_HOUR = timedelta(hours=1)
_NAMED_BY_WEEKDAY = timedelta(days=6)  # after that a weekday alone could mean two days


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """``code`` is a locale (``zh_CN``); ``sentences`` are its catalogue; ``zone`` is where the reader stands."""

    code: str
    sentences: Mapping[str, str]
    zone: tzinfo


def sentence(language: Language, key: str, fields: Mapping[str, str | int] | None = None, *, now: int) -> str:
    """The sentence of a key. A key or field that is missing shows by its name: a wrong screen beats a dark one."""
    template = language.sentences.get(key)
    if template is None:
        return key
    readable = _Readable({name: _readable(language, name, value, now) for name, value in (fields or {}).items()})
    try:
        return template % readable
    except (TypeError, ValueError):
        return template


def moment(language: Language, at: int, *, now: int) -> str:
    """A past time as people say it: relative below an hour, with the weekday when not of today, then with the date.

    ``at`` and ``now`` are milliseconds since 1970; ``at`` 0 means never.
    """
    if at <= 0:
        return language.sentences.get("kiosk.never", "kiosk.never")
    then, today = _local(language, at), _local(language, now)
    age = today - then
    if timedelta(0) <= age < _HOUR:
        return _ago(language, age)
    if then.date() == today.date():
        pattern = "HH:mm"
    elif timedelta(0) < age < _NAMED_BY_WEEKDAY:
        pattern = "EEE HH:mm"
    else:
        near = then.year == today.year
        pattern = language.sentences.get("kiosk.pattern.date" if near else "kiosk.pattern.year", "yyyy-MM-dd HH:mm")
    return format_datetime(then, pattern, locale=language.code)


def stamp(language: Language, at: int) -> str:
    """A time in full, as it stands on paper."""
    pattern = language.sentences.get("kiosk.pattern.year", "yyyy-MM-dd HH:mm")
    return format_datetime(_local(language, at), pattern, locale=language.code)


def clock(language: Language, now: int) -> str:
    """The time of day."""
    return format_datetime(_local(language, now), "HH:mm", locale=language.code)


def date(language: Language, now: int) -> str:
    """Today, with its weekday."""
    pattern = language.sentences.get("kiosk.pattern.today", "yyyy-MM-dd EEE")
    return format_datetime(_local(language, now), pattern, locale=language.code)


class _Readable(dict[str, str | int]):
    def __missing__(self, name: str) -> str:
        return f"‹{name}›"


def _readable(language: Language, name: str, value: str | int, now: int) -> str | int:
    if name.endswith("_ms") and isinstance(value, int):
        return moment(language, value, now=now)
    if name in _CODES:
        return language.sentences.get(f"{_CODES[name]}.{value}", value)
    return value


def _ago(language: Language, age: timedelta) -> str:
    if age < timedelta(minutes=1):
        return language.sentences.get("kiosk.just_now", "kiosk.just_now")
    return format_timedelta(-age, granularity="minute", threshold=60, add_direction=True, locale=language.code)


def _local(language: Language, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, language.zone)
