"""The hands of the walk: reads boards, and fires a lock when told to. One port at a time, opened for as long as needed.

A lock fires once for each `fire`; nothing is sent again because no answer came.
"""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import serial

from firmware_bridge.boards.dialect import Dialect, Door, Item, Settings
from firmware_bridge.boards.families import FAMILIES
from firmware_bridge.exchange import Answered, DiscardInput, Exchange, Over, Send, Timing, WaitUntil
from hardware.commissioning.evidence import Hypothesis, Look, hypotheses, look, same
from hardware.commissioning.walk import Read, Seen
from hardware.ports import DoorSensed, DoorState, Observation, PulseFailed, PulseSent, Scanned
from hardware.registry import CAMERAS, PARTS, PINS, SCANNERS, driver
from hardware.wiring import Board, Bus, Reader, Wiring
from hardware.wiring.cameras import Camera

WATCH_SECONDS = 2.5  # so long a door may take to open after its pulse
COIL_REST = 2.0
SILENCE_SECONDS = 3.0  # a reader's or a pin's first word comes within


class Probe(Protocol):
    """One board or relay box."""

    @property
    def pulse_ms(self) -> int:
        """How long a pulse lasts, as the wiring says."""

    @property
    def senses(self) -> bool:
        """Whether the board may have sensors for what lies in its compartments."""

    def among(self) -> tuple[Hypothesis, ...]:
        """What may be true of it before anything was seen."""

    def look(self) -> Seen:
        """Its doors, once two answers were equal. OSError when its port cannot be used."""

    def fire(self, channel: int, under: Hypothesis) -> Seen:
        """Unlock once, the channel numbered as a hypothesis says, then watch.

        OSError when its port cannot be used; then nobody knows whether the lock fired.
        """


