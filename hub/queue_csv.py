"""The archive queue as a file for spreadsheets: UTF-8 with a byte-order mark, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from hub.telling import Telling
from hub.views import QueueRow

__all__ = ["queue_csv"]

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def queue_csv(rows: Sequence[QueueRow], *, tell: Telling) -> bytes:
    """One line a volume, in order of rank, headers in the reader's language."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    headers = ("queue.rank", "queue.volume", "queue.next", "queue.where", "queue.since", "queue.why")
    writer.writerow([tell.say(header) for header in headers])
    for row in rows:
        why = tell.say("list.break").join(tell.sentence(key, fields) for key, fields in row.why)
        cells = (row.title, tell.say(f"step.{row.next}"), tell.where(row.where), tell.time(row.waiting_since), why)
        writer.writerow([row.position, *(_tame(cell) for cell in cells)])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _tame(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUNS) else cell
