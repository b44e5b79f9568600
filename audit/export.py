"""The records of an export: one JSON object a line, read as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from custody.wire import Malformed, decode

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
        record = decode(line, Record)
        if isinstance(record, Record) and record.record not in KINDS:
            record = Malformed(f"record {record.record!r}; one of {', '.join(KINDS)} is expected")
        yield number, record
        if isinstance(record, Malformed):
            return
