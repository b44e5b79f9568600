"""The records of an export: one JSON object a line, read as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from custody.wire import Malformed

__all__ = ["LAST", "Record", "records"]

KINDS = ("export", "root", "keys", "head", "event", "ack", "end")
LAST = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of an export; which fields are set depends on ``record``. Unknown fields are ignored."""

    record: str
    format: int = 0
    court: str = ""
    made: int = 0
    software: str = ""
    public_key: str = ""
    message: str = ""
    line: str = ""
    events: int = 0
    heads: int = 0


def records(lines: Iterable[bytes]) -> Iterator[tuple[int, Record | Malformed]]:
    """Each record with its line number, counted from 1. Stops after the first malformed one."""
    for number, line in enumerate(lines, start=1):
        record = _record(line)
        yield number, record
        if isinstance(record, Malformed):
            return


def _record(line: bytes) -> Record | Malformed:
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return Malformed(str(error))
    if record.record not in KINDS:
        return Malformed(f"record {record.record!r}; one of {', '.join(KINDS)} is expected")
    return record
