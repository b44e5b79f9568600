"""Locks and door contacts on one serial line of 8A/80 boards. One thread per line polls, and sends each pulse once.

Only `UnlockOne` is ever sent to fire a lock: the board times the pulse, so a host that dies leaves no coil energised.
The first bytes on a fresh line are questions; nothing is unlocked at start-up or after an outage.
"""

import threading
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import serial

from firmware_bridge.boards import eight_a_eighty as board8a
from firmware_bridge.codec import Role
from firmware_bridge.exchange import (
    Answered,
    Busy,
    DiscardInput,
    Effects,
    Exchange,
    Over,
    Send,
    TimedOut,
    Timing,
    Unasked,
    WaitUntil,
)
from hardware.drivers.reconnecting import Patience
from hardware.drivers.serial_port import SerialThread
from hardware.drivers.watch_8a80 import Watch
from hardware.ports import Clock, Deliver, LossReason, PulseFailed, PulseFailure, PulseSent
from hardware.wiring import Bus, Compartment, Wiring

SHELF_LIFE = 2.0  # seconds a request may wait before nobody expects the door to open any more
COIL_REST = 2.0  # seconds between two pulses of one lock
SUPPLY_REST = 0.4  # seconds between two pulses on one line: one coil (2.4 A) at a time


_Outcome: TypeAlias = Answered[board8a.Frame] | TimedOut[board8a.Frame]


@dataclass(frozen=True, slots=True)
class _Asked:
    compartment: str
    request_id: str
    at: float


class Serial8A80(SerialThread):
    """Satisfies `hardware.ports.Doors` for the boards of one bus."""

    def __init__(
        self, bus: Bus, wiring: Wiring, *, deliver: Deliver, clock: Clock, patience: Patience | None = None
    ) -> None:
        super().__init__(bus.name, bus.port, baud=bus.baud, clock=clock, patience=patience or Patience())
        self._bus, self._deliver = bus, deliver
        self._watches = {
            board.name: Watch(board, wiring.compartments_of(board.name), needed=bus.stable_polls, deliver=deliver)
            for board in wiring.boards_of(bus.name)
        }
        self._homes = {c.name: c for board in self._watches for c in wiring.compartments_of(board)}
        self._asked: deque[_Asked] = deque()
        self._closing = threading.Lock()  # a request after the last look into the queue must still get its end
        self._fired: dict[str, float] = {}
        self._last_pulse = float("-inf")
        self._heard_of = False  # a board said by itself that a door changed: look at once
        self._wrote = False
        self._exchange: Exchange[board8a.Frame]
        self._port: serial.Serial

    def unlock(self, compartment: str, request_id: str) -> None:
        asked = _Asked(compartment, request_id, self._clock())
        with self._closing:
            if not self._stopping.is_set():
                self._asked.append(asked)
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
        lengths = {watch.board.address: watch.board.status_bytes for watch in self._watches.values()}
        codec = board8a.Codec(Role.HOST, by_address=lengths)
        self._port, self._exchange = port, Exchange(codec, timing, echo=self._bus.echo)
        while not self._stopping.is_set():
            again_at = self._clock() + self._bus.poll_seconds
            self._heard_of = False
            for watch in self._watches.values():
                if watch.due(self._clock()):
                    self._poll(watch)
                self._fire_what_was_asked()
            self._listen_until(again_at)

    def _poll(self, watch: Watch) -> None:
        request = board8a.QueryAll(watch.board.address)
        outcome = self._transact(request, attempts=None if watch.reachable else 1)
        if isinstance(outcome, Answered) and isinstance(outcome.reply, board8a.AllStatus):
            watch.answered(outcome.reply.raw, self._clock())
        else:
            watch.silent(self._clock())

    def _fire_what_was_asked(self) -> None:
        while self._asked:
            asked, now = self._asked[0], self._clock()
            failure = self._why_not(asked, now)
            if failure is None and now < self._last_pulse + SUPPLY_REST:
                return
            self._asked.popleft()
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
        if now < self._fired.get(home.name, float("-inf")) + COIL_REST:
            return PulseFailure.RESTING
        return None

    def _fire(self, asked: _Asked, home: Compartment) -> None:
        """Once. When the port fails after a byte may have left, the pulse counts as sent and not acknowledged."""
        request = board8a.UnlockOne(self._watches[home.board].board.address, home.channel)
        self._wrote = False
        acknowledged = False
        try:
            acknowledged = isinstance(self._transact(request), Answered)
        finally:
            now = self._clock()
            if self._wrote:
                self._fired[home.name] = self._last_pulse = now
                self._deliver(PulseSent(asked.request_id, asked.compartment, acknowledged, now))
            else:
                self._refuse(asked, PulseFailure.UNREACHABLE)

    def _transact(self, request: board8a.Frame, *, attempts: int | None = None) -> _Outcome:
        outcome, until = self._carry_out(self._exchange.start(request, self._clock(), attempts=attempts))
        while outcome is None:
            data = self._hear(self._port, until - self._clock())
            now = self._clock()
            effects = self._exchange.received(data, now) if data else self._exchange.tick(now)
            outcome, until = self._carry_out(effects)
        return outcome

    def _carry_out(self, effects: Effects[board8a.Frame]) -> tuple[_Outcome | None, float]:
        outcome: _Outcome | None = None
        until = self._clock() + self._bus.poll_seconds
        for effect in effects:
            match effect:
                case Send(data):
                    self._wrote = True
                    self._port.write(data)
                case DiscardInput():
                    self._port.reset_input_buffer()
                case Unasked(frame):
                    self._heard_of = self._heard_of or isinstance(frame, board8a.DoorReport)
                case Over(ended):
                    outcome = ended
                case WaitUntil(at):
                    until = at
                case Busy():
                    raise RuntimeError("two transactions at once on one line")
        return outcome, until

    def _listen_until(self, again_at: float) -> None:
        while (now := self._clock()) < again_at and not (self._asked or self._heard_of or self._stopping.is_set()):
            data = self._hear(self._port, again_at - now)
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
