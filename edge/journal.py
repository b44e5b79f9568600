"""The journal of one station: its chain and its own state in one SQLite file, one transaction before every effect.

WAL, synchronous=FULL, one writing connection. What a transaction holds is on disk when its block has ended, or none of
it is. Lines are stored as they were hashed and are never changed.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from custody import chain
from custody.entries import Clock, Entry
from custody.events import EpochOpened, EpochReason, Fact
from custody.identifiers import CourtId, StationId
from custody.wire import Malformed, decode_event, encode_event
from edge.errors import EdgeError, JournalFullError, JournalUnusableError
from edge.journal_schema import FORMAT, SCHEMA, VOLUME_KINDS

__all__ = ["Epoch", "Journal", "Moment", "Transaction", "open_journal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a transaction happens: boot, its monotonic milliseconds, the wall clock and what that is worth."""

    boot: str
    uptime: int
    time: int
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One branch of the chain: its tip, how much of it the hub has, and what it left behind."""

    epoch: str
    tip: int
    link: bytes
    acknowledged: int
    forked: bool
    left: str | None


def open_journal(file: Path, *, court: CourtId, station: StationId) -> Journal:
    """Open or make the journal of a station. ``EdgeError`` where another agent has it, or it is another station's."""
    lock = _lock(file.with_suffix(".lock"))
    try:
        connection = sqlite3.connect(file, isolation_level=None, check_same_thread=True)
        file.chmod(0o600)
        try:
            _prepare(connection, file, court, station)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        os.close(lock)
        raise _explained(error, file) from error
    except BaseException:
        os.close(lock)
        raise
    return Journal(connection, file, lock, court, station)


