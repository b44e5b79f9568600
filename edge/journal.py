"""The journal of one station: its chain and its own state in one SQLite file, one transaction before every effect.

WAL, synchronous=FULL, one writing connection. What a transaction holds is on disk when its block has ended, or none of
it is. Lines are stored as they were hashed and are never changed.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from custody import chain
from custody.entries import Entry
from custody.identifiers import CourtId, StationId
from custody.wire import Malformed, decode_event
from edge.disk_watch import DiskWatch
from edge.errors import EdgeError, JournalFullError, JournalUnusableError
from edge.journal_schema import FORMAT, SCHEMA, VOLUME_KINDS
from edge.transaction import Epoch, Moment, Transaction

__all__ = ["Epoch", "Journal", "Moment", "Transaction", "open_journal"]


_MOST_PAGES = 16_384
"""64 MiB: a journal beyond that is not read whole at a start."""

_NEWEST = 512
_MOST_PRIVATE = 256  # sent at a time; what comes after waits for its turn
_BESIDE_A_LINE = 160  # bytes of keys, link and indexes per entry, roughly


def open_journal(
    file: Path, *, court: CourtId, station: StationId, connect: Callable[[Path], sqlite3.Connection] | None = None
) -> Journal:
    """Open or make the journal of a station. ``EdgeError`` where another agent has it, or it is another station's.

    ``connect``: another way to the file's bytes, such as a disk that loses its power.
    """
    lock = _lock(file.with_suffix(".lock"))
    try:
        connection = (connect or _connected)(file)
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
        self.disk = DiskWatch()
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
            if transaction.wrote:
                with self.disk.writing():
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
        ((oldest,),) = self._ask("SELECT MIN(sequence) FROM events WHERE epoch = ?", epoch)
        if oldest is not None and oldest > 1:
            first = max(first, oldest + 1)
        found: list[bytes] = []
        begins, size = first, 0
        rows = self._ask(
            "SELECT sequence, line FROM events WHERE epoch = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
            *(epoch, first, most),
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
        found = self.link_kept(epoch, sequence)
        if found is None:
            raise JournalUnusableError("journal.missing", file=str(self.file), entry=f"{epoch}.{sequence}")
        return found

    def link_kept(self, epoch: str, sequence: int) -> bytes | None:
        """The same, and none where the entry is not here: not written yet, or removed by retention."""
        if sequence == 0:
            return chain.origin(self._station, epoch)
        rows = self._ask("SELECT link FROM events WHERE epoch = ? AND sequence = ?", epoch, sequence)
        return bytes(rows[0][0]) if rows else None

    def about_volumes_since(self, epoch: str, sequence: int) -> tuple[Entry, ...]:
        """Own entries about volumes after (epoch, sequence), in order; all of them where that epoch is not known."""
        marks = ",".join("?" * len(VOLUME_KINDS))
        known = self._ask(
            "SELECT position FROM events WHERE epoch = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
            *(epoch, sequence),
        )
        rows = self._ask(
            f"SELECT line FROM events WHERE position > ? AND kind IN ({marks}) ORDER BY position",  # noqa: S608 - marks
            *(known[0][0] if known else 0, *VOLUME_KINDS),
        )
        entries = (decode_event(line) for (line,) in rows)
        return tuple(entry for entry in entries if not isinstance(entry, Malformed))

    def says_more_than_time(self, epoch: str, after: int, upto: int) -> bool:
        """Whether anything but heard times lies in (after, upto] of an epoch."""
        rows = self._ask(
            "SELECT 1 FROM events WHERE epoch = ? AND sequence > ? AND sequence <= ? AND kind != 'time.heard' LIMIT 1",
            *(epoch, after, upto),
        )
        return bool(rows)

    def kept(self, key: str) -> bytes | None:
        """What a transaction kept under this key."""
        rows = self._ask("SELECT value FROM local WHERE key = ?", key)
        return bytes(rows[0][0]) if rows else None

    def result_of(self, command: str) -> bytes | None:
        """The stored answer to a command: empty while it is being carried out, none if it was never seen."""
        rows = self._ask("SELECT result FROM commands WHERE command = ?", command)
        return bytes(rows[0][0]) if rows else None

    def private(self) -> tuple[tuple[str, bytes], ...]:
        """The private values that are still here, sealed as they were kept, oldest first."""
        rows = self._ask("SELECT value, sealed FROM private ORDER BY position LIMIT ?", _MOST_PRIVATE)
        return tuple((value, bytes(sealed)) for value, sealed in rows)

    def oldest_waiting(self) -> int | None:
        """The wall-clock time (ms since 1970) of the oldest entry that is not with the hub."""
        waiting = [(one.epoch, one.acknowledged + 1) for one in self.epochs if one.acknowledged < one.tip]
        rows = (self._ask("SELECT time FROM events WHERE epoch = ? AND sequence = ?", *one) for one in waiting)
        return min((time for found in rows for (time,) in found), default=None)

    def with_hub(self) -> int:
        """The position up to which every entry is with the hub; 0 if the first is not."""
        ((waiting,),) = self._ask(
            "SELECT MIN(position) FROM events JOIN epochs USING (epoch) WHERE sequence > acknowledged"
        )
        ((last,),) = self._ask("SELECT COALESCE(MAX(position), 0) FROM events")
        return int(last if waiting is None else waiting - 1)

    def size(self) -> int:
        """Bytes in use."""
        return (self._number("page_count") - self._number("freelist_count")) * self._number("page_size")

    def size_between(self, earliest: int, latest: int) -> int:
        """Bytes that the entries of this span of wall-clock time take on disk, roughly."""
        ((size, count),) = self._ask(
            "SELECT COALESCE(SUM(LENGTH(line)), 0), COUNT(*) FROM events WHERE time BETWEEN ? AND ?",
            *(earliest, latest),
        )
        return int(size) + _BESIDE_A_LINE * int(count)

    def first_time(self) -> int | None:
        """The wall-clock time of the oldest entry kept."""
        rows = self._ask("SELECT time FROM events ORDER BY position LIMIT 1")
        return int(rows[0][0]) if rows else None

    def room(self) -> int:
        """Bytes that may still be written: of the disk, or of the file's own limit if that is nearer."""
        disk = os.statvfs(self.file.parent)
        pages = self._number("max_page_count") - self._number("page_count") + self._number("freelist_count")
        return min(disk.f_bavail * disk.f_frsize, pages * self._number("page_size"))

    def _number(self, pragma: str) -> int:
        ((number,),) = self._ask(f"PRAGMA {pragma}")
        return int(number)

    def _ask(self, question: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise _explained(error, self.file) from error

    def _read_epochs(self) -> tuple[Epoch, ...]:
        rows = self._ask("SELECT epoch, acknowledged, forked, left_behind FROM epochs ORDER BY number")
        return tuple(self._read_epoch(*row) for row in rows)

    def _read_epoch(self, epoch: str, acknowledged: int, forked: int, left: str | None) -> Epoch:
        rows = self._ask("SELECT sequence, link FROM events WHERE epoch = ? ORDER BY sequence DESC LIMIT 1", epoch)
        if not rows:
            raise JournalUnusableError("journal.missing", file=str(self.file), entry=f"{epoch}.1")
        tip, link = rows[0]
        return Epoch(epoch=epoch, tip=tip, link=link, acknowledged=acknowledged, forked=bool(forked), left=left)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=True)
    file.chmod(0o600)
    return connection


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
    # The first change to WAL runs over a rollback journal. EXTRA syncs the folder after its end; else a power cut could
    # bring it back, and it would undo everything since.
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 5000")
    _check_pages(connection, file)
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
    _check_links(connection, file)


