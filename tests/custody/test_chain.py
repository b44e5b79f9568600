"""The chain: any changed byte is found, and a batch is judged right whatever overlap it has with what is stored."""

import hashlib
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.chain import Broken, Continues, Fork, Gap, Repeats, Tip, judge, leaf, link, links, origin

lines = st.lists(st.binary(max_size=40), min_size=1, max_size=8)
ORIGIN = origin("cab-1", "e1")


def test_links_are_as_the_design_says() -> None:
    digest = hashlib.sha256
    first = digest(b"\x02" + ORIGIN + digest(b"\x00one").digest()).digest()

    assert leaf(b"one") == digest(b"\x00one").digest()
    assert digest(b"\x03cab-1\x00e1").digest() == ORIGIN
    assert links(ORIGIN, [b"one", b"two"]) == (first, link(first, leaf(b"two")))
    assert links(ORIGIN, []) == ()


def test_no_two_epochs_begin_alike() -> None:
    assert len({origin("a", "bc"), origin("ab", "c"), origin("a", "b"), origin("b", "a")}) == 4


@given(lines, st.data())
def test_any_changed_byte_changes_the_last_link(events: list[bytes], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(events) - 1))
    changed = list(events)
    changed[position] = data.draw(st.binary(max_size=40).filter(lambda one: one != events[position]))

    assert links(ORIGIN, changed)[-1] != links(ORIGIN, events)[-1]


@given(lines, st.randoms())
def test_any_other_order_changes_the_last_link(events: list[bytes], random: Random) -> None:
    shuffled = random.sample(events, len(events))

    assert (links(ORIGIN, shuffled)[-1] == links(ORIGIN, events)[-1]) is (shuffled == events)


def stored(events: list[bytes]) -> tuple[Tip, Callable[[int], bytes]]:
    """The tip of what is stored, and its links from the origin on."""
    known = (ORIGIN, *links(ORIGIN, events))
    return Tip(len(events), known[-1]), known.__getitem__


HISTORY = [f"event {number}".encode() for number in range(1, 7)]
EVERY_SLICE = [
    (kept, first, last)
    for kept in range(len(HISTORY) + 1)
    for first in range(1, len(HISTORY) + 1)
    for last in range(first, len(HISTORY) + 1)
]


@pytest.mark.parametrize(("kept", "first", "last"), EVERY_SLICE)
def test_an_honest_batch_meets_every_tip(kept: int, first: int, last: int) -> None:
    tip, link_at = stored(HISTORY[:kept])
    every = (ORIGIN, *links(ORIGIN, HISTORY))

    verdict = judge(
        HISTORY[first - 1 : last],
        first=first,
        last=last,
        before=every[first - 1],
        after=every[last],
        tip=tip,
        link_at=link_at,
    )

    if first > kept + 1:
        assert verdict == Gap(kept + 1)
    elif last <= kept:
        assert verdict == Repeats()
    else:
        assert verdict == Continues(kept - first + 1, every[kept + 1 : last + 1], Tip(last, every[last]))


@pytest.mark.parametrize("changed", range(1, len(HISTORY) + 1))
@pytest.mark.parametrize(("kept", "first", "last"), EVERY_SLICE)
def test_another_history_never_passes_for_the_stored_one(kept: int, first: int, last: int, changed: int) -> None:
    """The sender's entry ``changed`` is another than the one stored; where it shows, it is a fork."""
    other = list(HISTORY)
    other[changed - 1] = b"another event"
    tip, link_at = stored(HISTORY[:kept])
    every = (ORIGIN, *links(ORIGIN, other))

    verdict = judge(
        other[first - 1 : last],
        first=first,
        last=last,
        before=every[first - 1],
        after=every[last],
        tip=tip,
        link_at=link_at,
    )

    if first > kept + 1:
        assert verdict == Gap(kept + 1)
    elif changed > kept or changed > last:
        assert isinstance(verdict, Repeats | Continues)
    elif changed < first:
        assert verdict == Fork(first - 1)
    else:
        assert verdict == Fork(changed)


def test_a_chain_that_does_not_begin_at_its_origin_is_broken_and_forks_nothing() -> None:
    tip, link_at = stored([])
    elsewhere = origin("cab-2", "e1")
    (after,) = links(elsewhere, [b"x"])

    assert judge([b"x"], first=1, last=1, before=elsewhere, after=after, tip=tip, link_at=link_at) == Broken("before")


@pytest.mark.parametrize(
    ("first", "last", "after", "why"),
    [(0, 0, b"", "sequence"), (2, 1, b"", "sequence"), (1, 2, b"", "count"), (1, 1, b"no", "after")],
)
def test_a_batch_that_contradicts_itself_is_broken(first: int, last: int, after: bytes, why: str) -> None:
    tip, link_at = stored([])

    assert judge([b"x"], first=first, last=last, before=ORIGIN, after=after, tip=tip, link_at=link_at) == Broken(why)


def test_the_link_before_the_first_entry_names_station_and_epoch_byte_by_byte() -> None:
    assert origin("cab-1", "e1") == hashlib.sha256(b"\x03cab-1\x00e1").digest()
