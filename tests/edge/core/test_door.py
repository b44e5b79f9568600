"""One door, every state against every stimulus, and the stories that matter."""

from itertools import product

import pytest

from custody import events
from custody.flows import grammar
from custody.flows.grammar import Failure
from custody.identifiers import ActId, PersonId, PlaceId
from custody.messages import DoorState, Outcome
from custody.refusals import BoardSilent, InUse
from edge.core import door
from edge.core.door import (
    Announce,
    Answered,
    Closed,
    Door,
    Effect,
    Energise,
    Lapsed,
    Limits,
    Open,
    Pulse,
    PulseReported,
    Remembered,
    Sensed,
    State,
    Stimulus,
    Tell,
    Ticked,
    Unknown,
    Unlocking,
    UnlockRequested,
    due,
    remember,
    restore,
    sensed_state,
    step,
)

PLACE, ACT, OTHER = PlaceId("cab-1.07"), ActId("act-1"), ActId("act-2")
PERSON = PersonId("wang-min")
NOW = 1_000_000
LIMITS = Limits()

STATES: tuple[State, ...] = (
    Closed(),
    Unlocking(ACT, NOW + 5),
    Unlocking(ACT, NOW),
    Unlocking(ACT, NOW + 5, "command-1"),
    Unlocking(ACT, NOW, "command-1"),
    Lapsed(ACT, NOW + 5),
    Lapsed(ACT, NOW),
    Open(ACT, NOW),
    Open(None, NOW),
    Open(ACT, NOW - LIMITS.left_open),
    Open(ACT, NOW - 2 * LIMITS.left_open, left_open_said=True),
    Unknown(),
    Unknown(ACT),
    Unknown(ACT, was_open=True),
    Unknown(None, was_open=True),
)
STIMULI: tuple[Stimulus, ...] = (
    UnlockRequested(act=OTHER, person=PERSON, reason="deposit"),
    UnlockRequested(act=OTHER, person=PERSON, reason="command", command="command-2"),
    *(Sensed(state) for state in DoorState),
    *(PulseReported(act, pulse) for act in (ACT, OTHER) for pulse in Pulse),
    Ticked(),
)


@pytest.mark.parametrize(("state", "stimulus"), [*product(STATES, STIMULI)], ids=repr)
def test_every_state_has_a_safe_answer_to_every_stimulus(state: State, stimulus: Stimulus) -> None:
    before = Door(PLACE, state)

    after, effects = step(before, stimulus, NOW, number="07")

    energised = [one for one in effects if isinstance(one, Energise)]
    intents = [one for one in facts(effects) if isinstance(one, events.UnlockIntended)]
    assert after.place == PLACE
    # A lock fires only when somebody asks, at a door sensed shut, after its intent, and with a deadline.
    if energised:
        assert isinstance(stimulus, UnlockRequested)
        assert isinstance(state, Closed | Lapsed)
        assert isinstance(effects[0], Announce)
        assert [one.act for one in energised] == [one.act for one in intents] == [stimulus.act]
        assert isinstance(after.state, Unlocking)
    assert bool(energised) == bool(intents)
    # Whoever is unlocking waits for something: an unlocking never stays without a deadline.
    if isinstance(after.state, Unlocking):
        assert due(after) is not None
    # One command, at most one answer.
    assert len([one for one in effects if isinstance(one, Answered)]) <= 1
    # A door is shown as its contact said, and as nothing else.
    if isinstance(stimulus, Sensed):
        assert sensed_state(after) is stimulus.state
    else:
        assert sensed_state(after) is sensed_state(before)


@pytest.mark.parametrize("state", STATES, ids=repr)
def test_an_unlocking_ends_in_exactly_one_way(state: State) -> None:
    """Whatever is pending after a tick at its deadline is no unlocking, and nothing changes at a second tick."""
    ticked, _ = step(Door(PLACE, state), Ticked(), NOW + LIMITS.unlock + LIMITS.late)
    again, effects = step(ticked, Ticked(), NOW + LIMITS.unlock + LIMITS.late)

    assert not isinstance(ticked.state, Unlocking)
    assert (again, effects) == (ticked, ())


@pytest.mark.parametrize("state", STATES, ids=repr)
def test_sensing_the_same_again_changes_nothing(state: State) -> None:
    for sensed in DoorState:
        once, _ = step(Door(PLACE, state), Sensed(sensed), NOW)
        twice, effects = step(once, Sensed(sensed), NOW)

        assert (twice, effects) == (once, ())


