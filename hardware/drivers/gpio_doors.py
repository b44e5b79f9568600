"""Locks and door contacts of one relay box on the pins of a Raspberry Pi. One thread; the pins belong to its guard.

This process never touches a pin. It asks the guard (a process of its own, see `gpio_guard`) for a pulse and hears from
it what the contacts say. A guard that is gone or silent is killed, its doors become UNKNOWN, and a new guard switches
everything off before it does anything else.
"""

import contextlib
import logging
import os
import threading
from collections import deque
from dataclasses import dataclass

from hardware.drivers.gpio_duty import Why
from hardware.drivers.gpio_process import GuardProcess
from hardware.drivers.gpio_words import (
    SAY_EVERY,
    SILENCE,
    Alive,
    Capped,
    Doors,
    Ended,
    Fired,
    NotFired,
    Pulse,
    Ready,
    Refused,
    Word,
)
from hardware.drivers.reconnecting import Patience, pause_after
from hardware.ports import (
    BoardReachable,
    BoardUnreachable,
    Clock,
    Deliver,
    DoorSensed,
    DoorState,
    LossReason,
    PulseFailed,
    PulseFailure,
    PulseSent,
)
from hardware.wiring import Wiring
from hardware.wiring.gpio import Box

SHELF_LIFE = 2.0  # seconds a request may wait before nobody expects the door to open any more
SOON = 0.05  # seconds after which is looked again whether a lock has rested
ANSWER = 1.0  # seconds after which a guard that did not answer a request will not be waited for
START = 15.0  # seconds a guard may take until it is ready; an old Pi loads slowly
WORKED = 5.0  # seconds of work after which the end of a guard is a new trouble, not the same once more
HUNG = 10.0  # seconds after which a thread that did not turn counts as hung

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    channel: int | None
    compartment: str
    request_id: str
    at: float


class _Lost(Exception):  # noqa: N818 it is no mistake, only the end of a guard
    def __init__(self, reason: LossReason) -> None:
        self.reason = reason
        super().__init__(reason.value)


