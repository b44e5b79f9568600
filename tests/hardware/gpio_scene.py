"""A relay box on simulated pins with its driver, in this process; the guard is a process of its own as always."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hardware.ports import BoardReachable, DoorSensed
from hardware.simulated.bench import Bench
from hardware.simulated.gpio_board import SimulatedGpio
from hardware.wiring import parse_wiring
from tests.hardware.witness import Scene

BOX = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 2
[[gpio]]
name = "box"
relays = "active-high"
locks = [17, 27, 22, 23]
contacts = [5, 6, 13, 19]
pulse_ms = 300
cap_ms = 500
rest_ms = 1000
sample_ms = 10
stable_ms = 50
compartments = "01-04"
"""


class BoxScene(Scene):
    @property
    def pins(self) -> SimulatedGpio:
        found: SimulatedGpio = self.bench.boxes["box"]
        return found

    @property
    def driver(self) -> Any:
        return self.installation._ports[0]

    def settle(self) -> None:
        self.witness.wait(BoardReachable, board="box")
        for compartment in self.wiring.compartments:
            self.witness.wait(DoorSensed, compartment=compartment.name)

    def again(self) -> "BoxScene":
        second = BoxScene(self.bench)
        second.installation.start()
        return second


@contextmanager
def box_scene(folder: Path, wiring: str = BOX, **settings: Any) -> Iterator[BoxScene]:
    """`settings` are set on the simulated pins before the driver starts."""
    made = BoxScene(Bench(parse_wiring(wiring, ports=folder), folder))
    for name, value in settings.items():
        setattr(made.pins, name, value)
    made.bench.start()
    made.installation.start()
    try:
        yield made
    finally:
        made.installation.stop()
        made.bench.stop()
