"""The office's list of volumes: from the bytes of a CSV file to rows, each accepted, known already or refused.

Pure: bytes in, a report out. Nothing is guessed: a row that cannot be read is refused with column, value and remedy,
and the other rows are none the worse for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
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
from hub.core.spreadsheet import Cells, Column, FileRefusal, plain, read_table

__all__ = [
    "Judged",
    "KnownRow",
    "Report",
    "RowRefusal",
    "Verdict",
    "VolumeKey",
    "VolumeRow",
    "judge_file",
]

MOST_VOLUMES = 999
MOST_PAGES = 99_999


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
    table = read_table(content)
    if isinstance(table, FileRefusal):
        return table
    court = _Court(dict(known), recipients, latest_year)
    rows = tuple(_judge(line, table.cells(cells), court) for line, cells in table.rows)
    return Report(rows=rows, unused=table.unused)


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


def _judge(line: int, cells: Cells, court: _Court) -> Judged:
    shown = cells[Column.CASE]
    row = _row(cells, court)
    refusal = row if isinstance(row, RowRefusal) else _contradiction(row, court)
    if refusal is not None:
        return Judged(line=line, shown=shown, verdict=Verdict.REFUSED, refusal=refusal)
    assert isinstance(row, VolumeRow)
    court.learn(line, row)
    verdict = Verdict.KNOWN if row.key in court.known else Verdict.ACCEPTED
    return Judged(line=line, shown=shown, verdict=verdict, row=row)


def _row(cells: Cells, court: _Court) -> VolumeRow | RowRefusal:
    if cells.surplus is not None:
        return RowRefusal("import.row.surplus", None, cells.surplus)
    case = parse_case_number(cells[Column.CASE], latest_year=court.latest_year)
    if isinstance(case, CaseNumberRefusal):
        return RowRefusal(f"case_number.{case.reason}", Column.CASE, cells[Column.CASE], dict(case.fields))
    part = PARTS.get(plain(cells[Column.PART]))
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


def _count(cells: Cells, column: Column, *, most: int) -> int | RowRefusal:
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
