"""The whole ledger as JSON Lines, streamed: all that a verifier needs who trusts only the root's fingerprint."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

from sqlmodel import Session, col, select

from custody.identifiers import CourtId
from hub.root_key import handed_down
from hub.store.database import Transaction
from hub.store.log import logs
from hub.store.tables import AckRow, CheckpointRow, CourtRow, EntryRow, EpochRow, HeadRow, LogRow, StationRow

__all__ = ["FORMAT", "export", "software"]

FORMAT = 4


def export(read: Transaction, court: CourtId, *, clock: Callable[[], int]) -> Iterator[bytes]:
    """The lines of an export, of one moment of the ledger however long reading takes."""
    digest = hashlib.sha256()
    counted = _Counted()
    with read() as session:
        row = session.get(CourtRow, court)
        assert row is not None, f"court {court} is not in the database"
        for line in _body(session, row, counted, made=clock()):
            digest.update(line)
            yield line
    yield _line(
        record="end",
        events=counted.events,
        heads=counted.heads,
        checkpoints=counted.checkpoints,
        sha256=digest.hexdigest(),
    )


def software() -> str:
    """Name and version of what runs here."""
    try:
        return f"yungui {version('yungui')}"
    except PackageNotFoundError:
        return "yungui (from source)"


class _Counted:
    events = 0
    heads = 0
    checkpoints = 0


def _body(session: Session, court: CourtRow, counted: _Counted, *, made: int) -> Iterator[bytes]:
    yield _line(record="export", format=FORMAT, court=court.court, made=made, software=software())
    yield _line(record="root", public_key=court.root_key)
    for message, countersigned in handed_down(session, CourtId(court.court)):
        yield _line(record="next_root", message=message.decode(), countersigned=countersigned.decode())
    kept = logs(session, CourtId(court.court))
    yield from _words_of_the_root(kept)
    for epoch in _epochs(session, court):
        yield from _epoch(session, epoch, counted)
    for log in kept:
        mine = (col(CheckpointRow.court) == log.court, col(CheckpointRow.log) == log.log)
        rows = select(CheckpointRow).where(*mine).order_by(col(CheckpointRow.size))
        for row in session.exec(rows.execution_options(yield_per=200)):
            counted.checkpoints += 1
            yield _line(record="checkpoint", note=row.note.decode())


def _words_of_the_root(kept: Sequence[LogRow]) -> Iterator[bytes]:
    """Which key the hub had in each epoch, and what opened each log but the first."""
    for log in kept:
        yield _line(record="keys", message=log.keys.decode())
    for log in kept:
        for message in (log.recovery or b"").split(b"\n\n"):
            if message:
                yield _line(record="recovery", message=message.decode())


def _epochs(session: Session, court: CourtRow) -> list[EpochRow]:
    """The hub's own chain first: in it stand the keys of all others."""
    mine = col(EpochRow.court) == court.court
    rows = session.exec(select(EpochRow).where(mine)).all()
    known = session.exec(select(StationRow.station).where(col(StationRow.court) == court.court)).all()
    assert {row.station for row in rows} <= set(known), "entries of a station that is not enrolled"
    return sorted(rows, key=lambda row: (row.station != court.hub, row.station, row.position))


def _epoch(session: Session, epoch: EpochRow, counted: _Counted) -> Iterator[bytes]:
    mine = (epoch.court, epoch.station, epoch.epoch)
    heads = (col(HeadRow.court), col(HeadRow.station), col(HeadRow.epoch))
    same = [column == value for column, value in zip(heads, mine, strict=True)]
    entries = (col(EntryRow.court), col(EntryRow.station), col(EntryRow.epoch))
    under = [column == value for column, value in zip(entries, mine, strict=True)]
    last = 0
    for head in session.exec(select(HeadRow).where(*same).order_by(col(HeadRow.first)).execution_options(yield_per=50)):
        counted.heads += 1
        yield _line(record="head", message=head.message.decode(), log=head.log, index=head.log_index)
        last = max(last, head.last)
        between = col(EntryRow.sequence).between(head.first, head.last)
        for line in session.exec(select(EntryRow.line).where(*under, between).order_by(col(EntryRow.sequence))):
            counted.events += 1
            yield _event(line)
    beyond = select(EntryRow.line).where(*under, col(EntryRow.sequence) > last).order_by(col(EntryRow.sequence))
    for line in session.exec(beyond):  # nobody has signed for these: the verifier is to see them
        counted.events += 1
        yield _event(line)
    ack = session.get(AckRow, mine)
    if ack is not None:
        yield _line(record="ack", message=ack.message.decode())


def _event(line: bytes) -> bytes:
    """Byte for byte: as text, or what was signed and is none in base64."""
    try:
        return _line(record="event", line=line.decode())
    except UnicodeDecodeError:
        return _line(record="event", base64=base64.b64encode(line).decode())


def _line(**record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
