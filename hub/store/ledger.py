"""The ledger: every station's entries, appended verbatim with the signed head that proves them, and located in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from custody import wire
from custody.chain import Tip, leaf, origin
from custody.entries import Entry
from custody.events import CheckpointAccepted, TimeHeard
from custody.identifiers import CourtId, StationId
from custody.messages import Head
from custody.timing import locate_all
from hub.core.concerning import about
from hub.core.locating import Bounded, regular, relocate
from hub.core.receiving import Commit
from hub.store.log import grow
from hub.store.tables import ContentRow, EntryRow, EpochRow, HeadRow, StationRow

__all__ = ["append", "bounded_of", "links_of", "newest_epoch", "tip_of"]

_CHUNK = 200
_QUIET = frozenset({TimeHeard.kind, CheckpointAccepted.kind})
"""Kinds that answer what the hub itself said: alone they ask for no checkpoint, or it would answer itself for ever."""


def tip_of(session: Session, court: CourtId, station: StationId, *, epoch: str) -> Tip:
    """Where a branch of a station's chain stands; before its first entry where nothing is stored."""
    row = session.get(EpochRow, (court, station, epoch))
    return Tip(0, origin(station, epoch)) if row is None else Tip(row.tip, row.link)


def links_of(session: Session, court: CourtId, station: StationId, *, epoch: str) -> Callable[[int], bytes]:
    """The stored links of a branch, by sequence; 0 is the origin."""

    def link_at(sequence: int) -> bytes:
        if sequence == 0:
            return origin(station, epoch)
        row = session.get(EntryRow, (court, station, epoch, sequence))
        assert row is not None, f"{station} {epoch} {sequence} lies below the tip and is not stored"
        return row.link

    return link_at


def newest_epoch(session: Session, court: CourtId, station: StationId) -> EpochRow | None:
    """The branch a station is on, as far as is known here."""
    mine = (col(EpochRow.court) == court, col(EpochRow.station) == station)
    return session.exec(select(EpochRow).where(*mine).order_by(col(EpochRow.position).desc()).limit(1)).first()


def append(
    session: Session, head: Head, commit: Commit, *, log: str, message: bytes, received_at: int
) -> tuple[Bounded, ...]:
    """Store a judged batch, and add it to this log. What comes back are its entries and all whose time has changed."""
    tips = _tips(session, head)
    tips[head.epoch] = commit.first + len(commit.entries) - 1
    worth = any(entry.fact.kind not in _QUIET for entry in commit.entries)
    index = grow(session, head.court, log, tuple(map(leaf, commit.lines)), worth=worth)
    _store_head(session, head, commit, log=log, index=index, message=message, received_at=received_at)
    station = session.get(StationRow, (head.court, head.station))
    assert station is not None, f"{head.station} is not enrolled"
    if not regular((one for one in commit.entries if not _opens(one)), tips):
        station.irregular = True
    newest = newest_epoch(session, head.court, head.station)
    follows = newest is not None and newest.epoch == head.epoch and regular(commit.entries, tips)
    if follows and not station.irregular:
        changed = relocate(_newest_first(session, head), commit.entries)
    else:
        changed = _located_anew(session, head, commit.entries)
    _store(session, commit, changed, first_of_head=commit.first, received_at=received_at)
    _store_tip(session, head, commit, changed)
    return changed


def bounded_of(row: EntryRow) -> Bounded:
    """A stored entry with its bounds."""
    entry, _ = wire.entry_at(
        row.line, court=CourtId(row.court), station=StationId(row.station), epoch=row.epoch, sequence=row.sequence
    )
    return Bounded(entry, row.low, row.high, row.point, row.position)


def _opens(entry: Entry) -> bool:
    return entry.fact.kind == "epoch.opened"


def _tips(session: Session, head: Head) -> dict[str, int]:
    mine = (col(EpochRow.court) == head.court, col(EpochRow.station) == head.station)
    return {row.epoch: row.tip for row in session.exec(select(EpochRow).where(*mine))}


def _newest_first(session: Session, head: Head) -> Iterator[Bounded]:
    """The station's stored entries from its latest back, read in pieces."""
    below: int | None = None
    while True:
        mine = [col(EntryRow.court) == head.court, col(EntryRow.station) == head.station]
        if below is not None:
            mine.append(col(EntryRow.position) < below)
        rows = session.exec(select(EntryRow).where(*mine).order_by(col(EntryRow.position).desc()).limit(_CHUNK)).all()
        yield from map(bounded_of, rows)
        if len(rows) < _CHUNK:
            return
        below = rows[-1].position


def _located_anew(session: Session, head: Head, new: Sequence[Entry]) -> tuple[Bounded, ...]:
    """Every entry of the station, its epochs in their order: what a new epoch or a strange hub time asks for."""
    mine = (col(EntryRow.court) == head.court, col(EntryRow.station) == head.station)
    stored = [bounded_of(row) for row in session.exec(select(EntryRow).where(*mine))]
    ordered = sorted(locate_all([*(one.entry for one in stored), *new]), key=lambda one: one.position)
    known = set(stored)
    return tuple(one for one in relocate(iter(()), [one.entry for one in ordered]) if one not in known)


def _store_head(
    session: Session, head: Head, commit: Commit, *, log: str, index: int, message: bytes, received_at: int
) -> None:
    session.add(
        HeadRow(
            court=head.court,
            station=head.station,
            epoch=head.epoch,
            first=commit.first,
            last=head.last,
            message=message,
            received_at=received_at,
            log=log,
            log_index=index,
        )
    )


def _store(
    session: Session, commit: Commit, changed: Iterable[Bounded], *, first_of_head: int, received_at: int
) -> None:
    known = {one.id: (line, link) for one, line, link in zip(commit.entries, commit.lines, commit.links, strict=True)}
    added: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for one in changed:
        new = known.get(one.entry.id)
        if new is None:
            moved.append({**_key(one.entry), **_bounds(one)})
            continue
        line, link = new
        kept = {"line": line, "link": link, "head": first_of_head, "received_at": received_at}
        added.append({**_key(one.entry), **_said(one.entry), **_bounds(one), **kept})
        contents += [{**_key(one.entry), "volume": volume} for volume in about(one.entry.fact).contents]
    for table, rows in ((EntryRow, added), (ContentRow, contents)):
        if rows:
            session.execute(insert(table), rows)
    if moved:
        session.execute(update(EntryRow), moved)


def _key(entry: Entry) -> dict[str, Any]:
    return {"court": entry.court, "station": entry.station, "epoch": entry.epoch, "sequence": entry.sequence}


def _said(entry: Entry) -> dict[str, Any]:
    named = about(entry.fact)
    return {
        "kind": entry.fact.kind,
        "volume": named.volume,
        "place": named.place,
        "person": named.person,
        "act": getattr(entry.fact, "act", None),
        "time": entry.time,
    }


def _bounds(one: Bounded) -> dict[str, Any]:
    return {"position": one.position, "low": one.low, "high": one.high, "point": one.point}


def _store_tip(session: Session, head: Head, commit: Commit, changed: Iterable[Bounded]) -> None:
    row = session.get(EpochRow, (head.court, head.station, head.epoch))
    if row is None:
        row = EpochRow(court=head.court, station=head.station, epoch=head.epoch, position=0, tip=0, link=b"")
        session.add(row)
    row.tip, row.link = commit.first + len(commit.entries) - 1, commit.links[-1]
    for one in changed:  # an epoch stands where its first entry stands
        if one.entry.sequence == 1:
            opened = session.get(EpochRow, (head.court, head.station, one.entry.epoch))
            assert opened is not None
            opened.position = one.position
    session.flush()
