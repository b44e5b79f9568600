"""One compartment as steel: bolt, door, coil and contact. Pure physics; time is an argument.

The lock is a slam latch. A pulse draws the bolt back; the ejector then pushes the door ajar and the bolt springs out
again. A door that sticks stays in its frame, and a sear holds the bolt back until somebody pulls. A door that is shut
and latched cannot be pulled open. A door pushed to rides over a healthy bolt and latches; it cannot close through a
bolt that is jammed, and does not stay shut while the coil holds the bolt back.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

TRAVEL: Final = 0.04  # seconds the bolt takes from end to end
BOUNCE: Final = 0.012  # seconds a contact chatters after it moved
CHATTER: Final = 0.0015  # seconds per flip while it chatters
LONGEST_PULSE: Final = 1.0  # seconds; the driver stage switches off by itself after that
HEATING: Final = 40.0  # kelvin per second with current
COOLING: Final = 0.02  # share of the excess lost per second
AMBIENT: Final = 20.0
HOTTEST: Final = 110.0  # the thermal switch opens above this


class DoorAt(Enum):
    SHUT = "shut"
    AJAR = "ajar"
    OPEN = "open"


class Hand(Enum):
    PULL = "pull"
    PUSH = "push"


class Felt(Enum):
    """What a hand feels."""

    MOVED = "moved"
    HELD = "held"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Compartment:
    """`bolt` runs from 0 (extended) to 1 (drawn back). `moved_at`: when the contact last changed."""

    at: float = 0.0
    door: DoorAt = DoorAt.SHUT
    bolt: float = 0.0
    seared: bool = False  # drawn back and held so until the door leaves its frame
    coil_until: float = 0.0
    on_seconds: float = 0.0  # in its whole life
    on_run: float = 0.0  # of the current, or the last, run with current
    longest_on: float = 0.0
    heat: float = AMBIENT
    moved_at: float = float("-inf")
    jammed: bool = False
    sticking: bool = False

    @property
    def energised(self) -> bool:
        return self.at < self.coil_until

    @property
    def latched(self) -> bool:
        return self.door is DoorAt.SHUT and self.bolt < 1


def pulse(before: Compartment, now: float, *, seconds: float) -> tuple[Compartment, bool]:
    """Put current on the coil. False: it was too hot and its thermal switch is open."""
    state = advance(before, now)
    if state.heat > HOTTEST:
        return state, False
    return replace(state, coil_until=now + min(seconds, LONGEST_PULSE)), True


def move(before: Compartment, now: float, *, hand: Hand) -> tuple[Compartment, Felt]:
    """Pull or push the door."""
    state = advance(before, now)
    if hand is Hand.PULL:
        if state.door is DoorAt.OPEN:
            return state, Felt.ALREADY
        return (state, Felt.HELD) if state.latched else (_leave(state, DoorAt.OPEN), Felt.MOVED)
    if state.door is DoorAt.SHUT:
        return state, Felt.ALREADY
    if state.jammed or state.bolt >= 1:
        return replace(state, door=DoorAt.AJAR), Felt.HELD  # a jammed bolt, or one drawn back: the ejector wins
    return replace(state, door=DoorAt.SHUT, moved_at=now), Felt.MOVED


def release(before: Compartment, now: float) -> Compartment:
    """The emergency lever draws the bolt back by hand, without current; a jammed bolt does not move."""
    state = advance(before, now)
    if state.jammed or state.door is not DoorAt.SHUT:
        return state
    return replace(state, bolt=1.0, seared=True) if state.sticking else _leave(state, DoorAt.AJAR)


def advance(before: Compartment, now: float) -> Compartment:
    """Let time pass: the coil heats, the bolt travels, the ejector pushes."""
    state = before
    while state.at < now:
        state = _glide(state, min(now, _next_change(state, now)))
        if state.bolt >= 1 and state.door is DoorAt.SHUT and not state.seared:
            state = replace(state, seared=True) if state.sticking else _leave(state, DoorAt.AJAR)
    return state


def contact_closed(state: Compartment, now: float) -> bool:
    """What the reed contact says, bouncing included: closed while the door is in its frame."""
    since = now - state.moved_at
    settled = state.door is DoorAt.SHUT
    if 0 <= since < BOUNCE:
        return settled if int(since / CHATTER) % 2 else not settled
    return settled


def cut_power(before: Compartment, now: float) -> Compartment:
    """No current any more; springs do the rest."""
    state = advance(before, now)
    return replace(state, coil_until=min(state.coil_until, now))


def _next_change(state: Compartment, now: float) -> float:
    """When something other than gliding happens: current ends, or the bolt arrives."""
    changes = [state.coil_until] if state.energised else []
    speed = _bolt_speed(state)
    if speed:
        way = 1 - state.bolt if speed > 0 else state.bolt
        changes.append(state.at + way / abs(speed))
    later = [change for change in changes if change > state.at]
    return min(later, default=now)


def _bolt_speed(state: Compartment) -> float:
    if state.jammed:
        return 0.0
    if state.energised:
        return 1 / TRAVEL if state.bolt < 1 else 0.0
    return -1 / TRAVEL if state.bolt > 0 and not state.seared else 0.0


def _glide(state: Compartment, until: float) -> Compartment:
    seconds = until - state.at
    bolt = min(1.0, max(0.0, state.bolt + _bolt_speed(state) * seconds))
    on = seconds if state.energised else 0.0
    cooled = AMBIENT + (state.heat - AMBIENT) * max(0.0, 1 - COOLING * min(seconds, 1 / COOLING))
    bolt = 1.0 if bolt > 1 - 1e-9 else 0.0 if bolt < 1e-9 else bolt
    run = state.on_run + on if state.energised else 0.0
    return replace(
        state,
        at=until,
        bolt=bolt,
        on_seconds=state.on_seconds + on,
        on_run=run,
        longest_on=max(state.longest_on, run),
        heat=cooled + HEATING * on,
    )


def _leave(state: Compartment, to: DoorAt) -> Compartment:
    """The door leaves its frame or swings wide; the sear lets go."""
    moved_at = state.at if state.door is DoorAt.SHUT else state.moved_at
    return replace(state, door=to, seared=False, moved_at=moved_at)
