"""What a tampering touched, as the forger tells it, and the rule by which a finding names that place."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from audit.export import Record, records
from audit.verify import Inconsistent
from custody import envelope

__all__ = ["Ledger", "Touched", "all_touched", "flipped", "names_the_place", "touched_by_flip"]


@dataclass(frozen=True, slots=True)
class Touched:
    """``line``: the first of the untouched export that was changed, is gone, or before which something new stands.

    ``places``: of the log, whose entries were touched, or which were given to others. ``copies``: how many equal lines
    begin there, as nobody can tell which of them is new. ``entries``: those touched, by name.
    """

    line: int
    places: frozenset[int] = frozenset()
    copies: int = 1
    entries: frozenset[str] = frozenset()


def names_the_place(found: Inconsistent, touched: Touched) -> bool:
    """The rule: the lines named hold the first one touched; where the log names places, one of those was touched.

    Where one line is named, the entry named is one of those touched; of several, it is what the head there calls for.
    Nothing is named without a thing to go by: an entry, the last thing proven before it, or one of the first lines.
    """
    if not (found.entry or found.after or found.line <= _FIRST_LINES):
        return False
    if found.places is not None:
        return any(found.places.first <= place < found.places.end for place in touched.places)
    exact = found.line == found.until and found.why in ("acknowledged", "malformed")
    if exact and found.entry and found.entry not in touched.entries:
        return False
    return any(found.line <= touched.line + copy <= found.until for copy in range(touched.copies))


_FIRST_LINES = 4
"""What the export is, the root, its word on the hub, and the hub's first head: before these nothing is proven."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A head of the untouched export: its line, whose entries stand under it, and where in the log."""

    line: int
    station: str
    epoch: str
    first: int
    index: int
    events: int

    @property
    def places(self) -> range:
        return range(self.index, self.index + self.events)

    @property
    def entries(self) -> frozenset[str]:
        return frozenset(f"{self.station}.{self.epoch}.{self.first + one}" for one in range(self.events))


class Ledger:
    """An untouched export: where in it everything stands."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines
        self.batches = _batches(lines)

    def entry(self, station: str, epoch: str, sequence: int) -> Touched:
        return self.batch_of(station, epoch, sequence, only=True)

    def batch_of(self, station: str, epoch: str, sequence: int, *, only: bool = False) -> Touched:
        """The head over an entry with all under it, or that entry ``only``."""
        for one in self.batches:
            offset = sequence - one.first
            if (one.station, one.epoch) == (station, epoch) and 0 <= offset < one.events:
                if not only:
                    return Touched(one.line, frozenset(one.places), entries=one.entries)
                name = f"{station}.{epoch}.{sequence}"
                return Touched(one.line + 1 + offset, frozenset({one.index + offset}), entries=frozenset({name}))
        raise LookupError(station, epoch, sequence)

    def record(self, row: int) -> Touched:
        """What stands in a row (counted from 0) of the untouched export."""
        for one in self.batches:
            if one.line == row + 1:
                return Touched(row + 1, frozenset(one.places), entries=one.entries)
            if one.line <= row < one.line + one.events:
                return self.entry(one.station, one.epoch, one.first + row - one.line)
        return Touched(row + 1)

    def ack(self, station: str, epoch: str) -> Touched:
        """The acknowledgement stands after the last head of its epoch."""
        last = [one for one in self.batches if (one.station, one.epoch) == (station, epoch)][-1]
        return Touched(last.line + last.events + 1)

    def checkpoint(self, size: int) -> Touched:
        marked = f"\\n{size}\\n".encode()
        found = (row for row, line in enumerate(self.lines) if b'"checkpoint"' in line and marked in line)
        return Touched(next(found) + 1)


def all_touched(things: Iterable[Touched], *, places: Iterable[int] = ()) -> Touched:
    """Several things touched at once."""
    every = list(things)
    return Touched(
        min(one.line for one in every),
        frozenset(places).union(*(one.places for one in every)),
        entries=frozenset[str]().union(*(one.entries for one in every)),
    )


def _batches(lines: Sequence[bytes]) -> list[Batch]:
    found: list[Batch] = []
    for number, record in records(lines):
        assert isinstance(record, Record)
        if record.record == "head":
            station, epoch = _owner(record)
            first = 1 + sum(one.events for one in found if (one.station, one.epoch) == (station, epoch))
            found.append(Batch(number, station, epoch, first, record.index, 0))
        elif record.record == "event":
            found[-1] = replace(found[-1], events=found[-1].events + 1)
    return found


def _owner(record: Record) -> tuple[str, str]:
    signed = envelope.split(record.message.encode())
    assert isinstance(signed, envelope.Signed)
    head = json.loads(signed.header)
    return head["station"], head["epoch"]


def flipped(lines: Sequence[bytes], place: int, *, by: int) -> list[bytes]:
    """The file with one byte changed."""
    whole = bytearray(b"".join(lines))
    whole[place] ^= by
    return list(io.BytesIO(bytes(whole)))


def touched_by_flip(ledger: Ledger, place: int, *, by: int) -> Touched:
    """The line of that byte. What nobody signs, and how a record is written, is known at the end mark only."""
    row, before = 0, 0
    while before + len(ledger.lines[row]) <= place:
        before, row = before + len(ledger.lines[row]), row + 1
    changed = bytearray(ledger.lines[row])
    changed[place - before] ^= by
    touched = ledger.record(row)
    was, now = _read(ledger.lines[row]), _read(bytes(changed))
    if was is None or now is None or changed.find(b"\n") != len(ledger.lines[row]) - 1:
        return touched
    if _signed(was) == _signed(now):
        return Touched(len(ledger.lines))
    return all_touched([touched], places=range(now.index, now.index + len(touched.places)))


def _read(line: bytes) -> Record | None:
    ((_, record),) = records([line])
    return record if isinstance(record, Record) else None


def _signed(record: Record) -> Record:
    return structs.replace(record, format=0, made=0, software="")
