"""The office's list of volumes: from the bytes of a CSV file to rows, each accepted, known already or refused.

Pure: bytes in, a report out. Nothing is guessed: a row that cannot be read is refused with column, value and remedy,
and the other rows are none the worse for it.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from custody.events import Part
from custody.identifiers import (
    CaseNumberRefusal,
    Label,
    LabelKind,
    LabelRefusal,
    parse_case_number,
    parse_label,
)

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "Column",
    "FileRefusal",
    "Judged",
    "KnownRow",
    "Report",
    "RowRefusal",
    "Verdict",
    "VolumeKey",
    "VolumeRow",
    "judge_file",
]

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 20_000
MOST_VOLUMES = 999
MOST_PAGES = 99_999


class Column(StrEnum):
    """The columns of the list. Their headers, in Chinese and English, stand in ``HEADERS``."""

    CASE = "case"
    PART = "part"
    NUMBER = "number"
    OF = "of"
    PAGES = "pages"
    RECIPIENT = "recipient"
    LABEL = "label"


REQUIRED = (Column.CASE, Column.PART, Column.NUMBER, Column.OF)

HEADERS: Mapping[str, Column] = {
    "案号": Column.CASE,
    "casenumber": Column.CASE,
    "case": Column.CASE,
    "正副卷": Column.PART,
    "正/副卷": Column.PART,
    "part": Column.PART,
    "册号": Column.NUMBER,
    "volume": Column.NUMBER,
    "number": Column.NUMBER,
    "总册数": Column.OF,
    "of": Column.OF,
    "volumes": Column.OF,
    "页数": Column.PAGES,
    "pages": Column.PAGES,
    "接收对象": Column.RECIPIENT,
    "recipient": Column.RECIPIENT,
    "标签": Column.LABEL,
    "label": Column.LABEL,
}

PARTS: Mapping[str, Part] = {
    "正卷": Part.MAIN,
    "正": Part.MAIN,
    "main": Part.MAIN,
    "副卷": Part.CONFIDENTIAL,
    "副": Part.CONFIDENTIAL,
    "confidential": Part.CONFIDENTIAL,
}


@dataclass(frozen=True, slots=True, order=True)
class VolumeKey:
    """What makes a volume the same one in two lists: case, set and number. ``case`` is the case number's key."""

    case: str
    part: Part
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRow:
    """One volume as the list declares it. ``recipient`` is an id, ``label`` a checked label's text."""

    key: VolumeKey
    of: int
    pages: int | None = None
    recipient: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """A volume that is registered already."""

    of: int
    pages: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """Why nothing of a file can be read. The sentence stands under ``import.file.<code>``."""

    code: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """Why one row is refused. ``key`` is the sentence's key in the catalogues; ``value`` what stands in the cell."""

    key: str
    column: Column | None
    value: str
    fields: Mapping[str, str] = field(default_factory=dict)


