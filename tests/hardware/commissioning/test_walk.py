"""The walk is total, fires nothing that nobody asked for, and always comes to an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards.dialect import Door, Item
from hardware.commissioning.evidence import Hypothesis, Look, Verdict, weigh
from hardware.commissioning.walk import (
    ANSWERS,
    Answer,
    Effect,
    Finished,
    Fire,
    LookAt,
    Read,
    Scan,
    Section,
    Seen,
    Stage,
    Stimulus,
    Walk,
    begin,
    step,
)

LOW: Hypothesis = (("closed", "0"),)
HIGH: Hypothesis = (("closed", "1"),)
O, C = Door.OPEN, Door.CLOSED  # noqa: E741
SHUT: Look = {HIGH: (C, C), LOW: (O, O)}
FIRST_OPEN: Look = {HIGH: (O, C), LOW: (C, O)}
SECOND_OPEN: Look = {HIGH: (C, O), LOW: (O, C)}
FRESH = Walk(
    sections=(
        Section("A", ((1, "01"), (2, "02")), (LOW, HIGH)),
        Section("B", ((1, "03"),), (LOW, HIGH), senses=True),
    ),
    readers=("label",),
    lamps=("green",),
)
ONE: Hypothesis = (("first_channel", 1),)
NOUGHT: Hypothesis = (("first_channel", 0),)
COUNTED = Walk(sections=(Section("W", ((1, "01"), (2, "02")), (ONE, NOUGHT)),), readers=())
ALL_SHUT: Look = {ONE: (C, C), NOUGHT: (C, C)}
ONE_OPEN: Look = {ONE: (O, C), NOUGHT: (O, C)}
TWO_OPEN: Look = {ONE: (C, O), NOUGHT: (C, O)}
WORDS = ("y", "n", "s", "u", "j", "q", "01", "02", "07", "", "垃圾", "N ", "x" * 40)
STIMULI: tuple[Stimulus, ...] = (
    *(Answer(word) for word in WORDS),
    *(Seen(look, travel, True) for look in ({}, SHUT, FIRST_OPEN, SECOND_OPEN) for travel in (None, 120)),
    *(Seen(SHUT, items=(item, Item.ABSENT)) for item in (Item.PRESENT, Item.ABSENT)),
    Read(None),
    Read(12),
)


def play(walk: Walk, *stimuli: Stimulus | str) -> tuple[Walk, Effect]:
    walk, effect = begin(walk)
    for one in stimuli:
        walk, effect = step(walk, Answer(one) if isinstance(one, str) else one)
    return walk, effect


def test_a_good_door_is_learnt_with_polarity_travel_and_lever() -> None:
    walk, _ = play(
        FRESH, "y", Seen(SHUT), "y", Seen(FIRST_OPEN, 90, True), "01", "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "y"
    )
    walk, _ = step(walk, Seen(SHUT))

    (door,) = walk.found
    assert (door.name, door.fate, door.travel_ms, door.acknowledged) == ("01", "good", 90, True)
    assert (door.closes, door.lever) == (True, "forced")
    assert walk.sections[0].among == (HIGH,)
    assert walk.stage is Stage.READY
    assert walk.door == 1


def test_a_lock_that_stays_shut_is_tried_once_more_when_told_and_then_asked_about() -> None:
    walk, effect = play(FRESH, "y", Seen(SHUT), "y", Seen(SHUT), "n")
    assert walk.stage is Stage.AGAIN

    walk, effect = step(walk, Answer("y"))
    assert effect == Fire("A", 1, LOW)
    walk, effect = step(step(walk, Seen(SHUT))[0], Answer("n"))
    assert walk.stage is Stage.STUCK
    walk, effect = step(walk, Answer("y"))
    assert not isinstance(effect, Fire)
    walk, effect = step(walk, Answer("j"))

    assert walk.found[0].fate == "jammed"


def test_a_number_given_twice_is_asked_again() -> None:
    both: Look = {HIGH: (O, O), LOW: (C, C)}
    walk, _ = play(FRESH, "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "01", "s", "y", Seen(both), "01")

    assert walk.stage is Stage.WHICH
    assert walk.taken == "01"
    walk, _ = step(walk, Answer("02"))
    assert walk.taken == ""
    assert walk.found[0].fate == "good"
    assert walk.now is not None
    assert walk.now.fate == "good"


def test_a_board_that_counts_from_nought_is_found_out_by_the_door_that_opens() -> None:
    walk, effect = play(COUNTED, "y", Seen(ALL_SHUT), "y")
    assert effect == Fire("W", 1, ONE)
    walk, effect = step(step(walk, Seen(TWO_OPEN))[0], Answer("02"))
    assert walk.stage is Stage.CLOSING
    walk, effect = step(step(walk, Answer("y"))[0], Seen(ALL_SHUT))
    assert walk.found == ()

    walk, effect = step(walk, Answer("y"))

    assert effect == Fire("W", 1, NOUGHT)
    walk, _ = step(step(walk, Seen(ONE_OPEN, 90))[0], Answer("01"))
    assert walk.sections[0].among == (NOUGHT,)
    assert walk.now is not None
    assert (walk.now.name, walk.now.fate) == ("01", "good")


def test_a_crossed_wire_is_not_taken_for_another_way_of_counting() -> None:
    """Counting from nought, nothing opens; so the board is asked as before, and the crossing shows itself."""
    walk, _ = play(
        COUNTED, "y", Seen(ALL_SHUT), "y", Seen(TWO_OPEN), "01", "y", Seen(ALL_SHUT), "y", Seen(ALL_SHUT), "n"
    )

    walk, effect = step(walk, Answer("y"))

    assert effect == Fire("W", 1, ONE)
    walk, _ = step(step(walk, Seen(TWO_OPEN))[0], Answer("01"))
    assert walk.now is not None
    assert (walk.now.name, walk.now.fate, walk.now.sensed_at) == ("01", "elsewhere", 2)


def test_who_ends_the_walk_at_a_door_that_only_showed_the_counting_leaves_nothing_of_it() -> None:
    walk, _ = play(COUNTED, "y", Seen(ALL_SHUT), "y", Seen(TWO_OPEN), "02", "q")

    assert walk.found == ()


def test_a_door_left_open_that_only_showed_the_counting_is_no_finding() -> None:
    walk, _ = play(COUNTED, "y", Seen(ALL_SHUT), "y", Seen(TWO_OPEN), "02", "s")

    assert (walk.found, walk.stage, walk.door) == ((), Stage.READY, 0)


SENSING = Walk(sections=(Section("B", ((1, "03"), (2, "04")), (LOW, HIGH), senses=True),), readers=())


@pytest.mark.parametrize(
    ("filled", "emptied", "items"),
    [
        (Item.PRESENT, Item.ABSENT, "1"),
        (Item.ABSENT, Item.PRESENT, "0"),
        (Item.ABSENT, Item.ABSENT, "none"),
    ],
)
def test_what_a_full_compartment_reads_as_is_learnt_with_a_volume(filled: Item, emptied: Item, items: str) -> None:
    walk, effect = play(SENSING, "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "03")
    assert walk.stage is Stage.PUT
    walk, effect = step(walk, Answer("y"))
    assert effect == LookAt("B")
    walk, effect = step(step(walk, Seen(FIRST_OPEN, items=(filled,)))[0], Answer("y"))

    walk, effect = step(walk, Seen(FIRST_OPEN, items=(emptied,)))

    assert (walk.stage, walk.sections[0].items) == (Stage.CLOSING, items)


def test_item_sensors_are_asked_about_once_a_board() -> None:
    walk, _ = play(SENSING, "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "03", "s", "s", "y", Seen(SECOND_OPEN), "04")

    assert (walk.stage, walk.sections[0].items) == (Stage.CLOSING, "skipped")


def test_a_board_that_did_not_tell_its_items_has_none_that_changed() -> None:
    walk, _ = play(SENSING, "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "03", "y", Seen({}), "y", Seen({}))

    assert walk.sections[0].items == "none"


def test_a_board_that_tells_its_pulse_is_believed() -> None:
    walk, _ = play(FRESH, "y", Seen(SHUT), "y", Seen(FIRST_OPEN, 90, True, pulse_ms=450))

    assert walk.sections[0].told_ms == 450


def test_every_pulse_that_was_measured_is_kept() -> None:
    walk, _ = play(FRESH, "y", Seen(SHUT), "y", Seen(FIRST_OPEN, 90, True, measured_ms=410))

    assert walk.sections[0].measured_ms == (410,)


def test_a_lever_that_the_contact_does_not_show_is_noted() -> None:
    walk, _ = play(FRESH, "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "01", "y", Seen(SHUT), "y", Seen(SHUT), "y")

    assert step(walk, Seen(SHUT))[0].found[0].lever == "silent"


def test_a_door_that_does_not_read_closed_is_asked_twice_and_noted() -> None:
    walk, _ = play(FRESH, "y", Seen(SHUT), "y", Seen(FIRST_OPEN), "01", "y", Seen(FIRST_OPEN))
    assert walk.stage is Stage.CLOSING
    for _ in range(3):
        walk, _ = step(step(walk, Answer("y"))[0], Seen(FIRST_OPEN))

    assert walk.now is None or walk.now.closes is False


def test_a_silent_board_can_be_left_out() -> None:
    walk, effect = play(FRESH, "y", Seen({}), "s")

    assert walk.silent == ("A",)
    assert effect == LookAt("B")


def test_readers_and_lights_come_last() -> None:
    walk, effect = play(Walk(sections=(), readers=("label",), lamps=("green",)))
    assert effect == Scan("label")
    walk, effect = step(walk, Read(None))
    walk, effect = step(walk, Answer("y"))
    walk, effect = step(walk, Read(12))
    walk, effect = step(walk, Answer("y"))

    assert effect == Finished()
    assert [(one.name, one.read) for one in walk.read] == [("label", 12)]
    assert [(one.name, one.lit) for one in walk.lit] == [("green", True)]


@pytest.mark.parametrize(
    ("after", "verdict", "left", "at"),
    [
        (FIRST_OPEN, Verdict.PROVED, (HIGH,), 1),
        (SHUT, Verdict.UNSENSED, (LOW, HIGH), None),
        (SECOND_OPEN, Verdict.ELSEWHERE, (LOW, HIGH), 2),
        ({HIGH: (O, O), LOW: (C, C)}, Verdict.CONFUSED, (LOW, HIGH), None),
    ],
)
def test_what_a_door_proves(after: Look, verdict: Verdict, left: tuple[Hypothesis, ...], at: int | None) -> None:
    weighed = weigh((LOW, HIGH), SHUT, after, 1)

    assert (weighed.verdict, weighed.left, weighed.at) == (verdict, left, at)


@given(st.lists(st.sampled_from(STIMULI), max_size=60))
def test_whatever_happens_a_lock_fires_only_on_a_yes_to_its_question(stimuli: list[Stimulus]) -> None:
    walk, effect = begin(FRESH)
    fires: dict[tuple[str, int], int] = {}
    for one in stimuli:
        before = walk
        walk, effect = step(walk, one)
        if isinstance(effect, Fire):
            assert before.stage in (Stage.READY, Stage.AGAIN)
            assert one == Answer("y")
            at = (effect.board, effect.channel)
            fires[at] = fires.get(at, 0) + 1
        assert all(section.among for section in walk.sections)
    assert all(times <= 2 for times in fires.values())


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_takes_every_stimulus(stage: Stage) -> None:
    reached = [walk for walk in every_walk() if walk.stage is stage]

    assert reached, f"{stage} is never reached"
    for walk in reached:
        for one in STIMULI:
            step(walk, one)


def test_every_stage_that_asks_can_be_ended() -> None:
    for walk in every_walk():
        if "q" in ANSWERS.get(walk.stage, ()):
            assert step(walk, Answer("q"))[1] == Finished()


def every_walk() -> list[Walk]:
    """Every state that a few answers can lead to, one for each stage, number of doors passed and pair of looks."""
    seen: dict[tuple[object, ...], Walk] = {}
    waiting = [begin(FRESH)[0], begin(SENSING)[0], begin(COUNTED)[0]]
    while waiting:
        walk = waiting.pop()
        looks = walk.before == SHUT, walk.after == FIRST_OPEN
        key = (len(walk.sections), walk.stage, walk.section, walk.door, walk.tries, walk.reader, *looks)
        if key not in seen:
            seen[key] = walk
            waiting += [step(walk, one)[0] for one in STIMULI]
    return list(seen.values())
