"""A list as a spreadsheet saves it: from the bytes of a CSV file to named cells, or why the file cannot be read at all.

Pure. Encoding, delimiter and the names of the columns are recognised; nothing else is guessed.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["HEADERS", "MOST_BYTES", "MOST_ROWS", "Cells", "Column", "FileRefusal", "Table", "plain", "read_table"]

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 20_000


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


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """Why nothing of a file can be read. The sentence stands under ``import.file.<code>``."""

    code: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row. ``surplus``: what stands beyond the last column."""

    named: Mapping[Column, str]
    surplus: str | None

    def __getitem__(self, column: Column) -> str:
        return self.named.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the header, each with the line of the file it begins on. ``unused``: headers that mean nothing."""

    columns: tuple[Column | None, ...]
    rows: tuple[tuple[int, list[str]], ...]
    unused: tuple[str, ...]

    def cells(self, row: list[str]) -> Cells:
        named = {column: cell.strip() for column, cell in zip(self.columns, row, strict=False) if column is not None}
        surplus = [cell for cell in row[len(self.columns) :] if cell.strip()]
        return Cells(named, surplus[0] if surplus else None)


def read_table(content: bytes) -> Table | FileRefusal:
    """The cells of a list by the columns they stand in."""
    text = _decode(content)
    return text if isinstance(text, FileRefusal) else _table(text)


def plain(text: str) -> str:
    """Without width, case, white space and underscores."""
    kept = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in kept if not character.isspace() and character != "_")


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


def _table(text: str) -> Table | FileRefusal:
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
    columns = tuple(HEADERS.get(plain(name).split("(", 1)[0]) for name in header)
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
    return Table(columns, tuple(rows[1:]), unused)


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


def _headers(columns: Sequence[Column]) -> str:
    chinese = {column: header for header, column in reversed(tuple(HEADERS.items()))}
    return "、".join(chinese[column] for column in columns)
