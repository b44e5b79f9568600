"""The real ingest of a hub at work on a disk that will fail: batches of a cabinet, and its states."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy
from sqlalchemy.pool import StaticPool

from custody import chain
from custody.events import DoorClosed, DoorOpened
from custody.identifiers import ActId, PlaceId
from hub.bootstrap import Hub, assemble
from hub.store import database
from tests.hub.sample_court import CAB, enrolled, send, settings_for
from tests.soak import through_apsw
from tests.soak.disk import Disk, Synced, Wrote

__all__ = ["HubLife"]

_FILE = "hub.sqlite"


class HubLife:
    """Satisfies ``Life``. State n is the database with the first n + 1 batches of the cabinet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = settings_for(folder / "hub")
        with assemble(self._settings) as hub:
            self._cabinet = enrolled(hub, folder)
        file = folder / "hub" / _FILE
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        self._founded = file.read_bytes()
        self._tips: list[int] = []  # how many entries of the cabinet there are in state n
        self.begun = -1

    def close(self) -> None:
        """Nothing is held between lives."""

    def go_on_from(self, state: int) -> None:
        del self._tips[state + 1 :]
        tip = self._tips[-1] if self._tips else 1
        del self._cabinet.lines[tip:], self._cabinet.entries[tip:]
        self.begun = state

    def live(self, disk: Disk, *, commits: int, synchronous: str, chance: random.Random) -> None:
        if _FILE not in disk.files:
            disk.files[_FILE] = bytearray(self._founded)
            self._found(disk)
        with patch.object(database, "create_engine", _engines(disk, synchronous, chance)):
            hub = assemble(self._settings)
        try:
            for _ in range(commits):
                self._batch(hub, chance)
                disk.promise(self.begun)
        finally:
            hub.close()

    def _found(self, disk: Disk) -> None:
        """The empty register was there long before the power failed."""
        disk.deeds += [Wrote(_FILE, 0, self._founded), Synced(_FILE)]

    def find(self, folder: Path) -> tuple[int, str]:
        if not (folder / _FILE).exists() or (folder / _FILE).stat().st_size < len(self._founded):
            return -1, ""  # before the register was there
        try:
            with closing(sqlite3.connect(folder / _FILE)) as connection:
                return self._judged(connection)
        except sqlite3.Error as error:
            return -1, str(error)

    def _judged(self, connection: sqlite3.Connection) -> tuple[int, str]:
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            return -1, str(sound)
        mine = "WHERE station = ? ORDER BY sequence"
        rows = connection.execute(f"SELECT line, link FROM entry {mine}", (CAB,)).fetchall()
        tips = connection.execute("SELECT tip, link FROM epoch WHERE station = ?", (CAB,)).fetchall()
        heads = connection.execute('SELECT MAX("last") FROM head WHERE station = ?', (CAB,)).fetchone()[0] or 0
        lines = [bytes(line) for line, _ in rows]
        if lines != self._cabinet.lines[: len(lines)]:
            return -1, "the lines are not the cabinet's"
        links = chain.links(chain.origin(CAB, self._cabinet.epoch), lines)
        if [bytes(link) for _, link in rows] != list(links):
            return -1, "the links are not those of the lines"
        told = (tips[0][0], bytes(tips[0][1])) if tips else (0, None)
        if told != (len(lines), links[-1] if links else None) or heads != len(lines):
            return -1, "tip, head and entries do not agree"
        states = [state for state, tip in enumerate(self._tips) if tip == len(lines)]
        if lines and not states:
            return -1, f"half a batch: {len(lines)} entries"
        return (states[-1] if states else -1), ""

    def _batch(self, hub: Hub, chance: random.Random) -> None:
        cabinet = self._cabinet
        first = (self._tips[-1] if self._tips else 0) + 1
        for _ in range(chance.choice((1, 3, 20))):
            fact = chance.choice((DoorOpened, DoorClosed))
            cabinet.say(fact(place=PlaceId("cab-1.07"), act=ActId(f"a{len(cabinet.lines)}")))
        self.begun += 1
        self._tips.append(len(cabinet.lines))
        told = send(hub, cabinet, cabinet.batch(first=first))
        assert told.code == "committed", told.code


def _engines(disk: Disk, synchronous: str, chance: random.Random) -> Any:
    """``create_engine`` for the hub's database code, on that disk."""
    pragma = f"wal_autocheckpoint = {chance.choice((1000, 50, 10))}"

    # One connection for writers and readers: what a file system of Python's cannot share, they must not open twice.
    connection: Any = through_apsw.connect(_FILE, vfs=disk.name, pragmas=(pragma,))
    connection.overrides["PRAGMA synchronous = FULL"] = f"PRAGMA synchronous = {synchronous}"
    connection.overrides["PRAGMA query_only = ON"] = "PRAGMA query_only = OFF"

    def create_engine(_url: str, **options: Any) -> sqlalchemy.Engine:
        options.pop("connect_args", None)
        return sqlalchemy.create_engine(
            "sqlite://", module=through_apsw, creator=lambda: connection, **{**options, "poolclass": StaticPool}
        )

    return create_engine
