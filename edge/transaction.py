"""One transaction of the journal: entries and state, written together or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from custody import chain
from custody.entries import Clock, Entry
from custody.events import EpochOpened, EpochReason, Fact
from custody.identifiers import CourtId, StationId
from custody.wire import encode_event

__all__ = ["Epoch", "Moment", "Transaction"]


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

    def confide(self, value: str, sealed: bytes) -> None:
        """Keep a private value, sealed, until it is with the hub or erased."""
        self._write("INSERT INTO private (value, sealed) VALUES (?, ?)", (value, sealed))

    def erase(self, value: str) -> bool:
        """Remove a private value, and overwrite where it stood; whether it was there."""
        self._write("PRAGMA secure_delete = ON", ())
        return self._write("DELETE FROM private WHERE value = ?", (value,)).rowcount > 0

    def forget_upto(self, position: int) -> int:
        """Remove entries up to ``position`` that are with the hub. How many went.

        The last one the hub has stays, and the last of an epoch: what is sent next begins with the link after it.
        """
        cursor = self._write(
            "DELETE FROM events WHERE position <= ? AND sequence < (SELECT acknowledged FROM epochs WHERE"
            " epochs.epoch = events.epoch)",
            (position,),
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
