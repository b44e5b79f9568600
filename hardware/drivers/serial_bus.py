"""Locks and door contacts on one serial line of boards, of one family or several. One thread per line polls them.

What a board is told and what it says is its dialect's business (`firmware_bridge.boards.dialect`). Each pulse is sent
once, and the board times it: a host that dies leaves no coil energised. The first bytes on a fresh line are those that
make it safe, then questions; nothing is unlocked at start-up or after an outage.
"""

import threading
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import serial

from firmware_bridge.boards.dialect import AnyFrame
from firmware_bridge.exchange import (
    Answered,
    Busy,
    DiscardInput,
    Effects,
    Exchange,
    Over,
    Said,
    Send,
    TimedOut,
    Timing,
    Unasked,
    WaitUntil,
)
from hardware.drivers.reconnecting import Patience, hung_after
from hardware.drivers.serial_port import HungPortError, SerialThread
from hardware.drivers.watch import Watch
from hardware.ports import Clock, Deliver, LossReason, PulseFailed, PulseFailure, PulseSent
from hardware.tapping import Tapping
from hardware.wiring import Bus, Compartment, Wiring

SHELF_LIFE = 2.0  # seconds a request may wait before nobody expects the door to open any more
COIL_REST = 2.0  # seconds between two pulses of one lock
SUPPLY_REST = 0.4  # seconds between two pulses on one line, or a tenth more than a pulse lasts: one coil at a time


_Outcome: TypeAlias = Answered[AnyFrame] | TimedOut[AnyFrame] | Said[AnyFrame]


@dataclass(frozen=True, slots=True)
class _Asked:
    compartment: str
    request_id: str
    at: float


