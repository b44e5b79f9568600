"""A damaged journal: the agent stops and says so; ``recover`` keeps the file and goes on with what can be read."""

from pathlib import Path

import pytest

from custody.entries import Entry
from custody.events import EpochOpened, EpochReason
from custody.wire import decode_event
from edge.cli.commands import main
from edge.errors import EdgeError
from edge.journal import open_journal
from tests.edge.test_full_disk import SETTINGS
from tests.edge.test_journal import COURT, FORCED, NOW, STATION, begun

PAGE = 4096


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A station with two thousand entries, whose card has gone bad in one place."""
    (tmp_path / "station.toml").write_text("\n".join(f"{key} = {value}" for key, value in SETTINGS.items()))
    journal = begun(tmp_path / "journal.sqlite")
    for _ in range(20):
        with journal.transaction(NOW) as transaction:
            for _ in range(100):
                transaction.append(FORCED)
            transaction.acknowledge("e1", 500)
            transaction.keep("blocked", b'["cab-1.03"]')
            transaction.answer("c-1", b"opened")
    journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()
    return tmp_path


def spoil(folder: Path, share: float) -> bytes:
    """Overwrite a few pages from that place of the file on."""
    file = folder / "journal.sqlite"
    data = bytearray(file.read_bytes())
    start = int(len(data) * share) // PAGE * PAGE
    data[start : start + 3 * PAGE] = b"\xa5" * (3 * PAGE)
    file.write_bytes(data)
    return bytes(data)


def test_what_can_be_read_is_taken_over_and_a_new_epoch_begins(folder: Path) -> None:
    damaged = spoil(folder, 0.5)
    with pytest.raises(EdgeError, match=r"journal\.corrupt"):
        open_journal(folder / "journal.sqlite", court=COURT, station=STATION)

    assert main(["recover", "--station", str(folder)]) == 0

    journal = open_journal(folder / "journal.sqlite", court=COURT, station=STATION)
    old, new = journal.epochs
    first = decode_event(journal.lines(new.epoch, 1, most=1, most_bytes=10_000)[1][0])
    kept, result = journal.kept("blocked"), journal.result_of("c-1")
    journal.close()
    (aside,) = folder.glob("damaged-*")
    assert (aside / "journal.sqlite").read_bytes() == damaged
    assert 100 < old.tip < 2_001
    assert old.acknowledged == min(old.tip, 500)
    assert isinstance(first, Entry)
    assert isinstance(first.fact, EpochOpened)
    assert (first.fact.reason, first.fact.before_epoch, first.fact.before_sequence) == (
        EpochReason.HISTORY_LOST,
        "e1",
        old.tip,
    )
    assert (kept, result) == (b'["cab-1.03"]', b"opened")


def test_where_nothing_can_be_read_the_station_begins_anew(folder: Path) -> None:
    (folder / "journal.sqlite").write_bytes(b"\xa5" * 200_000)

    assert main(["recover", "--station", str(folder)]) == 0

    assert not (folder / "journal.sqlite").exists()
    assert len(list(folder.glob("damaged-*/journal.sqlite"))) == 1


def test_a_sound_journal_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "journal.sqlite").read_bytes()

    assert main(["recover", "--station", str(folder)]) == 1

    assert (folder / "journal.sqlite").read_bytes() == before
    assert "没有损坏" in capsys.readouterr().err


def test_nothing_is_recovered_while_the_agent_runs(folder: Path) -> None:
    running = open_journal(folder / "journal.sqlite", court=COURT, station=STATION)
    try:
        assert main(["recover", "--station", str(folder)]) == 1
    finally:
        running.close()
