"""One request, its answer and nothing else: every state with every stimulus, and stories of bytes and times."""

from typing import Any

import pytest

from firmware_bridge.boards import cu48
from firmware_bridge.boards import eight_a_eighty as b
from firmware_bridge.codec import Role
from firmware_bridge.exchange import (
    Answered,
    Busy,
    DiscardInput,
    Echo,
    Exchange,
    Over,
    Said,
    Send,
    State,
    TimedOut,
    Timing,
    Unasked,
    WaitUntil,
)

TIMING = Timing(baud=9600, reply_within=0.2, frame_quiet=0.03, attempts=3)
QUERY, UNLOCK = b.QueryAll(1), b.UnlockOne(1, 1)
STATUS, UNLOCKED, REFUSED = b.AllStatus(1, bytes(3)), b.UnlockReply(1, 1, 0x00), b.UnlockReply(1, 1, 0x11)
REPORT = b.DoorReport(0x82, 1, 1, 0x00)


def exchange(echo: Echo = Echo.NONE) -> Exchange[b.Frame]:
    return Exchange(b.Codec(Role.HOST), TIMING, echo=echo)


def waiting(request: b.Frame = QUERY, echo: Echo = Echo.NONE) -> Exchange[b.Frame]:
    fresh = exchange(echo)
    fresh.start(request, 0.0)
    return fresh


def resting() -> Exchange[b.Frame]:
    """A question was just answered and the next one asked: the line has not rested."""
    one = waiting()
    one.received(b.encode(STATUS), 0.02)
    one.start(QUERY, 0.021)
    return one


def idle() -> Exchange[b.Frame]:
    return exchange()


def without_waits(effects: tuple) -> list:
    return [effect for effect in effects if not isinstance(effect, WaitUntil)]


DISCARDED = DiscardInput()
TABLE = {
    (State.IDLE, "start"): (State.WAITING, [Send(b.encode(QUERY))]),
    (State.IDLE, "answer"): (State.IDLE, [Unasked(STATUS)]),
    (State.IDLE, "report"): (State.IDLE, [Unasked(REPORT)]),
    (State.IDLE, "noise"): (State.IDLE, []),
    (State.IDLE, "soon"): (State.IDLE, []),
    (State.IDLE, "late"): (State.IDLE, []),
    (State.RESTING, "start"): (State.RESTING, [Busy(QUERY)]),
    (State.RESTING, "answer"): (State.RESTING, [Unasked(STATUS)]),
    (State.RESTING, "report"): (State.RESTING, [Unasked(REPORT)]),
    (State.RESTING, "noise"): (State.RESTING, []),
    (State.RESTING, "soon"): (State.RESTING, []),
    (State.RESTING, "late"): (State.WAITING, [Send(b.encode(QUERY))]),
    (State.WAITING, "start"): (State.WAITING, [Busy(QUERY)]),
    (State.WAITING, "answer"): (State.IDLE, [Over(Answered(QUERY, STATUS))]),
    (State.WAITING, "report"): (State.WAITING, [Unasked(REPORT)]),
    (State.WAITING, "noise"): (State.WAITING, []),
    (State.WAITING, "soon"): (State.WAITING, []),
    (State.WAITING, "late"): (State.RESTING, [DISCARDED]),
}
STIMULI = {
    "start": lambda one: one.start(QUERY, 0.022),
    "answer": lambda one: one.received(b.encode(STATUS), 0.022),
    "report": lambda one: one.received(b.encode(REPORT), 0.022),
    "noise": lambda one: one.received(b"\x00\xff\x33", 0.022),
    "soon": lambda one: one.tick(0.022),
    "late": lambda one: one.tick(0.9),
}
STATES = {State.IDLE: idle, State.RESTING: resting, State.WAITING: waiting}


def test_the_table_names_every_state_and_stimulus() -> None:
    assert set(TABLE) == {(state, stimulus) for state in State for stimulus in STIMULI}


@pytest.mark.parametrize(("state", "stimulus"), TABLE)
def test_every_state_meets_every_stimulus(state: State, stimulus: str) -> None:
    one = STATES[state]()
    assert one.state is state

    effects = without_waits(STIMULI[stimulus](one))

    assert (one.state, effects) == TABLE[state, stimulus]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("stimulus", STIMULI)