class SerialBus(SerialThread):
    """Satisfies `hardware.ports.Doors` for the boards of one bus."""

    def __init__(
        self, bus: Bus, wiring: Wiring, *, deliver: Deliver, clock: Clock, patience: Patience | None = None
    ) -> None:
        super().__init__(bus.name, bus.port, baud=bus.baud, clock=clock, patience=patience or Patience())
        self._bus, self._deliver = bus, deliver
        self.tapping = Tapping(bus.name, clock)
        self._watches = {
            board.name: Watch(board, wiring.compartments_of(board.name), needed=bus.stable_polls, deliver=deliver)
            for board in wiring.boards_of(bus.name)
        }
        self._homes = {c.name: c for board in self._watches for c in wiring.compartments_of(board)}
        self._asked: deque[_Asked] = deque()
        self._closing = threading.Lock()  # a request after the last look into the queue must still get its end
        self._fired: dict[str, float] = {}
        self._supply_free = float("-inf")  # when the last pulse is over and the supply has rested
        self._hint = False  # a board said by itself that a door changed: look at once
        self._wrote = False
        self._reopened = 0  # times in a row, because nothing came out of the port
        self._speaking: Watch = next(iter(self._watches.values()))
        self._exchange: Exchange[AnyFrame]
        self._port: serial.Serial

    def unlock(self, compartment: str, request_id: str) -> None:
        asked = _Asked(compartment, request_id, self._clock())
        with self._closing:
            if not self._stopping.is_set():
                self._asked.append(asked)
                self._ring()
                return
        self._refuse(asked, PulseFailure.STOPPED)

    def stop(self) -> None:
        with self._closing:
            self._stopping.set()
        super().stop()
        while self._asked:
            self._refuse(self._asked.popleft(), PulseFailure.STOPPED)

    def _serve(self, port: serial.Serial) -> None:
        timing = Timing(baud=self._bus.baud, reply_within=self._bus.reply_seconds)
        self._port, self._exchange = port, Exchange(self._speaking.codec, timing, echo=self._bus.echo)
        opened_at = self._clock()
        for watch in self._watches.values():
            self._prepare(watch)
        while not self._stopping.is_set():
            again_at = self._clock() + self._bus.poll_seconds
            self._hint = False
            for watch in self._watches.values():
                if watch.due(self._clock()):
                    self._poll(watch)
                self._fire_what_was_asked()
            self._listen_until(again_at)
            self._fire_what_was_asked()  # before the next question: somebody stands at the door
            self._reopen_when_hung(opened_at)

    def _prepare(self, watch: Watch) -> None:
        """Make the board safe. Where the line may echo, an answer equal to the request passes for one."""
        watch.prepared = True
        for request in watch.dialect.at_start():
            outcome = self._transact(watch, request)
            watch.prepared = watch.prepared and not (isinstance(outcome, TimedOut) and not outcome.echoed)

    def _poll(self, watch: Watch) -> None:
        if not watch.prepared:
            self._prepare(watch)
        replies = []
        for request in watch.dialect.queries() if watch.prepared else ():
            outcome = self._transact(watch, request, attempts=None if watch.reachable else 1)
            if isinstance(outcome, Answered):
                replies.append(outcome.reply)
        if replies and len(replies) == len(watch.dialect.queries()):
            watch.answered(tuple(replies), self._clock())
        else:
            watch.silent(self._clock())

    def _reopen_when_hung(self, opened_at: float) -> None:
        """A dead adapter looks like a line of silent boards. Opening it anew costs nothing when it is the boards."""
        if self._heard_at is not None:
            self._reopened = 0
        if self._clock() - (self._heard_at or opened_at) > hung_after(self._reopened, self._patience):
            self._reopened += 1
            raise HungPortError("nothing comes out of the port")

    def _fire_what_was_asked(self) -> None:
        """In their order; only a lock that has yet to rest lets others go before it."""
        with self._closing:
            waiting = tuple(self._asked)
        for asked in waiting:
            now = self._clock()
            failure = self._why_not(asked, now)
            if failure is None and now < self._supply_free:
                return
            if failure is None and now < self._rested_at(asked.compartment):
                continue
            self._asked.remove(asked)
            if failure is None:
                self._fire(asked, self._homes[asked.compartment])
            else:
                self._refuse(asked, failure)

    def _why_not(self, asked: _Asked, now: float) -> PulseFailure | None:
        home = self._homes.get(asked.compartment)
        if home is None:
            return PulseFailure.UNKNOWN_COMPARTMENT
        if now - asked.at > SHELF_LIFE:
            return PulseFailure.TOO_LATE
        if not self._watches[home.board].reachable:
            return PulseFailure.UNREACHABLE
        if now < self._rested_at(home.name) and self._rested_at(home.name) > asked.at + SHELF_LIFE:
            return PulseFailure.RESTING
        return None

    def _rested_at(self, compartment: str) -> float:
        return self._fired.get(compartment, float("-inf")) + COIL_REST

    def _fire(self, asked: _Asked, home: Compartment) -> None:
        """Once. When the port fails after a byte may have left, the pulse counts as sent and not acknowledged."""
        watch = self._watches[home.board]
        self._wrote = False
        acknowledged = False
        try:
            outcome = self._transact(watch, watch.dialect.unlock(home.channel))
            acknowledged = isinstance(outcome, Answered) and watch.dialect.fired(outcome.reply)
        finally:
            now = self._clock()
            if self._wrote:
                self._fired[home.name] = now
                self._supply_free = now + max(SUPPLY_REST, watch.dialect.pulse_seconds + 0.1)
                self._deliver(PulseSent(asked.request_id, asked.compartment, acknowledged, now))
            else:
                self._refuse(asked, PulseFailure.UNREACHABLE)

    def _transact(self, watch: Watch, request: AnyFrame, *, attempts: int | None = None) -> _Outcome:
        self._speaking = watch
        self._exchange.speak(watch.codec)
        outcome, until = self._carry_out(self._exchange.start(request, self._clock(), attempts=attempts))
        while outcome is None:
            data = self._overhear(until - self._clock())
            now = self._clock()
            effects = self._exchange.received(data, now) if data else self._exchange.tick(now)
            outcome, until = self._carry_out(effects)
        return outcome

    def _carry_out(self, effects: Effects[AnyFrame]) -> tuple[_Outcome | None, float]:
        outcome: _Outcome | None = None
        until = self._clock() + self._bus.poll_seconds
        for effect in effects:
            match effect:
                case Send(data):
                    self._wrote = True
                    self._port.write(data)
                    self.tapping.sent(data, family=self._speaking.board.family)
                case DiscardInput():
                    self._port.reset_input_buffer()
                case Unasked(frame):
                    self._show(frame)
                    self._hint = self._hint or self._speaking.dialect.hints(frame)
                case Over(ended):
                    outcome = ended
                    if isinstance(ended, Answered):
                        self._show(ended.reply)
                    elif isinstance(ended, TimedOut):
                        self.tapping.silence(self._speaking.board.name)
                case WaitUntil(at):
                    until = at
                case Busy():
                    raise RuntimeError("two transactions at once on one line")
        return outcome, until

    def _overhear(self, seconds: float) -> bytes:
        data = self._hear(self._port, seconds)
        if data:
            self.tapping.raw(data)
        return data

    def _show(self, frame: AnyFrame) -> None:
        speaking = self._speaking
        self.tapping.frame(lambda: speaking.codec.encode(frame), family=speaking.board.family)

    def _listen_until(self, again_at: float) -> None:
        while (now := self._clock()) < again_at and not (self._asked or self._hint or self._stopping.is_set()):
            data = self._overhear(again_at - now)
            now = self._clock()
            self._carry_out(self._exchange.received(data, now) if data else self._exchange.tick(now))

    def _lost(self, reason: LossReason) -> None:
        for watch in self._watches.values():
            watch.lost(reason, self._clock())

    def _while_absent(self) -> None:
        while self._asked:
            self._refuse(self._asked.popleft(), PulseFailure.UNREACHABLE)

    def _refuse(self, asked: _Asked, reason: PulseFailure) -> None:
        self._deliver(PulseFailed(asked.request_id, asked.compartment, reason, self._clock()))
