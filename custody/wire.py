"""Values to JSON bytes and back.

An event is one line of UTF-8 JSON, a CloudEvents 1.0 event of at most 16 KiB. Once written its bytes never change:
they are hashed, stored and shown as they are. Unknown fields are ignored, unknown kinds are kept: fields and kinds only
grow.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from custody.entries import Clock, Entry
from custody.events import FACTS, Fact, Unrecognised, subject_of
from custody.grants import Grants
from custody.identifiers import CourtId, StationId, check_id
from custody.messages import Message

__all__ = [
    "MAX_EVENT_BYTES",
    "Malformed",
    "decode",
    "decode_event",
    "encode",
    "encode_event",
    "pack_grants",
    "unpack_grants",
    "when",
]

MAX_EVENT_BYTES = 16 * 1024
_MAX_GRANTS_BYTES = 64 * 1024 * 1024
_TYPE = "yungui."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are not what they should be; ``why`` names the place in the schema library's words."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _CloudEvent:
    specversion: str
    id: str
    source: str
    type: str
    time: str
    epoch: str
    sequence: int
    bootid: str
    uptime: int
    clock: Clock
    data: msgspec.Raw
    subject: str | None = None
    datacontenttype: str = "application/json"


def encode_event(entry: Entry) -> bytes:
    """The one line of an entry. ``ValueError`` for an unrecognised fact (its bytes exist already) and for oversize."""
    fact = entry.fact
    if isinstance(fact, Unrecognised):
        raise ValueError("an unrecognised fact has no bytes of its own: keep those it came in")
    subject = subject_of(fact)
    line = msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": entry.id,
            "source": f"/yungui/{entry.court}/{entry.station}",
            "type": _TYPE + fact.kind,
            **({} if subject is None else {"subject": subject}),
            "time": when(entry.time),
            "datacontenttype": "application/json",
            "epoch": entry.epoch,
            "sequence": entry.sequence,
            "bootid": entry.boot,
            "uptime": entry.uptime,
            "clock": entry.clock,
            "data": fact,
        }
    )
    if len(line) > MAX_EVENT_BYTES:
        raise ValueError(f"event {entry.id} has {len(line)} bytes; at most {MAX_EVENT_BYTES} are allowed")
    return line


def decode_event(line: bytes) -> Entry | Malformed:
    """The entry of one line. A good envelope around a kind or data unknown here gives an ``Unrecognised`` fact."""
    if len(line) > MAX_EVENT_BYTES:
        return Malformed(f"{len(line)} bytes; at most {MAX_EVENT_BYTES} are allowed")
    try:
        event = msgspec.json.decode(line, type=_CloudEvent)
        time = _milliseconds(event.time)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return Malformed(str(error))
    if event.specversion != "1.0":
        return Malformed(f"specversion {event.specversion}; 1.0 is expected")
    match event.source.split("/"):
        case ["", "yungui", court, station] if check_id(court) and check_id(station):
            pass
        case _:
            return Malformed(f"source {event.source}; /yungui/<court>/<station> is expected")
    entry = Entry(
        court=CourtId(court),
        station=StationId(station),
        epoch=event.epoch,
        sequence=event.sequence,
        boot=event.bootid,
        uptime=event.uptime,
        time=time,
        clock=event.clock,
        fact=_fact(event.type, event.data),
    )
    if event.id != entry.id:
        return Malformed(f"id {event.id}; {entry.id} is expected")
    return entry


def encode(value: Message | Any) -> bytes:
    """Any frozen value of ours as one line of JSON."""
    return msgspec.json.encode(value)


def decode(data: bytes | str, kind: type[T]) -> T | Malformed:
    """A value of ``kind`` from JSON; unknown fields are ignored."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Malformed(str(error))


def pack_grants(grants: Grants) -> bytes:
    """Grants as deflated JSON, ready to be sealed."""
    return zlib.compress(msgspec.json.encode(grants), 6)


def unpack_grants(packed: bytes) -> Grants | Malformed:
    """Grants from what was unsealed."""
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, _MAX_GRANTS_BYTES)
    except zlib.error as error:
        return Malformed(str(error))
    return decode(data, Grants)


def when(milliseconds: int) -> str:
    """Milliseconds since 1970 as RFC 3339 in UTC with three decimals."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def _milliseconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time {text} has no zone")
    seconds = int(moment.replace(microsecond=0).timestamp())
    return seconds * 1000 + moment.microsecond // 1000


def _fact(type_: str, data: msgspec.Raw) -> Fact | Unrecognised:
    known = FACTS.get(type_.removeprefix(_TYPE)) if type_.startswith(_TYPE) else None
    if known is None:
        return Unrecognised(type=type_, why="kind")
    try:
        return msgspec.json.decode(data, type=known)
    except (msgspec.MsgspecError, RecursionError) as error:
        return Unrecognised(type=type_, why=str(error))