def test_whoever_is_not_idle_says_when_to_wake_it(state: State, stimulus: str) -> None:
    one = STATES[state]()

    effects = STIMULI[stimulus](one)

    if one.state is not State.IDLE and not any(isinstance(effect, Busy) for effect in effects):
        assert isinstance(effects[-1], WaitUntil)


def test_a_question_is_asked_three_times_and_then_given_up() -> None:
    one, now, sent = exchange(), 0.0, 0
    effects = one.start(QUERY, now)
    while not any(isinstance(effect, Over) for effect in effects):
        sent += sum(isinstance(effect, Send) for effect in effects)
        assert isinstance(effects[-1], WaitUntil)
        now = effects[-1].at
        effects = one.tick(now)

    assert sent == 3
    assert effects == (DISCARDED, Over(TimedOut(QUERY, 3, echoed=False)))


def test_a_question_may_be_given_fewer_attempts() -> None:
    one = exchange()
    one.start(QUERY, 0.0, attempts=1)

    assert Over(TimedOut(QUERY, 1, echoed=False)) in one.tick(1.0)


def test_an_unlock_is_sent_once_whatever_becomes_of_its_answer() -> None:
    one = waiting(UNLOCK)

    assert one.tick(1.0) == (DISCARDED, Over(TimedOut(UNLOCK, 1, echoed=False)))
    assert without_waits(one.tick(9.0)) == []


def test_an_answer_that_comes_too_late_is_delivered_as_unasked() -> None:
    one = waiting(UNLOCK)
    one.tick(1.0)

    assert without_waits(one.received(b.encode(UNLOCKED), 1.1)) == [Unasked(UNLOCKED)]


def test_half_an_answer_never_prefixes_the_next_one() -> None:
    one = waiting()
    one.received(b.encode(STATUS)[:4], 0.1)
    one.tick(1.0)  # given up: half an answer is forgotten
    one.tick(1.1)  # asked again

    assert Over(Answered(QUERY, STATUS)) in one.received(b.encode(STATUS), 1.12)


def test_the_line_rests_after_an_answer_and_after_an_error() -> None:
    one = waiting()
    one.received(b.encode(STATUS), 0.02)
    assert one.start(QUERY, 0.02) == (WaitUntil(0.02 + TIMING.rest),)

    two = waiting(UNLOCK)
    two.tick(1.0)
    assert two.start(QUERY, 1.0) == (WaitUntil(1.0 + TIMING.rest),)


def test_the_rest_is_never_shorter_than_the_five_milliseconds_measured() -> None:
    assert Timing(baud=9600).rest == pytest.approx(0.005)
    assert Timing(baud=115200).rest == pytest.approx(0.005)
    assert Timing(baud=2400).rest == pytest.approx(3.5 * 10 / 2400 + 0.001)


def test_a_report_between_request_and_answer_is_delivered_and_the_answer_still_found() -> None:
    one = waiting()

    effects = without_waits(one.received(b.encode(REPORT) + b.encode(STATUS), 0.02))

    assert effects == [Unasked(REPORT), Over(Answered(QUERY, STATUS))]


def test_what_follows_the_answer_in_the_same_breath_is_not_lost() -> None:
    one = waiting()

    effects = without_waits(one.received(b.encode(STATUS) + b.encode(REPORT), 0.02))

    assert effects == [Over(Answered(QUERY, STATUS)), Unasked(REPORT)]


def test_an_answer_that_only_silence_completes_is_found_when_the_line_falls_quiet() -> None:
    """Four status bytes where the wiring says three."""
    one, four = waiting(), b.AllStatus(1, bytes(4))
    effects = one.received(b.encode(four), 0.02)
    assert effects == (WaitUntil(0.02 + TIMING.frame_quiet),)

    assert Over(Answered(QUERY, four)) in one.tick(0.02 + TIMING.frame_quiet)


def test_when_idle_pending_bytes_are_decided_by_silence() -> None:
    one, status = idle(), b.OneStatus(1, 1, 0x11)

    effects = one.received(b.encode(status), 0.0)
    assert effects == (WaitUntil(TIMING.frame_quiet),)

    assert one.tick(TIMING.frame_quiet) == (Unasked(status),)


def test_bytes_that_never_become_a_frame_do_not_delay_a_request_for_ever() -> None:
    one = idle()
    one.received(b"\x80\x01\x00", 0.0)

    assert without_waits(one.start(QUERY, 0.006)) == [Send(b.encode(QUERY))]