class GpioDoors:
    """Satisfies `hardware.ports.Doors` for one relay box."""

    def __init__(
        self, box: Box, wiring: Wiring, *, deliver: Deliver, clock: Clock, patience: Patience | None = None
    ) -> None:
        self._box, self._deliver, self._clock = box, deliver, clock
        self._patience = patience or Patience()
        self._compartments = wiring.compartments_of(box.name)
        self._names = tuple(compartment.name for compartment in self._compartments)
        self._channels = {compartment.name: compartment.channel for compartment in self._compartments}
        self._asked: deque[_Asked] = deque()
        self._pending: dict[str, _Asked] = {}
        self._told: dict[str, DoorState] = {}
        self._loss: LossReason | None = None
        self._on: dict[str, int] = {}  # requests whose coil is on, as far as is known, and its channel
        self._rested: dict[int, float] = {}  # when a coil will have rested, as far as is known
        self._ready = False
        self._heard_at = self._ready_at = self._turned_at = clock()
        self._closing = threading.Lock()  # a request after the last look into the queue must still get its end
        self._stopping = threading.Event()
        self._bell_out, self._bell_in = os.pipe()
        os.set_blocking(self._bell_in, False)
        self._thread = threading.Thread(target=self._run, name=f"gpio {box.name}", daemon=True)
        self.guard_pid: int | None = None

    def start(self) -> None:
        self._turned_at = self._clock()
        self._thread.start()

    def healthy(self) -> bool:
        """Whether its thread turns, so that a guard that hangs would be seen and replaced."""
        if self._thread.ident is None or self._stopping.is_set():
            return True
        return self._thread.is_alive() and self._clock() < self._turned_at + HUNG

    def stop(self) -> None:
        with self._closing:
            stopped = self._stopping.is_set()
            self._stopping.set()
        self._ring()
        if self._thread.ident is not None:
            self._thread.join(timeout=10)
        while self._asked:
            self._refuse(self._asked.popleft(), PulseFailure.STOPPED)
        if not stopped:
            os.close(self._bell_out)
            os.close(self._bell_in)

    def unlock(self, compartment: str, request_id: str) -> None:
        asked = _Asked(self._channels.get(compartment), compartment, request_id, self._clock())
        with self._closing:
            if not self._stopping.is_set():
                self._asked.append(asked)
                self._ring()
                return
        self._refuse(asked, PulseFailure.STOPPED)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._guarded()
            except _Lost as lost:
                # A guard that worked and died may have left a coil on: only a new one can switch it off, so at once.
                worked = self._ready and self._clock() > self._ready_at + WORKED
                failures = 0 if worked else failures + 1
                self._lost(lost.reason)
                if failures > int(self._ready):
                    self._pause(pause_after(failures, lost.reason, self._patience))

    def _guarded(self) -> None:
        """One life of a guard. _Lost says why it ended; returns when stopping."""
        self._ready = False
        try:
            guard = GuardProcess(self._box)
        except OSError as failed:
            _log.exception("the guard of the pins cannot be started: box=%s", self._box.name)
            raise _Lost(LossReason.ABSENT) from failed
        self.guard_pid = guard.pid
        try:
            self._serve(guard)
        except (OSError, EOFError) as gone:
            raise _Lost(LossReason.UNPLUGGED) from gone
        finally:
            guard.end()
            self.guard_pid = None
            self._nothing_more_is_heard()

    def _serve(self, guard: GuardProcess) -> None:
        self._heard_at = self._clock()
        alive_at = self._heard_at
        while not self._stopping.is_set():
            now = self._turned_at = self._clock()
            if now >= alive_at:
                alive_at = now + SAY_EVERY
                guard.say(Alive())
            until = min(alive_at, now + SOON) if self._asked else alive_at
            for word in guard.hear(until - now, self._bell_out):
                self._heard(word)
            now = self._clock()
            if now >= self._heard_at + (SILENCE if self._ready else START):
                raise _Lost(LossReason.SILENT)
            self._give_up_waiting(now)
            if self._ready:
                self._fire_what_was_asked(guard)
            else:
                self._while_absent()

    def _heard(self, word: Word) -> None:
        self._heard_at = now = self._clock()
        match word:
            case Ready():
                self._ready, self._ready_at, self._loss = True, now, None
                self._deliver(BoardReachable(self._box.name, self._names, now))
            case Refused(reason, chinese, english):
                if LossReason(reason) is not self._loss:
                    _log.error("the pins cannot be had: box=%s\n%s\n%s", self._box.name, chinese, english)
                raise _Lost(LossReason(reason))
            case Doors(states):
                for compartment in self._compartments:
                    self._sense(compartment.name, DoorState(states[compartment.channel - 1]), now)
            case Fired(request_id):
                self._sent(request_id, acknowledged=True)
            case NotFired(request_id, why):
                self._rested.pop(self._on.pop(request_id, 0), None)
                if (asked := self._pending.pop(request_id, None)) is not None:
                    self._refuse(asked, _NOT_FIRED.get(why, PulseFailure.UNREACHABLE))
            case Ended(request_id):
                if (channel := self._on.pop(request_id, None)) is not None:
                    self._rested[channel] = now + self._box.rest_seconds
            case Capped(channel):
                _log.error("a coil was on past its cap and was dropped: box=%s channel=%d", self._box.name, channel)
            case _:
                pass  # what an agent says

    def _fire_what_was_asked(self, guard: GuardProcess) -> None:
        """In their order; only a lock that has yet to rest lets others go before it."""
        with self._closing:
            waiting = tuple(self._asked)
        for asked in waiting:
            now = self._clock()
            failure = self._why_not(asked, now)
            if failure is None and len(self._on) >= self._box.coils_at_once:
                return
            if failure is None and now < self._rested_at(asked):
                continue
            self._asked.remove(asked)
            if failure is None and asked.channel is not None:
                self._ask(guard, asked, asked.channel)
            else:
                self._refuse(asked, failure or PulseFailure.UNKNOWN_COMPARTMENT)

    def _why_not(self, asked: _Asked, now: float) -> PulseFailure | None:
        if asked.channel is None:
            return PulseFailure.UNKNOWN_COMPARTMENT
        if now - asked.at > SHELF_LIFE:
            return PulseFailure.TOO_LATE
        if now < self._rested_at(asked) and self._rested_at(asked) > asked.at + SHELF_LIFE:
            return PulseFailure.RESTING
        return None

    def _rested_at(self, asked: _Asked) -> float:
        return self._rested.get(asked.channel or 0, float("-inf"))

    def _ask(self, guard: GuardProcess, asked: _Asked, channel: int) -> None:
        """Once. A guard that is gone took no byte of it; one that dies over it leaves open whether the lock fired."""
        try:
            guard.say(Pulse(asked.request_id, channel, asked.at + SHELF_LIFE))
        except OSError:
            self._refuse(asked, PulseFailure.UNREACHABLE)
            raise
        self._pending[asked.request_id] = asked
        self._on[asked.request_id] = channel
        self._rested[channel] = self._clock() + self._box.pulse_seconds + self._box.rest_seconds

    def _sent(self, request_id: str, *, acknowledged: bool) -> None:
        if (asked := self._pending.pop(request_id, None)) is not None:
            self._deliver(PulseSent(request_id, asked.compartment, acknowledged, self._clock()))

    def _give_up_waiting(self, now: float) -> None:
        for request_id in [key for key, asked in self._pending.items() if now > asked.at + SHELF_LIFE + ANSWER]:
            self._sent(request_id, acknowledged=False)

    def _nothing_more_is_heard(self) -> None:
        self._on.clear()
        for request_id in list(self._pending):
            self._sent(request_id, acknowledged=False)

    def _sense(self, name: str, state: DoorState, now: float) -> None:
        if self._told.get(name, DoorState.UNKNOWN) is not state:
            self._told[name] = state
            self._deliver(DoorSensed(name, state, now))

    def _lost(self, reason: LossReason) -> None:
        """Told once per outage, and again when its reason changes."""
        if reason is self._loss:
            return
        self._loss, now = reason, self._clock()
        self._deliver(BoardUnreachable(self._box.name, self._names, reason, now))
        for name in self._names:
            self._sense(name, DoorState.UNKNOWN, now)

    def _while_absent(self) -> None:
        while self._asked:
            asked = self._asked.popleft()
            known = asked.channel is not None
            self._refuse(asked, PulseFailure.UNREACHABLE if known else PulseFailure.UNKNOWN_COMPARTMENT)

    def _pause(self, seconds: float) -> None:
        until = self._clock() + seconds
        while self._clock() < until and not self._stopping.wait(0.02):
            self._turned_at = self._clock()
            self._while_absent()

    def _refuse(self, asked: _Asked, reason: PulseFailure) -> None:
        self._deliver(PulseFailed(asked.request_id, asked.compartment, reason, self._clock()))

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._bell_in, b"!")


_NOT_FIRED = {
    Why.RESTING.value: PulseFailure.RESTING,
    Why.SUPPLY.value: PulseFailure.RESTING,
    "late": PulseFailure.TOO_LATE,
}
