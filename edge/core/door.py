"""One door and its lock: ``step(door, stimulus, now) -> (door, effects)``, total over every state and stimulus.

A pulse is not an opening; an open door is never fired at; an unlocking whose outcome nobody saw is called unknown and
never tried again. Times are milliseconds of one monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from custody import events
from custody.events import Fact
from custody.flows import grammar
from custody.flows.grammar import Failure
from custody.identifiers import ActId, PersonId, PlaceId
from custody.messages import DoorState, Outcome
from custody.refusals import BoardSilent, InUse, Refusal

__all__ = [
    "STIMULI",
    "Announce",
    "Answered",
    "Closed",
    "Door",
    "Effect",
    "Energise",
    "Lapsed",
    "Limits",
    "Open",
    "Pulse",
    "PulseReported",
    "Remembered",
    "Sensed",
    "State",
    "Stimulus",
    "Tell",
    "Ticked",
    "Unknown",
    "UnlockRequested",
    "Unlocking",
    "due",
    "remember",
    "restore",
    "sensed_state",
    "step",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Milliseconds: to open after an unlocking; to open late after it lapsed; to stand open before it is said."""

    unlock: int = 10_000
    late: int = 60_000
    left_open: int = 60_000


# --- states ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Closed:
    """Sensed closed, and nobody asked for it."""


@dataclass(frozen=True, slots=True)
class Unlocking:
    """The intent is on disk, the pulse is on its way or was sent; until ``deadline`` an opening is expected."""

    act: ActId
    deadline: int
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Unlocked and not opened in time. A latch stays released: an opening before ``until`` still belongs to the act."""

    act: ActId
    until: int


@dataclass(frozen=True, slots=True)
class Open:
    """Sensed open since ``since``. ``act`` is none where nobody unlocked it."""

    act: ActId | None
    since: int
    left_open_said: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not watched. ``act`` and ``was_open`` are what was known before."""

    act: ActId | None = None
    was_open: bool = False


State = Closed | Unlocking | Lapsed | Open | Unknown


@dataclass(frozen=True, slots=True)
class Door:
    place: PlaceId
    state: State = Unknown()


# --- stimuli --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockRequested:
    """``reason``: a flow's name, or ``command``."""

    act: ActId
    person: PersonId
    reason: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Sensed:
    state: DoorState


class Pulse(StrEnum):
    """What became of a pulse on its way to the lock."""

    ACKNOWLEDGED = "acknowledged"
    SENT = "sent"  # it left, and nobody answered
    FAILED = "failed"  # not a byte of it left


@dataclass(frozen=True, slots=True)
class PulseReported:
    act: ActId
    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed."""


Stimulus = UnlockRequested | Sensed | PulseReported | Ticked
STIMULI: tuple[type[Stimulus], ...] = (UnlockRequested, Sensed, PulseReported, Ticked)


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Announce:
    """Put this fact on disk."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Energise:
    """One pulse, once the facts announced with it are on disk."""

    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True)
class Tell:
    """What the person's flow hears of it."""

    stimulus: grammar.DoorOpened | grammar.DoorClosed | grammar.UnlockFailed


@dataclass(frozen=True, slots=True)
class Answered:
    """How a command ended."""

    command: str
    outcome: Outcome
    refusal: Refusal | None = None


Effect = Announce | Energise | Tell | Answered


# --- verbs ----------------------------------------------------------------------------------------------------------


def step(
    door: Door, stimulus: Stimulus, now: int, *, number: str = "", limits: Limits = Limits()
) -> tuple[Door, tuple[Effect, ...]]:
    """The door after a stimulus and what follows, in order. ``number`` is what is painted on it."""
    state, effects = _stepped(door, stimulus, now, number, limits)
    return replace(door, state=state), effects


def due(door: Door, *, limits: Limits = Limits()) -> int | None:
    """When the next ``Ticked`` changes something; none if it never does."""
    match door.state:
        case Unlocking(deadline=deadline):
            return deadline
        case Lapsed(until=until):
            return until
        case Open(since=since, left_open_said=False):
            return since + limits.left_open
        case Open() | Closed() | Unknown():
            return None
        case _:
            assert_never(door.state)


