"""What `RPi.GPIO` 0.7.1 and `rpi-lgpio` do with what they are told, on simulated pins.

Both keep one thread for the edges of all pins, whose callbacks run one after another, and drop the first event after
arming. They differ in `bouncetime`: RPi.GPIO reports the first edge and ignores others for that time, by the wall
clock; rpi-lgpio reports once the level has been stable for that time. Direction and latch are separate: `setup` with
`initial` writes the latch first, without it the pin takes whatever the latch holds. `cleanup` makes inputs without a
pull of what this program used. Not here: PWM, which no lock should be driven with.
"""

import socket
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Final

BOARD, BCM = 10, 11
LOW, HIGH = 0, 1
OUT, IN, UNKNOWN = 0, 1, -1
PUD_OFF, PUD_DOWN, PUD_UP = 20, 21, 22
RISING, FALLING, BOTH = 31, 32, 33

Callback = Callable[[int], object]
Channels = int | Sequence[int]

_PULLS: Final = {PUD_OFF: "off", PUD_DOWN: "down", PUD_UP: "up"}
_LOOK_EVERY: Final = 0.001  # seconds between two looks of the thread for edges
_PLACES: Final = (3, 5, 7, 8, 10, 11, 12, 13, 15, 16, 18, 19, 21, 22, 23, 24, 26, 27, 28, 29, 31, 32, 33, 35, 36, 37)
_NUMBERS: Final = (2, 3, 4, 14, 15, 17, 18, 27, 22, 23, 24, 10, 9, 25, 11, 8, 7, 0, 1, 5, 6, 12, 13, 19, 16, 26)
BCM_AT: Final = {**dict(zip(_PLACES, _NUMBERS, strict=True)), 38: 20, 40: 21}


