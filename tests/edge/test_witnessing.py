"""A station watches the hub: what it accepted survives restarts, and a hub that contradicts itself leaves evidence."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import checkpoints, envelope, wire
from custody.checkpoints import Checkpoint, note_text, origin_line
from custody.entries import Entry
from custody.events import CheckpointAccepted, Doubt, EpochReason, LedgerContradicted
from custody.identifiers import CourtId, StationId
from custody.merkle import consistency_proof, leaf_hash, root
from custody.messages import CheckpointOffer, NextRoot, Proof, Purpose, Recovery
from custody.roots import Handed
from edge.believing import Belief
from edge.clocks import Clocks
from edge.journal import Journal, open_journal
from edge.witnessing import Witness
from tests.edge.outpost import Outpost, grants
from tests.support.broker import Broker
from tests.support.ports import wait_until

COURT, STATION = CourtId("court-1"), StationId("cab-1")
HUB, ROOT, STRANGER, NEXT = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3, 4))
FINGERPRINT = envelope.fingerprint(ROOT.public_key())
LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
FORGED = [leaf_hash(b"forged %d" % number) for number in range(40)]
DAY = 86_400_000


class Hub:
    """What a hub would offer of its log."""

    def __init__(self, log: str = "c0ffee", leaves: list[bytes] = LEAVES, key: Ed25519PrivateKey = HUB) -> None:
        self.log, self.leaves, self.key = log, leaves, key
        self.recoveries: tuple[bytes, ...] = ()

    def at(self, size: int) -> Checkpoint:
        return Checkpoint(self.log, size, root(self.leaves[:size]))

    def offer(self, size: int, *froms: int, heard: str | None = None) -> CheckpointOffer:
        text = note_text(self.at(size), court=COURT, time=0)
        proofs = (Proof(size=n, hashes=tuple(consistency_proof(n, self.leaves[:size]))) for n in froms)
        return CheckpointOffer(
            court=COURT,
            note=envelope.sign_note(text, name=origin_line(COURT), key=self.key),
            proofs=tuple(proofs),
            recoveries=self.recoveries,
            heard=heard,
        )

    def recovered_from(self, before: Checkpoint, *, signed_by: Ed25519PrivateKey = ROOT) -> Hub:
        statement = Recovery(
            court=COURT,
            hub=StationId("hub-1"),
            hub_epoch=self.log,
            public_key=envelope.raw(HUB.public_key()).hex(),
            root_key=envelope.raw(signed_by.public_key()).hex(),
            before_epoch=before.log,
            size=before.size,
            root=before.root.hex(),
        )
        self.recoveries = (envelope.sign(wire.encode(statement), purpose=Purpose.RECOVERY, key=signed_by),)
        return self


class Station:
    """A journal, and what watches the hub over it; time is what the test says."""

    def __init__(self, folder: Path) -> None:
        self._file, self.now = folder / "journal.sqlite", 10 * DAY
        self.journal = self._opened()
        with self.journal.transaction(Clocks().moment()) as transaction:
            transaction.open_epoch("e1", EpochReason.FIRST)
        self.witness = self._witness()

    def _opened(self) -> Journal:
        return open_journal(self._file, court=COURT, station=STATION)

    def _witness(self) -> Witness:
        belief = Belief(HUB.public_key(), court=COURT, station=STATION, root=FINGERPRINT)
        return Witness(journal=self.journal, belief=belief, clocks=Clocks(), now=lambda: self.now)

    def restart(self) -> None:
        self.journal.close()
        self.journal = self._opened()
        self.witness = self._witness()

    def facts(self) -> list[object]:
        _, lines = self.journal.lines("e1", 1, most=500, most_bytes=10**6)
        entries = [wire.decode_event(line) for line in lines]
        return [one.fact for one in entries[1:] if isinstance(one, Entry)]

    def accepted(self) -> Checkpoint | None:
        return None if self.witness.name is None else checkpoints.named(self.witness.name)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path)
    yield made
    made.journal.close()


def test_the_first_is_accepted_recorded_and_kept_over_a_restart(station: Station) -> None:
    assert station.witness.name is None
    station.witness.meet(Hub().offer(5))
    station.restart()

    assert station.accepted() == Hub().at(5)
    (fact,) = station.facts()
    assert isinstance(fact, CheckpointAccepted)
    assert (fact.size, base64.b64decode(fact.note)) == (5, Hub().offer(5).note)


def test_one_a_day_is_recorded_however_many_are_accepted(station: Station) -> None:
    station.witness.meet(Hub().offer(5))
    for size in range(6, 20):
        station.witness.meet(Hub().offer(size, size - 1))
    assert (station.accepted(), len(station.facts())) == (Hub().at(19), 1)

    station.now += DAY
    station.witness.meet(Hub().offer(20, 19))

    assert len(station.facts()) == 2


def test_without_a_proof_one_is_asked_for_and_nothing_changes(station: Station) -> None:
    station.witness.meet(Hub().offer(5))

    assert station.witness.meet(Hub().offer(9, 4))
    assert station.accepted() == Hub().at(5)
    assert not station.witness.meet(Hub().offer(9, 5))
    assert station.accepted() == Hub().at(9)


def test_a_rewritten_log_is_refused_and_recorded_once(station: Station) -> None:
    station.witness.meet(Hub().offer(5))
    forged = Hub(leaves=FORGED)
    for size in (9, 10, 11):
        station.witness.meet(forged.offer(size, 5))
    station.restart()
    station.witness.meet(forged.offer(12, 5))

    assert station.accepted() == Hub().at(5)
    assert [fact for fact in station.facts() if isinstance(fact, LedgerContradicted)] == [
        LedgerContradicted(
            why=Doubt.NOT_EXTENDING,
            accepted=checkpoints.name(Hub().at(5)),
            note=base64.b64encode(forged.offer(9).note).decode(),
        )
    ]


def test_a_hub_that_answers_with_less_than_it_heard_of_is_rolled_back(station: Station) -> None:
    station.witness.meet(Hub().offer(9))
    station.witness.meet(Hub().offer(5))
    assert len(station.facts()) == 1, "an old offer the broker kept means nothing"

    station.witness.meet(Hub().offer(5, heard=station.witness.name))

    last = station.facts()[-1]
    assert isinstance(last, LedgerContradicted)
    assert last.why is Doubt.ROLLED_BACK


def test_what_the_hub_did_not_sign_is_not_even_evidence(station: Station) -> None:
    good = Hub().offer(5)
    station.witness.meet(Hub(key=STRANGER).offer(5))
    station.witness.meet(replace(good, note=good.note + b"x"))

    assert (station.accepted(), station.facts()) == (None, [])


def test_a_new_log_is_followed_only_with_the_roots_word(station: Station) -> None:
    station.witness.meet(Hub().offer(5))
    broken = Hub("beef").recovered_from(Hub().at(5))
    (statement,) = broken.recoveries
    for hub in (
        Hub("beef"),
        Hub("beef").recovered_from(Hub().at(5), signed_by=STRANGER),
        Hub("beef").recovered_from(Hub("feed").at(5)),
    ):
        station.witness.meet(hub.offer(3))
    for wrong in (b"nonsense", b"yg1 x", statement[:-2] + b"1}", statement.replace(b"court-1", b"court-2")):
        broken.recoveries = (wrong,)
        station.witness.meet(broken.offer(3))
    assert station.accepted() == Hub().at(5)

    station.witness.meet(Hub("beef").recovered_from(Hub().at(5)).offer(3))

    assert station.accepted() == Hub("beef").at(3)
    doubts = [fact.why for fact in station.facts() if isinstance(fact, LedgerContradicted)]
    assert doubts == [Doubt.UNRECOVERED]
    station.witness.meet(Hub().offer(9, 5))
    assert len(station.facts()) == 3, "what comes of the old log is old news"


def handed(*said: str, before: Ed25519PrivateKey = ROOT, after: Ed25519PrivateKey = NEXT) -> Handed:
    """The root before and the one after, naming each other."""
    pair = [envelope.raw(one.public_key()).hex() for one in (before, after)]
    words = wire.encode(NextRoot(court=COURT, before=pair[0], after=pair[1], said=said))
    return (
        envelope.sign(words, purpose=Purpose.NEXT_ROOT, key=before),
        envelope.sign(words, purpose=Purpose.NEXT_ROOT, key=after),
    )


def test_the_root_that_follows_is_believed_and_the_one_before_speaks_no_more(station: Station) -> None:
    station.witness.meet(Hub().offer(5))
    by_next, by_old = (Hub("beef").recovered_from(Hub().at(5), signed_by=one) for one in (NEXT, ROOT))
    station.witness.meet(by_next.offer(3))
    station.witness.meet(replace(by_next.offer(3), roots=(handed("c0ffee", before=STRANGER),)))
    assert station.accepted() == Hub().at(5), "nobody handed anything down"

    station.witness.meet(replace(Hub().offer(6, 5), roots=(handed("c0ffee"),)))
    station.restart()
    station.witness.meet(by_old.offer(3))
    assert station.accepted() == Hub().at(6), "what was heard once is not unlearnt"

    station.witness.meet(by_next.offer(3))
    assert station.accepted() == Hub("beef").at(3)


def test_a_recovery_that_leaves_out_what_was_seen_is_followed_and_recorded(station: Station) -> None:
    station.witness.meet(Hub().offer(9))
    station.witness.meet(Hub("beef").recovered_from(Hub().at(5)).offer(3))

    assert station.accepted() == Hub("beef").at(3)
    doubts = [fact for fact in station.facts() if isinstance(fact, LedgerContradicted)]
    assert [one.why for one in doubts] == [Doubt.RECOVERED_BEFORE]
    assert doubts[0].accepted == checkpoints.name(Hub().at(9))


@pytest.mark.system
@pytest.mark.broker
def test_over_the_wire_a_station_names_what_it_accepted_and_tells_of_a_forgery(
    tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker
) -> None:
    cabinet = Outpost(tmp_path_factory.mktemp("o"), tls_broker)
    try:
        cabinet.start(grants())
        log = Hub()
        cabinet.hub.offer(log.at(5))
        accepted = cabinet.hub.await_fact(CheckpointAccepted)
        cabinet.hub.await_state(lambda state: state.checkpoint is not None, what="a state that names it")
        assert accepted.size == 5

        cabinet.agent.kill()
        cabinet.restart_agent()
        cabinet.hub.offer(Hub(leaves=FORGED).at(5))
        contradicted = cabinet.hub.await_fact(LedgerContradicted)

        named = checkpoints.name(log.at(5))
        assert (contradicted.why, contradicted.accepted) == (Doubt.NOT_EXTENDING, named)
        wait_until(lambda: cabinet.hub.heads[-1].checkpoint == named, what="a head that names it")
    finally:
        cabinet.stop()


@pytest.mark.system
@pytest.mark.broker
def test_grants_of_another_hub_epoch_wait_for_the_roots_word_and_those_of_the_one_left_are_worth_nothing(
    tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker
) -> None:
    cabinet = Outpost(tmp_path_factory.mktemp("o"), tls_broker)
    settings = cabinet.folder / "station.toml"
    settings.write_text(re.sub('root_fingerprint = ".*"', f'root_fingerprint = "{FINGERPRINT}"', settings.read_text()))
    first, second = Hub("aaaa"), Hub("bbbb").recovered_from(Hub("aaaa").at(6))

    def told(checkpoint: Checkpoint) -> int:
        """The grants that hold once this one, said later than all else, is accepted."""
        name = checkpoints.name(checkpoint)
        cabinet.hub.presence(online=True)  # it answers with its state
        return cabinet.hub.await_state(lambda state: state.checkpoint == name, what=f"accepted {name}").grants_version

    try:
        cabinet.start(grants(version=3, hub_epoch="aaaa"))
        cabinet.hub.offer(first.at(5))
        cabinet.hub.await_fact(CheckpointAccepted)
        later = int(time.time() * 1000) + DAY

        cabinet.hub.grant(grants(version=7, hub_epoch="bbbb", issued=later), to=cabinet.sealing.public_key())
        cabinet.hub.offer(first.at(6), proofs=first.offer(6, 5).proofs)
        assert told(first.at(6)) == 3

        cabinet.hub.offer(second.at(3), recoveries=second.recoveries)
        cabinet.hub.await_state(lambda state: state.grants_version == 7, what="grants of the hub that was recovered")

        cabinet.hub.grant(grants(version=99, hub_epoch="aaaa", issued=later + 1), to=cabinet.sealing.public_key())
        cabinet.hub.offer(second.at(4), proofs=second.offer(4, 3).proofs)
        assert told(second.at(4)) == 7
    finally:
        cabinet.stop()
