"""Lights, a buzzer, a supply and a case on the simulated pins of a Raspberry Pi."""

from dataclasses import dataclass
from typing import Any

from hardware.simulated.gpio_board import SimulatedGpio
from hardware.wiring.parts import Parts


@dataclass
class SimulatedParts(SimulatedGpio):
    """The header that `gpio-parts` finds on a bench. `box` is a `Parts` here."""

    box: Any

    def __post_init__(self) -> None:
        assert isinstance(self.box, Parts)
        self._bad: set[str] = set()
        self._lights = {light.pin: light for light in self.box.lights}
        self._sensors = {sensor.pin: sensor for sensor in self.box.sensors}
        self.box = _Named(self.box)
        super().__post_init__()

    def sense(self, sensor: str, *, good: bool) -> None:
        """The supply fails or comes back; somebody opens the case, or shuts it."""
        if all(one.name != sensor for one in self._sensors.values()):
            raise KeyError(sensor)
        (self._bad.discard if good else self._bad.add)(sensor)

    def lit(self, light: str) -> bool:
        """Whether a light is on, as an eye sees it."""
        found = next(one for one in self._lights.values() if one.name == light)
        return self.pins[found.pin].output and bool(self.level(found.pin)) is found.on_high

    def lights_seen(self) -> dict[str, bool]:
        """Every light by name."""
        return {light.name: self.lit(light.name) for light in self._lights.values()}

    def _contact(self, pin: int) -> int | None:
        sensor = self._sensors.get(pin)
        if sensor is None:
            return None
        return int(sensor.good_high is (sensor.name not in self._bad))

    def _power(self, pin: int) -> None:
        """No coil hangs on these pins."""


class _Named:
    """What the header asks of a relay box."""

    name, pull, locks, contacts = "parts", "up", (), ()

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