class Verdict(StrEnum):
    """What becomes of a row."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One row of the file with its verdict. ``line`` counts from 1, the header included; ``shown`` is its case cell."""

    line: int
    shown: str
    verdict: Verdict
    row: VolumeRow | None = None
    refusal: RowRefusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a file says, row by row. ``unused`` are headers that mean nothing here."""

    rows: tuple[Judged, ...]
    unused: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[VolumeRow, ...]:
        return tuple(one.row for one in self.rows if one.verdict is Verdict.ACCEPTED and one.row is not None)

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict is verdict for one in self.rows)


def judge_file(
    content: bytes,
    *,
    known: Mapping[VolumeKey, KnownRow],
    recipients: Mapping[str, Sequence[str]],
    latest_year: int,
) -> Report | FileRefusal:
    """Judge every row. ``recipients``: name or id -> the ids it may mean; ``latest_year``: see case numbers."""
    text = _decode(content)
    if isinstance(text, FileRefusal):
        return text
    table = _table(text)
    if isinstance(table, FileRefusal):
        return table
    court = _Court(dict(known), recipients, latest_year)
    rows = tuple(_judge(line, table.cells(cells), court) for line, cells in table.rows)
    return Report(rows=rows, unused=table.unused)


# --- from bytes to cells ---------------------------------------------------------------------------------------------


def _decode(content: bytes) -> str | FileRefusal:
    """UTF-8 (with or without a byte-order mark) or GB18030, which is what Chinese spreadsheets save."""
    if len(content) > MOST_BYTES:
        return FileRefusal("too_large", {"megabytes": str(MOST_BYTES // 1024 // 1024)})
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return FileRefusal("spreadsheet")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return FileRefusal("not_text") if "\x00" in text else text
    return FileRefusal("not_text")


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[Column | None, ...]
    rows: tuple[tuple[int, list[str]], ...]
    unused: tuple[str, ...]

    def cells(self, row: list[str]) -> _Cells:
        named = {column: cell.strip() for column, cell in zip(self.columns, row, strict=False) if column is not None}
        surplus = [cell for cell in row[len(self.columns) :] if cell.strip()]
        return _Cells(named, surplus[0] if surplus else None)


@dataclass(frozen=True, slots=True)
class _Cells:
    named: Mapping[Column, str]
    surplus: str | None

    def __getitem__(self, column: Column) -> str:
        return self.named.get(column, "")


def _table(text: str) -> _Table | FileRefusal:
    rows: list[tuple[int, list[str]]] = []
    try:
        for line, row in _lines(text):
            if len(rows) > MOST_ROWS:
                return FileRefusal("too_many_rows", {"most": str(MOST_ROWS)})
            rows.append((line, row))
    except csv.Error:
        return FileRefusal("malformed", {"line": str(rows[-1][0] + 1 if rows else 1)})
    if not rows:
        return FileRefusal("empty")
    header = rows[0][1]
    columns = tuple(HEADERS.get(_plain(name).split("(", 1)[0]) for name in header)
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        return FileRefusal("columns_missing", {"missing": _headers(missing), "found": "、".join(filter(None, header))})
    named = [column for column in columns if column is not None]
    double = [column for column in Column if named.count(column) > 1]
    if double:
        return FileRefusal("columns_double", {"column": _headers(double)})
    unused = tuple(
        name.strip() for name, column in zip(header, columns, strict=True) if column is None and name.strip()
    )
    return _Table(columns, tuple(rows[1:]), unused)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line of the file it begins on."""
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield begins, row
        begins = reader.line_num + 1


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in kept if not character.isspace() and character != "_")


def _headers(columns: Sequence[Column]) -> str:
    chinese = {column: header for header, column in reversed(tuple(HEADERS.items()))}
    return "、".join(chinese[column] for column in columns)


# --- from cells to rows ----------------------------------------------------------------------------------------------


class _Court:
    """What is known while a file is judged: the register, and what earlier rows of the same file said."""

    def __init__(
        self, known: dict[VolumeKey, KnownRow], recipients: Mapping[str, Sequence[str]], latest_year: int
    ) -> None:
        self.known = known
        self.recipients = recipients
        self.latest_year = latest_year
        self.lines: dict[VolumeKey, int] = {}
        self.sets = {(key.case, key.part): (row.of, 0) for key, row in known.items()}
        self.labels = {label: (key, 0) for key, row in known.items() for label in row.labels}

    def learn(self, line: int, row: VolumeRow) -> None:
        self.lines[row.key] = line
        self.sets.setdefault((row.key.case, row.key.part), (row.of, line))
        if row.label is not None:
            self.labels.setdefault(row.label, (row.key, line))


def _judge(line: int, cells: _Cells, court: _Court) -> Judged:
    shown = cells[Column.CASE]
    row = _row(cells, court)
    refusal = row if isinstance(row, RowRefusal) else _contradiction(row, court)
    if refusal is not None:
        return Judged(line=line, shown=shown, verdict=Verdict.REFUSED, refusal=refusal)
    assert isinstance(row, VolumeRow)
    court.learn(line, row)
    verdict = Verdict.KNOWN if row.key in court.known else Verdict.ACCEPTED
    return Judged(line=line, shown=shown, verdict=verdict, row=row)