class SerialProbe:
    """A lock board on a serial line."""

    def __init__(self, board: Board, bus: Bus, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._board, self._bus, self._clock = board, bus, clock
        self._among = hypotheses(board, bus)
        self._speaks = board.dialect
        self._fired: dict[int, float] = {}
        self._items: tuple[Item, ...] = ()

    @property
    def pulse_ms(self) -> int:
        return round(1000 * self._board.dialect.pulse_seconds)

    @property
    def senses(self) -> bool:
        return any(setting.key == "items" for setting in FAMILIES[self._board.family].settings)

    def among(self) -> tuple[Hypothesis, ...]:
        return self._among

    def look(self) -> Seen:
        with self._line() as line:
            return Seen(self._settled(line), items=self._items)

    def fire(self, channel: int, under: Hypothesis) -> Seen:
        time.sleep(max(0.0, self._fired.get(channel, float("-inf")) + COIL_REST - self._clock()))
        with self._line() as line:
            before = self._settled(line)
            sent = self._clock()
            self._fired[channel] = sent
            outcome = line.ask(self._under(dict(under)).unlock(channel))
            acknowledged = isinstance(outcome, Answered) and self._speaks.fired(outcome.reply)
            travel, after, pulse = None, before, _Pulse((sent + self._clock()) / 2)
            while self._clock() < sent + WATCH_SECONDS and (travel is None or pulse.under_way):
                pulse.seen(self._relay_on(line, channel), self._clock())
                if travel is None:
                    after = self._read(line)
                    travel = round(1000 * (self._clock() - sent)) if after and not same(before, after) else None
            after = after if travel is None else self._settled(line)
            told = self._told_pulse(line)
            return Seen(after, travel, acknowledged, pulse_ms=told, measured_ms=pulse.milliseconds)

    def _relay_on(self, line: "_Line", channel: int) -> bool | None:
        """Whether the relay of a channel is on, where its board can say so."""
        asks = FAMILIES[self._board.family].relays
        if asks is None:
            return None
        outcome = line.ask(asks.question(self._board.address, self._board.channels))
        return asks.told(outcome.reply, self._board.channels)[channel - 1] if isinstance(outcome, Answered) else None

    def _told_pulse(self, line: "_Line") -> int | None:
        """How long its pulse is, by the board's own word; milliseconds."""
        asks = FAMILIES[self._board.family].pulse
        if asks is None:
            return None
        outcome = line.ask(asks.question(self._board.address))
        return asks.told(outcome.reply) if isinstance(outcome, Answered) else None

    def _under(self, settings: Settings) -> Dialect:
        wired = {**self._board.settings, **settings}
        return FAMILIES[self._board.family].dialect(self._board.address, self._board.channels, wired)

    def _settled(self, line: "_Line") -> Look:
        """Two equal answers in a row; nothing where none came."""
        until, last = self._clock() + SILENCE_SECONDS, self._read(line)
        while last and self._clock() < until:
            fresh = self._read(line)
            if fresh and same(last, fresh):
                return fresh
            last = fresh
        return last

    def _read(self, line: "_Line") -> Look:
        replies = []
        for request in self._speaks.queries():
            outcome = line.ask(request)
            if not isinstance(outcome, Answered):
                return {}
            replies.append(outcome.reply)
        if self.senses:
            sensed = self._under({"items": "1"}).reading(tuple(replies))
            self._items = () if sensed is None else sensed.items
        return look(self._board, tuple(replies), self._among)

    @contextmanager
    def _line(self) -> "Iterator[_Line]":
        with serial.serial_for_url(
            self._bus.port, baudrate=self._bus.baud, timeout=0.01, write_timeout=1.0, exclusive=True
        ) as port:
            line = _Line(port, self._speaks.codec(), self._bus, self._clock)
            if not self._read(line):
                self._fit(line)
            for request in self._speaks.at_start():
                line.ask(request)
            yield line

    def _fit(self, line: "_Line") -> None:
        """Find settings under which the board's answer is a frame at all (the number of its status bytes)."""
        for one in {tuple(pair for pair in one if pair[0] == "status_bytes"): one for one in self._among}.values():
            self._speaks = self._under(dict(one))
            line.speak(self._speaks.codec())
            if self._read(line):
                return
        self._speaks = self._board.dialect
        line.speak(self._speaks.codec())


class _Pulse:
    """How long a relay was on: to within the time between two looks. `given`: when it was told to go on."""

    def __init__(self, given: float) -> None:
        self._given = given
        self._last_on: float | None = None
        self._off: float | None = None

    def seen(self, on: bool | None, now: float) -> None:  # noqa: FBT001 - what was seen, not how to act
        if on:
            self._last_on = now
        elif on is False and self._off is None and self._last_on is not None:
            self._off = now

    @property
    def under_way(self) -> bool:
        return self._last_on is not None and self._off is None

    @property
    def milliseconds(self) -> int | None:
        if self._last_on is None or self._off is None:
            return None
        return 10 * round(100 * ((self._last_on + self._off) / 2 - self._given))


class _Line:
    """One request and its answer at a time."""

    def __init__(self, port: serial.Serial, codec: Any, bus: Bus, clock: Callable[[], float]) -> None:
        self._port, self._clock, self._bus = port, clock, bus
        self.speak(codec)

    def speak(self, codec: Any) -> None:
        timing = Timing(baud=self._bus.baud, reply_within=self._bus.reply_seconds, attempts=2)
        self._exchange: Exchange[Any] = Exchange(codec, timing, echo=self._bus.echo)

    def ask(self, request: Any) -> object:
        """Answered, TimedOut or Said."""
        effects = self._exchange.start(request, self._clock())
        while True:
            until = self._clock()
            for effect in effects:
                match effect:
                    case Send(data):
                        self._port.write(data)
                    case DiscardInput():
                        self._port.reset_input_buffer()
                    case Over(outcome):
                        return outcome
                    case WaitUntil(at):
                        until = at
                    case _:
                        pass
            data = self._port.read(256) if self._clock() < until else b""
            now = self._clock()
            effects = self._exchange.received(data, now) if data else self._exchange.tick(now)


class PinsProbe:
    """A relay box on pins, through its own driver. Whether a closed door reads low or high is what may be wrong."""

    def __init__(self, name: str, wiring: Wiring, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._box = next(box for box in wiring.gpio if box.name == name)
        self._wiring, self._clock = wiring, clock
        self._channels = {one.name: one.channel for one in wiring.compartments_of(name)}
        self._heard: queue.SimpleQueue[Observation] = queue.SimpleQueue()
        self._doors = [Door.UNKNOWN] * self._box.channels
        self._fired: dict[int, float] = {}

    @property
    def pulse_ms(self) -> int:
        return round(1000 * self._box.pulse_seconds)

    @property
    def senses(self) -> bool:
        return False

    def among(self) -> tuple[Hypothesis, ...]:
        own = "high" if self._box.closed_high else "low"
        return (("closed", own),), (("closed", "low" if own == "high" else "high"),)

    def look(self) -> Seen:
        with self._driver():
            return Seen(self._look())

    def fire(self, channel: int, under: Hypothesis) -> Seen:
        name = next(one for one, at in self._channels.items() if at == channel)
        rest = max(COIL_REST, self._box.rest_seconds)
        time.sleep(max(0.0, self._fired.get(channel, float("-inf")) + rest - self._clock()))
        with self._driver() as pins:
            sent = self._fired[channel] = self._clock()
            pins.unlock(name, f"commission-{sent}")
            travel, acknowledged = self._watch(sent)
            return Seen(self._look(), travel, acknowledged)

    def _watch(self, sent: float) -> tuple[int | None, bool]:
        acknowledged = False
        while (left := sent + WATCH_SECONDS - self._clock()) > 0:
            match self._hear(left):
                case PulseSent():
                    acknowledged = True
                case PulseFailed(reason=reason):
                    raise OSError(reason.value)
                case DoorSensed(at=at):
                    return round(1000 * (at - sent)), acknowledged
                case _:
                    pass
        return None, acknowledged

    def _look(self) -> Look:
        own, turned = self.among()
        if any(self._doors[channel - 1] is Door.UNKNOWN for channel in self._channels.values()):
            return {}
        over = {Door.OPEN: Door.CLOSED, Door.CLOSED: Door.OPEN, Door.UNKNOWN: Door.UNKNOWN}
        return {own: tuple(self._doors), turned: tuple(over[door] for door in self._doors)}

    @contextmanager
    def _driver(self) -> Iterator[Any]:
        """The driver lets go of all relays when it starts and when it stops."""
        self._doors = [Door.UNKNOWN] * self._box.channels
        pins = driver(PINS, self._box.driver)(self._box, self._wiring, deliver=self._heard.put, clock=self._clock)
        pins.start()
        try:
            until = self._clock() + SILENCE_SECONDS
            while not self._look() and (left := until - self._clock()) > 0:
                self._hear(left)
            yield pins
        finally:
            pins.stop()

    def _hear(self, seconds: float) -> Observation | None:
        try:
            told = self._heard.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(told, DoorSensed):
            state = {DoorState.OPEN: Door.OPEN, DoorState.CLOSED: Door.CLOSED}.get(told.state, Door.UNKNOWN)
            self._doors[self._channels[told.compartment] - 1] = state
        return told


def probe(name: str, wiring: Wiring) -> Probe:
    """For a board or a relay box of the wiring."""
    board = next((one for one in wiring.boards if one.name == name), None)
    if board is None:
        return PinsProbe(name, wiring)
    return SerialProbe(board, next(bus for bus in wiring.buses if bus.name == board.bus))


@contextmanager
def lit(wiring: Wiring, use: str) -> Iterator[None]:
    """The lights of one use are on meanwhile, where their pins can be had."""
    heard: queue.SimpleQueue[Observation] = queue.SimpleQueue()
    lights = driver(PARTS, wiring.parts.driver)(wiring.parts, deliver=heard.put, clock=time.monotonic)
    lights.light(use, on=True)
    lights.start()
    try:
        yield
    finally:
        lights.stop()


def scan(reader: Reader | Camera, *, seconds: float) -> Read:
    """Wait for one reading of a reader; how many characters came."""
    heard: queue.SimpleQueue[Observation] = queue.SimpleQueue()
    kind = CAMERAS if isinstance(reader, Camera) else SCANNERS
    port = driver(kind, reader.driver)(reader, deliver=heard.put, clock=time.monotonic)
    until = time.monotonic() + seconds
    port.start()
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                told = heard.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(told, Scanned):
                return Read(len(told.text))
        return Read(None)
    finally:
        port.stop()
