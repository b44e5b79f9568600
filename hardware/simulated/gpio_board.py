"""The header of a simulated Raspberry Pi: what its pins do, with relays, coils and contacts on them.

Pins keep what they were told when the program that told them dies, as those of a real one do. A coil is on while its
pin is an output at the on level, or an input that a pull resistor holds there. Programs reach the pins over a Unix
socket, through the simulated `RPi.GPIO`; one line in, one line out:

    hello                   → rpi-gpio | rpi-lgpio, and what is wrong with this Pi ("-", or a value of Trouble)
    claim 17                → ok | busy
    latch 17 1              → ok        the output latch alone
    out 17  |  in 17 up     → ok        the direction
    read 17                 → 0 | 1
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from hardware.simulated.cabinet import SimulatedCabinet
from hardware.wiring import Wiring
from hardware.wiring.gpio import HIGH_AT_BOOT, Box


class Library(Enum):
    """Which of the two libraries the simulated module behaves as."""

    RPI_GPIO = "rpi-gpio"
    RPI_LGPIO = "rpi-lgpio"


class Trouble(Enum):
    """What can be wrong with a Pi."""

    NONE = "-"
    NO_PI = "no-pi"
    PI_5 = "pi-5"  # with the old library
    DENIED = "denied"
    NO_CHIP = "no-chip"


@dataclass
class Pin:
    output: bool = False
    latch: int = 0
    pull: str = "off"


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing done to a pin, by which program."""

    at: float
    program: int
    verb: str
    pin: int
    value: str


@dataclass(slots=True)
class Current:
    """A coil that was on. `until` None: it still is."""

    channel: int
    since: float
    until: float | None = None