def _row(cells: _Cells, court: _Court) -> VolumeRow | RowRefusal:
    if cells.surplus is not None:
        return RowRefusal("import.row.surplus", None, cells.surplus)
    case = parse_case_number(cells[Column.CASE], latest_year=court.latest_year)
    if isinstance(case, CaseNumberRefusal):
        return RowRefusal(f"case_number.{case.reason}", Column.CASE, cells[Column.CASE], dict(case.fields))
    part = PARTS.get(_plain(cells[Column.PART]))
    if part is None:
        return RowRefusal("import.row.part", Column.PART, cells[Column.PART])
    number = _count(cells, Column.NUMBER, most=MOST_VOLUMES)
    if isinstance(number, RowRefusal):
        return number
    of = _count(cells, Column.OF, most=MOST_VOLUMES)
    if isinstance(of, RowRefusal):
        return of
    if number > of:
        return RowRefusal("import.row.number_beyond", Column.NUMBER, str(number), {"of": str(of)})
    pages = _count(cells, Column.PAGES, most=MOST_PAGES) if cells[Column.PAGES] else None
    if isinstance(pages, RowRefusal):
        return pages
    recipient = _recipient(cells[Column.RECIPIENT], court.recipients)
    if isinstance(recipient, RowRefusal):
        return recipient
    label = _label(cells[Column.LABEL])
    if isinstance(label, RowRefusal):
        return label
    key = VolumeKey(case.key, part, number)
    return VolumeRow(key=key, of=of, pages=pages, recipient=recipient, label=label)


def _count(cells: _Cells, column: Column, *, most: int) -> int | RowRefusal:
    text = unicodedata.normalize("NFKC", cells[column])
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or not 1 <= int(text) <= most:
        return RowRefusal("import.row.count", column, cells[column], {"most": str(most)})
    return int(text)


def _recipient(text: str, recipients: Mapping[str, Sequence[str]]) -> str | RowRefusal | None:
    if not text:
        return None
    meant = recipients.get(text, ())
    if len(meant) == 1:
        return meant[0]
    key = "import.row.recipient_ambiguous" if meant else "import.row.recipient_unknown"
    return RowRefusal(key, Column.RECIPIENT, text, {"ids": "、".join(meant)})


def _label(text: str) -> str | RowRefusal | None:
    if not text:
        return None
    label = parse_label(text)
    if isinstance(label, LabelRefusal):
        return RowRefusal(f"label.{label.trouble}", Column.LABEL, text, {"text": label.text, **dict(label.fields)})
    return label.text if _is_volume(label) else RowRefusal("import.row.label_kind", Column.LABEL, text)


def _is_volume(label: Label) -> bool:
    return label.kind is LabelKind.VOLUME


# --- against the register and the rows before ------------------------------------------------------------------------


def _contradiction(row: VolumeRow, court: _Court) -> RowRefusal | None:
    """What keeps a readable row out: it stands there twice, or says something else than is recorded."""
    earlier = court.lines.get(row.key)
    if earlier is not None:
        return RowRefusal("import.row.double", Column.NUMBER, str(row.key.number), {"line": str(earlier)})
    of, line = court.sets.get((row.key.case, row.key.part), (row.of, 0))
    if of != row.of:
        key = "import.row.of_in_file" if line else "import.row.of_recorded"
        return RowRefusal(key, Column.OF, str(row.of), {"of": str(of), "line": str(line)})
    registered = court.known.get(row.key)
    if registered is not None and row.pages is not None and registered.pages not in (None, row.pages):
        return RowRefusal("import.row.pages_recorded", Column.PAGES, str(row.pages), {"pages": str(registered.pages)})
    if registered is not None and row.label is not None and row.label not in registered.labels:
        return RowRefusal(
            "import.row.label_recorded", Column.LABEL, row.label, {"labels": "、".join(registered.labels)}
        )
    owner, line = court.labels.get(row.label or "", (row.key, 0))
    if owner != row.key:
        key = "import.row.label_in_file" if line else "import.row.label_taken"
        return RowRefusal(key, Column.LABEL, row.label or "", {"case": owner.case, "line": str(line)})
    return None
