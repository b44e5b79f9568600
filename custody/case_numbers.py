"""Case numbers (案号): from any spelling found on paper to one canonical form with its fields, or a refusal.

The rules are those in force since 2016 (year, court code, special-trial character, type code, number). Numbers of the
form used before (……字第……号) are still on the shelves and are accepted as legacy: kept as they are, not taken apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from custody.case_types import CASE_TYPES, FIXED_WIDTHS

__all__ = ["CaseNumber", "CaseNumberReason", "CaseNumberRefusal", "CourtLevel", "parse_case_number"]

EARLIEST_YEAR = 1949
LATEST_YEAR = 2099
FIRST_CURRENT_YEAR = 2016
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
    ``numbers`` has each case's number: an int, but text where every digit counts (刑核) or where it bears letters.
    A legacy number has no court, special-trial character or type: nothing but a register of old codes tells them apart.
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
        return CourtLevel.SUPREME if self.court_code == _SUPREME else _LEVELS[len(self.court_code)]

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
    """What is wrong with a text, and what its sentence may name. Positions count characters as typed, from 1."""

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
    designation = _designation(line, _AFTER_YEAR, year=int(year), types=types)
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


_Fields = tuple[tuple[str, str], ...]

_SUPREME = "最高法"
_LEVELS = {1: CourtLevel.HIGH, 3: CourtLevel.INTERMEDIATE, 5: CourtLevel.BASIC}
_SPECIAL = "知"
_YEAR = re.compile(r"[(\[〔【]([0-9]{4})[)\]〕】]")
_AFTER_YEAR = len("(2019)")
_COURT = re.compile(rf"{_SUPREME}|[京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵军][0-9]*")
_DIGIT_OR_HAO = re.compile(r"[0-9号]")
_LEGACY = re.compile(r"([^0-9号字][^号字]*)字第?(?=[0-9A-Z号]|$)")
_DASHES = "-‐–—―−~至"
_NUMBERS = re.compile(rf"[0-9]+(?:[、,{_DASHES}][0-9]+)*")
_LEGACY_NUMBERS = re.compile(rf"[A-Z]{{0,2}}[0-9]+(?:[、,{_DASHES}][A-Z]{{0,2}}[0-9]+)*")
_NUMBER = re.compile(r"(^|.)([A-Z]{0,2})([0-9]+)")
_SUFFIX = re.compile(r"[之-]([1-9][0-9]?)(?![0-9])|之([一二三四五六七八九十百零〇]+)")
_NUMERALS = " 一二三四五六七八九"
_SHOWN = 40
_LIKE = 0.5
_MOST_NEAR = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """The text without width and white space, and where each of its characters stood when typed."""

    text: str
    places: tuple[int, ...]

    def refuse(
        self, reason: CaseNumberReason, start: int, end: int | None = None, *, more: _Fields = ()
    ) -> CaseNumberRefusal:
        """Name the part from ``start`` to ``end`` and its position."""
        position = (*self.places, self.places[-1] + 1)[start]
        fields = (("text", _short(self.text)), ("part", _short(self.text[start:end])), ("position", str(position)))
        return CaseNumberRefusal(reason, (*fields, *more))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


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


def _designation(line: _Line, at: int, *, year: int, types: Collection[str]) -> _Designation | CaseNumberRefusal:
    old = _LEGACY.match(line.text, at)
    if old is None:
        return _current_designation(line, at, types=types)
    if year >= FIRST_CURRENT_YEAR:
        # 字第 slipped into a number of today's form must not make a second key for the same file.
        current = _current_designation(_Line(line.text[: old.end(1)], line.places), at, types=types)
        if isinstance(current, _Designation) and current.end == old.end(1):
            return replace(current, end=old.end())
    return _Designation(text=old[1].translate({ord("("): "（", ord(")"): "）"}), end=old.end(), legacy=True)


def _current_designation(line: _Line, at: int, *, types: Collection[str]) -> _Designation | CaseNumberRefusal:
    court = _COURT.match(line.text, at)
    if court is None or (court[0] != _SUPREME and len(court[0]) not in _LEVELS):
        return line.refuse(CaseNumberReason.UNKNOWN_COURT, at, None if court is None else court.end())
    # Everything up to the number is the type, so 民辖终 is never read as 民辖, nor 执恢 as 执.
    run = _DIGIT_OR_HAO.split(line.text[court.end() :], maxsplit=1)[0]
    end = court.end() + len(run)
    special = _SPECIAL if run.startswith(_SPECIAL) and run not in types else None
    case_type = run.removeprefix(special or "")
    if not run:
        return line.refuse(CaseNumberReason.MISSING_TYPE, court.start(), court.end())
    if case_type not in types:
        near = (("near", _near(case_type, types)),)
        return line.refuse(CaseNumberReason.UNKNOWN_TYPE, court.end(), end, more=near)
    return _Designation(text=court[0] + run, end=end, court_code=court[0], special=special, case_type=case_type)


def _near(case_type: str, types: Iterable[str]) -> str:
    """The codes most like this one, the more usual first among equals; a dash if there is none."""
    likeness = {one: SequenceMatcher(None, one, case_type).ratio() for one in types}
    near = sorted((one for one in likeness if likeness[one] >= _LIKE), key=lambda one: -likeness[one])
    return "、".join(near[:_MOST_NEAR]) or "—"


@dataclass(frozen=True, slots=True)
class _Numbering:
    text: str
    numbers: tuple[int | str, ...]
    end: int


def _numbering(line: _Line, designation: _Designation) -> _Numbering | CaseNumberRefusal:
    """One number, or several joined by 、 or, for a range, by a dash."""
    start = designation.end
    found = (_LEGACY_NUMBERS if designation.legacy else _NUMBERS).match(line.text, start)
    if found is None:
        return line.refuse(CaseNumberReason.MISSING_NUMBER, start)
    width = FIXED_WIDTHS.get(designation.case_type or "")
    limits = (
        ("type", designation.case_type or designation.text),
        ("digits", str(width or MOST_DIGITS)),
        ("cases", str(WIDEST_RANGE)),
    )
    text, numbers = "", list[int | str]()
    for joint, letters, digits in _NUMBER.findall(found[0]):
        number = _number(letters, digits, width=width)
        if isinstance(number, CaseNumberReason):
            return line.refuse(number, start, found.end(), more=limits)
        if joint in tuple(_DASHES):
            if not _is_range(numbers[-1], number):
                return line.refuse(CaseNumberReason.BAD_RANGE, start, found.end(), more=limits)
            numbers.extend(range(int(numbers[-1]) + 1, int(number)))
        text += f"{'-' if joint in tuple(_DASHES) else '、' if joint else ''}{number}"
        numbers.append(number)
    return _Numbering(text, tuple(numbers), found.end())


def _number(letters: str, digits: str, *, width: int | None) -> int | str | CaseNumberReason:
    plain = digits.lstrip("0")
    if not plain:
        return CaseNumberReason.NUMBER_ZERO
    if width is not None:
        return digits if len(digits) == width else CaseNumberReason.NUMBER_WIDTH
    if len(plain) > MOST_DIGITS:
        return CaseNumberReason.NUMBER_TOO_LONG
    return letters + plain if letters else int(plain)


def _is_range(first: int | str, last: int | str) -> bool:
    return isinstance(first, int) and isinstance(last, int) and first < last <= first + WIDEST_RANGE


def _suffix(line: _Line, at: int) -> str | CaseNumberRefusal:
    """What follows the number: 号, and 之一, 之二 … if it is a further ruling in the same case."""
    if not line.text.startswith("号", at):
        return line.refuse(CaseNumberReason.MISSING_HAO, at)
    found = _SUFFIX.match(line.text, at + 1)
    end = at + 1 if found is None else found.end()
    if end < len(line.text):
        return line.refuse(CaseNumberReason.TRAILING_TEXT, end)
    if found is None:
        return ""
    return f"之{found[2] or _numeral(int(found[1]))}"


def _numeral(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    return f"{_NUMERALS[tens] if tens > 1 else ''}{'十' if tens else ''}{_NUMERALS[ones] if ones else ''}"
