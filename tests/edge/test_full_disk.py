"""A full disk at the cabinet: nothing new begins, what was sensed is recorded as soon as there is room."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import envelope
from custody.desk import BadgeTapped
from custody.entries import Clock
from custody.events import DoorForced, DoorsSensed, TimeHeard
from custody.flows.grammar import LabelScanned
from custody.grants import Grants
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId
from custody.messages import Command, DoorState
from custody.refusals import JournalFull
from edge.cabinet.layout import cabinet_scene
from edge.clocks import Clocks
from edge.core.gauge import RESERVE
from edge.core.scene import Asked, DoorSensed, Scene
from edge.custodian import Custodian
from edge.errors import JournalFullError
from edge.journal import Journal, Moment, open_journal
from edge.settings import load_settings
from hardware.wiring import parse_wiring
from tests.edge.outpost import BADGES, LABELS, WIRING, grants

ONE = PlaceId("cab-1.01")
PAGE = 4096


class Steered(Clocks):
    """The machine's clocks, moved on by hand."""

    ahead = 0

    def uptime(self) -> int:
        return super().uptime() + self.ahead

    def moment(self) -> Moment:
        return Moment(boot=self.boot, uptime=self.uptime(), time=self.wall(), clock=Clock.SYNCHRONISED)


class Cabinet:
    """A custodian over a journal whose room the test decides."""

    def __init__(self, folder: Path, given: Grants | None = None) -> None:
        self.journal = open_journal(folder / "journal.sqlite", court=CourtId("court-1"), station=StationId("cab-1"))
        self.clocks = Steered()
        self.fired: list[tuple[PlaceId, ActId]] = []
        self.custodian = Custodian(
            scene(folder), journal=self.journal, clocks=self.clocks, energise=lambda *fired: self.fired.append(fired)
        )
        given = given or grants()
        self.custodian.hear(given.issued)
        self.custodian.start(given, software="1", wiring="w")
        for number in range(1, 7):
            self.sense(f"cab-1.{number:02}", DoorState.CLOSED)

    def sense(self, place: str, state: DoorState) -> None:
        self.custodian.meet(DoorSensed("A", PlaceId(place), state))

    def leave_room(self, room: int) -> None:
        connection = self.journal._connection
        (used,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {used + max(room // PAGE, 0)}")

    def kinds(self) -> list[str]:
        rows = self.journal._connection.execute("SELECT kind FROM events ORDER BY position").fetchall()
        return [kind for (kind,) in rows]


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[Cabinet]:
    made = Cabinet(tmp_path)
    yield made
    made.journal.close()


def test_no_lock_fires_on_the_reserve_and_the_person_reads_why(cabinet: Cabinet) -> None:
    cabinet.custodian.meet(BadgeTapped(BADGES["wang-min"]))
    cabinet.leave_room(RESERVE // 2)

    refused = cabinet.custodian.meet(LabelScanned(LABELS[0]))
    cabinet.leave_room(RESERVE * 2)
    granted = cabinet.custodian.meet(LabelScanned(LABELS[0]))

    assert refused.scene.desk.refusal == JournalFull()
    assert refused.sound is False
    assert granted.scene.desk.refusal is None
    assert [place for place, _ in cabinet.fired] == [ONE]


def test_a_step_that_finds_the_disk_full_did_not_happen(cabinet: Cabinet) -> None:
    """Even where the look at the room was too hopeful."""
    cabinet.custodian.meet(BadgeTapped(BADGES["wang-min"]))
    fill(cabinet)
    cabinet.journal.room = lambda: RESERVE * 2  # type: ignore[method-assign]  # as a disk shared with others may look

    refused = cabinet.custodian.meet(LabelScanned(LABELS[0]))

    assert refused.scene.desk.refusal == JournalFull()
    assert refused.scene.desk.session is None
    assert cabinet.fired == []
    assert "door.unlock_intended" not in cabinet.kinds()


def test_a_door_that_moved_meanwhile_is_recorded_when_there_is_room(cabinet: Cabinet) -> None:
    fill(cabinet)
    cabinet.sense(ONE, DoorState.OPEN)
    cabinet.sense(ONE, DoorState.CLOSED)
    cabinet.custodian.tick()
    cabinet.clocks.ahead += 2_000
    cabinet.custodian.tick()
    before = cabinet.kinds()
    cabinet.leave_room(RESERVE)
    cabinet.clocks.ahead += 2_000
    cabinet.custodian.tick()

    assert DoorForced.kind not in before
    assert cabinet.kinds()[len(before) :] == ["door.forced", "door.closed"]
    assert cabinet.kinds().count(DoorsSensed.kind) == 1


def test_a_command_that_cannot_be_recorded_is_neither_answered_nor_shown(cabinet: Cabinet) -> None:
    fill(cabinet)
    cabinet.journal.room = lambda: RESERVE * 2  # type: ignore[method-assign]  # as a disk shared with others may look
    before = cabinet.custodian.scene
    asked = Command(
        command="c-1",
        court=CourtId("court-1"),
        station=StationId("cab-1"),
        nonce="n",
        place=ONE,
        person=PersonId("zhou-jing"),
        reason="inspection",
        valid=10_000,
    )

    reaction = cabinet.custodian.meet(Asked(asked), nonces={"n": cabinet.clocks.uptime()})

    assert (reaction.answers, cabinet.fired, cabinet.custodian.scene) == ((), [], before)
    assert cabinet.journal.result_of("c-1") is None


def test_a_full_disk_makes_nobody_spin(cabinet: Cabinet) -> None:
    cabinet.custodian.meet(BadgeTapped(BADGES["wang-min"]))
    cabinet.custodian.meet(LabelScanned(LABELS[0]))
    fill(cabinet)
    cabinet.clocks.ahead += 60_000
    cabinet.custodian.tick()

    assert cabinet.custodian.due() > cabinet.clocks.uptime()


def test_the_time_floor_survives_a_restart(cabinet: Cabinet, tmp_path: Path) -> None:
    floor = cabinet.custodian.floor.time
    cabinet.clocks.ahead += 700_000
    cabinet.custodian.tick()
    again = Custodian(scene(tmp_path), journal=cabinet.journal, clocks=Steered(), energise=lambda *_: None)

    assert again.floor.time >= floor + 699_000


def fill(cabinet: Cabinet) -> None:
    """Not a page is free, nor room on the last one."""
    cabinet.leave_room(0)
    journal: Journal = cabinet.journal
    with pytest.raises(JournalFullError):
        for _ in range(1_000):
            with journal.transaction(cabinet.clocks.moment()) as transaction:
                transaction.append(TimeHeard(hub_time=1, epoch="e", upto=1))
    for size in (PAGE // 2, 200, 20):
        for number in range(10_000):
            try:
                journal._connection.execute(
                    "INSERT INTO local (key, value) VALUES (?, ?)", (f"{size}.{number}", bytes(size))
                )
            except sqlite3.OperationalError:
                break


def scene(folder: Path) -> Scene:
    text = "\n".join(f"{key} = {value}" for key, value in SETTINGS.items())
    (folder / "station.toml").write_text(text)
    return cabinet_scene(load_settings(folder), parse_wiring(WIRING))


HUB_KEY = envelope.raw(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()).hex()
SETTINGS: dict[str, Any] = {
    "court": '"court-1"',
    "station": '"cab-1"',
    "kind": '"cabinet"',
    "name": '"1 号柜"',
    "place": '"cab-1"',
    "broker_host": '"127.0.0.1"',
    "broker_port": 8883,
    "hub_key": f'"{HUB_KEY}"',
    "root_fingerprint": '"aa"',
}
