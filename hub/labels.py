"""Label sheets for volumes, printed by ``paper``."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from custody.grants import Role
from custody.identifiers import Label, VolumeId, parse_label
from hub.face import Parts, Refused
from hub.texts import ENGLISH
from hub.views import LabelRow
from paper.errors import PaperError
from paper.prints import words
from paper.prints.labels import LAYOUTS, PrintedLabel, VolumeCaption, label_sheets

__all__ = ["volume_label_sheets"]

_SHEET = LAYOUTS["3x8"]


def volume_label_sheets(
    parts: Parts, volumes: Sequence[VolumeId], *, roles: Collection[Role], language: str
) -> bytes | Refused:
    """A PDF of the labels of these volumes, of all when none is named."""
    chosen = frozenset(volumes)
    rows = [one for one in parts.queries.labels(roles=roles) if not chosen or one.volume in chosen]
    printed = [label for label in map(_printed, rows) if label is not None]
    if not printed:
        return Refused("labels.none_chosen", {})
    try:
        return label_sheets(printed, _SHEET, words=words.ENGLISH if language == ENGLISH else words.CHINESE)
    except PaperError as error:
        return Refused("labels.failed", {"why": str(error)})


def _printed(row: LabelRow) -> PrintedLabel | None:
    label = parse_label(row.label)
    if not isinstance(label, Label):
        return None
    return PrintedLabel(label, VolumeCaption(case_number=row.case, part=row.part, number=row.number, of=row.of))
