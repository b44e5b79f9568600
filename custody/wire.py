"""Values to JSON bytes and back.

An event is one line of UTF-8 JSON, a CloudEvents 1.0 event of at most 16 KiB. Once written its bytes never change:
they are hashed, stored and shown as they are. Unknown fields are ignored, unknown kinds are kept: fields and kinds only
grow.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from custody.entries import Clock, Entry, entry_id
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
    "entry_at",
    "pack_grants",
    "unpack_grants",
    "when",
]

MAX_EVENT_BYTES = 16 * 1024
_MAX_GRANTS_BYTES = 64 * 1024 * 1024
_TYPE = "yungui."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 2**53  # what every JSON reader and every database can hold
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EPOCH_ID = re.compile(r"[a-z0-9]{1,32}")  # no dot, so that an entry's id is read in one way only
_HEX_KEY = re.compile(r"(?:[0-9a-fA-F]{2})+")
_SEALING_KEY = re.compile(r"(?:[0-9a-f]{64})?")
_LONG = b"0" * len(str(_MOST))
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
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
    """The one line of an entry, which ``decode_event`` reads back to the same.

    ``ValueError`` for an unrecognised fact (its bytes exist already) and for what could not be read back.
    """
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
    again = decode_event(line)
    if again != entry:
        raise ValueError(f"event {entry.id} could not be read back: {again}")
    return line


def decode_event(line: bytes) -> Entry | Malformed:
    """The entry of one line. A good envelope around a kind or data unknown here gives an ``Unrecognised`` fact."""
    if len(line) > MAX_EVENT_BYTES:
        return Malformed(f"{len(line)} bytes; at most {MAX_EVENT_BYTES} are allowed")
    event = decode(line, _CloudEvent)
    if isinstance(event, Malformed):
        return event
    entry = _entry(event)
    if isinstance(entry, Malformed):
        return entry
    if event.id != entry.id:
        return Malformed(f"id {event.id}; {entry.id} is expected")
    return entry


def entry_at(
    line: bytes, *, court: CourtId, station: StationId, epoch: str, sequence: int
) -> tuple[Entry, Malformed | None]:
    """The entry at a place of a signed chain, and what is wrong with its line.

    A line that is no event, or names another place, stands there as ``Unrecognised``: it must not block its chain.
    """
    entry = decode_event(line)
    expected = entry_id(station, epoch, sequence)
    if isinstance(entry, Malformed):
        wrong = entry
    elif (entry.court, entry.id) == (court, expected):
        return entry, None
    else:
        wrong = Malformed(f"id {entry.id} of {entry.court}; {expected} of {court} is expected")
    unread = Entry(
        court=court,
        station=station,
        epoch=epoch,
        sequence=sequence,
        boot="",
        uptime=0,
        time=0,
        clock=Clock.UNSYNCHRONISED,
        fact=Unrecognised(type="", why=wrong.why),
    )
    return unread, wrong


def encode(value: Message | Any) -> bytes:
    """Any frozen value of ours as one line of JSON."""
    return msgspec.json.encode(value)


def decode(data: bytes | str, kind: type[T]) -> T | Malformed:
    """A value of ``kind`` from JSON; unknown fields are ignored.

    Control characters and numbers beyond 2**53 are refused here, so that no store behind stumbles over them.
    """
    try:
        value = msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return Malformed(str(error))
    return value if _plain(data) or _storable(value) else Malformed("a control character, or a number beyond 2**53")


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
    if not inflater.eof or inflater.unused_data:
        return Malformed(f"grants that do not end, or end early, or have more than {_MAX_GRANTS_BYTES} bytes")
    grants = decode(data, Grants)
    if isinstance(grants, Grants) and _HEX_KEY.fullmatch(grants.badge_key) is None:
        return Malformed("badge_key; bytes in hex are expected")
    if isinstance(grants, Grants) and _SEALING_KEY.fullmatch(grants.sealing_key) is None:
        return Malformed("sealing_key; 32 bytes in hex are expected, or none")
    return grants


def when(milliseconds: int) -> str:
    """Milliseconds since 1970 as RFC 3339 in UTC with three decimals."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _milliseconds(text: str) -> int | None:
    """Only the one form that ``when`` writes."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return milliseconds if when(milliseconds) == text else None


def _entry(event: _CloudEvent) -> Entry | Malformed:
    if event.specversion != "1.0":
        return Malformed(f"specversion {event.specversion}; 1.0 is expected")
    match event.source.split("/"):
        case ["", "yungui", court, station] if check_id(court) and check_id(station):
            pass
        case _:
            return Malformed(f"source {event.source}; /yungui/<court>/<station> is expected")
    time = _milliseconds(event.time)
    if time is None:
        return Malformed(f"time {event.time}; a form like {when(0)} is expected")
    if _EPOCH_ID.fullmatch(event.epoch) is None or event.sequence < 1 or event.uptime < 0:
        return Malformed(f"epoch {event.epoch}, sequence {event.sequence}, uptime {event.uptime}")
    return Entry(
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


def _fact(type_: str, data: msgspec.Raw) -> Fact | Unrecognised:
    known = FACTS.get(type_.removeprefix(_TYPE)) if type_.startswith(_TYPE) else None
    if known is None:
        return Unrecognised(type=type_, why="kind")
    fact = decode(bytes(data), known)
    return Unrecognised(type=type_, why=fact.why) if isinstance(fact, Malformed) else fact


def _plain(data: bytes | str) -> bool:
    """Whether the text alone shows that its value is storable: no escape, no control character, no long number.

    Nearly all lines are so, and reading through bytes costs a tenth of looking at each value.
    """
    return (
        isinstance(data, bytes) and b"\\" not in data and b"\x7f" not in data and _LONG not in data.translate(_DIGITS)
    )


def _storable(value: object) -> bool:
    match value:
        case str():
            return _CONTROL.search(value) is None
        case int():
            return abs(value) <= _MOST
        case Mapping():
            return all(_storable(one) for pair in value.items() for one in pair)
        case tuple() | frozenset():
            return all(_storable(one) for one in value)
        case _ if is_dataclass(value):
            return all(_storable(getattr(value, one.name)) for one in fields(value))
        case _:
            return True
