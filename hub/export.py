"""The whole ledger as JSON Lines, streamed: all that a verifier needs who trusts only the root's fingerprint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from sqlmodel import Session, col, select

from custody.identifiers import CourtId
from hub.store.database import Transaction
from hub.store.tables import AckRow, CourtRow, EntryRow, EpochRow, HeadRow, StationRow

__all__ = ["FORMAT", "export", "software"]

FORMAT = 1


def export(read: Transaction, court: CourtId, *, clock: Callable[[], int]) -> Iterator[bytes]:
    """The lines of an export, of one moment of the ledger however long reading takes."""
    with read() as session:
        row = session.get(CourtRow, court)
        assert row is not None, f"court {court} is not in the database"
        made = clock()
        yield _line(record="export", format=FORMAT, court=court, made=made, software=software())
        yield _line(record="root", public_key=row.root_key)
        yield _line(record="keys", message=row.keys.decode())
        counted = _Counted()
        for epoch in _epochs(session, row):
            yield from _epoch(session, epoch, counted)
        yield _line(record="end", events=counted.events, heads=counted.heads)


def software() -> str:
    """Name and version of what runs here."""
    try:
        return f"yungui {version('yungui')}"
    except PackageNotFoundError:
        return "yungui (from source)"


class _Counted:
    events = 0
    heads = 0


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
    for head in session.exec(select(HeadRow).where(*same).order_by(col(HeadRow.first)).execution_options(yield_per=50)):
        counted.heads += 1
        yield _line(record="head", message=head.message.decode())
        entries = (col(EntryRow.court), col(EntryRow.station), col(EntryRow.epoch))
        under = [column == value for column, value in zip(entries, mine, strict=True)]
        between = col(EntryRow.sequence).between(head.first, head.last)
        for line in session.exec(select(EntryRow.line).where(*under, between).order_by(col(EntryRow.sequence))):
            counted.events += 1
            yield _line(record="event", line=line.decode())
    ack = session.get(AckRow, mine)
    if ack is not None:
        yield _line(record="ack", message=ack.message.decode())


def _line(**record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
