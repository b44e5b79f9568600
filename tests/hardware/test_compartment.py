"""Steel: what a compartment does by itself, under a coil and under a hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulated.compartment import (
    AMBIENT,
    BOUNCE,
    LONGEST_PULSE,
    TRAVEL,
    Compartment,
    DoorAt,
    Felt,
    Hand,
    advance,
    contact_closed,
    cut_power,
    move,
    pulse,
)

SHUT = Compartment()
STICKING = Compartment(sticking=True)
JAMMED = Compartment(jammed=True)


def fired(before: Compartment, *, at: float = 0.0, seconds: float = 0.3) -> Compartment:
    return pulse(before, at, seconds=seconds)[0]


def test_a_latched_door_cannot_be_pulled_open() -> None:
    state, felt = move(SHUT, 1.0, hand=Hand.PULL)

    assert (state.door, felt) == (DoorAt.SHUT, Felt.HELD)


def test_a_pulse_lets_the_door_spring_ajar_and_the_bolt_comes_out_again() -> None:
    state = advance(fired(SHUT), 1.0)

    assert (state.door, state.bolt, state.energised) == (DoorAt.AJAR, 0.0, False)
    assert state.on_seconds == pytest.approx(0.3)


def test_before_the_bolt_has_travelled_the_door_is_held() -> None:
    assert move(fired(SHUT), TRAVEL / 2, hand=Hand.PULL)[1] is Felt.HELD


def test_a_pulse_too_short_to_draw_the_bolt_opens_nothing() -> None:
    state = advance(fired(SHUT, seconds=TRAVEL / 2), 1.0)

    assert (state.door, state.bolt) == (DoorAt.SHUT, 0.0)


def test_a_door_pushed_shut_latches() -> None:
    state, felt = move(advance(fired(SHUT), 1.0), 2.0, hand=Hand.PUSH)

    assert (state.door, state.latched, felt) == (DoorAt.SHUT, True, Felt.MOVED)
    assert move(state, 3.0, hand=Hand.PULL)[1] is Felt.HELD


def test_a_door_pushed_while_the_coil_holds_the_bolt_springs_back() -> None:
    state, felt = move(fired(SHUT), 0.2, hand=Hand.PUSH)

    assert (state.door, felt) == (DoorAt.AJAR, Felt.HELD)


def test_a_door_cannot_close_through_a_jammed_bolt() -> None:
    opened = move(advance(fired(SHUT), 1.0), 1.0, hand=Hand.PULL)[0]

    state, felt = move(replace(opened, jammed=True), 2.0, hand=Hand.PUSH)

    assert (state.door, felt) == (DoorAt.AJAR, Felt.HELD)


def test_a_jammed_bolt_holds_its_door_through_a_pulse() -> None:
    state, felt = move(fired(JAMMED), 0.2, hand=Hand.PULL)

    assert (state.door, felt) == (DoorAt.SHUT, Felt.HELD)


def test_a_sticking_door_stays_shut_until_it_is_pulled_long_after_the_pulse() -> None:
    waiting = advance(fired(STICKING), 5.0)
    assert (waiting.door, waiting.latched) == (DoorAt.SHUT, False)

    state, felt = move(waiting, 6.0, hand=Hand.PULL)

    assert (state.door, felt) == (DoorAt.OPEN, Felt.MOVED)
    assert advance(state, 7.0).bolt == 0.0


def test_a_hand_feels_that_a_door_already_is_where_it_should_be() -> None:
    assert move(SHUT, 1.0, hand=Hand.PUSH)[1] is Felt.ALREADY
    opened = move(advance(fired(SHUT), 1.0), 1.0, hand=Hand.PULL)[0]
    assert move(opened, 2.0, hand=Hand.PULL)[1] is Felt.ALREADY


def test_a_contact_chatters_and_then_tells_the_truth() -> None:
    state = move(advance(fired(SHUT), 1.0), 2.0, hand=Hand.PUSH)[0]
    chatter = {contact_closed(state, 2.0 + BOUNCE * step / 20) for step in range(20)}

    assert chatter == {True, False}
    assert contact_closed(state, 2.0 + BOUNCE)


def test_no_pulse_keeps_a_coil_on_longer_than_the_driver_stage_allows() -> None:
    assert advance(fired(SHUT, seconds=9.0), 20.0).on_seconds == pytest.approx(LONGEST_PULSE)


def test_a_coil_without_rest_gets_hot_and_switches_itself_off() -> None:
    state, energised, at = SHUT, True, 0.0
    while energised:
        state, energised = pulse(state, at, seconds=1.0)
        at += 1.0
    assert state.heat > 100

    assert pulse(advance(state, at + 600), at + 600, seconds=0.3)[1]
    assert advance(state, at + 6000).heat == pytest.approx(AMBIENT, abs=1)


def test_a_power_cut_ends_the_pulse() -> None:
    state = cut_power(fired(SHUT, seconds=1.0), 0.01)

    assert advance(state, 1.0).door is DoorAt.SHUT
    assert state.energised is False


@given(
    happenings=st.lists(
        st.tuples(st.floats(0.001, 0.5), st.sampled_from(["pulse", "pull", "push", "cut", "jam", "free", "wait"])),
        max_size=30,
    ),
    sticking=st.booleans(),
)
def test_whatever_happens_the_door_opens_only_after_a_pulse_and_no_coil_stays_on(
    *, happenings: list[tuple[float, str]], sticking: bool
) -> None:
    state, now, pulses = Compartment(sticking=sticking), 0.0, 0
    for pause, what in happenings:
        now += pause
        if what == "pulse":
            state, _ = pulse(state, now, seconds=0.3)
            pulses += 1
        elif what in ("pull", "push"):
            state, _ = move(state, now, hand=Hand(what))
        elif what == "cut":
            state = cut_power(state, now)
        else:
            state = replace(advance(state, now), jammed={"jam": True, "free": False}.get(what, state.jammed))
        assert 0 <= state.bolt <= 1
        assert pulses or state.door is DoorAt.SHUT

    assert advance(state, now + LONGEST_PULSE).energised is False
    assert state.on_seconds <= 0.3 * pulses + 1e-6


@given(st.lists(st.floats(0.0, 1.0), max_size=20))
def test_looking_at_a_door_does_not_change_what_becomes_of_it(looks: list[float]) -> None:
    watched = fired(SHUT)
    for look in sorted(looks):
        watched = advance(watched, look)

    one, other = advance(watched, 2.0), advance(fired(SHUT), 2.0)

    assert (one.door, one.bolt) == (other.door, other.bolt)
    assert one.on_seconds == pytest.approx(other.on_seconds)
    assert one.moved_at == pytest.approx(other.moved_at)
