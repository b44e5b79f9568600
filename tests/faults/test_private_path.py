"""Private values over a line that loses, doubles and delays: the hub has each exactly once, the station none, ever.

The station's part, its journal and the hub's intake are the real ones; only the line between them is made of a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import envelope
from custody.entries import Clock
from custody.events import EpochReason, PrivateKind, ValueErased
from custody.grants import Grants
from custody.identifiers import StationId
from custody.messages import Purpose
from custody.private import confided, fact_of
from custody.topics import Channel
from edge.believing import Belief
from edge.clocks import Clocks
from edge.errors import JournalFullError
from edge.journal import Journal, Moment, open_journal
from edge.keys import Keys
from edge.private import Private
from edge.reporting import Identity
from edge.sealing import sealed
from edge.settings import Settings, load_settings
from hub.bootstrap import Hub
from hub.private import read_private
from tests.hub.sample_court import CAB, CLERK, COURT, Sample, enrolled, founded, send

PHONES = [f"139{number:08}" for number in range(24)]


class Steered(Clocks):
    ahead = 0

    def uptime(self) -> int:
        return self.ahead

    def moment(self) -> Moment:
        return Moment(boot=self.boot, uptime=self.ahead, time=1_790_000_000_000, clock=Clock.SYNCHRONISED)


@dataclass
class Station:
    """A cabinet's private path over its journal; ``line``: what left and has not arrived yet."""

    hub: Hub
    sample: Sample
    folder: Path
    clocks: Steered = field(default_factory=Steered)
    line: list[bytes] = field(default_factory=list)
    session: set[str] = field(default_factory=set)
    up: bool = True

    def __post_init__(self) -> None:
        self.begin()
        with self.journal.transaction(self.clocks.moment()) as transaction:
            transaction.open_epoch("e1", EpochReason.FIRST)

    def begin(self) -> None:
        self.journal: Journal = open_journal(self.folder / "journal.sqlite", court=COURT, station=StationId(CAB))
        self.private = Private(
            self._identity(), journal=self.journal, clocks=self.clocks, withheld=lambda: self.session, send=self._send
        )
        self.private.connected()

    def power_cut(self) -> None:
        self.journal.close()
        self.line.clear()
        self.begin()

    def confide(self, number: int) -> None:
        value = confided(
            f"pv-{number}",
            PHONES[number],
            what=PrivateKind.PHONE,
            about="pc-1",
            court=COURT,
            station=StationId(CAB),
            randomness=f"{number:032x}",
        )
        with self.journal.transaction(self.clocks.moment()) as transaction:
            transaction.append(fact_of(value))
            transaction.confide(value.value, sealed(value, self._grants()))

    def tick(self, seconds: int = 0) -> None:
        self.clocks.ahead += seconds * 1000
        self.private.tick()

    def arrives(self, payload: bytes, *, answers: int = 1) -> None:
        """One message at the hub, and its answer so many times back."""
        for answer in send(self.hub, self.sample, payload, Channel.PRIVATE).answers * answers:
            self.private.answered(answer.payload)

    @property
    def here(self) -> list[str]:
        return [value for value, _ in self.journal.private()]

    def _send(self, payload: bytes) -> bool:
        if self.up:
            self.line.append(payload)
        return self.up

    def _grants(self) -> Grants:
        key = envelope.raw(self.hub.issuing._badges.sealing_key().public_key()).hex()
        return Grants(hub_epoch="e", version=1, issued=0, expires=1, badge_key="00", upto=("", 0), sealing_key=key)

    def _identity(self) -> Identity:
        assert self.sample.sealing is not None
        signer = self.hub.acting.own.key
        return Identity(
            settings=_settings(self.folder),
            keys=Keys(self.sample.key, self.sample.sealing),
            belief=Belief(signer.public_key(), court=COURT, station=StationId(CAB)),
            software="1",
            wiring="",
        )


def _settings(folder: Path) -> Settings:
    (folder / "station.toml").write_text(
        f'court = "{COURT}"\nstation = "{CAB}"\nkind = "cabinet"\nname = "n"\nplace = "{CAB}"\nbroker_host = "h"\n'
        f'broker_port = 1\nhub_key = "{"00" * 32}"\nroot_fingerprint = "00000000"\n'
    )
    return load_settings(folder)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    (tmp_path / "cab").mkdir()
    with founded(tmp_path) as hub:
        made = Station(hub, enrolled(hub, tmp_path), tmp_path / "cab")
        yield made
        made.journal.close()


