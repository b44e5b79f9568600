"""A whole station's simulated hardware: the cabinet with its buses, and its readers, each on a pty at a stable path.

The names of the device files in the folder are those of the buses and readers in the wiring.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.registry import SIMULATED, load
from hardware.simulated.cabinet import SimulatedCabinet
from hardware.wiring import Wiring
from hardware.wiring.parts import SIMULATED as SIMULATED_PARTS


class Bench:
    """`buses`, `boxes`, `readers` and `cameras` by their wiring names.

    `cabinet` has no compartments at a station without doors; `parts` is None where the wiring has no lights or sensors.
    """

    def __init__(self, wiring: Wiring, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.wiring = wiring
        self.cabinet = SimulatedCabinet(wiring, clock=clock)
        self.buses: dict[str, Any] = {
            bus.name: load(SIMULATED[bus.driver])(bus, wiring, self.cabinet, folder / bus.name, clock)
            for bus in wiring.buses
        }
        self.boxes: dict[str, Any] = {
            box.name: load(SIMULATED[box.driver])(box, wiring, self.cabinet, folder / box.name, clock)
            for box in wiring.gpio
        }
        self.readers: dict[str, Any] = {
            reader.name: load(SIMULATED[reader.driver])(reader, folder / reader.name, clock)
            for reader in wiring.readers
        }
        self.cameras: dict[str, Any] = {
            camera.name: load(SIMULATED[camera.driver])(camera, folder / camera.name, clock)
            for camera in wiring.cameras
        }
        self.parts: Any = None
        if wiring.parts:
            parts = load(SIMULATED[wiring.parts.driver])
            self.parts = parts(wiring.parts, wiring, self.cabinet, folder / SIMULATED_PARTS, clock)

    def start(self) -> None:
        for device in self._devices():
            device.start()

    def stop(self) -> None:
        for device in self._devices():
            device.stop()

    def _devices(self) -> tuple[Any, ...]:
        return (
            *self.buses.values(),
            *self.boxes.values(),
            *self.readers.values(),
            *self.cameras.values(),
            *filter(None, [self.parts]),
        )
