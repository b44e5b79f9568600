"""A damaged journal is put aside as it is, and the station goes on with what of it can still be read, in a new epoch.

Only entries whose links prove them are taken over, each epoch up to its first gap. What the damage took is gone from
this station; the new epoch's first entry says so, and the hub raises it.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custody import chain
from custody.events import EpochReason
from custody.identifiers import StationId
from edge.clocks import Clocks
from edge.errors import EdgeError, JournalUnusableError
from edge.journal import Journal, open_journal
from edge.settings import load_settings

__all__ = ["Recovered", "recover"]

_FILE = "journal.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """``aside``: the folder with the damaged files, untouched. ``entries``: how many were taken over."""

    aside: Path
    entries: int


@dataclass(slots=True)
class _Salvage:
    epochs: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    local: list[tuple[Any, ...]] = field(default_factory=list)
    commands: list[tuple[Any, ...]] = field(default_factory=list)
    private: list[tuple[Any, ...]] = field(default_factory=list)


def recover(folder: Path, clocks: Clocks) -> Recovered:
    """``EdgeError`` where there is no journal, it is sound, or the agent runs."""
    settings, file = load_settings(folder), folder / _FILE
    if not file.exists():
        raise EdgeError("journal.none", file=str(file))
    try:
        open_journal(file, court=settings.court, station=settings.station).close()
    except JournalUnusableError as error:
        if error.key != "journal.corrupt":
            raise
    else:
        raise EdgeError("recover.sound", file=str(file))
    aside = folder / f"damaged-{clocks.wall()}"
    aside.mkdir(mode=0o700)
    for one in folder.glob(f"{_FILE}*"):
        one.rename(aside / one.name)
    salvage = _read(aside / _FILE, settings.station)
    if salvage.events:
        journal = open_journal(file, court=settings.court, station=settings.station)
        with closing(journal):
            _write(journal, salvage)
        with closing(open_journal(file, court=settings.court, station=settings.station)) as journal:
            _go_on(journal, clocks)
    return Recovered(aside=aside, entries=len(salvage.events))


def _read(file: Path, station: StationId) -> _Salvage:
    """From a copy of the damaged files: SQLite would write into them."""
    found = _Salvage()
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old:
        epochs = list(_rows(old, "SELECT epoch, acknowledged, forked, left_behind FROM epochs ORDER BY number"))
        events = _rows(old, "SELECT epoch, sequence, kind, time, line, link FROM events ORDER BY position")
        found.events = list(_proven(events, station))
        tips = {epoch: sequence for epoch, sequence, *_ in found.events}
        found.epochs = [
            (epoch, min(acknowledged, tips[epoch]), forked, left)
            for epoch, acknowledged, forked, left in epochs
            if epoch in tips
        ]
        known = {one[0] for one in found.epochs}
        found.epochs += [(epoch, 0, 0, None) for epoch in tips if epoch not in known]
        found.local = list(_rows(old, "SELECT key, value FROM local"))
        found.commands = list(_rows(old, "SELECT command, result FROM commands"))
        found.private = list(_rows(old, "SELECT value, sealed FROM private ORDER BY position"))
    return found


def _rows(old: sqlite3.Connection, question: str) -> Iterator[tuple[Any, ...]]:
    """As many as can be read."""
    with suppress(sqlite3.Error):
        yield from old.execute(question)


def _proven(events: Iterable[tuple[Any, ...]], station: StationId) -> Iterator[tuple[Any, ...]]:
    """Each epoch from its first entry kept to the last whose link follows from the one before."""
    links: dict[str, tuple[int, bytes] | None] = {}
    for row in events:
        epoch, sequence, _kind, _time, line, link = row
        if epoch not in links:
            # Retention may have removed what came before; then the first link is taken as it stands.
            first = sequence == 1
            proven = not first or chain.link(chain.origin(station, epoch), chain.leaf(line)) == link
        else:
            last = links[epoch]
            follows = last is not None and sequence == last[0] + 1
            proven = last is not None and follows and chain.link(last[1], chain.leaf(line)) == link
        links[epoch] = (sequence, link) if proven else None
        if proven:
            yield row


def _write(journal: Journal, salvage: _Salvage) -> None:
    connection = journal._connection
    connection.execute("BEGIN IMMEDIATE")
    for table, columns, rows in (
        ("epochs", "epoch, acknowledged, forked, left_behind", salvage.epochs),
        ("events", "epoch, sequence, kind, time, line, link", salvage.events),
        ("local", "key, value", salvage.local),
        ("commands", "command, result", salvage.commands),
        ("private", "value, sealed", salvage.private),
    ):
        marks = ", ".join("?" * len(columns.split(",")))
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own words
    connection.execute("COMMIT")


def _go_on(journal: Journal, clocks: Clocks) -> None:
    """A sequence that may have been used before the damage is never used again."""
    current = journal.current
    assert current is not None
    with journal.transaction(clocks.moment()) as transaction:
        transaction.open_epoch(
            secrets.token_hex(8),
            EpochReason.HISTORY_LOST,
            before_epoch=current.epoch,
            before_sequence=current.tip,
        )
