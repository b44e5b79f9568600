"""When it happened: bounds that no clock can fake, and one order for everybody."""

from dataclasses import replace
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from custody.entries import Entry
from custody.events import DoorForced, EpochOpened, EpochReason, Fact, TimeHeard
from custody.identifiers import PlaceId, StationId
from custody.timing import Interval, Located, locate, locate_all, overlap
from tests.custody.court import CABINET, EPOCH, NOW, STATION, chain

FORCED = DoorForced(place=PlaceId("cab-1.01"))


def heard(hub_time: int, upto: int = 0) -> TimeHeard:
    return TimeHeard(hub_time=hub_time, epoch=EPOCH, upto=upto)


def intervals(*facts: Fact) -> list[Interval]:
    return [one.interval for one in locate(chain(facts))]


def test_without_the_hub_nothing_is_known_but_the_clock() -> None:
    first, second = locate(chain([FORCED, FORCED]))

    assert first.interval == Interval(0, None)
    assert (first.point, second.point) == (NOW + 1000, NOW + 2000)


def test_what_was_committed_happened_before_the_hub_said_so() -> None:
    committed, saying, after = intervals(FORCED, heard(NOW + 1500, upto=1), FORCED)

    assert committed == Interval(0, NOW + 1500)
    assert saying == Interval(NOW + 1500, None)
    assert after.earliest == NOW + 1500 + 1000  # a second of monotonic time later
    assert after.latest is None


def test_monotonic_time_carries_bounds_both_ways_and_allows_for_drift() -> None:
    said: list[Fact] = [heard(NOW), *[FORCED] * 9, heard(NOW + 100_000, upto=10)]
    entries = [replace(one, uptime=one.sequence * 10_000) for one in chain(said)]

    located = locate(entries)

    assert located[1].interval.earliest == NOW + 10_000 - 5
    assert located[8].interval.latest == NOW + 100_000 - (10_000 - 5)


def test_elapsed_time_is_not_carried_across_a_boot_nor_backwards() -> None:
    entries = chain([heard(NOW), FORCED, FORCED])
    booted = [entries[0], replace(entries[1], boot="b2"), replace(entries[2], boot="b2", uptime=0)]

    assert [one.interval.earliest for one in locate(booted)] == [NOW, NOW, NOW]


def test_a_clock_gone_wild_is_held_inside_the_bounds() -> None:
    entries = chain([heard(NOW), FORCED, heard(NOW + 5000, upto=2)])
    wild = [entries[0], replace(entries[1], time=NOW * 2), entries[2]]

    assert [one.point for one in locate(wild)] == [NOW + 1000, NOW + 5000, NOW + 5000]


def test_the_earliest_of_two_commitments_counts() -> None:
    committed, *_ = intervals(FORCED, heard(NOW + 9000, upto=1), heard(NOW + 4000, upto=1))

    assert committed.latest == NOW + 4000


def test_a_hub_whose_clock_was_set_back_widens_the_interval() -> None:
    _, between, _ = intervals(heard(NOW), FORCED, heard(NOW - 60_000, upto=2))

    assert between == Interval(NOW - 60_000, NOW + 1000)


facts = st.lists(
    st.one_of(
        st.just(FORCED),
        st.builds(heard, st.integers(NOW - 50_000, NOW + 50_000), st.integers(0, 12)),
    ),
    min_size=1,
    max_size=12,
)


@st.composite
def chains(draw: st.DrawFn, station: StationId = CABINET) -> list[Entry]:
    """A chain with clocks and boots as bad as they come."""
    boot, made = 1, []
    for entry in chain(draw(facts), station):
        boot += draw(st.booleans())
        made.append(
            replace(
                entry,
                boot=f"b{boot}",
                uptime=draw(st.integers(0, 100_000)),
                time=draw(st.integers(0, NOW * 2)),
            )
        )
    return made


@given(chains())
def test_intervals_and_points_never_run_backwards_within_a_station(entries: list[Entry]) -> None:
    located = locate(entries)

    for one, other in pairwise(located):
        assert one.interval.earliest <= other.interval.earliest
        assert other.interval.latest is None or (
            one.interval.latest is not None and one.interval.latest <= other.interval.latest
        )
        assert one.point <= other.point
        assert one.key < other.key
    for one in located:
        assert one.interval.earliest <= one.point
        assert one.interval.latest is None or one.point <= one.interval.latest


@given(chains(CABINET), chains(STATION))
def test_disjoint_intervals_order_and_nothing_else_overlaps(here: list[Entry], there: list[Entry]) -> None:
    for one in locate(here):
        for other in locate(there):
            if not overlap(one, other):
                earlier = one.interval.latest is not None and one.interval.latest < other.interval.earliest
                assert (one.point < other.point) is earlier
            assert overlap(one, other) is overlap(other, one)


def test_entries_of_one_station_never_overlap() -> None:
    first, second = locate(chain([FORCED, FORCED]))

    assert not overlap(first, second)


@given(chains(CABINET), chains(STATION), st.randoms())
def test_the_one_order_does_not_depend_on_arrival(here: list[Entry], there: list[Entry], random: Random) -> None:
    arrived = [*here, *there]
    shuffled = random.sample(arrived, len(arrived))

    assert locate_all(shuffled) == locate_all(arrived)


def opened(before: str | None) -> EpochOpened:
    return EpochOpened(reason=EpochReason.HISTORY_LOST, before_epoch=before)


def epochs(*names: tuple[str, str | None]) -> list[Entry]:
    return [one for name, before in names for one in chain([opened(before), FORCED], epoch=name)]


def order(located: tuple[Located, ...]) -> list[str]:
    return list(dict.fromkeys(one.entry.epoch for one in located))


@given(st.randoms())
def test_an_epoch_comes_after_the_one_it_left_behind_whatever_their_ids(random: Random) -> None:
    entries = epochs(("ff", None), ("00", "ff"), ("77", "00"))

    assert order(locate_all(random.sample(entries, len(entries)))) == ["ff", "00", "77"]


@given(st.randoms())
def test_branches_and_circles_stand_in_one_order_too(random: Random) -> None:
    branches = epochs(("ff", None), ("bb", "ff"), ("aa", "ff"))
    circle = epochs(("aa", "bb"), ("bb", "aa"))

    assert order(locate_all(random.sample(branches, len(branches)))) == ["ff", "aa", "bb"]
    assert order(locate_all(random.sample(circle, len(circle)))) == order(locate_all(circle))


def test_a_station_that_lost_its_journal_goes_on_after_what_it_had_before() -> None:
    """It began anew before the hub could tell it so: its clock, not the random id of the epoch, says so."""
    first = chain([EpochOpened(reason=EpochReason.FIRST), FORCED], epoch="ff")
    later = [replace(one, time=one.time + 1) for one in chain([EpochOpened(reason=EpochReason.FIRST)], epoch="00")]

    located = locate_all([*later, *first])

    assert list(dict.fromkeys(one.entry.epoch for one in sorted(located, key=lambda one: one.position))) == ["ff", "00"]
