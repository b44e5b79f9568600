"""The process that owns the pins of a lock supply, and outlives its agent by not one coil.

python -m hardware.drivers.gpio_guard    what it is told stands in `gpio_words`; it ends when its input ends

Every lock pin goes to its off level before anything else. A pulse is ended here, not by the agent: an agent that is
killed, hangs or stops in a debugger leaves no coil on. When the input ends, or the agent gives no sign of life, all
pins go off and the process ends. Above the pulses stands a thread that knows only the cap.
See docs/decisions/0008-gpio-guard.md.
"""

import os
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from hardware.debounce import settle, unsettled
from hardware.drivers.gpio_cap import Cap
from hardware.drivers.gpio_duty import Duty, switched_off, switched_on, why_not
from hardware.drivers.gpio_pins import Pins, PinsError
from hardware.drivers.gpio_words import (
    SAY_EVERY,
    SILENCE,
    Capped,
    Doors,
    Ended,
    Fired,
    Lines,
    NotFired,
    Pulse,
    Ready,
    Refused,
    Setup,
    Told,
    Word,
    line_of,
)
from hardware.ports import Clock

UNKNOWN = "unknown"


class Coils(Protocol):
    """What the guard needs of pins."""

    def switch(self, channel: int, *, on: bool) -> None: ...

    def is_on(self, channel: int) -> bool: ...

    def is_closed(self, channel: int) -> bool: ...

    def all_off(self) -> None: ...


class Guard:
    """One lock supply. `heard` and `tick` are called from one thread; the cap has its own."""

    def __init__(self, setup: Setup, pins: Coils, *, say: Callable[[Told], None], clock: Clock) -> None:
        self._setup, self._pins, self._say, self._clock = setup, pins, say, clock
        self._duty = Duty(rest=setup.rest_seconds, at_once=setup.coils_at_once)
        self._until: dict[int, float] = {}
        self._for: dict[int, str] = {}
        self._doors = [unsettled(UNKNOWN) for _ in setup.contacts]
        self._told: tuple[str, ...] = ()
        self._heard_at = clock()
        self._sample_at = self._say_at = self._heard_at
        self.cap = Cap(self._drop, seconds=setup.cap_seconds, clock=clock)

    def heard(self, words: Sequence[Word], now: float) -> None:
        self._heard_at = now
        for word in words:
            if isinstance(word, Pulse):
                self._pulse(word, now)

    def tick(self, now: float) -> float | None:
        """End what is due, look at the contacts. When to come again; None when the agent gives no sign of life."""
        for channel in [channel for channel, until in self._until.items() if until <= now]:
            self._end(channel)
        if now >= self._sample_at:
            self._sample_at = now + self._setup.sample_seconds
            self._look(now)
        if now >= self._heard_at + SILENCE:
            return None
        return min([self._sample_at, *self._until.values()])

    def end(self) -> None:
        """All off, whatever is going on."""
        self._pins.all_off()

    def _pulse(self, asked: Pulse, now: float) -> None:
        channel = asked.channel
        if channel not in range(1, len(self._setup.locks) + 1):
            self._say(NotFired(asked.request_id, "no-channel"))
        elif now > asked.until:
            self._say(NotFired(asked.request_id, "late"))
        elif (why := why_not(self._duty, channel, now)) is not None:
            self._say(NotFired(asked.request_id, why.value))
        else:
            self._duty = switched_on(self._duty, channel)
            self._until[channel], self._for[channel] = now + self._setup.pulse_seconds, asked.request_id
            self.cap.watch(channel)
            self._pins.switch(channel, on=True)
            if self._pins.is_on(channel):
                self._say(Fired(asked.request_id))

    def _end(self, channel: int) -> None:
        self._pins.switch(channel, on=False)
        del self._until[channel]
        self._duty = switched_off(self._duty, channel, self._clock())
        self.cap.forget(channel)
        self._say(Ended(self._for.pop(channel)))

    def _drop(self, channel: int) -> None:
        """From the cap's thread: the pulse should have ended and did not."""
        self._pins.switch(channel, on=False)
        self._say(Capped(channel))

    def _look(self, now: float) -> None:
        for index, before in enumerate(self._doors):
            sample = "closed" if self._pins.is_closed(index + 1) else "open"
            self._doors[index], _ = settle(before, sample, needed=self._setup.stable_samples)
        states = tuple(door.reported for door in self._doors)
        if states != self._told or now >= self._say_at:
            self._told, self._say_at = states, now + SAY_EVERY
            self._say(Doors(states))


def serve(setup: Setup, pins: Coils, lines: Lines, *, clock: Clock = time.monotonic) -> None:
    """Guard until the input ends or falls silent."""
    guard = Guard(setup, pins, say=_say, clock=clock)
    guard.cap.start()
    try:
        _say(Ready())
        while (again_at := guard.tick(clock())) is not None:
            readable, _, _ = select.select([0], [], [], max(0.0, again_at - clock()))
            if readable:
                data = os.read(0, 4096)
                if not data:
                    break
                guard.heard(lines.take(data), clock())
    finally:
        guard.end()


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        # lgpio makes a pipe in the working folder, which is read-only on a cabinet: `import RPi.GPIO` would fail there.
        with tempfile.TemporaryDirectory(prefix="yungui-guard-") as folder:
            os.chdir(folder)
            return _guard()
    except (KeyboardInterrupt, BrokenPipeError):  # the agent is gone; everything is off
        return 0


def _guard() -> int:
    lines = Lines()
    setup = _first(lines)
    if setup is None:
        return 2
    try:
        pins = pins_of(setup)
    except PinsError as failed:
        _say(Refused(failed.reason.value, failed.chinese, failed.english))
        return 3
    serve(setup, pins, lines)
    return 0


def _first(lines: Lines) -> Setup | None:
    while data := os.read(0, 4096):
        for word in lines.take(data):
            if isinstance(word, Setup):
                return word
    return None


def pins_of(setup: Setup) -> Pins:
    """The pins of a setup, every lock off. PinsError says why not."""
    return Pins(setup.locks, setup.contacts, on_high=setup.on_high, closed_high=setup.closed_high, pull=setup.pull)


_saying = threading.Lock()


def _say(word: Told) -> None:
    """From the guard's thread and the cap's."""
    with _saying:
        os.write(1, line_of(word))


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
