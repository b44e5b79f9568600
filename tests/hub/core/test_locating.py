"""Locating batch by batch gives what locating the whole chain gives."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from custody import timing
from custody.entries import Clock, Entry
from custody.events import EpochOpened, EpochReason, Fact, StationStarted, TimeHeard, Unrecognised
from custody.identifiers import CourtId, StationId
from hub.core.locating import DRIFT, Bounded, located, regular, relocate

EPOCH = "aa"


def entry(sequence: int, fact: Fact, *, boot: str = "b1", uptime: int = 0, time: int = 0, epoch: str = EPOCH) -> Entry:
    return Entry(
        court=CourtId("yk"),
        station=StationId("cab-1"),
        epoch=epoch,
        sequence=sequence,
        boot=boot,
        uptime=uptime,
        time=time,
        clock=Clock.SYNCHRONISED,
        fact=fact,
    )


STARTED = StationStarted(software="", wiring="")


def heard(hub_time: int, upto: int, epoch: str = EPOCH) -> TimeHeard:
    return TimeHeard(hub_time=hub_time, epoch=epoch, upto=upto)


@st.composite
def chains(draw: st.DrawFn) -> list[Entry]:
    """Boots, clocks that lie, hub times that jump back, and hub times about any earlier entry or none."""
    entries: list[Entry] = []
    boot, uptime = 0, 0
    for sequence in range(1, draw(st.integers(1, 30)) + 1):
        if draw(st.booleans()) and draw(st.booleans()):
            boot, uptime = boot + 1, 0
        uptime += draw(st.integers(0, 5000))
        fact: Fact = STARTED
        if sequence > 1 and draw(st.booleans()):
            fact = heard(draw(st.integers(1, 60_000)), draw(st.integers(0, sequence - 1)))
        entries.append(entry(sequence, fact, boot=f"b{boot}", uptime=uptime, time=draw(st.integers(0, 80_000))))
    return entries


@given(chains(), st.lists(st.integers(1, 6), min_size=1, max_size=30))
def test_batch_by_batch_or_at_once_is_the_same(chain: list[Entry], sizes: list[int]) -> None:
    stored: dict[int, Bounded] = {}
    rest, turn = chain, 0
    while rest:
        size = sizes[turn % len(sizes)]
        new, rest, turn = rest[:size], rest[size:], turn + 1
        newest_first = iter(sorted(stored.values(), key=lambda one: -one.position))
        stored |= {one.position: one for one in relocate(newest_first, new)}

    assert [located(stored[position]) for position in sorted(stored)] == list(timing.locate(chain))


@given(chains())
def test_the_whole_chain_at_once_may_hear_of_entries_to_come(chain: list[Entry]) -> None:
    strange = [entry(1, heard(9_000, len(chain) + 1)), *(shifted(one) for one in chain)]

    assert list(map(located, relocate(iter(()), strange))) == list(timing.locate(strange))


def shifted(one: Entry) -> Entry:
    assert not isinstance(one.fact, Unrecognised)
    return entry(one.sequence + 1, one.fact, boot=one.boot, uptime=one.uptime, time=one.time)


def test_nothing_is_read_beyond_what_changes() -> None:
    stored = relocate(iter(()), [entry(n, STARTED) for n in range(1, 1001)])
    bounded = relocate(iter(reversed(stored)), [entry(1001, heard(5_000, 1000))])
    known = {one.position: one for one in (*stored, *bounded)}
    read: list[int] = []

    def newest_first() -> Iterator[Bounded]:
        for position in sorted(known, reverse=True):
            read.append(position)
            yield known[position]

    changed = relocate(newest_first(), [entry(1002, STARTED), entry(1003, heard(5_900, 1002))])

    assert len(changed) == 3
    assert len(read) <= 3


def test_a_hub_time_about_entries_to_come_is_irregular() -> None:
    assert regular([entry(5, heard(1, 4))], {EPOCH: 5})
    assert not regular([entry(5, heard(1, 5))], {EPOCH: 5})
    assert regular([entry(5, heard(1, 3, "bb"))], {EPOCH: 5, "bb": 3})
    assert not regular([entry(5, heard(1, 3, "cc"))], {EPOCH: 5})
    assert regular([entry(5, STARTED)], {})


def test_an_epoch_that_opens_may_stand_before_others() -> None:
    assert not regular([entry(1, EpochOpened(reason=EpochReason.FORK))], {})


def test_a_clock_is_trusted_as_custody_trusts_it() -> None:
    assert DRIFT == timing._DRIFT