@dataclass
class SimulatedGpio:
    """The pins of one relay box. Faults are plain attributes and methods; any thread may use them."""

    box: Box
    wiring: Wiring
    cabinet: SimulatedCabinet
    path: Path
    clock: Callable[[], float] = time.monotonic
    library: Library = Library.RPI_LGPIO
    trouble: Trouble = Trouble.NONE
    busy: set[int] = field(default_factory=set)  # pins that another program holds
    inverted: bool = False  # the contacts are of the other kind than the wiring says
    backwards: bool = False  # the relays are of the other kind than the wiring says
    touches: list[Touch] = field(default_factory=list)
    coils: list[Current] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self.pins = {pin: Pin(pull="up" if pin in HIGH_AT_BOOT else "down") for pin in range(28)}
        self._stuck: dict[int, int] = {}
        self._claims: dict[int, socket.socket] = {}
        self._programs: dict[socket.socket, bytes] = {}
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"pins {self.box.name}", daemon=True)
        self.path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        with socket.socket(socket.AF_UNIX) as bell:
            bell.connect(str(self.path))
        if self._thread.ident is not None:
            self._thread.join(timeout=5)
        self._server.close()
        self.path.unlink(missing_ok=True)

    def stick(self, channel: int, level: int | None) -> None:
        """A contact (1), a wire torn off or shorted: its pin reads this whatever the door does. None heals it."""
        with self._lock:
            if level is None:
                self._stuck.pop(self.box.contacts[channel - 1], None)
            else:
                self._stuck[self.box.contacts[channel - 1]] = level

    def level(self, pin: int) -> int:
        """What a meter reads."""
        with self._lock:
            state = self.pins[pin]
            if state.output:
                return state.latch
            if pin in self._stuck:
                return self._stuck[pin]
            driven = self._contact(pin)
            return driven if driven is not None else int(state.pull == "up" or self.box.pull == "none")

    def seen(self) -> dict[str, Any]:
        """As a meter on the coils sees it: the channels with current, how often and how long one had it, alarms."""
        now = self.clock()
        on = [channel for channel in range(1, self.box.channels + 1) if self.coil(channel)]
        return {"on": on, "pulses": len(self.coils), "longest": self.longest(now), "alarms": len(self.alarms)}

    def coil(self, channel: int) -> bool:
        """Whether there is current on a lock."""
        with self._lock:
            return any(current.until is None for current in self.coils if current.channel == channel)

    def longest(self, now: float) -> float:
        """The longest any coil was on, in seconds."""
        with self._lock:
            return max(((one.until or now) - one.since for one in self.coils), default=0.0)

    @property
    def alarms(self) -> list[Current]:
        """Coils that were, or are, on for longer than their cap."""
        now = self.clock()
        with self._lock:
            return [one for one in self.coils if (one.until or now) - one.since > self.box.cap_seconds]

    def _contact(self, pin: int) -> int | None:
        """The level a closed contact ties its pin to; None where there is no contact, or an open one."""
        if pin not in self.box.contacts:
            return None
        channel = self.box.contacts.index(pin) + 1
        shut = self.cabinet.contacts(self.box.name, channel)[-1]
        tied = int(self.box.pull == "down")  # a contact works against its pull resistor
        made = shut == (self.box.closed_high == bool(tied))
        return tied if made is not self.inverted else None

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            while not self._stopping:
                for key, _ in selector.select():
                    if key.fileobj is self._server:
                        program, _ = self._server.accept()
                        self._programs[program] = b""
                        selector.register(program, selectors.EVENT_READ)
                    elif isinstance(key.fileobj, socket.socket) and not self._talk(key.fileobj):
                        selector.unregister(key.fileobj)
                        self._forget(key.fileobj)
            for program in list(self._programs):
                self._forget(program)

    def _talk(self, program: socket.socket) -> bool:
        try:
            data = program.recv(4096)
            *lines, self._programs[program] = (self._programs[program] + data).split(b"\n")
            for line in lines:
                program.sendall(self._answer(program, line.decode()).encode() + b"\n")
        except OSError:
            return False
        return bool(data)

    def _forget(self, program: socket.socket) -> None:
        """A program is gone: what it held is free, and its pins stay as they are."""
        with self._lock:
            self._claims = {pin: holder for pin, holder in self._claims.items() if holder is not program}
        del self._programs[program]
        program.close()

    def _answer(self, program: socket.socket, line: str) -> str:
        verb, *rest = line.split()
        if verb == "hello":
            return f"{self.library.value} {self.trouble.value}"
        pin = int(rest[0])
        with self._lock:
            if verb == "read":
                return str(self.level(pin))
            self.touches.append(Touch(self.clock(), program.fileno(), verb, pin, " ".join(rest[1:])))
            if verb == "claim":
                return self._claim(program, pin)
            state = self.pins[pin]
            if verb == "latch":
                state.latch = int(rest[1])
            elif verb == "out":
                state.output = True
            else:
                state.output, state.pull = False, rest[1]
            self._power(pin)
            return "ok"

    def _claim(self, program: socket.socket, pin: int) -> str:
        """gpiochip gives a line to one program; the old library lets any write."""
        taken = self._claims.get(pin, program) is not program and self.library is Library.RPI_LGPIO
        if taken or pin in self.busy:
            return "busy"
        self._claims[pin] = program
        return "ok"

    def _power(self, pin: int) -> None:
        """Current on or off a coil, as its pin says now."""
        if pin not in self.box.locks:
            return
        channel = self.box.locks.index(pin) + 1
        level = self.level(pin)
        state = self.pins[pin]
        driven = state.output or (state.pull != "off" and not self.box.external_pulls)
        on = driven and bool(level) == (self.box.on_high is not self.backwards)
        if on and not self.coil(channel):
            self.coils.append(Current(channel, self.clock()))
            if self.cabinet.powered:
                self.cabinet.fire(self.box.name, channel, seconds=self.box.pulse_seconds)
        elif not on:
            for current in self.coils:
                if current.channel == channel and current.until is None:
                    current.until = self.clock()
                    self.cabinet.cut(self.box.name, channel)
