"""Whatever is counted: nobody counts what they may not see, and the usual is a day that was."""

from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from custody.archiving import SCANNING_QUEUE
from custody.events import Part, Step
from hub.core.counting import Counted, Tally, count, usual

TALLIES = st.lists(
    st.builds(
        Tally,
        part=st.sampled_from(Part),
        done=st.none() | st.sampled_from(Step),
        lying_for=st.sampled_from([None, SCANNING_QUEUE, "wang"]),
        in_hand=st.booleans(),
        volumes=st.integers(1, 9),
    ),
    max_size=20,
)


def numbers(counted: Counted) -> list[int]:
    return [counted.registered, counted.waiting, counted.in_hand, *counted.after.values()]


@given(TALLIES)
def test_each_part_by_itself_adds_up_to_the_whole(tallies: list[Tally]) -> None:
    parts = [numbers(count(tallies, [part])) for part in Part]

    assert [sum(column) for column in zip(*parts, strict=True)] == numbers(count(tallies, list(Part)))


@given(TALLIES)
def test_confidential_volumes_change_no_number_of_those_who_may_not_see_them(tallies: list[Tally]) -> None:
    public = [one for one in tallies if one.part is Part.MAIN]

    assert astuple(count(tallies, [Part.MAIN])) == astuple(count(public, [Part.MAIN]))


@given(TALLIES)
def test_a_volume_waits_or_has_come_on_but_never_both(tallies: list[Tally]) -> None:
    counted = count(tallies, list(Part))

    assert counted.waiting + sum(counted.after.values()) <= counted.registered == sum(one.volumes for one in tallies)


@given(st.lists(st.integers(0, 50), max_size=12))
def test_the_usual_is_a_day_that_was(days: list[int]) -> None:
    found = usual(days)

    assert found == usual([0, *days, 0])
    assert (found is None) == (not any(days))
    if found is not None:
        moved = [count for count in days if count]
        assert found in moved
        assert 2 * sum(count <= found for count in moved) >= len(moved) <= 2 * sum(count >= found for count in moved)
