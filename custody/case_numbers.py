"""Case numbers (案号): from any spelling found on paper to one canonical form with its fields, or a refusal that says where.

The rules are those in force since 2016 (year, court code, special-trial character, type code, number). Numbers of the
form used before (……字第……号) are still on the shelves and are accepted as legacy: kept as they are, not taken apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Never

from custody.case_types import CASE_TYPES, FIXED_WIDTHS

__all__ = ["CaseNumber", "CaseNumberReason", "CaseNumberRefusal", "CourtLevel", "parse_case_number"]

EARLIEST_YEAR = 1949
LATEST_YEAR = 2099
MOST_DIGITS = 8
WIDEST_RANGE = 1000


class CourtLevel(StrEnum):
    """The level of a court, as its code shows it."""

    SUPREME = "supreme"
    HIGH = "high"
    INTERMEDIATE = "intermediate"
    BASIC = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumber:
    """One case number, or several on one document.

    ``designation`` is everything between year and number, ``numbering`` the number as written in the canonical form.
    ``numbers`` has each case's number: an int, but text where every digit counts (刑核) or where it bears letters (legacy).
    A legacy number knows no court, special-trial character or type: they cannot be told apart without a register of old codes.
    """

    year: int
    designation: str
    numbering: str
    numbers: tuple[int | str, ...]
    court_code: str | None = None
    special: str | None = None
    case_type: str | None = None
    suffix: str | None = None
    legacy: bool = False

    @property
    def canonical(self) -> str:
        """The one way this number is stored and shown: full-width brackets, half-width digits, no leading zeros."""
        return self.key + (self.suffix or "")

    @property
    def key(self) -> str:
        """What the file is filed under: the number without 之一, 之二 …, which are further rulings in the same case."""
        return self._of(self.numbering)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each single case, when one document decides several."""
        return tuple(self._of(str(number)) for number in self.numbers)

    @property
    def level(self) -> CourtLevel | None:
        """The court's level; unknown of a legacy number."""
        if self.court_code is None:
            return None
        return CourtLevel.SUPREME if self.court_code == _SUPREME else _LEVELS[len(self.court_code) - 1]

    def __str__(self) -> str:
        return self.canonical

    def _of(self, numbering: str) -> str:
        return f"（{self.year}）{self.designation}{'字第' if self.legacy else ''}{numbering}号"


class CaseNumberReason(StrEnum):
    """Why a text is not a case number. The sentence of each stands under ``case_number.<reason>`` in the catalogues."""

    EMPTY = "empty"
    NOT_A_CASE_NUMBER = "not_a_case_number"
    LEADING_TEXT = "leading_text"
    NO_YEAR = "no_year"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    UNKNOWN_COURT = "unknown_court"
    MISSING_TYPE = "missing_type"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_NUMBER = "missing_number"
    NUMBER_ZERO = "number_zero"
    NUMBER_TOO_LONG = "number_too_long"
    NUMBER_WIDTH = "number_width"
    BAD_RANGE = "bad_range"
    MISSING_HAO = "missing_hao"
    TRAILING_TEXT = "trailing_text"


@dataclass(frozen=True, slots=True)
class CaseNumberRefusal:
    """What is wrong with a text. ``fields`` are what the sentence may name; positions count characters as typed, from 1."""

    reason: CaseNumberReason
    fields: tuple[tuple[str, str], ...] = ()


def parse_case_number(
    text: str, *, types: Collection[str] = CASE_TYPES, latest_year: int = LATEST_YEAR
) -> CaseNumber | CaseNumberRefusal:
    """Read a case number in any published spelling. Width, brackets and white space do not matter; nothing is guessed.

    ``types`` are the type codes known to the court; ``latest_year`` is the last year that can have begun.
    """
    line = _line(text)
    year = _year(line, latest=latest_year)
    if isinstance(year, CaseNumberRefusal):
        return year
    after_year = line.text.index(year) + len(year) + 1
    designation = _legacy_designation(line, after_year) or _designation(line, after_year, types=types)
    if isinstance(designation, CaseNumberRefusal):
        return designation
    numbering = _numbering(line, designation)
    if isinstance(numbering, CaseNumberRefusal):
        return numbering
    suffix = _suffix(line, numbering.end)
    if isinstance(suffix, CaseNumberRefusal):
        return suffix
    return CaseNumber(
        year=int(year),
        designation=designation.text,
        numbering=numbering.text,
        numbers=numbering.numbers,
        court_code=designation.court_code,
        special=designation.special,
        case_type=designation.case_type,
        suffix=suffix or None,
        legacy=designation.legacy,
    )