def sensed_state(door: Door) -> DoorState:
    """The door as its contact last said."""
    match door.state:
        case Open():
            return DoorState.OPEN
        case Unknown():
            return DoorState.UNKNOWN
        case Closed() | Unlocking() | Lapsed():
            return DoorState.CLOSED
        case _:
            assert_never(door.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What of a door must survive a power cut."""

    place: PlaceId
    act: ActId | None = None
    command: str | None = None
    unlocking: bool = False


def remember(door: Door) -> Remembered | None:
    """What to keep on disk of a door; none if nothing is lost without it."""
    match door.state:
        case Unlocking(act=act, command=command):
            return Remembered(place=door.place, act=act, command=command, unlocking=True)
        case Open(act=act) | Unknown(act=act, was_open=True):
            return Remembered(place=door.place, act=act)
        case Closed() | Lapsed() | Unknown():
            return None
        case _:
            assert_never(door.state)


def restore(remembered: Remembered) -> tuple[Door, tuple[Effect, ...]]:
    """The door after a restart. An intent without an outcome has an unknown one, for ever."""
    if remembered.unlocking and remembered.act is not None:
        state, effects = _lost_sight(remembered.place, Unlocking(remembered.act, 0, remembered.command))
        return Door(remembered.place, state), effects
    return Door(remembered.place, Unknown(remembered.act, was_open=True)), ()


# --- what each stimulus means ---------------------------------------------------------------------------------------


def _stepped(door: Door, stimulus: Stimulus, now: int, number: str, limits: Limits) -> tuple[State, tuple[Effect, ...]]:
    match stimulus:
        case UnlockRequested():
            return _requested(door, stimulus, now, number, limits)
        case Sensed(state=DoorState.OPEN):
            return _opened(door, now)
        case Sensed(state=DoorState.CLOSED):
            return _closed(door)
        case Sensed():
            return _unwatched(door)
        case PulseReported():
            return _reported(door, stimulus, number)
        case Ticked():
            return _ticked(door, now, limits)
        case _:
            assert_never(stimulus)


def _requested(
    door: Door, asked: UnlockRequested, now: int, number: str, limits: Limits
) -> tuple[State, tuple[Effect, ...]]:
    match door.state:
        case Closed() | Lapsed():
            intent = events.UnlockIntended(
                place=door.place, act=asked.act, person=asked.person, reason=asked.reason, command=asked.command
            )
            unlocking = Unlocking(asked.act, now + limits.unlock, asked.command)
            return unlocking, (Announce(intent), Energise(door.place, asked.act))
        case Unlocking():
            # Two people asked at once. The first pulse is under way; firing again would break the lock's rest.
            return door.state, _refused(door, asked, Failure.LAPSED, InUse())
        case Open():
            # It stands open: whoever asked has the access they asked for, and its closing ends their act.
            if asked.command is not None:
                return door.state, (Answered(asked.command, Outcome.ALREADY_OPEN),)
            return replace(door.state, act=asked.act), (Tell(grammar.DoorOpened(door.place)),)
        case Unknown():
            return door.state, _refused(door, asked, Failure.SILENT, BoardSilent(number=number))
        case _:
            assert_never(door.state)


def _refused(door: Door, asked: UnlockRequested, failure: Failure, refusal: Refusal) -> tuple[Effect, ...]:
    if asked.command is not None:
        return (Answered(asked.command, Outcome.REFUSED, refusal),)
    return (Tell(grammar.UnlockFailed(door.place, failure)),)


def _opened(door: Door, now: int) -> tuple[State, tuple[Effect, ...]]:
    told = Tell(grammar.DoorOpened(door.place))
    match door.state:
        case Closed():
            return Open(None, now), (Announce(events.DoorForced(place=door.place)), told)
        case Unlocking(act=act, command=command):
            opened = Announce(events.DoorOpened(place=door.place, act=act))
            answer = () if command is None else (Answered(command, Outcome.OPENED),)
            return Open(act, now), (opened, *answer, told)
        case Lapsed(act=act):
            return Open(act, now), (Announce(events.DoorOpened(place=door.place, act=act)), told)
        case Open():
            return door.state, ()
        case Unknown(act=act):
            # Nobody saw it open: that all doors were read again is recorded with the board.
            return Open(act, now), (told,)
        case _:
            assert_never(door.state)


def _closed(door: Door) -> tuple[State, tuple[Effect, ...]]:
    told = Tell(grammar.DoorClosed(door.place))
    match door.state:
        case Open(act=act) | Unknown(act=act, was_open=True):
            return Closed(), (Announce(events.DoorClosed(place=door.place, act=act)), told)
        case Unknown():
            return Closed(), (told,)
        case Closed() | Unlocking() | Lapsed():
            return door.state, ()
        case _:
            assert_never(door.state)


def _unwatched(door: Door) -> tuple[State, tuple[Effect, ...]]:
    match door.state:
        case Unlocking() as unlocking:
            return _lost_sight(door.place, unlocking)
        case Open(act=act):
            return Unknown(act, was_open=True), ()
        case Closed() | Lapsed():
            return Unknown(), ()
        case Unknown():
            return door.state, ()
        case _:
            assert_never(door.state)


def _lost_sight(place: PlaceId, unlocking: Unlocking) -> tuple[State, tuple[Effect, ...]]:
    unknown = Announce(events.OutcomeUnknown(place=place, act=unlocking.act))
    answer = () if unlocking.command is None else (Answered(unlocking.command, Outcome.UNKNOWN),)
    told = Tell(grammar.UnlockFailed(place, Failure.UNKNOWN))
    return Unknown(unlocking.act), (unknown, *answer, told)


def _reported(door: Door, report: PulseReported, number: str) -> tuple[State, tuple[Effect, ...]]:
    state, place, act = door.state, door.place, report.act
    if report.pulse is not Pulse.FAILED:
        acknowledged = report.pulse is Pulse.ACKNOWLEDGED
        return state, (Announce(events.PulseSent(place=place, act=act, acknowledged=acknowledged)),)
    failed = Announce(events.PulseFailed(place=place, act=act))
    if not isinstance(state, Unlocking) or state.act != act:
        return state, (failed,)
    if state.command is not None:
        return Closed(), (failed, Answered(state.command, Outcome.REFUSED, BoardSilent(number=number)))
    return Closed(), (failed, Tell(grammar.UnlockFailed(place, Failure.SILENT)))


def _ticked(door: Door, now: int, limits: Limits) -> tuple[State, tuple[Effect, ...]]:
    match door.state:
        case Unlocking(act=act, deadline=deadline, command=command) if now >= deadline:
            lapsed = Announce(events.UnlockLapsed(place=door.place, act=act))
            answer = () if command is None else (Answered(command, Outcome.JAMMED),)
            told = Tell(grammar.UnlockFailed(door.place, Failure.LAPSED))
            return Lapsed(act, now + limits.late), (lapsed, *answer, told)
        case Lapsed(until=until) if now >= until:
            return Closed(), ()
        case Open(since=since, left_open_said=False) as stands if now >= since + limits.left_open:
            said = events.DoorLeftOpen(place=door.place, seconds=(now - since) // 1000)
            return replace(stands, left_open_said=True), (Announce(said),)
        case _:
            return door.state, ()