class Journal:
    """Use it from one thread. ``open_journal`` makes it."""

    def __init__(
        self, connection: sqlite3.Connection, file: Path, lock: int, court: CourtId, station: StationId
    ) -> None:
        self.file = file
        self._connection, self._lock = connection, lock
        self._court, self._station = court, station
        self.epochs = self._read_epochs()

    def close(self) -> None:
        self._connection.close()
        os.close(self._lock)

    @contextmanager
    def transaction(self, moment: Moment) -> Iterator[Transaction]:
        """All of it or nothing. ``JournalFullError`` when the disk has no room. An empty one touches no disk."""
        transaction = Transaction(self._connection, self._court, self._station, self.epochs, moment)
        try:
            yield transaction
            transaction.commit()
        except sqlite3.Error as error:
            transaction.undo()
            raise _explained(error, self.file) from error
        except BaseException:
            transaction.undo()
            raise
        self.epochs = transaction.epochs

    @property
    def current(self) -> Epoch | None:
        """The epoch that grows; none before the first."""
        return self.epochs[-1] if self.epochs else None

    def lines(self, epoch: str, first: int, *, most: int, most_bytes: int) -> tuple[int, tuple[bytes, ...]]:
        """Lines of an epoch from ``first`` on, and the sequence of the first of them.

        It is a later one where retention has removed entries: the first whose link before is still known.
        """
        (oldest,) = self._connection.execute("SELECT MIN(sequence) FROM events WHERE epoch = ?", (epoch,)).fetchone()
        if oldest is not None and oldest > 1:
            first = max(first, oldest + 1)
        found: list[bytes] = []
        begins, size = first, 0
        rows = self._connection.execute(
            "SELECT sequence, line FROM events WHERE epoch = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
            (epoch, first, most),
        )
        for sequence, line in rows:
            size += len(line)
            if found and size > most_bytes:
                break
            begins = begins if found else sequence
            found.append(line)
        return begins, tuple(found)

    def link(self, epoch: str, sequence: int) -> bytes:
        """The link after an entry; the epoch's origin after sequence 0."""
        if sequence == 0:
            return chain.origin(self._station, epoch)
        row = self._connection.execute(
            "SELECT link FROM events WHERE epoch = ? AND sequence = ?", (epoch, sequence)
        ).fetchone()
        if row is None:
            raise JournalUnusableError("journal.missing", file=str(self.file), entry=f"{epoch}.{sequence}")
        return bytes(row[0])

    def about_volumes_since(self, epoch: str, sequence: int) -> tuple[Entry, ...]:
        """Own entries about volumes after (epoch, sequence), in order; all of them where that epoch is not known."""
        marks = ",".join("?" * len(VOLUME_KINDS))
        row = self._connection.execute(
            "SELECT position FROM events WHERE epoch = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
            (epoch, sequence),
        ).fetchone()
        rows = self._connection.execute(
            f"SELECT line FROM events WHERE position > ? AND kind IN ({marks}) ORDER BY position",  # noqa: S608 - marks
            (row[0] if row else 0, *VOLUME_KINDS),
        )
        entries = (decode_event(line) for (line,) in rows)
        return tuple(entry for entry in entries if not isinstance(entry, Malformed))

    def says_more_than_time(self, epoch: str, after: int, upto: int) -> bool:
        """Whether anything but heard times lies in (after, upto] of an epoch."""
        row = self._connection.execute(
            "SELECT 1 FROM events WHERE epoch = ? AND sequence > ? AND sequence <= ? AND kind != 'time.heard' LIMIT 1",
            (epoch, after, upto),
        ).fetchone()
        return row is not None

    def kept(self, key: str) -> bytes | None:
        """What a transaction kept under this key."""
        row = self._connection.execute("SELECT value FROM local WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def result_of(self, command: str) -> bytes | None:
        """The stored answer to a command: empty while it is being carried out, none if it was never seen."""
        row = self._connection.execute("SELECT result FROM commands WHERE command = ?", (command,)).fetchone()
        return None if row is None else bytes(row[0])

    def oldest_waiting(self) -> int | None:
        """The wall-clock time (ms since 1970) of the oldest entry that is not with the hub."""
        times = [
            self._connection.execute(
                "SELECT time FROM events WHERE epoch = ? AND sequence = ?", (one.epoch, one.acknowledged + 1)
            ).fetchone()
            for one in self.epochs
            if one.acknowledged < one.tip
        ]
        return min((row[0] for row in times if row), default=None)

    def size_between(self, earliest: int, latest: int) -> int:
        """Bytes that the entries of this span of wall-clock time take on disk, roughly."""
        row = self._connection.execute(
            "SELECT COALESCE(SUM(LENGTH(line)), 0), COUNT(*) FROM events WHERE time BETWEEN ? AND ?",
            (earliest, latest),
        ).fetchone()
        return int(row[0]) + 160 * int(row[1])

    def first_time(self) -> int | None:
        """The wall-clock time of the oldest entry kept."""
        row = self._connection.execute("SELECT time FROM events ORDER BY position LIMIT 1").fetchone()
        return None if row is None else int(row[0])

    def room(self) -> int:
        """Bytes that may still be written: of the disk, or of the file's own limit if that is nearer."""
        disk = os.statvfs(self.file.parent)
        pages = self._number("max_page_count") - self._number("page_count") + self._number("freelist_count")
        return min(disk.f_bavail * disk.f_frsize, pages * self._number("page_size"))

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    def _read_epochs(self) -> tuple[Epoch, ...]:
        rows = self._connection.execute(
            "SELECT epoch, acknowledged, forked, left_behind FROM epochs ORDER BY number"
        ).fetchall()
        return tuple(self._read_epoch(*row) for row in rows)

    def _read_epoch(self, epoch: str, acknowledged: int, forked: int, left: str | None) -> Epoch:
        tip, link = self._connection.execute(
            "SELECT sequence, link FROM events WHERE epoch = ? ORDER BY sequence DESC LIMIT 1", (epoch,)
        ).fetchone()
        return Epoch(epoch=epoch, tip=tip, link=link, acknowledged=acknowledged, forked=bool(forked), left=left)


class Transaction:
    """One unit of work: entries and state together. Begins with the first write."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        court: CourtId,
        station: StationId,
        epochs: tuple[Epoch, ...],
        moment: Moment,
    ) -> None:
        self.epochs = epochs
        self._connection, self._moment = connection, moment
        self._court, self._station = court, station

    def append(self, fact: Fact) -> Entry:
        """One more entry of the current epoch."""
        current = self.epochs[-1]
        entry = Entry(
            court=self._court,
            station=self._station,
            epoch=current.epoch,
            sequence=current.tip + 1,
            boot=self._moment.boot,
            uptime=self._moment.uptime,
            time=self._moment.time,
            clock=self._moment.clock,
            fact=fact,
        )
        line = encode_event(entry)
        link = chain.link(current.link, chain.leaf(line))
        self._write(
            "INSERT INTO events (epoch, sequence, kind, time, line, link) VALUES (?, ?, ?, ?, ?, ?)",
            (entry.epoch, entry.sequence, fact.kind, entry.time, line, link),
        )
        self.epochs = (*self.epochs[:-1], replace(current, tip=entry.sequence, link=link))
        return entry

    def open_epoch(
        self, epoch: str, reason: EpochReason, *, before_epoch: str | None = None, before_sequence: int = 0
    ) -> Entry:
        """Begin a new epoch whose first entry names what it leaves behind, with its link where that is ours."""
        left = next((one for one in self.epochs if one.epoch == before_epoch), None)
        known = left is not None and left.tip == before_sequence
        self._write("INSERT INTO epochs (epoch, left_behind) VALUES (?, ?)", (epoch, before_epoch))
        begun = Epoch(
            epoch=epoch,
            tip=0,
            link=chain.origin(self._station, epoch),
            acknowledged=0,
            forked=False,
            left=before_epoch,
        )
        self.epochs = (*self.epochs, begun)
        opened = EpochOpened(
            reason=reason,
            before_epoch=before_epoch,
            before_sequence=before_sequence,
            before_link=left.link.hex() if left is not None and known else None,
        )
        return self.append(opened)

    def acknowledge(self, epoch: str, upto: int) -> None:
        """The hub has this epoch up to here (it may be less than it had)."""
        self._write("UPDATE epochs SET acknowledged = ? WHERE epoch = ?", (upto, epoch))
        self._change(epoch, lambda one: replace(one, acknowledged=upto))

    def fork(self, epoch: str) -> None:
        """The hub holds another history under this epoch's name."""
        self._write("UPDATE epochs SET forked = 1 WHERE epoch = ?", (epoch,))
        self._change(epoch, lambda one: replace(one, forked=True))

    def keep(self, key: str, value: bytes) -> None:
        """Remember this under a key, in place of what was there."""
        self._write(
            "INSERT INTO local (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def answer(self, command: str, result: bytes) -> None:
        """Remember a command with its one answer; empty while it is being carried out."""
        self._write(
            "INSERT INTO commands (command, result) VALUES (?, ?) ON CONFLICT DO UPDATE SET result = excluded.result"
            " WHERE commands.result = x''",
            (command, result),
        )

    def forget_before(self, time: int) -> int:
        """Remove what is older than ``time`` and with the hub, but never an epoch's last entry. How many went."""
        cursor = self._write(
            "DELETE FROM events WHERE time < ? AND sequence <= (SELECT acknowledged FROM epochs WHERE"
            " epochs.epoch = events.epoch) AND sequence < (SELECT MAX(sequence) FROM events AS newest WHERE"
            " newest.epoch = events.epoch)",
            (time,),
        )
        return cursor.rowcount

    @property
    def wrote(self) -> bool:
        """Whether there is anything to commit."""
        return self._connection.in_transaction

    def commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _change(self, epoch: str, change: Callable[[Epoch], Epoch]) -> None:
        self.epochs = tuple(change(one) if one.epoch == epoch else one for one in self.epochs)

    def _write(self, statement: str, values: Sequence[object]) -> sqlite3.Cursor:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
        return self._connection.execute(statement, values)


def _lock(file: Path) -> int:
    """Held as long as the process lives; two agents on one journal would both believe they are the station."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EdgeError("journal.unwritable", file=str(file), why=error.strerror or str(error)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise EdgeError("journal.in_use", folder=str(file.parent)) from error
    return descriptor


def _prepare(connection: sqlite3.Connection, file: Path, court: CourtId, station: StationId) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 5000")
    sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if sound != "ok":
        raise JournalUnusableError("journal.corrupt", file=str(file), why=str(sound))
    connection.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA:
        connection.execute(statement)
    ours = {"format": FORMAT, "court": court, "station": station}
    connection.executemany("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", ours.items())
    found = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    for key, value in ours.items():
        if found[key] != value:
            connection.execute("ROLLBACK")
            raise JournalUnusableError("journal.foreign", file=str(file), key=key, found=found[key], expected=value)
    connection.execute("COMMIT")


def _explained(error: sqlite3.Error, file: Path) -> EdgeError:
    # Extended codes carry the primary one in their low byte.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return JournalFullError(str(file))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return JournalUnusableError("journal.corrupt", file=str(file), why=str(error))
    return JournalUnusableError("journal.unwritable", file=str(file), why=str(error))
