"""The real journal at work on a disk that will fail: entries, state, acknowledgements, epochs and retention."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from pathlib import Path

from custody import chain
from custody.entries import Clock
from custody.events import DoorClosed, DoorOpened, EpochReason
from custody.identifiers import ActId, CourtId, PlaceId, StationId
from edge.errors import EdgeError
from edge.journal import Journal, Moment, open_journal
from tests.soak import through_apsw
from tests.soak.disk import Disk

__all__ = ["JournalLife"]

COURT, STATION = CourtId("court-1"), StationId("cab-1")
_FILE = "journal.sqlite"
_START = 1_800_000_000_000
Rows = tuple[tuple[str, int, bytes], ...]


class JournalLife:
    """Satisfies ``Life``. State n is the journal after its n-th transaction, which wrote n into it as well."""

    def __init__(self) -> None:
        self._states: list[Rows] = []  # what the journal holds in state n
        self.begun = -1

    def go_on_from(self, state: int) -> None:
        del self._states[state + 1 :]
        self.begun = state

    def live(self, disk: Disk, *, commits: int, synchronous: str, chance: random.Random) -> None:
        pragma = f"wal_autocheckpoint = {chance.choice((1000, 20, 3))}"

        def connect(_file: Path) -> sqlite3.Connection:
            connection = through_apsw.connect(_FILE, vfs=disk.name, pragmas=(pragma,))
            connection.overrides["PRAGMA synchronous = FULL"] = f"PRAGMA synchronous = {synchronous}"  # type: ignore[attr-defined]
            return connection

        with tempfile.TemporaryDirectory() as lock:
            journal = open_journal(Path(lock) / _FILE, court=COURT, station=STATION, connect=connect)
            for _ in range(commits):
                self.begun += 1
                self._work(journal, self.begun, chance)
                self._states.append(_rows(journal))
                disk.promise(self.begun)
            journal.close = lambda: None  # type: ignore[method-assign]  # nobody closes anything when the power fails
            journal._connection.close()

    def find(self, folder: Path) -> tuple[int, str]:
        try:
            journal = open_journal(folder / _FILE, court=COURT, station=STATION)
        except EdgeError as error:
            return -1, str(error)
        try:
            kept = journal.kept("state")
            state = -1 if kept is None else int(kept)
            held = _rows(journal)
            if state >= len(self._states) or held != (self._states[state] if state >= 0 else ()):
                return state, f"the entries are not those of state {state}"
            return state, _unchained(journal, held)
        finally:
            journal.close()

    def _work(self, journal: Journal, state: int, chance: random.Random) -> None:
        moment = Moment(boot="b", uptime=state * 1000, time=_START + state * 1000, clock=Clock.SYNCHRONISED)
        with journal.transaction(moment) as transaction:
            if journal.current is None:
                transaction.open_epoch("e0", EpochReason.FIRST)
            deed = chance.randrange(12)
            current = transaction.epochs[-1]
            if deed == 0 and current.tip > 3:
                transaction.open_epoch(f"e{state}", EpochReason.FORK, before_epoch=current.epoch)
            elif deed == 1:
                transaction.acknowledge(current.epoch, chance.randrange(current.tip + 1))
            elif deed == 2:
                transaction.forget_upto(journal.with_hub() - 60)
            elif deed == 3:
                transaction.answer(f"c-{state}", b"opened")
            else:
                for number in range(chance.choice((1, 1, 2, 5))):
                    act = ActId(f"{state}-{number}-{'x' * chance.randrange(300)}")
                    transaction.append(chance.choice((DoorOpened, DoorClosed))(place=PlaceId("cab-1.07"), act=act))
            transaction.keep("state", str(state).encode())


def _rows(journal: Journal) -> Rows:
    rows = journal._ask("SELECT epoch, sequence, line FROM events ORDER BY position")
    return tuple((str(epoch), int(sequence), bytes(line)) for epoch, sequence, line in rows)


def _unchained(journal: Journal, held: Rows) -> str:
    """The first entry whose stored link is not that of its bytes, if there is one."""
    before: dict[str, bytes] = {}
    for epoch, sequence, line in held:
        link = journal.link(epoch, sequence)
        known = chain.origin(STATION, epoch) if sequence == 1 else before.get(epoch)
        if known is not None and chain.link(known, chain.leaf(line)) != link:
            return f"the link after {epoch}.{sequence} is not that of its bytes"
        before[epoch] = link
    return ""
