"""Power cuts at any moment: what was promised is on disk, whole transactions or none, in the journal and at the hub."""

from unittest.mock import patch

from tests.soak import through_apsw
from tests.soak.power import Figures, hub_life, measure
from tests.soak.power_journal import JournalLife


def troubles(figures: Figures) -> tuple[int, int, int]:
    return figures.cuts, figures.lost, figures.broken


def test_no_promised_entry_is_lost_from_the_journal() -> None:
    assert troubles(measure(JournalLife(), cuts=150, seed=7, each=30)) == (150, 0, 0)


def test_no_acknowledged_batch_is_lost_at_the_hub() -> None:
    with hub_life() as hub:
        assert troubles(measure(hub, cuts=60, seed=7, each=20)) == (60, 0, 0)


def test_without_syncs_the_same_cuts_lose_entries() -> None:
    """Or these tests would find nothing."""
    off = measure(JournalLife(), cuts=60, seed=7, each=20, synchronous="OFF")
    normal = measure(JournalLife(), cuts=60, seed=7, each=20, synchronous="NORMAL")

    assert off.lost + off.broken > 0
    assert normal.lost + normal.broken > 0


def test_the_rollback_journal_of_the_first_minute_never_comes_back() -> None:
    """It would undo everything since: its end must be synced, too."""
    connect = through_apsw.connect

    def hurried(*words: object, **named: object) -> object:
        connection = connect(*words, **named)  # type: ignore[arg-type]
        connection.overrides["PRAGMA synchronous = EXTRA"] = "PRAGMA synchronous = FULL"  # type: ignore[attr-defined]
        return connection

    with patch.object(through_apsw, "connect", hurried):
        without = measure(JournalLife(), cuts=200, seed=1, each=50)

    assert without.lost > 0
    assert troubles(measure(JournalLife(), cuts=200, seed=1, each=50)) == (200, 0, 0)
