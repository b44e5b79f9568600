"""Evidence of a door holds only while somebody watches it."""

from custody.events import BoardLost, DoorClosed, DoorsSensed, EpochOpened, EpochReason, Fact, StationStarted
from hub.core.watching import Glimpse, Ordered, Unwatched, came_after, unwatched
from tests.hub.core.samples import P7, P8, entry

STARTED = StationStarted(software="", wiring="")
SENSED = DoorsSensed(open=(), closed=(P7, P8))


def glimpse(fact: Fact, time: int, before: int | None = None) -> Glimpse:
    return Glimpse(entry(fact, time=time), time, before)


def test_from_the_last_entry_before_a_start_until_the_doors_are_sensed() -> None:
    glimpses = [glimpse(STARTED, 200, before=100), glimpse(SENSED, 210)]

    assert unwatched(P7, glimpses) == (Unwatched(100, 210),)


def test_a_first_start_has_nothing_before_it() -> None:
    assert unwatched(P7, [glimpse(STARTED, 200), glimpse(SENSED, 210)]) == (Unwatched(200, 210),)


def test_while_its_board_is_silent_a_door_is_not_watched() -> None:
    glimpses = [glimpse(BoardLost(places=(P7,)), 300), glimpse(SENSED, 400)]

    assert unwatched(P7, glimpses) == (Unwatched(300, 400),)
    assert unwatched(P8, glimpses) == ()


def test_a_second_start_before_the_doors_were_sensed_opens_no_second_interval() -> None:
    glimpses = [glimpse(STARTED, 200, 100), glimpse(STARTED, 220, 200), glimpse(BoardLost(places=(P7,)), 230)]

    assert unwatched(P7, glimpses) == (Unwatched(100, None),)


def test_doors_sensed_of_others_end_nothing() -> None:
    others = DoorsSensed(open=(P8,), closed=())
    glimpses = [glimpse(STARTED, 200, 100), glimpse(others, 210), glimpse(DoorClosed(place=P7), 220)]

    assert unwatched(P7, glimpses) == (Unwatched(100, None),)


def test_an_open_door_is_a_watched_one() -> None:
    sensed = DoorsSensed(open=(P7,), closed=())

    assert unwatched(P7, [glimpse(STARTED, 200, 100), glimpse(sensed, 210)]) == (Unwatched(100, 210),)


def test_a_station_that_lost_its_history_watched_nothing_since_its_last_entry() -> None:
    opened = EpochOpened(reason=EpochReason.HISTORY_LOST)
    glimpses = [glimpse(opened, 900, before=100), glimpse(STARTED, 901, before=900), glimpse(SENSED, 910)]

    assert unwatched(P7, glimpses) == (Unwatched(100, 910),)


def test_an_opening_counts_in_its_stations_own_order_and_against_others_in_the_one_of_all() -> None:
    evidence = Ordered(station="cab-1", position=7, point=500)

    assert came_after(Ordered(station="cab-1", position=8, point=500), evidence)
    assert not came_after(Ordered(station="cab-1", position=6, point=500), evidence)
    assert not came_after(evidence, evidence)
    assert came_after(Ordered(station="hub-1", position=1, point=501), evidence)
    assert not came_after(Ordered(station="hub-1", position=9, point=499), evidence)