def texts(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        return sorted(one.text or "" for one in read_private(session, COURT, hub.issuing._badges, about="pc-1"))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_line_does_each_value_is_at_the_hub_once_and_nowhere_else(seed: int, station: Station) -> None:
    chance = Random(seed)
    wanted = list(range(len(PHONES)))
    for _ in range(120):
        what = chance.random()
        if what < 0.25 and wanted:
            station.confide(wanted.pop(0))
        elif what < 0.45:
            station.tick(chance.choice([0, 1, 20, 700]))
        elif what < 0.75 and station.line:
            payload = station.line[chance.randrange(len(station.line))]
            if chance.random() < 0.7:  # else it stays on the line, to arrive once more
                station.line.remove(payload)
            station.arrives(payload, answers=chance.choice([0, 1, 1, 2]))
        elif what < 0.85:
            station.line.clear()
        elif what < 0.92:
            station.power_cut()
        else:
            station.up = not station.up
    station.up = True
    for number in wanted:
        station.confide(number)
    while station.here:
        station.tick(700)
        for payload in station.line:
            station.arrives(payload)
        station.line.clear()

    assert texts(station.hub) == PHONES


def test_nothing_readable_ever_touches_the_stations_disk(station: Station) -> None:
    station.confide(3)
    disk = b"".join(path.read_bytes() for path in station.folder.iterdir())

    assert b"pv-3" in disk
    assert PHONES[3].encode() not in disk


def test_after_the_answer_the_seal_itself_is_gone_from_the_journal(station: Station) -> None:
    station.confide(1)
    ((_, seal),) = station.journal.private()
    station.tick()
    station.arrives(station.line[0])
    station.journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert station.here == []
    assert seal not in (station.folder / "journal.sqlite").read_bytes()


def test_what_the_hub_erased_before_it_came_is_erased_here_and_recorded(station: Station) -> None:
    station.confide(5)
    station.hub.office.erase_private("pv-5", by=CLERK)
    station.tick()
    station.arrives(station.line[0], answers=2)
    rows = station.journal._connection.execute("SELECT kind FROM events ORDER BY position").fetchall()

    assert station.here == []
    assert [kind for (kind,) in rows] == ["epoch.opened", "private.confided", ValueErased.kind]


def test_what_a_session_still_holds_does_not_leave(station: Station) -> None:
    station.session = {"pv-0"}
    station.confide(0)
    station.tick()
    before = list(station.line)
    station.session = set()
    station.tick()

    assert (before, len(station.line)) == ([], 1)


def test_what_the_hub_cannot_read_stays_and_is_offered_again(station: Station) -> None:
    station.confide(2)
    with station.journal.transaction(station.clocks.moment()) as transaction:
        transaction.erase("pv-2")
        transaction.confide("pv-2", b"x" * 80)
    station.tick()
    station.arrives(station.line.pop())
    station.tick(20)

    assert station.here == ["pv-2"]
    assert len(station.line) == 1


def test_an_answer_that_the_hub_did_not_sign_changes_nothing(station: Station) -> None:
    station.confide(4)
    station.tick()
    (answer,) = send(station.hub, station.sample, station.line[0], Channel.PRIVATE).answers
    header = answer.payload.split(b"\n")[1]
    forged = envelope.sign(header, purpose=Purpose.PRIVATE_ANSWER, key=Ed25519PrivateKey.generate())
    for wrong in (forged, answer.payload.replace(b"pv-4", b"pv-5"), b"", b"rubbish"):
        station.private.answered(wrong)

    assert station.here == ["pv-4"]


def test_on_a_full_disk_nothing_is_confided_and_what_is_there_is_kept(station: Station) -> None:
    station.confide(6)
    station.tick()
    connection = station.journal._connection
    (used,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {used}")
    with pytest.raises(JournalFullError):
        for number in range(7, len(PHONES)):
            station.confide(number)
    full = station.here

    connection.execute("PRAGMA max_page_count = 1000000")
    station.power_cut()
    while station.here:
        station.tick(700)
        station.arrives(station.line.pop())

    assert full[0] == "pv-6"
    assert texts(station.hub) == [PHONES[int(value.removeprefix("pv-"))] for value in full]