def _check_pages(connection: sqlite3.Connection, file: Path) -> None:
    """Reads the whole file, and so only as much of one as an old card reads while somebody waits at the door."""
    if connection.execute("PRAGMA page_count").fetchone()[0] > _MOST_PAGES:
        return
    sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if sound != "ok":
        raise JournalUnusableError("journal.corrupt", file=str(file), why=str(sound))


def _check_links(connection: sqlite3.Connection, file: Path) -> None:
    """The newest entries still give the links they gave; whatever goes on from here rests on them."""
    rows = connection.execute(
        "SELECT epoch, sequence, line, link FROM events ORDER BY position DESC LIMIT ?", (_NEWEST,)
    ).fetchall()
    for (epoch, sequence, line, link), (other, earlier, _, before) in itertools.pairwise(rows):
        follows = epoch == other and sequence == earlier + 1
        if follows and chain.link(bytes(before), chain.leaf(bytes(line))) != bytes(link):
            raise JournalUnusableError("journal.corrupt", file=str(file), why=f"{epoch}.{sequence}")


def _explained(error: sqlite3.Error, file: Path) -> EdgeError:
    # Extended codes carry the primary one in their low byte.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return JournalFullError(str(file))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return JournalUnusableError("journal.corrupt", file=str(file), why=str(error))
    return JournalUnusableError("journal.unwritable", file=str(file), why=str(error))
