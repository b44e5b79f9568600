"""Boards, time floor, nonces, room and patience."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.commands import NONCE_PERIOD
from custody.events import BoardLost, DoorsSensed
from custody.identifiers import PlaceId
from custody.messages import DoorState
from edge.core import floor
from edge.core.floor import Floor
from edge.core.freshness import Nonces, issue, renewal_due
from edge.core.gauge import RESERVE, room_days, room_to_act
from edge.core.patience import reconnect_after, still_expected
from edge.core.watch import Lost, Sensed, Watch, step

ONE, TWO, STRANGE = PlaceId("cab-1.01"), PlaceId("cab-1.02"), PlaceId("cab-2.01")
UPTIMES = st.integers(0, 10**10)


def test_a_watch_begins_when_every_door_was_read() -> None:
    watch, first = step(Watch(places=(ONE, TWO)), Sensed(TWO, DoorState.OPEN))
    watch, second = step(watch, Sensed(ONE, DoorState.CLOSED))
    watch, third = step(watch, Sensed(ONE, DoorState.OPEN))

    assert (first, second, third) == ((), (DoorsSensed(open=(TWO,), closed=(ONE,)),), ())


def test_a_door_that_is_not_read_yet_keeps_the_watch_from_beginning() -> None:
    watch, _ = step(Watch(places=(ONE, TWO)), Sensed(TWO, DoorState.OPEN))
    watch, _ = step(watch, Sensed(TWO, DoorState.UNKNOWN))
    watch, told = step(watch, Sensed(ONE, DoorState.CLOSED))

    assert (told, watch.complete) == ((), False)


def test_a_lost_board_is_told_once_and_its_return_begins_a_new_watch() -> None:
    watch, _ = step(Watch(places=(ONE,)), Sensed(ONE, DoorState.CLOSED))
    watch, lost = step(watch, Lost())
    watch, again = step(watch, Lost())
    watch, unknown = step(watch, Sensed(ONE, DoorState.UNKNOWN))
    watch, back = step(watch, Sensed(ONE, DoorState.OPEN))

    assert lost == (BoardLost(places=(ONE,)),)
    assert (again, unknown) == ((), ())
    assert back == (DoorsSensed(open=(ONE,), closed=()),)


def test_a_door_of_another_board_is_none_of_its_business() -> None:
    watch = Watch(places=(ONE,))

    assert step(watch, Sensed(STRANGE, DoorState.OPEN)) == (watch, ())


def test_the_floor_rises_with_monotonic_time_within_a_boot() -> None:
    heard = floor.heard(Floor(), 1_000_000, boot="a", uptime=500)

    assert floor.at(heard, boot="a", uptime=3_000) == Floor(time=1_002_500 - 1, boot="a", uptime=3_000)
    assert floor.at(heard, boot="a", uptime=500) == heard


def test_an_older_word_of_the_hub_raises_it_by_what_has_passed_alone() -> None:
    heard = floor.heard(Floor(), 1_000_000, boot="a", uptime=900_000)

    assert floor.heard(heard, 5, boot="a", uptime=901_000) == Floor(time=1_001_000, boot="a", uptime=901_000)


def test_after_a_reboot_this_boots_uptime_has_surely_passed() -> None:
    heard = floor.heard(Floor(), 1_000_000, boot="a", uptime=900_000)

    assert floor.at(heard, boot="b", uptime=4_000) == Floor(time=1_004_000 - 2, boot="b", uptime=4_000)


def test_before_any_signed_time_there_is_no_floor() -> None:
    assert floor.at(Floor(), boot="a", uptime=10**9).time == 0


@given(st.lists(st.tuples(st.sampled_from("ab"), UPTIMES, st.integers(0, 10**13)), max_size=20))
def test_the_floor_never_falls(heard: list[tuple[str, int, int]]) -> None:
    held = Floor()
    for boot, uptime, hub_time in heard:
        raised = floor.heard(held, hub_time, boot=boot, uptime=uptime)

        assert raised.time >= max(held.time, hub_time)
        held = raised


def test_the_newest_nonce_is_named_and_old_ones_are_forgotten() -> None:
    nonces = Nonces()
    assert nonces.newest == ""
    assert renewal_due(nonces) <= 0

    for number in range(30):
        nonces = issue(nonces, f"n{number}", number * NONCE_PERIOD)

    assert nonces.newest == "n29"
    assert renewal_due(nonces) == 30 * NONCE_PERIOD
    assert list(nonces.issued) == [f"n{number}" for number in range(10, 30)]


@pytest.mark.parametrize(("room", "enough"), [(RESERVE, False), (RESERVE + 1, True), (0, False)])
def test_nothing_new_begins_on_the_reserve(room: int, enough: bool) -> None:  # noqa: FBT001 - a table's column
    assert room_to_act(room) is enough


def test_days_of_room_follow_from_what_is_usual() -> None:
    day = 24 * 60 * 60 * 1000

    assert room_days(RESERVE + 1_000_000, written=100_000, over=day) == 10.0
    assert room_days(RESERVE - 1, written=100_000, over=day) == 0.0
    assert room_days(10**15, written=1, over=day) == 3650.0


@pytest.mark.parametrize(("written", "over"), [(0, 1000), (1000, 0)])
def test_days_of_room_are_not_known_without_a_past(written: int, over: int) -> None:
    assert room_days(10**9, written=written, over=over) is None


@given(st.integers(0, 1000), st.floats(0, 1, exclude_max=True))
def test_the_wait_before_the_next_attempt_is_bounded(tries: int, chance: float) -> None:
    assert 250 <= reconnect_after(tries, chance=chance) <= 30_000


def test_a_lock_whose_record_took_too_long_is_no_longer_expected_to_fire() -> None:
    assert [still_expected(ms) for ms in (0, 5_000, 5_001)] == [True, True, False]