def test_a_pulse_is_not_an_opening() -> None:
    unlocking, _ = request(Door(PLACE, Closed()))

    after, effects = step(unlocking, PulseReported(ACT, Pulse.ACKNOWLEDGED), NOW)

    assert after == unlocking
    assert facts(effects) == [events.PulseSent(place=PLACE, act=ACT, acknowledged=True)]


def test_an_unlocked_door_opens_and_closes_under_its_act() -> None:
    unlocking, asked = request(Door(PLACE, Closed()))
    opened, opening = step(unlocking, Sensed(DoorState.OPEN), NOW + 1)
    closed, closing = step(opened, Sensed(DoorState.CLOSED), NOW + 2)

    assert asked == (Announce(intent()), Energise(PLACE, ACT))
    assert opening == (Announce(events.DoorOpened(place=PLACE, act=ACT)), Tell(grammar.DoorOpened(PLACE)))
    assert closing == (Announce(events.DoorClosed(place=PLACE, act=ACT)), Tell(grammar.DoorClosed(PLACE)))
    assert closed == Door(PLACE, Closed())


def test_a_door_nobody_unlocked_was_forced() -> None:
    opened, effects = step(Door(PLACE, Closed()), Sensed(DoorState.OPEN), NOW)
    _, closing = step(opened, Sensed(DoorState.CLOSED), NOW)

    assert facts(effects) == [events.DoorForced(place=PLACE)]
    assert facts(closing) == [events.DoorClosed(place=PLACE)]


def test_a_door_that_does_not_open_in_time_is_told_and_may_still_open_late() -> None:
    unlocking, _ = request(Door(PLACE, Closed()))
    deadline = due(unlocking)
    assert deadline is not None
    early, nothing = step(unlocking, Ticked(), deadline - 1)
    lapsed, effects = step(unlocking, Ticked(), deadline)
    opened, late = step(lapsed, Sensed(DoorState.OPEN), deadline + 1)
    shut, _ = step(lapsed, Ticked(), deadline + LIMITS.late)
    _, forced = step(shut, Sensed(DoorState.OPEN), deadline + LIMITS.late)

    assert (early, nothing) == (unlocking, ())
    assert facts(effects) == [events.UnlockLapsed(place=PLACE, act=ACT)]
    assert due(lapsed) == deadline + LIMITS.late
    assert Tell(grammar.UnlockFailed(PLACE, Failure.LAPSED)) in effects
    assert facts(late) == [events.DoorOpened(place=PLACE, act=ACT)]
    assert opened.state == Open(ACT, deadline + 1)
    assert facts(forced) == [events.DoorForced(place=PLACE)]


def test_after_a_lapse_a_person_may_ask_again_as_a_new_act() -> None:
    lapsed = Door(PLACE, Lapsed(ACT, NOW + 5))

    after, effects = request(lapsed, act=OTHER)

    assert Energise(PLACE, OTHER) in effects
    assert after.state == Unlocking(OTHER, NOW + LIMITS.unlock)


def test_a_pulse_that_never_left_leaves_the_door_shut() -> None:
    unlocking, _ = request(Door(PLACE, Closed()))

    after, effects = step(unlocking, PulseReported(ACT, Pulse.FAILED), NOW)

    assert after.state == Closed()
    assert facts(effects) == [events.PulseFailed(place=PLACE, act=ACT)]
    assert effects[1:] == (Tell(grammar.UnlockFailed(PLACE, Failure.SILENT)),)


def test_an_open_door_is_not_fired_at() -> None:
    stands = Door(PLACE, Open(None, NOW - 1))

    after, effects = request(stands)

    assert effects == (Tell(grammar.DoorOpened(PLACE)),)
    assert after.state == Open(ACT, NOW - 1)


def test_a_door_nobody_watches_is_not_fired_at() -> None:
    after, effects = request(Door(PLACE, Unknown()))

    assert effects == (Tell(grammar.UnlockFailed(PLACE, Failure.SILENT)),)
    assert after.state == Unknown()


def test_a_second_person_does_not_fire_the_lock_again() -> None:
    unlocking = Door(PLACE, Unlocking(ACT, NOW + 5))

    after, effects = request(unlocking, act=OTHER)

    assert (after, effects) == (unlocking, (Tell(grammar.UnlockFailed(PLACE, Failure.LAPSED)),))


