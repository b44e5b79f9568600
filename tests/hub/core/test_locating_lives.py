"""Batch by batch or at once, over lost histories and forks: every entry has the same place in time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from custody import timing
from custody.entries import Entry
from custody.events import EpochOpened, EpochReason, Fact, StationStarted, TimeHeard
from hub.core.locating import Bounded, located, regular, relocate
from tests.hub.core.samples import entry

STARTED = StationStarted(software="", wiring="")


@st.composite
def lives(draw: st.DrawFn) -> list[Entry]:
    """A station's life: boots, forks, and hub times about any epoch it ever had or will have, seldom about none."""
    tips: dict[str, int] = {}
    told: list[Entry] = []
    boot, uptime = 0, 0
    for number in range(draw(st.integers(1, 4))):
        epoch, before = f"e{draw(st.integers(0, 9))}{number}", list(tips)
        opened: Fact = EpochOpened(reason=EpochReason.FIRST)
        if before:
            left = draw(st.sampled_from(before))
            opened = EpochOpened(reason=EpochReason.FORK, before_epoch=left, before_sequence=tips[left])
        for sequence in range(1, draw(st.integers(1, 12)) + 1):
            if draw(st.integers(0, 3)) == 0:
                boot, uptime = boot + 1, 0
            uptime += draw(st.integers(0, 5000))
            fact = opened if sequence == 1 else STARTED
            if sequence > 1 and draw(st.booleans()):
                of, beyond = draw(st.sampled_from([*tips, "nobody"])), draw(st.sampled_from([0] * 12 + [3]))
                upto = draw(st.integers(0, tips.get(of, 0) + beyond))
                fact = TimeHeard(hub_time=draw(st.integers(0, 60_000)), epoch=of, upto=upto)
            at = draw(st.integers(0, 80_000))
            one = replace(entry(fact, sequence=sequence, epoch=epoch, time=at), boot=f"b{boot}", uptime=uptime)
            told.append(one)
            tips[epoch] = sequence
    return told


def in_batches(life: Iterable[Entry], sizes: Sequence[int]) -> list[list[Entry]]:
    """Each of one epoch, as heads are."""
    batches: list[list[Entry]] = []
    for one in life:
        size = sizes[len(batches) % len(sizes)]
        if not batches or batches[-1][-1].epoch != one.epoch or len(batches[-1]) >= size:
            batches.append([])
        batches[-1].append(one)
    return batches


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    return [one.entry for one in sorted(timing.locate_all(entries), key=lambda one: one.position)]


@given(lives(), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_wherever_a_batch_follows_locating_it_alone_is_locating_everything(life: list[Entry], sizes: list[int]) -> None:
    stored: dict[str, Bounded] = {}
    tips: dict[str, int] = {}
    irregular = False
    for new in in_batches(life, sizes):
        tips[new[0].epoch] = new[-1].sequence
        irregular |= not regular((one for one in new if not isinstance(one.fact, EpochOpened)), tips)
        newest_first = sorted(stored.values(), key=lambda one: -one.position)
        follows = bool(newest_first) and newest_first[0].entry.epoch == new[0].epoch and regular(new, tips)
        if follows and not irregular:
            changed = relocate(iter(newest_first), new)
            assert not set(changed) & set(stored.values())
        else:
            changed = relocate(iter(()), in_order([*(one.entry for one in stored.values()), *new]))
        stored |= {one.entry.id: one for one in changed}

        everything = timing.locate_all(one.entry for one in stored.values())
        assert sorted(map(located, stored.values()), key=lambda one: one.key) == list(everything)
