"""Bringing a list of volumes in: the pure judgement first, then one registration of everything accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from custody.identifiers import PersonId, VolumeId
from hub.core.importing import Judged, Report, RowRefusal, VolumeKey, judge_file
from hub.core.spreadsheet import FileRefusal
from hub.face import Parts
from hub.texts import Texts

__all__ = ["Imported", "import_list", "reason_sentence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A judged list, and the volumes registered from it: none when it was only looked at."""

    report: Report
    volumes: Mapping[VolumeKey, VolumeId]
    dry_run: bool


def import_list(parts: Parts, content: bytes, *, by: PersonId, dry_run: bool) -> Imported | FileRefusal:
    """Judge a list and, unless it is a dry run, register its accepted rows: all of them in one go, or none.

    The register is asked for what it knows, so the same list again registers nothing.
    """
    report = judge_file(
        content,
        known=parts.queries.known_rows(),
        recipients=parts.queries.recipients(),
        latest_year=_year(parts.clock()),
    )
    if isinstance(report, FileRefusal):
        return report
    volumes = {} if dry_run or not report.accepted else parts.acts.register(report.accepted, by=by)
    return Imported(report=report, volumes=volumes, dry_run=dry_run)


def reason_sentence(judged: Judged, sentence: Texts) -> str:
    """Why a row is refused: column, value and remedy in one sentence; empty for other rows."""
    refusal = judged.refusal
    if refusal is None:
        return ""
    said = sentence(refusal.key, **{"value": refusal.value, "text": refusal.value, **refusal.fields})
    return said if refusal.column is None else f"{_named(refusal, sentence)}{said}"


def _named(refusal: RowRefusal, sentence: Texts) -> str:
    return sentence("import.in_column", column=sentence(f"import.column.{refusal.column}"), value=refusal.value or "—")


def _year(milliseconds: int) -> int:
    """The year it is in China; a case of the new year may be listed on its first morning."""
    return (datetime.fromtimestamp(milliseconds / 1000, UTC) + timedelta(hours=8)).year