def test_losing_sight_of_an_unlocking_leaves_its_outcome_unknown_for_ever() -> None:
    unlocking, _ = request(Door(PLACE, Closed()))

    lost, effects = step(unlocking, Sensed(DoorState.UNKNOWN), NOW)
    later, nothing = step(lost, Ticked(), NOW + LIMITS.unlock)

    assert facts(effects) == [events.OutcomeUnknown(place=PLACE, act=ACT)]
    assert Tell(grammar.UnlockFailed(PLACE, Failure.UNKNOWN)) in effects
    assert (later, nothing) == (lost, ())


def test_a_door_that_closed_while_nobody_watched_ends_its_act() -> None:
    lost, said = step(Door(PLACE, Open(ACT, NOW)), Sensed(DoorState.UNKNOWN), NOW)
    closed, effects = step(lost, Sensed(DoorState.CLOSED), NOW)

    assert said == ()
    assert facts(effects) == [events.DoorClosed(place=PLACE, act=ACT)]
    assert closed.state == Closed()


def test_a_door_that_was_shut_before_and_after_says_nothing_but_tells_whoever_waits() -> None:
    lost, _ = step(Door(PLACE, Closed()), Sensed(DoorState.UNKNOWN), NOW)
    _, effects = step(lost, Sensed(DoorState.CLOSED), NOW)

    assert effects == (Tell(grammar.DoorClosed(PLACE)),)


def test_a_door_left_open_is_told_once() -> None:
    stands = Door(PLACE, Open(ACT, NOW))
    at = due(stands)
    assert at == NOW + LIMITS.left_open

    said, effects = step(stands, Ticked(), at)
    again, nothing = step(said, Ticked(), at * 2)

    assert facts(effects) == [events.DoorLeftOpen(place=PLACE, seconds=LIMITS.left_open // 1000)]
    assert (again, nothing, due(said)) == (said, (), None)


@pytest.mark.parametrize(
    ("stimulus", "outcome"),
    [
        (Sensed(DoorState.OPEN), Answered("c", Outcome.OPENED)),
        (Sensed(DoorState.UNKNOWN), Answered("c", Outcome.UNKNOWN)),
        (Ticked(), Answered("c", Outcome.JAMMED)),
        (PulseReported(ACT, Pulse.FAILED), Answered("c", Outcome.REFUSED, BoardSilent(number="07"))),
    ],
    ids=repr,
)
def test_a_command_under_way_is_answered_as_it_ends(stimulus: Stimulus, outcome: Answered) -> None:
    _, effects = step(Door(PLACE, Unlocking(ACT, NOW, "c")), stimulus, NOW, number="07")

    assert outcome in effects


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (Open(None, NOW), Answered("c", Outcome.ALREADY_OPEN)),
        (Unknown(), Answered("c", Outcome.REFUSED, BoardSilent(number="07"))),
        (Unlocking(ACT, NOW), Answered("c", Outcome.REFUSED, InUse())),
    ],
    ids=repr,
)
def test_a_command_that_cannot_begin_is_answered_at_once(state: State, outcome: Answered) -> None:
    after, effects = step(Door(PLACE, state), command("c"), NOW, number="07")

    assert (after.state, effects) == (state, (outcome,))


@pytest.mark.parametrize("state", STATES, ids=repr)
def test_a_restart_never_fires_and_never_hopes(state: State) -> None:
    kept = remember(Door(PLACE, state))
    if kept is None:
        assert not isinstance(state, Unlocking | Open)
        return

    restored, effects = restore(kept)

    assert isinstance(restored.state, Unknown)
    assert not any(isinstance(one, Energise) for one in effects)
    if isinstance(state, Unlocking):
        assert facts(effects) == [events.OutcomeUnknown(place=PLACE, act=ACT)]
        assert (Answered("command-1", Outcome.UNKNOWN) in effects) == (state.command is not None)
    else:
        assert (effects, restored.state.was_open) == ((), True)


def test_a_door_open_at_the_power_cut_and_shut_after_it_ends_its_act() -> None:
    kept = remember(Door(PLACE, Open(ACT, NOW)))
    assert kept == Remembered(place=PLACE, act=ACT)

    restored, _ = restore(kept)
    _, effects = step(restored, Sensed(DoorState.CLOSED), NOW)

    assert facts(effects) == [events.DoorClosed(place=PLACE, act=ACT)]