class TestEcho:
    """`8A 01 01 11 9B` is the request for a pulse and also an answer that says the lock did not open."""

    ECHO = b.encode(UNLOCK)

    def test_without_an_echo_the_same_bytes_are_the_answer(self) -> None:
        assert Over(Answered(UNLOCK, REFUSED)) in waiting(UNLOCK, Echo.NONE).received(self.ECHO, 0.02)

    @pytest.mark.parametrize("echo", [Echo.EXPECTED, Echo.TOLERATE])
    def test_where_an_echo_is_possible_the_same_bytes_alone_are_no_answer(self, echo: Echo) -> None:
        one = waiting(UNLOCK, echo)

        assert without_waits(one.received(self.ECHO, 0.02)) == []
        assert Over(TimedOut(UNLOCK, 1, echoed=True)) in one.tick(1.0)

    @pytest.mark.parametrize("echo", [Echo.EXPECTED, Echo.TOLERATE])
    @pytest.mark.parametrize("answer", [UNLOCKED, REFUSED])
    def test_what_follows_the_echo_is_the_answer(self, echo: Echo, answer: b.Reply) -> None:
        one = waiting(UNLOCK, echo)

        effects = without_waits(one.received(self.ECHO + b.encode(answer), 0.02))

        assert effects == [Over(Answered(UNLOCK, answer))]

    @pytest.mark.parametrize("echo", [Echo.EXPECTED, Echo.TOLERATE])
    def test_an_answer_without_the_echo_is_taken(self, echo: Echo) -> None:
        assert Over(Answered(UNLOCK, UNLOCKED)) in waiting(UNLOCK, echo).received(b.encode(UNLOCKED), 0.02)

    @pytest.mark.parametrize("echo", [Echo.EXPECTED, Echo.TOLERATE])
    def test_the_echo_of_a_question_is_told_apart_from_its_answer(self, echo: Echo) -> None:
        one = waiting(QUERY, echo)

        effects = without_waits(one.received(b.encode(QUERY) + b.encode(STATUS), 0.02))

        assert effects == [Over(Answered(QUERY, STATUS))]

    def test_without_an_echo_setting_an_echoed_question_is_unasked_and_no_answer(self) -> None:
        effects = without_waits(waiting(QUERY, Echo.NONE).received(b.encode(QUERY) + b.encode(STATUS), 0.02))

        assert effects == [Unasked(QUERY), Over(Answered(QUERY, STATUS))]

    def test_each_attempt_has_an_echo_of_its_own(self) -> None:
        one = waiting(QUERY, Echo.EXPECTED)
        one.received(b.encode(QUERY), 0.01)
        one.tick(0.5)
        one.tick(0.6)

        effects = without_waits(one.received(b.encode(QUERY) + b.encode(STATUS), 0.62))

        assert effects == [Over(Answered(QUERY, STATUS))]


def test_a_request_that_nobody_answers_is_said_and_the_line_left_alone_a_while() -> None:
    one: Exchange[Any] = Exchange(cu48.Codec(Role.HOST), TIMING, echo=Echo.NONE)
    unlock = cu48.Unlock(0, 1)

    sent, wait = one.start(unlock, 0.0)
    assert sent == Send(cu48.encode(unlock))
    assert isinstance(wait, WaitUntil)
    assert wait.at == pytest.approx(6 * TIMING.byte_time + TIMING.unanswered)
    assert without_waits(one.received(cu48.encode(cu48.Status(0, bytes(6))), 0.01)) == [
        Unasked(cu48.Status(0, bytes(6)))
    ]

    assert without_waits(one.tick(wait.at)) == [Over(Said(unlock))]
    assert one.state is State.IDLE


def test_between_transactions_another_family_may_be_spoken_to() -> None:
    one: Exchange = Exchange(b.Codec(Role.HOST), TIMING, echo=Echo.NONE)
    other = cu48.Codec(Role.HOST)
    other.receive(b"\x02")
    one.start(QUERY, 0.0)
    one.speak(other)  # not while a question is open
    assert without_waits(one.received(b.encode(STATUS), 0.02)) == [Over(Answered(QUERY, STATUS))]

    one.speak(other)
    one.speak(other)
    one.start(cu48.Query(0), 0.1)
    answer = cu48.Status(0, bytes(6))

    assert without_waits(one.received(cu48.encode(answer), 0.12)) == [Over(Answered(cu48.Query(0), answer))]
