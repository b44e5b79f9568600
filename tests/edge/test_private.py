"""A party at a real journal: what is keyed in is sealed on disk at once, and gone again if nothing comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope
from custody.entries import Entry
from custody.events import Fact, ParcelDeposited, ValueConfided, ValueErased
from custody.identifiers import ActId, CourtId, PlaceId, StationId
from custody.messages import DoorState, PrivateMessage
from custody.private import Confided, commitment, unwrapped
from custody.refusals import JournalFull
from custody.wire import decode_event
from edge.core.door import Pulse
from edge.core.scene import Chosen, Entered, PulseReported
from edge.custodian import Custodian
from edge.journal import Journal, open_journal
from tests.edge.outpost import grants
from tests.edge.test_full_disk import Cabinet as DiskCabinet
from tests.edge.test_full_disk import Steered, fill, scene

PHONE = 13904170417
HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))


class Cabinet(DiskCabinet):
    """A custodian with grants that name the hub's key, and a party before it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clocks = folder, Steered()
        self.fired: list[tuple[PlaceId, ActId]] = []
        self.begin()

    def begin(self) -> None:
        self.journal: Journal = open_journal(
            self.folder / "journal.sqlite", court=CourtId("court-1"), station=StationId("cab-1")
        )
        self.custodian = Custodian(
            scene(self.folder), journal=self.journal, clocks=self.clocks, energise=lambda *one: self.fired.append(one)
        )
        given = grants(sealing_key=envelope.raw(HUB.public_key()).hex())
        self.custodian.hear(given.issued)
        self.custodian.start(given, software="1", wiring="w")
        for number in range(1, 7):
            self.sense(f"cab-1.{number:02}", DoorState.CLOSED)

    def power_cut(self) -> None:
        self.journal.close()
        self.begin()

    def touch(self, choice: str) -> None:
        self.custodian.meet(Chosen(choice, self.custodian.scene.desk.turn))

    def key_in(self, *numbers: int) -> None:
        for number in numbers:
            self.custodian.meet(Entered(number, self.custodian.scene.desk.turn))

    def leave_papers(self) -> None:
        """From the size of the compartment to the shut door."""
        self.touch("size:M")
        place, act = self.fired[-1]
        self.custodian.meet(PulseReported(place, act, Pulse.ACKNOWLEDGED))
        self.sense(place, DoorState.OPEN)
        self.sense(place, DoorState.CLOSED)

    def facts(self, kind: type[Fact]) -> list[Fact]:
        rows = self.journal._connection.execute("SELECT line FROM events ORDER BY position").fetchall()
        entries = [decode_event(bytes(line)) for (line,) in rows]
        return [one.fact for one in entries if isinstance(one, Entry) and isinstance(one.fact, kind)]

    def on_disk(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.iterdir() if path.is_file())

    @property
    def state(self) -> str:
        session = self.custodian.scene.desk.session
        return "" if session is None else session.state


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[Cabinet]:
    made = Cabinet(tmp_path)
    made.touch("drop_off")
    made.touch("for:wang-min")
    made.key_in(PHONE)
    yield made
    made.journal.close()


def test_it_is_sealed_to_the_hub_and_committed_to_before_anything_else_is_asked(cabinet: Cabinet) -> None:
    ((value, seal),) = cabinet.journal.private()
    (fact,) = cabinet.facts(ValueConfided)
    plain = envelope.unseal(seal, key=HUB)
    assert isinstance(plain, bytes) and isinstance(fact, ValueConfided)
    message = PrivateMessage(court=CourtId("court-1"), station=StationId("cab-1"), value=value, sealed=seal)
    kept = unwrapped(plain, message)

    assert isinstance(kept, Confided)
    assert (kept.text, commitment(kept)) == (str(PHONE), fact.commitment)
    assert str(PHONE).encode() not in cabinet.on_disk() and kept.salt.encode() not in cabinet.on_disk()
    assert cabinet.custodian.withheld() == (value,)


def test_who_cancels_takes_the_number_along(cabinet: Cabinet) -> None:
    cabinet.touch("cancel")

    assert cabinet.journal.private() == ()
    assert cabinet.kinds()[-2:] == [ValueConfided.kind, ValueErased.kind]
    assert cabinet.custodian.withheld() == ()


def test_a_power_cut_loses_nothing_and_asks_for_nothing_twice(cabinet: Cabinet) -> None:
    cabinet.power_cut()
    cabinet.key_in(1, 0, 0, 2)
    cabinet.power_cut()
    cabinet.leave_papers()
    (left,) = cabinet.facts(ParcelDeposited)

    assert isinstance(left, ParcelDeposited) and len(left.papers) == 3
    assert [value for value, _ in cabinet.journal.private()] == [f"pv-{left.parcel.removeprefix('pc-')}"]
    assert len(cabinet.facts(ValueConfided)) == 1
    assert cabinet.custodian.withheld() == ()


def test_what_lies_here_is_known_after_a_power_cut_without_the_hub(cabinet: Cabinet) -> None:
    cabinet.key_in(1, 0, 0, 2)
    cabinet.leave_papers()
    before = cabinet.custodian.scene.parcels
    cabinet.power_cut()

    assert len(before) == 1
    assert cabinet.custodian.scene.parcels == before


def test_on_a_full_disk_nothing_is_asked_further_and_nothing_is_kept(tmp_path: Path) -> None:
    made = Cabinet(tmp_path)
    made.touch("drop_off")
    made.touch("for:wang-min")
    fill(made)
    made.key_in(PHONE)

    assert made.custodian.scene.desk.refusal == JournalFull()
    assert made.state == "phone"
    assert made.journal.private() == ()
    assert made.facts(ValueConfided) == []
    made.journal.close()
