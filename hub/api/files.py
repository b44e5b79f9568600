"""Lists in, label sheets out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, UploadFile

from custody.identifiers import VolumeId
from hub.api.guard import Asking, parts_of
from hub.api.problems import Problem, language_of
from hub.api.shapes import ImportLine, ImportOutcome
from hub.core.access import API
from hub.core.importing import Verdict
from hub.core.spreadsheet import MOST_BYTES, FileRefusal
from hub.face import Refused
from hub.importing import Imported, import_list, reason_sentence
from hub.labels import volume_label_sheets
from hub.texts import Texts, texts

__all__ = ["files"]

files = APIRouter(prefix=API)


@files.post("/import", tags=["import"])
def import_volumes(request: Request, asking: Asking, file: UploadFile, dry_run: bool = False) -> ImportOutcome:  # noqa: FBT001, FBT002  # a query parameter
    """Register the volumes of a CSV list. Rows that cannot be read are refused one by one; the others are registered.

    With ``dry_run`` nothing is written. The same list again changes nothing.
    """
    content = file.file.read(MOST_BYTES + 1)
    imported = import_list(parts_of(request), content, by=asking.person, dry_run=dry_run)
    if isinstance(imported, FileRefusal):
        raise Problem(422, f"import.file.{imported.code}", imported.fields)
    return _outcome(imported, texts(language_of(request)))


@files.get("/labels.pdf", tags=["labels"], response_class=Response)
def labels(request: Request, asking: Asking, volume: Annotated[list[str] | None, Query()] = None) -> Response:
    """Sheets of labels to print: those of the volumes named, or of every volume when none is."""
    chosen = [VolumeId(one) for one in volume or ()]
    sheets = volume_label_sheets(parts_of(request), chosen, roles=asking.roles, language=language_of(request))
    if isinstance(sheets, Refused):
        raise Problem(404, sheets.key, sheets.fields)
    headers = {"Content-Disposition": 'inline; filename="labels.pdf"'}
    return Response(sheets, media_type="application/pdf", headers=headers)


def _outcome(imported: Imported, sentence: Texts) -> ImportOutcome:
    report = imported.report
    rows = tuple(
        ImportLine(
            line=one.line,
            case=one.shown,
            verdict=one.verdict,
            volume=None if one.row is None else imported.volumes.get(one.row.key),
            column=None if one.refusal is None else one.refusal.column,
            value=None if one.refusal is None else one.refusal.value,
            code=None if one.refusal is None else one.refusal.key,
            reason=reason_sentence(one, sentence) or None,
        )
        for one in report.rows
    )
    return ImportOutcome(
        dry_run=imported.dry_run,
        accepted=report.count(Verdict.ACCEPTED),
        known=report.count(Verdict.KNOWN),
        refused=report.count(Verdict.REFUSED),
        unused_columns=report.unused,
        rows=rows,
    )
