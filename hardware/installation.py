"""A station's hardware as one thing.

Every port of a wiring is started and stopped together, and a compartment finds its own bus.
"""

import time
from collections.abc import Callable
from typing import Any

from hardware.ports import Checked, Clock, Deliver, Doors, Lights, Port, PulseFailed, PulseFailure
from hardware.registry import CAMERAS, DOORS, PARTS, PINS, SCANNERS, driver
from hardware.tapping import Listen, Tapped
from hardware.wiring import Wiring


class Installation:
    """Satisfies `hardware.ports.Doors` for the whole station. Further keywords go to every driver.

    `accept`: whether a text may be one of ours; what a camera reads else is passed over, since it reads all it sees.
    """

    def __init__(
        self,
        wiring: Wiring,
        *,
        deliver: Deliver,
        clock: Clock = time.monotonic,
        accept: Callable[[str], bool] = lambda text: True,
        **settings: Any,
    ) -> None:
        self._deliver, self._clock = deliver, clock
        common = {"deliver": deliver, "clock": clock, **settings}
        buses: dict[str, Doors] = {bus.name: driver(DOORS, bus.driver)(bus, wiring, **common) for bus in wiring.buses}
        doors: dict[str, Doors] = {board.name: buses[board.bus] for board in wiring.boards}
        doors |= {box.name: driver(PINS, box.driver)(box, wiring, **common) for box in wiring.gpio}
        self._doors = {compartment.name: doors[compartment.board] for compartment in wiring.compartments}
        self._readers: dict[str, Port] = {
            reader.name: driver(SCANNERS, reader.driver)(reader, **common) for reader in wiring.readers
        }
        cameras: list[Port] = [
            driver(CAMERAS, camera.driver)(camera, accept=accept, **common) for camera in wiring.cameras
        ]
        boxes = [doors[box.name] for box in wiring.gpio]
        self._lights: list[Lights] = (
            [driver(PARTS, wiring.parts.driver)(wiring.parts, **common)] if wiring.parts else []
        )
        self._ports: list[Port] = [*buses.values(), *boxes, *self._readers.values(), *cameras, *self._lights]

    def start(self) -> None:
        for port in self._ports:
            port.start()

    def stop(self) -> None:
        for port in self._ports:
            port.stop()

    def healthy(self) -> bool:
        """Whether every driver that must not hang turns. A lost port is no ill health, a hung thread is."""
        return all(port.healthy() for port in self._ports if isinstance(port, Checked))

    def tapped(self, listen: Listen | None) -> None:
        """Tell everything that goes over the lines from now on; none: no more."""
        for port in self._ports:
            if isinstance(port, Tapped):
                port.tapping.listen = listen

    def unlock(self, compartment: str, request_id: str) -> None:
        doors = self._doors.get(compartment)
        if doors is None:
            reason = PulseFailure.UNKNOWN_COMPARTMENT
            self._deliver(PulseFailed(request_id, compartment, reason, self._clock()))
        else:
            doors.unlock(compartment, request_id)

    def trigger(self, reader: str, *, on: bool) -> None:
        """Make a reader look for codes, or stop looking. Nothing where the host does not hold its trigger."""
        port = self._readers[reader]
        if hasattr(port, "trigger"):
            port.trigger(on=on)

    def light(self, use: str, *, on: bool, seconds: float | None = None) -> None:
        """Switch the lights of a use, or sound the buzzer. Nothing where the wiring has none."""
        for lights in self._lights:
            lights.light(use, on=on, seconds=seconds)
