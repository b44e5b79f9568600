"""The records of an export: one JSON object a line, read as a stream. ``docs/design/export.md`` describes them."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator

import msgspec

from custody.wire import Malformed

__all__ = ["DIGEST", "FORMATS", "KINDS", "LAST", "Record", "end_line", "records"]

FORMATS = (2, 3, 4)
"""Those that can be read. Since 3 an event that is no text stands in ``base64``; since 4 roots are handed down."""

KINDS = ("export", "root", "next_root", "keys", "recovery", "head", "event", "ack", "checkpoint", "end")
LAST = "end"
DIGEST = "sha256"
"""Why an end mark is refused that does not fit the lines before it."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an export; which fields are set depends on ``record``."""

    record: str
    format: int = 0
    court: str = ""
    made: int = 0
    software: str = ""
    public_key: str = ""
    message: str = ""
    countersigned: str = ""
    line: str = ""
    base64: str = ""
    log: str = ""
    index: int = 0
    note: str = ""
    events: int = 0
    heads: int = 0
    checkpoints: int = 0
    sha256: str = ""

    @property
    def event(self) -> bytes:
        """The exact bytes of an event. ``ValueError`` where they are said in another way than the one there is."""
        if not self.base64:
            return self.line.encode()
        event = b64decode(self.base64, validate=True)
        if self.line or is_text(event) or b64encode(event).decode() != self.base64:
            raise ValueError("base64; an event that is text stands in line")
        return event


def is_text(event: bytes) -> bool:
    try:
        event.decode()
    except UnicodeDecodeError:
        return False
    return True


def records(lines: Iterable[bytes]) -> Iterator[tuple[int, Record | Malformed]]:
    """Each record with its line number, counted from 1. Stops after the first malformed one.

    The last line must be, to the byte, what the lines before it call for.
    """
    digest, ended = hashlib.sha256(), False
    decode = msgspec.json.Decoder(Record).decode
    for number, line in enumerate(lines, start=1):
        record = _record(line, decode)
        if isinstance(record, Record) and record.record == LAST and not ended:
            ended = True
            expected = end_line(record.events, record.heads, record.checkpoints, digest.hexdigest())
            record = record if line.rstrip(b"\n") == expected else Malformed(DIGEST)
        digest.update(line if line.endswith(b"\n") else line + b"\n")
        yield number, record
        if isinstance(record, Malformed):
            return


def end_line(events: int, heads: int, checkpoints: int, sha256: str) -> bytes:
    """The end mark, in the one way of writing it, without its line feed."""
    return (
        f'{{"record":"end","events":{events},"heads":{heads},"checkpoints":{checkpoints},"sha256":"{sha256}"}}'
    ).encode()


def _record(line: bytes, decode: Callable[[bytes], Record]) -> Record | Malformed:
    try:
        record = decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return Malformed(str(error))
    if record.record not in KINDS:
        return Malformed(f"record {record.record!r}; one of {', '.join(KINDS)} is expected")
    return record
