"""A station's hardware as one thing.

Every port of a wiring is started and stopped together, and a compartment finds its own bus.
"""

import time
from typing import Any

from hardware.ports import Clock, Deliver, Doors, Port, PulseFailed, PulseFailure
from hardware.registry import DOORS, PINS, SCANNERS, driver
from hardware.wiring import Wiring


class Installation:
    """Satisfies `hardware.ports.Doors` for the whole station. Further keywords go to every driver."""

    def __init__(self, wiring: Wiring, *, deliver: Deliver, clock: Clock = time.monotonic, **settings: Any) -> None:
        self._deliver, self._clock = deliver, clock
        common = {"deliver": deliver, "clock": clock, **settings}
        buses: dict[str, Doors] = {bus.name: driver(DOORS, bus.driver)(bus, wiring, **common) for bus in wiring.buses}
        doors: dict[str, Doors] = {board.name: buses[board.bus] for board in wiring.boards}
        doors |= {box.name: driver(PINS, box.driver)(box, wiring, **common) for box in wiring.gpio}
        self._doors = {compartment.name: doors[compartment.board] for compartment in wiring.compartments}
        readers: list[Port] = [driver(SCANNERS, reader.driver)(reader, **common) for reader in wiring.readers]
        self._ports: list[Port] = [*buses.values(), *(doors[box.name] for box in wiring.gpio), *readers]

    def start(self) -> None:
        for port in self._ports:
            port.start()

    def stop(self) -> None:
        for port in self._ports:
            port.stop()

    def unlock(self, compartment: str, request_id: str) -> None:
        doors = self._doors.get(compartment)
        if doors is None:
            reason = PulseFailure.UNKNOWN_COMPARTMENT
            self._deliver(PulseFailed(request_id, compartment, reason, self._clock()))
        else:
            doors.unlock(compartment, request_id)
