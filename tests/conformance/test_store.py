"""What every database of the hub must do: one suite, run on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from audit.verify import Consistent, verify
from custody import envelope
from custody.archiving import stand
from custody.entries import Entry
from custody.events import (
    CompartmentVerified,
    DoorClosed,
    EpochReason,
    Grade,
    Step,
    StepFinished,
    TimeHeard,
    VolumeCollected,
    VolumeDeposited,
    VolumeReceived,
)
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.messages import Verdict
from custody.timing import locate_all
from custody.wire import decode_event
from hub.bootstrap import Hub, assemble
from hub.core.discrepancies import of_standing
from hub.errors import HubError
from hub.store.database import Database, reading
from hub.store.migrating import configuration, migrate
from hub.store.standings import holding_of, progress_of
from hub.store.tables import METADATA, DiscrepancyRow, EntryRow, IncidentRow, LabelRow, StandingRow
from tests.hub.sample_court import CAB, CLERK, COURT, STA, Sample, acks, enrolled, founded, registered, send

P7, P8 = PlaceId("cab-1.07"), PlaceId("cab-1.08")
ACT = ActId("a1")
PORTER = PersonId("p-porter")


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


def deposited(volume: VolumeId, place: PlaceId = P7, *, person: PersonId = CLERK) -> VolumeDeposited:
    return VolumeDeposited(
        volume=volume, label="V0000000", place=place, person=person, recipient="queue:scanning", act=ACT
    )


def collected(volume: VolumeId, place: PlaceId = P7, *, person: PersonId = PORTER) -> VolumeCollected:
    return VolumeCollected(
        volume=volume,
        label="V0000000",
        place=place,
        person=person,
        recipient="queue:scanning",
        grade=Grade.SCANNED,
        act=ACT,
    )


def stored_lines(hub: Hub, station: str = CAB) -> list[bytes]:
    with hub.database.read() as session:
        mine = (col(EntryRow.court) == COURT, col(EntryRow.station) == station)
        return list(session.exec(select(EntryRow.line).where(*mine).order_by(col(EntryRow.position))))


# --- tables ---------------------------------------------------------------------------------------------------------


def test_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    Database(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)

    assert differences == []
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_every_row_bears_its_court() -> None:
    assert [name for name, table in METADATA.tables.items() if "court" not in table.primary_key.columns] == []


def test_a_second_hub_process_is_refused_and_told_the_remedy(hub: Hub) -> None:
    with pytest.raises(HubError, match=r"另一个中心进程.*\n.*another hub process"):
        Database(hub.settings.database)


def test_a_reader_sees_one_moment_and_disturbs_nobody(hub: Hub, cabinet: Sample) -> None:
    volume = registered(hub, 1)[0]
    cabinet.say(deposited(volume))
    with hub.database.read() as session:
        before = session.get(StandingRow, (COURT, volume))
        assert before is not None
        assert before.kind == "unaccounted"
        send(hub, cabinet, cabinet.batch())
        session.expire_all()
        again = session.get(StandingRow, (COURT, volume))
        assert again is not None
        assert again.kind == "unaccounted"

    with hub.database.read() as session:
        after = session.get(StandingRow, (COURT, volume))
        assert after is not None
        assert after.place == P7


def test_a_reader_cannot_write(hub: Hub) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"), hub.database.read() as session:
        session.add(LabelRow(court=COURT, label="x", volume="y", attached=True, at=0))
        session.flush()


def test_an_error_undoes_the_whole_transaction(hub: Hub) -> None:
    with pytest.raises(IntegrityError), hub.database.write() as session:
        session.add(LabelRow(court=COURT, label="x", volume="y", attached=True, at=0))
        session.flush()
        session.expunge_all()
        session.add(LabelRow(court=COURT, label="x", volume="z", attached=True, at=0))
        session.flush()

    with hub.database.read() as session:
        assert session.get(LabelRow, (COURT, "x")) is None


def test_writing_inside_a_transaction_of_the_same_thread_is_a_mistake(hub: Hub) -> None:
    with hub.database.write(), pytest.raises(RuntimeError, match="open in this thread"), hub.database.write():
        pass


def test_it_goes_on_after_its_connections_were_dropped(hub: Hub, cabinet: Sample) -> None:
    hub.database.reopen()

    assert send(hub, cabinet, cabinet.batch()).code == "committed"


# --- the ledger ---------------------------------------------------------------------------------------------------


def test_a_batch_is_kept_byte_for_byte_and_acknowledged(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(DoorClosed(place=P7))

    disposition = send(hub, cabinet, cabinet.batch())

    assert stored_lines(hub) == cabinet.lines
    ack = acks(disposition)[0]
    assert (ack.verdict, ack.epoch, ack.upto) == (Verdict.COMMITTED, "e1", 2)


def test_the_same_batch_again_changes_nothing_and_is_acknowledged_again(hub: Hub, cabinet: Sample) -> None:
    volume = registered(hub, 1)[0]
    cabinet.say(deposited(volume))
    send(hub, cabinet, cabinet.batch())
    before = everything(hub)

    again = send(hub, cabinet, cabinet.batch())

    assert (again.code, acks(again)[0].verdict, acks(again)[0].upto) == ("repeated", Verdict.COMMITTED, 2)
    assert everything(hub) == before


def test_of_an_overlapping_batch_only_what_is_new_is_appended(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.batch())
    cabinet.say(DoorClosed(place=P7), DoorClosed(place=P8))

    send(hub, cabinet, cabinet.batch(1, 2))
    send(hub, cabinet, cabinet.batch(2, 3))

    assert stored_lines(hub) == cabinet.lines


def test_a_gap_is_asked_for_and_never_stored(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(DoorClosed(place=P7), DoorClosed(place=P8))

    disposition = send(hub, cabinet, cabinet.batch(3))

    assert (disposition.code, acks(disposition)[0].verdict, acks(disposition)[0].upto) == ("gap", Verdict.GAP, 0)
    assert stored_lines(hub) == []


def test_a_fork_is_kept_raised_and_does_not_stop_what_comes(hub: Hub, cabinet: Sample) -> None:
    other = Sample(id=CAB, key=cabinet.key, entries=list(cabinet.entries), lines=list(cabinet.lines))
    cabinet.say(DoorClosed(place=P7))
    other.say(DoorClosed(place=P8))
    send(hub, cabinet, cabinet.batch())

    forked = other.batch()
    disposition = send(hub, other, forked)
    other.open_epoch("e2", EpochReason.FORK)
    after = send(hub, other, other.batch())

    assert (acks(disposition)[0].verdict, acks(disposition)[0].at) == (Verdict.FORK, 2)
    assert after.code == "committed"
    kinds = sorted((one.kind, one.entry) for one in hub.queries.discrepancies(resolved=False))
    assert kinds == [("fork", "cab-1.e1.2"), ("fork", "cab-1.e2.1")]
    with hub.database.read() as session:
        assert session.exec(select(IncidentRow.message)).one() == forked


def test_entries_of_a_kind_nobody_knows_are_kept_and_shown(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(DoorClosed(place=P7))
    strange = cabinet.lines[1].replace(b"yungui.door.closed", b"yungui.door.sung")

    disposition = send(hub, cabinet, cabinet.signed_lines([cabinet.lines[0], strange], first=1, before=cabinet.link(0)))

    assert disposition.code == "committed"
    assert stored_lines(hub) == [cabinet.lines[0], strange]
    with hub.database.read() as session:
        assert session.get(EntryRow, (COURT, CAB, "e1", 2)).kind == "unrecognised"  # type: ignore[union-attr]


def test_an_export_is_what_a_verifier_wants(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    volumes = registered(hub, 1, 2, 3)
    cabinet.say(*map(deposited, volumes))
    send(hub, cabinet, cabinet.batch(1, 2))
    send(hub, cabinet, cabinet.batch())
    cabinet.open_epoch("e2", EpochReason.HISTORY_LOST)
    send(hub, cabinet, cabinet.batch())
    root = envelope.public_key(hub.settings.root_key)
    assert root is not None

    result = verify(hub.queries.export(), root=envelope.fingerprint(root))

    assert isinstance(result, Consistent), result
    assert (result.volumes, result.holdings) == (3, {"at_place": 3})
    beside = reading(hub.settings.database)
    with beside() as session:
        assert len(session.exec(select(EntryRow)).all()) == result.events


def test_a_hub_that_starts_again_knows_what_it_knew(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.batch())
    before = everything(hub)
    hub.close()

    with assemble(hub.settings) as again:
        assert everything(again) == before
        cabinet.say(DoorClosed(place=P7))
        assert send(again, cabinet, cabinet.batch(2)).code == "committed"


# --- any order of arrival ---------------------------------------------------------------------------------------------


def a_day(hub: Hub, cabinet: Sample, station: Sample) -> list[tuple[Sample, int, int]]:
    """Volumes that wander between a cabinet and a station, with contradictions, looks and hub times in between."""
    one, two, three = registered(hub, 1, 2, 3)
    start = cabinet.now
    cabinet.say(deposited(one), deposited(two), deposited(three, P8), after=10)
    cabinet.say(TimeHeard(hub_time=start + 40, epoch="e1", upto=3), collected(one), collected(two), after=10)
    station.now = start + 30  # before the cabinet's collection, as far as anybody knows
    station.say(
        VolumeReceived(volume=one, label="V", place=PlaceId(STA), person=PORTER),
        VolumeReceived(volume=three, label="V", place=PlaceId(STA), person=PORTER),
        StepFinished(volume=one, label="V", step=Step.PREPARED, place=PlaceId(STA), person=PORTER, pages=99),
        StepFinished(volume=two, label="V", step=Step.SCANNED, place=PlaceId(STA), person=PORTER, pages=99),
        after=10,
    )
    station.say(TimeHeard(hub_time=start + 90, epoch="e1", upto=4), after=5)
    cabinet.say(CompartmentVerified(place=P8, person=CLERK, act=ACT, contents=(two,)), after=30)
    cabinet.say(TimeHeard(hub_time=start + 200, epoch="e1", upto=8), deposited(one, P8), after=10)
    return [
        *((cabinet, n, n + 1) for n in range(1, len(cabinet.lines), 2)),
        *((station, n, n) for n in range(1, len(station.lines) + 1)),
    ]


def everything(hub: Hub) -> dict[str, object]:
    """All projections and bounds, with nothing of when things arrived."""
    with hub.database.read() as session:
        standings = {row.volume: row.model_dump() for row in session.exec(select(StandingRow))}
        found = {row.discrepancy: row.model_dump() for row in session.exec(select(DiscrepancyRow))}
        bounds = {
            (row.station, row.epoch, row.sequence): (row.position, row.low, row.high, row.point)
            for row in session.exec(select(EntryRow))
            if row.station != hub.settings.hub
        }
    return {"standings": standings, "discrepancies": found, "bounds": bounds}


def compared_with_a_fold_of_all_lines(hub: Hub) -> set[str]:
    """What custody alone makes of the stored lines is what stands in the rows; the discrepancies it finds."""
    with hub.database.read() as session:
        lines = session.exec(select(EntryRow.line)).all()
        rows = session.exec(select(StandingRow)).all()
        found = set(session.exec(select(DiscrepancyRow.discrepancy)))
    located = locate_all(one for one in map(decode_event, lines) if isinstance(one, Entry))
    standings = [stand(VolumeId(row.volume), located) for row in rows]

    assert [(one.held.holding, one.progress) for one in standings] == [
        (holding_of(row), progress_of(row)) for row in rows
    ]
    assert found == {one.id for standing in standings for one in of_standing(standing)}
    return found


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_arrival_gives_the_same(hub: Hub, cabinet: Sample, tmp_path: Path, seed: int) -> None:
    """Batches of a station come in order, or are asked for again; those of different stations in any."""
    station = enrolled(hub, tmp_path, STA)
    batches = a_day(hub, cabinet, station)
    random = Random(seed)
    random.shuffle(batches)
    waiting = batches
    while waiting:
        waiting = [
            (sample, first, last)
            for sample, first, last in waiting
            if send(hub, sample, sample.batch(first, min(last, len(sample.lines)))).code == "gap"
        ]

    assert (stored_lines(hub, CAB), stored_lines(hub, STA)) == (cabinet.lines, station.lines)
    assert len(compared_with_a_fold_of_all_lines(hub)) >= 3


def test_each_account_that_there_was_gets_a_name_for_the_chain(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        settings = configuration()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0007")
        for user in ("wangmin", "lina"):
            row = {"court": COURT, "user": user, "person": f"p-{user}", "name": user, "roles": "staff"}
            more = {"password": "x", "failures": 0, "locked_until": 0, "created": 1, "disabled": False, "sealed": False}
            table = sa.table("account", *map(sa.column, (*row, *more)))
            connection.execute(sa.insert(table).values({**row, **more}))

    migrate(engine)

    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT account, invited_until FROM account")).all()
    engine.dispose()
    assert len({account for account, _ in found}) == 2
    assert all(account.startswith("a-") and until is None for account, until in found)
