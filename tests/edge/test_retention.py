"""Records go when the hub has had them for long enough: in the order they came, whatever the wall clock said."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from custody.entries import Clock
from custody.events import DoorForced, EpochReason
from custody.identifiers import CourtId, PlaceId, StationId
from edge import retention
from edge.clocks import Clocks
from edge.journal import Moment, open_journal
from edge.retention import Retention

DAY = 86_400_000
START = 1_800_000_000_000
FORCED = DoorForced(place=PlaceId("cab-1.07"))


class Days(Clocks):
    """Time in days, and a wall clock that may be wrong by as many."""

    def __init__(self) -> None:
        self.passed, self.wrong = 0, 0

    def uptime(self) -> int:
        return self.passed * DAY

    def moment(self) -> Moment:
        time = START + (self.passed + self.wrong) * DAY
        return Moment(boot="b", uptime=self.uptime(), time=time, clock=Clock.UNSYNCHRONISED)


class Station:
    def __init__(self, folder: Path) -> None:
        self.clocks = Days()
        self.journal = open_journal(folder / "journal.sqlite", court=CourtId("c"), station=StationId("cab-1"))
        with self.journal.transaction(self.clocks.moment()) as transaction:
            transaction.open_epoch("e1", EpochReason.FIRST)
        floor = SimpleNamespace(view=lambda: SimpleNamespace(now=START + self.clocks.passed * DAY))
        self.retention = Retention(self.journal, floor, self.clocks, days=90)  # type: ignore[arg-type]

    def say(self, count: int = 1) -> None:
        with self.journal.transaction(self.clocks.moment()) as transaction:
            for _ in range(count):
                transaction.append(FORCED)

    def acknowledge(self) -> None:
        assert self.journal.current is not None
        with self.journal.transaction(self.clocks.moment()) as transaction:
            transaction.acknowledge("e1", self.journal.current.tip)

    def live(self, days: int) -> None:
        for _ in range(days):
            self.clocks.passed += 1
            self.retention.tick()

    def kept(self) -> list[int]:
        return [sequence for (sequence,) in self.journal._ask("SELECT sequence FROM events ORDER BY sequence")]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path)
    yield made
    made.journal.close()


def test_what_the_hub_has_goes_after_its_days_and_not_before(station: Station) -> None:
    station.say(4)
    station.acknowledge()
    station.live(90)
    before = station.kept()
    station.live(2)

    assert before == [1, 2, 3, 4, 5]
    assert station.kept() == [5]


def test_what_waits_is_kept_for_ever(station: Station) -> None:
    station.say(4)
    station.live(400)

    assert station.kept() == [1, 2, 3, 4, 5]


def test_a_wall_clock_set_back_by_years_deletes_nothing_early(station: Station) -> None:
    """Otherwise a hub restored from a backup could not ask for it again."""
    station.say(2)
    station.clocks.wrong = -3650
    station.say(2)
    station.clocks.wrong = 0
    station.say(2)
    station.acknowledge()
    station.live(60)

    assert station.kept() == [1, 2, 3, 4, 5, 6, 7]


def test_a_record_after_a_long_rest_can_still_be_sent(station: Station) -> None:
    """What is sent next begins with the link after the last record that the hub has."""
    station.say(4)
    station.acknowledge()
    station.live(200)
    station.say()
    station.live(2)

    assert station.journal.lines("e1", 6, most=10, most_bytes=10_000)[0] == 6
    assert station.journal.link("e1", 5)


def test_a_journal_that_grows_too_large_gives_up_its_oldest_records(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        station.say()
        station.acknowledge()
        station.live(1)
    monkeypatch.setattr(retention, "MOST_BYTES", 1)
    station.live(1)

    assert 1 not in station.kept()
    assert station.kept()[-5:] == [17, 18, 19, 20, 21]
    assert station.kept() == list(range(station.kept()[0], 22))


def test_marks_that_cannot_be_read_only_delay(station: Station) -> None:
    station.say(2)
    station.acknowledge()
    with station.journal.transaction(replace(station.clocks.moment())) as transaction:
        transaction.keep("retention", b"?")
    station.live(1)

    assert station.kept() == [1, 2, 3]