_SUPREME = "最高法"
_LEVELS = {1: CourtLevel.HIGH, 3: CourtLevel.INTERMEDIATE, 5: CourtLevel.BASIC}
_SPECIAL = "知"
_YEAR = re.compile(r"[(\[〔【]([0-9]{4})[)\]〕】]")
_COURT = re.compile(rf"{_SUPREME}|[京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵军][0-9]*")
_TYPE = re.compile(r"[^0-9号]*")
_LEGACY = re.compile(r"([^0-9号字][^号字]*)字第?(?=[0-9A-Z号]|$)")
_LETTERS = re.compile(r"[A-Z]{0,2}")
_DIGITS = re.compile(r"[0-9]+")
_SEPARATOR = re.compile(r"(?:[、,]|([-–—―−~至]))(?=[0-9])")
_SUFFIX = re.compile(r"[之-]([1-9][0-9]?)(?![0-9])|之([一二三四五六七八九十百零〇]+)")
_NUMERALS = " 一二三四五六七八九"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Line:
    """The text without width and white space, and where each of its characters stood when typed."""

    text: str
    places: tuple[int, ...]

    def refuse(
        self, reason: CaseNumberReason, start: int, end: int | None = None, *, more: Iterable[tuple[str, str]] = ()
    ) -> CaseNumberRefusal:
        """Name the part from ``start`` to ``end`` and its position."""
        part = self.text[start:end]
        shown = part if len(part) <= _SHOWN else part[:_SHOWN] + "…"
        position = (*self.places, self.places[-1] + 1)[start]
        return CaseNumberRefusal(reason, (("part", shown), ("position", str(position)), *more))


def _line(text: str) -> _Line:
    kept = [
        (plain, place)
        for place, character in enumerate(text, start=1)
        for plain in unicodedata.normalize("NFKC", character)
        # Pasted text carries invisible marks (Cf: zero-width space, byte-order mark) beside real white space.
        if not plain.isspace() and unicodedata.category(plain) != "Cf"
    ]
    return _Line("".join(plain for plain, _ in kept), tuple(place for _, place in kept))


def _year(line: _Line, *, latest: int) -> str | CaseNumberRefusal:
    """The four digits in brackets that a case number begins with."""
    if not line.text:
        return CaseNumberRefusal(CaseNumberReason.EMPTY)
    found = _YEAR.search(line.text)
    if found is None:
        known = "号" in line.text or _COURT.search(line.text) is not None
        return line.refuse(CaseNumberReason.NO_YEAR if known else CaseNumberReason.NOT_A_CASE_NUMBER, 0)
    if found.start() > 0:
        return line.refuse(CaseNumberReason.LEADING_TEXT, 0, found.start())
    if not EARLIEST_YEAR <= int(found[1]) <= latest:
        limits = (("earliest", str(EARLIEST_YEAR)), ("latest", str(latest)))
        return line.refuse(CaseNumberReason.YEAR_OUT_OF_RANGE, found.start(1), found.end(1), more=limits)
    return found[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Designation:
    text: str
    end: int
    court_code: str | None = None
    special: str | None = None
    case_type: str | None = None
    legacy: bool = False


def _legacy_designation(line: _Line, at: int) -> _Designation | None:
    found = _LEGACY.match(line.text, at)
    if found is None:
        return None
    return _Designation(text=found[1].translate({ord("("): "（", ord(")"): "）"}), end=found.end(), legacy=True)


def _designation(line: _Line, at: int, *, types: Collection[str]) -> _Designation | CaseNumberRefusal:
    court = _COURT.match(line.text, at)
    if court is None or (court[0] != _SUPREME and len(court[0]) not in _LEVELS):
        return line.refuse(CaseNumberReason.UNKNOWN_COURT, at, None if court is None else court.end())
    # Everything up to the number is the type, so 民辖终 is never read as 民辖, nor 执恢 as 执.
    run = _TYPE.match(line.text, court.end())
    assert run is not None  # the pattern may match nothing, and then does
    special = _SPECIAL if run[0] not in types and run[0].startswith(_SPECIAL) else None
    case_type = run[0].removeprefix(special or "")
    if not run[0]:
        return line.refuse(CaseNumberReason.MISSING_TYPE, court.start(), court.end())
    if case_type not in types:
        near = "、".join(get_close_matches(case_type, types, n=3, cutoff=0.5))
        return line.refuse(CaseNumberReason.UNKNOWN_TYPE, run.start(), run.end(), more=(("near", near),))
    text = f"{court[0]}{run[0]}"
    return _Designation(text=text, end=run.end(), court_code=court[0], special=special, case_type=case_type)


@dataclass(frozen=True, slots=True)
class _Numbering:
    text: str
    numbers: tuple[int | str, ...]
    end: int


def _numbering(line: _Line, designation: _Designation) -> _Numbering | CaseNumberRefusal:
    """One number, or several joined by 、 or, for a range, by a dash; up to 号."""
    texts: list[str] = []
    numbers: list[int | str] = []
    at = designation.end
    joint: re.Match[str] | None = None
    while True:
        one = _number(line, at, designation)
        if isinstance(one, CaseNumberRefusal):
            return one
        ranged = joint is not None and joint[1] is not None
        if ranged and not _rising(numbers[-1], one[0]):
            return line.refuse(CaseNumberReason.BAD_RANGE, designation.end, one[1])
        ...
