"""The journal: all of it or nothing, through kills, full disks, damage and a second agent."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody import chain
from custody.entries import Clock, Entry
from custody.events import DoorForced, EpochOpened, EpochReason, TimeHeard, VolumeReceived
from custody.identifiers import CourtId, PersonId, PlaceId, StationId, VolumeId
from custody.wire import decode_event
from edge.errors import EdgeError, JournalFullError, JournalUnusableError
from edge.journal import Journal, Moment, open_journal
from tests.support.processes import Process

COURT, STATION = CourtId("court-1"), StationId("cab-1")
NOW = Moment(boot="b", uptime=5, time=1_800_000_000_000, clock=Clock.SYNCHRONISED)
FORCED = DoorForced(place=PlaceId("cab-1.07"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(file: Path) -> Iterator[Journal]:
    opened = begun(file)
    yield opened
    opened.close()


def test_what_a_transaction_wrote_is_there_after_a_restart(file: Path) -> None:
    journal = begun(file)
    with journal.transaction(NOW) as transaction:
        transaction.append(FORCED)
        transaction.keep("session", b"kept")
    journal.close()

    again = open_journal(file, court=COURT, station=STATION)
    first, lines = again.lines("e1", 1, most=10, most_bytes=10_000)
    again.close()

    assert first == 1
    assert [read(line).fact for line in lines] == [EpochOpened(reason=EpochReason.FIRST), FORCED]
    assert again.current is not None
    assert again.current.tip == 2


def test_a_transaction_that_fails_leaves_nothing_behind(journal: Journal) -> None:
    before = journal.current
    with pytest.raises(ZeroDivisionError), journal.transaction(NOW) as transaction:
        transaction.append(FORCED)
        transaction.keep("session", b"half")
        raise ZeroDivisionError

    assert journal.current == before
    assert journal.kept("session") is None
    assert journal.lines("e1", 2, most=10, most_bytes=10_000)[1] == ()


def test_an_empty_transaction_touches_no_disk(journal: Journal, file: Path) -> None:
    before = file.with_name(file.name + "-wal").stat()
    with journal.transaction(NOW) as transaction:
        assert not transaction.wrote

    assert file.with_name(file.name + "-wal").stat() == before


def test_a_journal_whose_newest_entries_no_longer_give_their_links_is_not_gone_on_with(file: Path) -> None:
    journal = begun(file)
    with journal.transaction(NOW) as transaction:
        transaction.append(FORCED)
        transaction.append(FORCED)
    journal.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE events SET line = CAST(line || ' ' AS BLOB) WHERE sequence = 2")
    connection.close()

    with pytest.raises(JournalUnusableError) as refused:
        open_journal(file, court=COURT, station=STATION)

    assert (refused.value.key, refused.value.fields["why"]) == ("journal.corrupt", "e1.2")


def test_a_large_journal_is_not_read_whole_at_a_start(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(file).close()
    monkeypatch.setattr("edge.journal._MOST_PAGES", 1)
    asked: list[str] = []

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.set_trace_callback(asked.append)
        return connection

    open_journal(file, court=COURT, station=STATION, connect=connect).close()

    assert not any("quick_check" in one for one in asked)


@pytest.mark.parametrize("count", [1, 2, 40])
def test_the_links_chain_the_exact_bytes(journal: Journal, count: int) -> None:
    with journal.transaction(NOW) as transaction:
        for _ in range(count):
            transaction.append(FORCED)
    _, lines = journal.lines("e1", 1, most=100, most_bytes=10**6)
    links = chain.links(chain.origin(STATION, "e1"), lines)

    assert [journal.link("e1", number) for number in range(1, count + 2)] == list(links)
    assert journal.link("e1", 0) == chain.origin(STATION, "e1")
    assert [read(line).sequence for line in lines] == list(range(1, count + 2))


def test_a_batch_is_bounded_by_bytes_but_never_empty(journal: Journal) -> None:
    with journal.transaction(NOW) as transaction:
        for _ in range(5):
            transaction.append(FORCED)

    assert len(journal.lines("e1", 1, most=3, most_bytes=10**6)[1]) == 3
    assert len(journal.lines("e1", 1, most=10, most_bytes=1)[1]) == 1


def test_a_full_disk_refuses_and_loses_nothing(file: Path) -> None:
    journal = begun(file)
    connection = journal._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    written = 0
    with pytest.raises(JournalFullError):
        for _ in range(1000):
            with journal.transaction(NOW) as transaction:
                transaction.append(FORCED)
            written += 1
    tip = journal.current.tip if journal.current else 0
    room = journal.room()
    journal.close()

    again = open_journal(file, court=COURT, station=STATION)
    assert again.current is not None
    assert again.current.tip == tip == written + 1
    assert room < 20_000
    with again.transaction(NOW) as transaction:
        transaction.append(FORCED)
    assert again.current.tip == tip + 1
    again.close()


def test_a_kill_between_commit_and_effect_keeps_the_commit(file: Path, tmp_path: Path) -> None:
    """The process dies by SIGKILL right after the block ends, before it could have fired anything."""
    story = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.edge.test_journal import FORCED, NOW, begun\n"
        f"journal = begun(Path({str(file)!r}))\n"
        "with journal.transaction(NOW) as transaction:\n"
        "    transaction.append(FORCED)\n"
        "    transaction.keep('session', b'open')\n"
        "open_one = journal.transaction(NOW).__enter__()\n"
        "open_one.append(FORCED)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    doomed = Process([sys.executable, "-c", story], log=tmp_path / "log").start()
    doomed.wait()

    again = open_journal(file, court=COURT, station=STATION)
    assert again.current is not None
    assert (again.current.tip, again.kept("session")) == (2, b"open")
    again.close()


def test_two_agents_never_share_a_journal(journal: Journal, file: Path) -> None:
    with pytest.raises(EdgeError, match="in_use"):
        open_journal(file, court=COURT, station=STATION)


def test_the_lock_goes_with_the_process(file: Path) -> None:
    begun(file).close()

    open_journal(file, court=COURT, station=STATION).close()


def test_a_damaged_file_stops_the_agent_and_is_kept(file: Path) -> None:
    journal = begun(file)
    with journal.transaction(NOW) as transaction:
        for _ in range(200):
            transaction.append(FORCED)
    journal.close()
    damaged = bytearray(file.read_bytes())
    damaged[4096 : 4096 * 3] = b"\xff" * 4096 * 2
    file.write_bytes(damaged)

    with pytest.raises(JournalUnusableError) as stopped:
        open_journal(file, court=COURT, station=STATION)

    assert file.read_bytes() == bytes(damaged)
    assert "已损坏" in stopped.value.sentence()
    assert "damaged" in stopped.value.sentence()


def test_something_that_is_no_journal_is_not_touched(file: Path) -> None:
    file.write_bytes(b"this is a shopping list" * 100)

    with pytest.raises(JournalUnusableError, match="corrupt"):
        open_journal(file, court=COURT, station=STATION)

    assert file.read_bytes().startswith(b"this is")


def test_another_stations_journal_is_not_continued(file: Path) -> None:
    begun(file).close()

    with pytest.raises(JournalUnusableError) as stopped:
        open_journal(file, court=COURT, station=StationId("cab-2"))

    assert "cab-1" in stopped.value.sentence()


def test_a_new_epoch_names_the_tip_it_leaves(journal: Journal) -> None:
    left = journal.current
    assert left is not None
    with journal.transaction(NOW) as transaction:
        transaction.fork("e1")
        opened = transaction.open_epoch("e2", EpochReason.FORK, before_epoch="e1", before_sequence=left.tip)

    assert opened.fact == EpochOpened(
        reason=EpochReason.FORK, before_epoch="e1", before_sequence=left.tip, before_link=left.link.hex()
    )
    assert [(one.epoch, one.tip, one.forked, one.left) for one in journal.epochs] == [
        ("e1", 1, True, None),
        ("e2", 1, False, "e1"),
    ]


def test_a_history_that_is_not_ours_is_named_without_a_link(journal: Journal) -> None:
    with journal.transaction(NOW) as transaction:
        opened = transaction.open_epoch("e2", EpochReason.HISTORY_LOST, before_epoch="lost", before_sequence=80)

    assert isinstance(opened.fact, EpochOpened)
    assert (opened.fact.before_sequence, opened.fact.before_link) == (80, None)


def test_the_first_answer_to_a_command_stays_for_ever(journal: Journal) -> None:
    assert journal.result_of("c") is None
    for answer in (b"", b"opened", b"jammed"):
        with journal.transaction(NOW) as transaction:
            transaction.answer("c", answer)

    assert journal.result_of("c") == b"opened"


def test_entries_about_volumes_are_found_again(journal: Journal) -> None:
    received = VolumeReceived(volume=VolumeId("v-1"), label="V", place=PlaceId("cab-1"), person=PersonId("wang-min"))
    with journal.transaction(NOW) as transaction:
        transaction.append(received)
        transaction.append(FORCED)
        transaction.append(received)

    assert [entry.sequence for entry in journal.about_volumes_since("e1", 2)] == [4]
    assert [entry.sequence for entry in journal.about_volumes_since("e1", 1)] == [2, 4]
    assert [entry.sequence for entry in journal.about_volumes_since("elsewhere", 9)] == [2, 4]


def test_heard_times_alone_say_nothing_new(journal: Journal) -> None:
    with journal.transaction(NOW) as transaction:
        transaction.append(TimeHeard(hub_time=1, epoch="e1", upto=1))

    assert journal.says_more_than_time("e1", 0, 2)
    assert not journal.says_more_than_time("e1", 1, 2)


def test_the_oldest_record_that_waits_is_known(journal: Journal) -> None:
    assert journal.oldest_waiting() == NOW.time
    with journal.transaction(NOW) as transaction:
        transaction.acknowledge("e1", 1)

    assert journal.oldest_waiting() is None


def test_retention_removes_only_what_the_hub_has_and_never_the_last_of_that(journal: Journal) -> None:
    with journal.transaction(NOW) as transaction:
        for _ in range(9):
            transaction.append(FORCED)
        transaction.acknowledge("e1", 5)
    with journal.transaction(NOW) as transaction:
        gone = transaction.forget_upto(journal.with_hub())
    first, lines = journal.lines("e1", 1, most=100, most_bytes=10**6)

    assert gone == 4
    assert (first, len(lines)) == (6, 5)
    assert journal.link("e1", first - 1)
    with pytest.raises(JournalUnusableError):
        journal.link("e1", 3)


def test_the_numbers_of_disk_use_grow_with_what_is_written(journal: Journal) -> None:
    before = journal.size_between(0, NOW.time)
    with journal.transaction(NOW) as transaction:
        transaction.append(FORCED)

    assert journal.size_between(0, NOW.time) > before
    assert journal.first_time() == NOW.time


def test_the_journal_is_written_durably(journal: Journal) -> None:
    assert journal._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nobody_else_may_read_it(journal: Journal, file: Path) -> None:
    assert file.stat().st_mode & 0o077 == 0


def test_a_reader_beside_the_agent_sees_what_was_committed(journal: Journal, file: Path) -> None:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as reader:
        assert reader.execute("SELECT COUNT(*) FROM events").fetchone() == (1,)
    reader.close()


def begun(file: Path) -> Journal:
    """A journal with its first epoch."""
    journal = open_journal(file, court=COURT, station=STATION)
    with journal.transaction(NOW) as transaction:
        transaction.open_epoch("e1", EpochReason.FIRST)
    return journal


def read(line: bytes) -> Entry:
    entry = decode_event(line)
    assert isinstance(entry, Entry)
    return entry