def test_a_commands_id_stands_in_its_intent_and_waits_with_the_door() -> None:
    after, effects = step(Door(PLACE, Closed()), command("command-2"), NOW)

    (said,) = facts(effects)
    assert said == events.UnlockIntended(place=PLACE, act=OTHER, person=PERSON, reason="command", command="command-2")
    assert after.state == Unlocking(OTHER, NOW + LIMITS.unlock, "command-2")


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (Closed(), None),
        (Unlocking(ACT, NOW + 5), ACT),
        (Lapsed(ACT, NOW + 5), ACT),
        (Unknown(ACT, was_open=True), ACT),
        (Unknown(), None),
    ],
    ids=repr,
)
def test_a_door_stands_open_since_it_was_sensed_so_and_under_its_act(state: State, act: ActId | None) -> None:
    after, _ = step(Door(PLACE, state), Sensed(DoorState.OPEN), NOW)

    assert after.state == Open(act, NOW)
    assert due(after) == NOW + LIMITS.left_open


def test_a_door_left_open_is_told_when_its_time_has_come_in_whole_seconds() -> None:
    stands = Door(PLACE, Open(ACT, NOW))

    early, nothing = step(stands, Ticked(), NOW + LIMITS.left_open - 1)
    told, effects = step(stands, Ticked(), NOW + LIMITS.left_open + 1_999)

    assert (early, nothing) == (stands, ())
    (said,) = facts(effects)
    assert isinstance(said, events.DoorLeftOpen)
    assert (said.seconds, type(said.seconds)) == (LIMITS.left_open // 1000 + 1, int)
    assert told.state == Open(ACT, NOW, left_open_said=True)


def test_an_unlocking_that_nobody_commanded_answers_no_command() -> None:
    unlocking = Door(PLACE, Unlocking(ACT, NOW))

    _, lapsing = step(unlocking, Ticked(), NOW)
    unwatched, losing = step(unlocking, Sensed(DoorState.UNKNOWN), NOW)

    assert lapsing == (
        Announce(events.UnlockLapsed(place=PLACE, act=ACT)),
        Tell(grammar.UnlockFailed(PLACE, Failure.LAPSED)),
    )
    assert losing == (
        Announce(events.OutcomeUnknown(place=PLACE, act=ACT)),
        Tell(grammar.UnlockFailed(PLACE, Failure.UNKNOWN)),
    )
    assert unwatched.state == Unknown(ACT)


def test_what_is_kept_of_a_door_is_what_it_is_after_a_restart() -> None:
    unlocking = Remembered(place=PLACE, act=ACT, command="command-1", unlocking=True)
    stood_open = Remembered(place=PLACE, act=ACT)

    assert remember(Door(PLACE, Unlocking(ACT, NOW, "command-1"))) == unlocking
    assert remember(Door(PLACE, Unknown(ACT, was_open=True))) == stood_open
    assert remember(Door(PLACE, Unknown(ACT))) is None
    assert restore(unlocking)[0] == Door(PLACE, Unknown(ACT))
    assert restore(stood_open) == (Door(PLACE, Unknown(ACT, was_open=True)), ())


def test_a_door_without_a_painted_number_is_told_without_one() -> None:
    _, effects = step(Door(PLACE, Unknown()), command("command-2"), NOW)

    assert effects == (Answered("command-2", Outcome.REFUSED, BoardSilent(number="")),)


def test_every_kind_of_stimulus_is_tried() -> None:
    assert {type(one) for one in STIMULI} == set(door.STIMULI)


def request(before: Door, act: ActId = ACT) -> tuple[Door, tuple[Effect, ...]]:
    return step(before, UnlockRequested(act=act, person=PERSON, reason="deposit"), NOW)


def command(identity: str) -> UnlockRequested:
    return UnlockRequested(act=OTHER, person=PERSON, reason="command", command=identity)


def intent() -> events.UnlockIntended:
    return events.UnlockIntended(place=PLACE, act=ACT, person=PERSON, reason="deposit")


def facts(effects: tuple[Effect, ...]) -> list[events.Fact]:
    return [one.fact for one in effects if isinstance(one, Announce)]
