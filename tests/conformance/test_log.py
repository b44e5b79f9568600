"""The log over all chains, on SQLite and on PostgreSQL: its order, its tree, its checkpoints, and nothing undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from custody import checkpoints, envelope, merkle, wire
from custody.checkpoints import Checkpoint
from custody.events import CheckpointAccepted, DoorClosed, Doubt, LedgerContradicted, TimeHeard
from custody.identifiers import PlaceId
from custody.messages import CheckpointOffer
from custody.topics import Channel
from hub.bootstrap import Hub
from hub.checkpointing import offer
from hub.store.log import Tree, checkpoint_of, grow, index_of, log_of
from hub.store.tables import CheckpointRow, DiscrepancyRow, EntryRow, HeadRow, WitnessRow
from tests.hub.sample_court import CAB, COURT, STA, Sample, acks, enrolled, founded, send

P7 = PlaceId("cab-1.07")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.sqlite'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def hub(url: str, tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path, url=url) as made:
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    return enrolled(hub, tmp_path)


def log(hub: Hub) -> str:
    return hub.settings.hub_epoch


def leaves(hub: Hub) -> list[bytes]:
    """The leaves as the heads order them: log index, then sequence."""
    found: dict[int, bytes] = {}
    with hub.database.read() as session:
        for head in session.exec(select(HeadRow).where(HeadRow.log == log(hub))):
            under = (EntryRow.station == head.station, EntryRow.epoch == head.epoch, EntryRow.head == head.first)
            for entry in session.exec(select(EntryRow).where(*under)):
                found[index_of(head, entry.sequence)] = merkle.leaf_hash(entry.line)
    assert sorted(found) == list(range(len(found)))
    return [found[index] for index in sorted(found)]


def signed(hub: Hub) -> Checkpoint | None:
    row = hub.checkpointing.sign()
    return None if row is None else checkpoint_of(row)


def test_every_committed_entry_is_a_leaf_in_the_order_of_commit(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    desk = enrolled(hub, tmp_path, STA)
    cabinet.say(DoorClosed(place=P7), DoorClosed(place=P7))
    send(hub, cabinet, cabinet.batch(1, 2))
    send(hub, desk, desk.batch())
    send(hub, cabinet, cabinet.batch(1, 3))

    found = leaves(hub)

    assert found[-4:] == [merkle.leaf_hash(one) for one in (*cabinet.lines[:2], desk.lines[0], cabinet.lines[2])]
    with hub.database.read() as session:
        row = log_of(session, COURT, log(hub))
        assert row.size == len(found)
        assert Tree(session, COURT, log(hub)).root(row.size) == merkle.root(found)


def test_a_tree_in_tiles_says_the_same_as_one_in_memory(hub: Hub) -> None:
    """Sizes around every border of the tiles, up to where a third level begins."""
    with hub.database.write() as session:
        before = log_of(session, COURT, log(hub)).size
        added = [merkle.leaf_hash(b"%d" % number) for number in range(4400)]
        sizes = (1, 62, 63, 64, 65, 127, 128, 129, 4090, 4096, 4097, 4400)
        begun = 0
        for size in sizes:
            assert grow(session, COURT, log(hub), added[begun:size], worth=True) == before + begun
            begun = size
        tree = Tree(session, COURT, log(hub))
        stored = [tree._subtree(0, number) for number in range(before)]
        everything = stored + added
        for size in (one + before for one in sizes):
            assert tree.root(size) == merkle.root(everything[:size])
            for index in (0, size // 3, size - 1):
                assert tree.inclusion(index, size) == merkle.inclusion_proof(index, everything[:size])
            for smaller in (1, size // 2 or 1, size):
                assert tree.consistency(smaller, size) == merkle.consistency_proof(smaller, everything[:size])
        assert tree.root(0) == merkle.root([])


def test_a_checkpoint_is_signed_when_the_log_has_grown_by_what_is_worth_it(hub: Hub, cabinet: Sample) -> None:
    first = signed(hub)
    assert first is not None
    assert first.root == merkle.root(leaves(hub))
    assert signed(hub) is None, "nothing happened since"

    send(hub, cabinet, cabinet.batch())
    second = signed(hub)
    assert second is not None and second.size == first.size + 1

    cabinet.say(
        TimeHeard(hub_time=1, epoch="e1", upto=1),
        CheckpointAccepted(hub_epoch=log(hub), size=second.size, root=second.root.hex(), note=""),
    )
    send(hub, cabinet, cabinet.batch(2, 3))
    assert signed(hub) is None, "what only answers the hub asks for no answer"

    cabinet.say(DoorClosed(place=P7))
    send(hub, cabinet, cabinet.batch(4, 4))
    third = signed(hub)
    assert third is not None and third.size == second.size + 3


def test_a_note_is_kept_as_it_was_published_and_proven_to_extend_what_stations_named(hub: Hub, cabinet: Sample) -> None:
    first = signed(hub)
    assert first is not None
    cabinet.checkpoint = checkpoints.name(first)
    newest: Checkpoint | None = None
    for _ in range(3):
        cabinet.say(DoorClosed(place=P7))
        send(hub, cabinet, cabinet.batch())
        newest = signed(hub)
    assert newest is not None

    with hub.database.read() as session:
        made = offer(session, COURT, log(hub))
    assert made is not None
    text_of = envelope.open_note(made.note, name=f"yungui/{COURT}", keys=[hub.acting.own.key.public_key()])
    assert isinstance(text_of, str) and checkpoints.read_text(text_of, court=COURT) == newest
    proofs = {one.size: one.hashes for one in made.proofs}
    assert first.size in proofs and newest.size - 1 in proofs
    assert merkle.verify_consistency(first.size, newest.size, proofs[first.size], first.root, newest.root)


def test_a_station_that_greets_is_answered_with_a_proof_from_what_it_has(hub: Hub, cabinet: Sample) -> None:
    first = signed(hub)
    send(hub, cabinet, cabinet.batch())
    second = signed(hub)
    assert first is not None and second is not None
    cabinet.checkpoint = checkpoints.name(first)

    (ack,) = acks(send(hub, cabinet, cabinet.state(), Channel.STATE))

    made = ack.offer
    assert isinstance(made, CheckpointOffer) and made.heard == cabinet.checkpoint
    (proof,) = made.proofs
    assert merkle.verify_consistency(first.size, second.size, proof.hashes, first.root, second.root)
    with hub.database.read() as session:
        row = session.get(WitnessRow, (COURT, CAB))
    assert row is not None and (row.size, row.verdict) == (first.size, "agrees")


def test_a_hub_that_lost_what_a_station_saw_says_so_and_signs_no_more(hub: Hub, cabinet: Sample) -> None:
    first = signed(hub)
    assert first is not None
    cabinet.checkpoint = f"{log(hub)}.{first.size + 100}.{'ab' * 32}"

    send(hub, cabinet, cabinet.batch())
    send(hub, cabinet, cabinet.state(), Channel.STATE)

    with hub.database.read() as session:
        (found,) = session.exec(select(DiscrepancyRow)).all()
    assert (found.kind, found.station) == ("ledger_ahead", CAB)
    assert signed(hub) is None


def test_a_station_that_saw_another_history_is_told_of(hub: Hub, cabinet: Sample) -> None:
    first = signed(hub)
    assert first is not None
    for named in (f"{log(hub)}.{first.size}.{'ab' * 32}", "somewhere.1." + "ab" * 32, "nonsense"):
        cabinet.checkpoint = named
        send(hub, cabinet, cabinet.state(), Channel.STATE)
    cabinet.say(LedgerContradicted(why=Doubt.NOT_EXTENDING, accepted="x", note=""))
    send(hub, cabinet, cabinet.batch())

    with hub.database.read() as session:
        kinds = sorted(row.kind for row in session.exec(select(DiscrepancyRow)))
    assert kinds == ["ledger_differs", "ledger_not_extending", "ledger_strange", "ledger_strange"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET line = :bytes",
        "UPDATE entry SET link = :bytes",
        "UPDATE entry SET sequence = sequence + 1000",
        "UPDATE entry SET kind = 'door.opened'",
        "UPDATE entry SET received_at = 0",
        "DELETE FROM entry",
        "UPDATE head SET message = :bytes",
        "UPDATE head SET log_index = 7",
        "DELETE FROM head",
        "UPDATE checkpoint SET note = :bytes",
        "DELETE FROM checkpoint",
    ],
)
def test_the_database_itself_refuses_to_change_history(hub: Hub, cabinet: Sample, statement: str) -> None:
    send(hub, cabinet, cabinet.batch())
    assert signed(hub) is not None
    before = leaves(hub)

    values = {"bytes": b"forged"} if ":bytes" in statement else {}
    with pytest.raises(DBAPIError, match="history is only ever added to"), hub.database.write() as session:
        session.connection().execute(text(statement), values)

    assert leaves(hub) == before
    with hub.database.read() as session:
        assert len(session.exec(select(CheckpointRow)).all()) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["entry", "head", "checkpoint"])
def test_postgresql_refuses_to_empty_history(table: str, postgres_url: str, tmp_path: Path) -> None:
    refused = pytest.raises(DBAPIError, match="history is only ever added to")
    with founded(tmp_path, url=postgres_url) as hub, refused, hub.database.write() as session:
        session.connection().execute(text(f"TRUNCATE {table}"))


def test_bounds_in_time_still_shrink(hub: Hub, cabinet: Sample) -> None:
    """What is derived may change: a hub time that is heard narrows what came before it."""
    cabinet.say(DoorClosed(place=P7))
    send(hub, cabinet, cabinet.batch())
    cabinet.say(TimeHeard(hub_time=cabinet.now, epoch="e1", upto=2))
    send(hub, cabinet, cabinet.batch())

    with hub.database.read() as session:
        mine = select(EntryRow).where(col(EntryRow.station) == CAB, col(EntryRow.sequence) == 2)
        row = session.exec(mine).one()
    assert row.high is not None
    assert wire.decode_event(row.line) == cabinet.entries[1]
