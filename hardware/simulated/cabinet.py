"""A simulated cabinet: its compartments, the hands that move doors, and a log of every pulse that reached a coil.

The fire log is how a test proves that nothing fired unasked. One lock serves hands, boards and readers of the state.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.simulated.compartment import (
    Compartment,
    DoorAt,
    Felt,
    Hand,
    advance,
    contact_closed,
    cut_power,
    move,
    pulse,
    release,
)
from hardware.wiring import Wiring

PULSE_SECONDS = 0.3  # the boards' own


@dataclass(frozen=True, slots=True)
class Fire:
    """One pulse as the board sent it. `energised` False: the coil's thermal switch was open."""

    at: float
    compartment: str | None
    board: str
    channel: int
    seconds: float
    energised: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A compartment as a person and a meter see it."""

    compartment: str
    door: str
    latched: bool
    bolt: float
    energised: bool
    on_seconds: float
    longest_on: float
    heat: float
    jammed: bool
    sticking: bool
    occupied: bool


class SimulatedCabinet:
    """Every method may be called from any thread. KeyError names a compartment that does not exist."""

    def __init__(self, wiring: Wiring, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._states = {c.name: Compartment(at=clock()) for c in wiring.compartments}
        self._at = {(c.board, c.channel): c.name for c in wiring.compartments}
        self._fires: list[Fire] = []
        self._holding: set[str] = set()  # compartments in which something lies
        self._powered = True
        self._armed = False

    def pull(self, compartment: str) -> Felt:
        return self._move(compartment, Hand.PULL)

    def push(self, compartment: str) -> Felt:
        return self._move(compartment, Hand.PUSH)

    def release(self, compartment: str) -> None:
        """The emergency lever."""
        self._change(compartment, lambda state: release(state, self._clock()))

    def jam(self, compartment: str, *, jammed: bool = True) -> None:
        """The bolt no longer moves, wherever it is."""
        self._change(compartment, lambda state: replace(state, jammed=jammed))

    def stick(self, compartment: str, *, sticking: bool = True) -> None:
        """The ejector no longer moves the door: unlocked, it must be pulled."""
        self._change(compartment, lambda state: replace(state, sticking=sticking))

    def put(self, compartment: str, *, present: bool = True) -> None:
        """Something lies in the compartment, or no longer does: what a sensor inside it sees."""
        self._change(compartment, lambda state: state)
        (self._holding.add if present else self._holding.discard)(compartment)

    def cut_power(self) -> None:
        """Boards and coils are dead; doors stay as they are and can still be moved as far as their bolts allow."""
        with self._lock:
            self._powered = False
            now = self._clock()
            self._states = {name: cut_power(state, now) for name, state in self._states.items()}

    def cut_at_next_fire(self, *, armed: bool) -> None:
        """The power goes with the next pulse: nobody will know whether the bolt moved."""
        self._armed = armed

    @property
    def armed(self) -> bool:
        return self._armed

    def restore_power(self) -> None:
        with self._lock:
            self._powered = True

    @property
    def powered(self) -> bool:
        return self._powered

    def fire(self, board: str, channel: int, *, seconds: float = PULSE_SECONDS) -> None:
        """A board sends a pulse; a channel without a lock is logged all the same."""
        with self._lock:
            now, name, energised = self._clock(), self._at.get((board, channel)), False
            if name is not None:
                self._states[name], energised = pulse(self._states[name], now, seconds=seconds)
            self._fires.append(Fire(now, name, board, channel, seconds, energised))
            armed, self._armed = self._armed, False
        if armed:
            self.cut_power()

    def cut(self, board: str, channel: int) -> None:
        """A board ends the current on a lock, if there is any."""
        name = self._at.get((board, channel))
        if name is not None:
            self._change(name, lambda state: cut_power(state, self._clock()))

    def items(self, board: str, channels: int) -> tuple[bool, ...]:
        """In which compartments of a board something lies; a channel without a lock is empty."""
        return tuple(self._at.get((board, channel)) in self._holding for channel in range(1, channels + 1))

    def energised(self, board: str, channels: int) -> tuple[bool, ...]:
        """Which locks of a board have current now, by channel."""
        with self._lock:
            now = self._clock()
            names = [self._at.get((board, channel)) for channel in range(1, channels + 1)]
            return tuple(name is not None and self._advance(name, now).energised for name in names)

    def contacts(self, board: str, channels: int) -> tuple[bool, ...]:
        """Which contacts of a board are closed now; a channel without a lock reads open."""
        with self._lock:
            now = self._clock()
            names = [self._at.get((board, channel)) for channel in range(1, channels + 1)]
            return tuple(name is not None and contact_closed(self._advance(name, now), now) for name in names)

    def look(self) -> tuple[Seen, ...]:
        with self._lock:
            now = self._clock()
            return tuple(
                _seen(name, self._advance(name, now), occupied=name in self._holding) for name in sorted(self._states)
            )

    def door(self, compartment: str) -> DoorAt:
        with self._lock:
            return self._advance(compartment, self._clock()).door

    def fires(self) -> tuple[Fire, ...]:
        """Every pulse since this cabinet was built, oldest first."""
        with self._lock:
            return tuple(self._fires)

    def _move(self, compartment: str, hand: Hand) -> Felt:
        with self._lock:
            self._states[compartment], felt = move(self._states[compartment], self._clock(), hand=hand)
            return felt

    def _change(self, compartment: str, how: Callable[[Compartment], Compartment]) -> None:
        with self._lock:
            self._states[compartment] = how(self._advance(compartment, self._clock()))

    def _advance(self, name: str, now: float) -> Compartment:
        self._states[name] = advance(self._states[name], now)
        return self._states[name]


def _seen(name: str, state: Compartment, *, occupied: bool) -> Seen:
    return Seen(
        name,
        state.door.value,
        state.latched,
        round(state.bolt, 3),
        state.energised,
        round(state.on_seconds, 3),
        round(state.longest_on, 3),
        round(state.heat, 1),
        state.jammed,
        state.sticking,
        occupied,
    )
