"""Collects observations and waits for them; a bench with a driver on it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from hardware.drivers.reconnecting import Patience
from hardware.installation import Installation
from hardware.ports import BoardReachable, DoorSensed, DoorState, Observation
from hardware.simulated.bench import Bench
from hardware.wiring import parse_wiring

Seen = TypeVar("Seen")

HURRIED = Patience(quick=0.05, slow=0.1, hung=2.5)

WIRING = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 4
[[bus]]
name = "bus0"
driver = "serial"
port = "bus0"
poll_ms = 30
reply_ms = 100
[[board]]
name = "A"
bus = "bus0"
family = "8a80"
address = 1
channels = 8
closed = "11"
compartments = "01-04"
[[board]]
name = "B"
bus = "bus0"
family = "8a80"
address = 2
channels = 8
closed = "00"
byte_order = "first-byte-low"
compartments = "05-08"
[[reader]]
name = "label"
role = "label"
port = "label"
[[reader]]
name = "badge"
role = "badge"
port = "badge"
framing = "idle"
"""


class Witness:
    """Called with observations from any thread; remembers all in order."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.all: list[Observation] = []

    def __call__(self, observation: Observation) -> None:
        with self._changed:
            self.all.append(observation)
            self._changed.notify_all()

    def wait(self, kind: type[Seen], *, after: int = 0, timeout: float = 10.0, **fields: Any) -> Seen:
        """The first observation of a kind with these fields, from a position on."""
        found: list[Seen] = []

        def look() -> bool:
            found[:] = [
                seen
                for seen in self.all[after:]
                if isinstance(seen, kind) and all(getattr(seen, name) == value for name, value in fields.items())
            ]
            return bool(found)

        with self._changed:
            assert self._changed.wait_for(look, timeout), f"no {kind.__name__} {fields} in {self.all[after:][-12:]}"
        return found[0]

    def of(self, kind: type[Seen], **fields: Any) -> list[Seen]:
        with self._changed:
            return [
                seen
                for seen in self.all
                if isinstance(seen, kind) and all(getattr(seen, name) == value for name, value in fields.items())
            ]

    def door(self, compartment: str) -> DoorState:
        """The last state reported."""
        states = [seen.state for seen in self.of(DoorSensed, compartment=compartment)]
        return states[-1] if states else DoorState.UNKNOWN

    @property
    def now(self) -> int:
        return len(self.all)


class Scene:
    """A simulated bench and an installation that watches it."""

    def __init__(self, bench: Bench) -> None:
        self.witness = Witness()
        self.bench, self.wiring, self.cabinet = bench, bench.wiring, bench.cabinet
        self.installation = Installation(self.wiring, deliver=self.witness, patience=HURRIED)

    def again(self) -> "Scene":
        """A second installation on the same bench, as after a restart; the caller stops it."""
        second = Scene(self.bench)
        second.installation.start()
        return second

    @property
    def bus(self) -> Any:
        return next(iter(self.bench.buses.values()))

    def settle(self) -> None:
        """Every board is reachable and every door known."""
        for board in self.wiring.boards:
            self.witness.wait(BoardReachable, board=board.name)
        for compartment in self.wiring.compartments:
            self.witness.wait(DoorSensed, compartment=compartment.name)


@contextmanager
def scene(folder: Path, wiring: str = WIRING, *, plugged: bool = True) -> Iterator[Scene]:
    made = Scene(Bench(parse_wiring(wiring, ports=folder), folder))
    made.bench.start()
    if not plugged:
        for device in (*made.bench.buses.values(), *made.bench.readers.values(), *made.bench.cameras.values()):
            device.line.unplug()
    made.installation.start()
    try:
        yield made
    finally:
        made.installation.stop()
        made.bench.stop()


def until(true: Callable[[], bool], *, timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.01)