class Gpio:
    """One program's module. `path` None: there is no Raspberry Pi."""

    def __init__(self, path: str | None, *, wall: Callable[[], float] = time.time) -> None:
        if path is None:
            raise RuntimeError("This module can only be run on a Raspberry Pi!")
        self._talking = threading.Lock()
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(10)
        self._line.connect(path)
        library, self._trouble = self._ask("hello").split()
        self._stable = library == "rpi-lgpio"
        if self._trouble == "no-pi":
            raise RuntimeError("This module can only be run on a Raspberry Pi!")
        self._wall = wall
        self._mode: int | None = None
        self._warn = True
        self._used: dict[int, int] = {}  # BCM number -> direction
        self._names: dict[int, int] = {}  # BCM number -> the number it was asked for by
        self._edges: dict[int, _Edge] = {}
        self._thread: threading.Thread | None = None

    def setmode(self, mode: int) -> None:
        if mode not in (BOARD, BCM):
            raise ValueError("An invalid mode was passed to setmode()")
        if self._mode not in (None, mode):
            raise ValueError("A different mode has already been set!")
        if self._stable and self._trouble == "no-chip":
            raise OSError("can not open gpiochip")
        self._mode = mode

    def getmode(self) -> int | None:
        return self._mode

    def setwarnings(self, flag: bool) -> None:  # noqa: FBT001 the module's own signature
        self._warn = bool(flag)

    def setup(
        self, channel: Channels, direction: int, pull_up_down: int = PUD_OFF, initial: int | Sequence[int] = -1
    ) -> None:
        if direction not in (IN, OUT):
            raise ValueError("An invalid direction was passed to setup()")
        if direction == OUT and pull_up_down != PUD_OFF:
            raise ValueError("pull_up_down parameter is not valid for outputs")
        if direction == IN and initial != -1:
            raise ValueError("initial parameter is not valid for inputs")
        channels = _listed(channel)
        levels = list(initial) if isinstance(initial, Sequence) else [initial] * len(channels)
        for asked, level in zip(channels, levels, strict=True):
            self._set_up(asked, direction, pull_up_down, level)

    def output(self, channel: Channels, value: int | Sequence[int]) -> None:
        channels = _listed(channel)
        values = list(value) if isinstance(value, Sequence) else [value] * len(channels)
        if len(values) != len(channels):
            raise RuntimeError("Number of channels != number of values")
        for asked, level in zip(channels, values, strict=True):
            pin = self._pin(asked)
            if self._used.get(pin) != OUT:
                raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
            self._ask(f"latch {pin} {int(bool(level))}")

    def input(self, channel: int) -> int:
        pin = self._pin(channel)
        if pin not in self._used:
            raise RuntimeError("You must setup() the GPIO channel first")
        return int(self._ask(f"read {pin}"))

    def cleanup(self, channel: Channels | None = None) -> None:
        """Only what this program used: inputs, pull off."""
        pins = list(self._used) if channel is None else [self._pin(one) for one in _listed(channel)]
        if not self._used and self._warn:
            warnings.warn(
                "No channels have been set up yet - nothing to clean up!  "
                "Try cleaning up at the end of your program instead!",
                RuntimeWarning,
                stacklevel=2,
            )
        for pin in pins:
            if pin in self._used:
                self._edges.pop(pin, None)
                self._ask(f"in {pin} off")
                del self._used[pin]
        if channel is None:
            self._mode = None

    def gpio_function(self, channel: int) -> int:
        return self._used.get(self._pin(channel), IN)

    def add_event_detect(
        self, channel: int, edge: int, callback: Callback | None = None, bouncetime: int | None = None
    ) -> None:
        if edge not in (RISING, FALLING, BOTH):
            raise ValueError("The edge must be set to RISING, FALLING or BOTH")
        if bouncetime is not None and bouncetime <= 0:
            raise ValueError("Bouncetime must be greater than 0")
        pin = self._pin(channel)
        if self._used.get(pin) != IN:
            raise RuntimeError("You must setup() the GPIO channel as an input first")
        if pin in self._edges:
            raise RuntimeError("Conflicting edge detection already enabled for this GPIO channel")
        seconds = (bouncetime or 0) / 1000
        self._edges[pin] = _Edge(channel, edge, seconds, self.input(channel), [callback] if callback else [])
        if self._thread is None:
            self._thread = threading.Thread(target=self._poll, name="RPi.GPIO", daemon=True)
            self._thread.start()

    def add_event_callback(self, channel: int, callback: Callback) -> None:
        edge = self._edges.get(self._pin(channel))
        if edge is None:
            raise RuntimeError("Add event detection using add_event_detect first before adding a callback")
        edge.callbacks.append(callback)

    def remove_event_detect(self, channel: int) -> None:
        self._edges.pop(self._pin(channel), None)

    def event_detected(self, channel: int) -> bool:
        edge = self._edges.get(self._pin(channel))
        if edge is None or not edge.happened:
            return False
        edge.happened = False
        return True

    def wait_for_edge(
        self, channel: int, edge: int, bouncetime: int | None = None, timeout: int | None = None
    ) -> int | None:
        """The channel, or None after `timeout` milliseconds."""
        seen = threading.Event()
        self.add_event_detect(channel, edge, lambda _: seen.set(), bouncetime)
        try:
            return channel if seen.wait(None if timeout is None else timeout / 1000) else None
        finally:
            self.remove_event_detect(channel)

    def _set_up(self, channel: int, direction: int, pull: int, initial: int) -> None:
        pin = self._pin(channel)
        if self._trouble == "pi-5":
            raise RuntimeError("Cannot determine SOC peripheral base address")
        if self._trouble == "denied":
            raise RuntimeError("No access to /dev/mem.  Try running as root!")
        if self._ask(f"claim {pin}") == "busy":
            raise OSError("GPIO busy")
        if self._warn and pin in (2, 3) and pull != PUD_OFF:
            warnings.warn("A physical pull up resistor is fitted on this channel!", RuntimeWarning, stacklevel=3)
        if direction == OUT:
            if initial != -1:
                self._ask(f"latch {pin} {int(bool(initial))}")
            self._ask(f"out {pin}")
        else:
            self._ask(f"in {pin} {_PULLS[pull]}")
        self._used[pin], self._names[pin] = direction, channel

    def _pin(self, channel: int) -> int:
        if self._mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD) or GPIO.setmode(GPIO.BCM)")
        pin = BCM_AT.get(channel) if self._mode == BOARD else channel if channel in range(28) else None
        if pin is None:
            raise ValueError("The channel sent is invalid on a Raspberry Pi")
        return pin

    def _ask(self, line: str) -> str:
        with self._talking:
            self._line.sendall(line.encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                data = self._line.recv(256)
                if not data:
                    raise OSError("the simulated Raspberry Pi is gone")
                answer += data
            return answer.decode().strip()

    def _poll(self) -> None:
        """The one thread for all pins. Ends with the line."""
        while True:
            time.sleep(_LOOK_EVERY)
            for pin, edge in list(self._edges.items()):
                try:
                    level = int(self._ask(f"read {pin}"))
                except (OSError, ValueError):
                    return
                if edge.reports(level, self._wall() if not self._stable else time.monotonic(), stable=self._stable):
                    edge.happened = True
                    for callback in edge.callbacks:
                        callback(edge.channel)


class _Edge:
    """What one pin waits for."""

    def __init__(self, channel: int, edge: int, bounce: float, level: int, callbacks: list[Callback]) -> None:
        self.channel, self.callbacks, self.happened = channel, callbacks, False
        self._edge, self._bounce = edge, bounce
        self._level = self._reported = level
        self._changed_at = self._told_at = float("-inf")
        self._armed = False

    def reports(self, level: int, now: float, *, stable: bool) -> bool:
        """Take one look. The first event after arming is dropped."""
        if level != self._level:
            self._level, self._changed_at = level, now
            candidate = not (stable and self._bounce)
        else:
            candidate = False
        if stable and self._bounce:
            candidate = level != self._reported and now - self._changed_at >= self._bounce
        if not candidate or (stable and level == self._reported):
            return False
        self._reported = level
        if self._edge != BOTH and (self._edge == RISING) is not bool(level):
            return False
        if not stable and self._bounce and 0 <= now - self._told_at < self._bounce:
            return False
        self._told_at = now
        if not self._armed:
            self._armed = True
            return False
        return True


def _listed(channel: Channels) -> list[int]:
    return [channel] if isinstance(channel, int) else list(channel)
