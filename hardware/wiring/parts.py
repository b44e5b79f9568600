"""Lights and buzzer, and the inputs for supply and tampering, on pins: `[[light]]` and `[[sensor]]`.

Pins are BCM numbers, as in `[[gpio]]`. The keys are explained in docs/hardware/wiring.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.wiring.gpio import FIXED_PULL_UPS, HEADER, PULLS, Box
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("light", "sensor")
LIGHT_USES: Final = ("ready", "alarm", "buzzer", "turn", "done", "wait", "person")
SENSOR_USES: Final = ("power", "tamper")
LEVELS: Final = ("high", "low")
SIMULATED: Final = "parts"
"""The name of the simulated pins in the folder of a bench."""


@dataclass(frozen=True, slots=True)
class Light:
    """`use`: "ready" is on while the agent works, "alarm" while something wants looking at, "buzzer" sounds.

    "turn", "done", "wait" and "person" are on while the screen shows that colour: blue, green, amber, red.
    """

    name: str
    use: str
    pin: int
    on_high: bool


@dataclass(frozen=True, slots=True)
class Sensor:
    """`good_high`: the level of its pin while the supply is there, or nobody has opened the case."""

    name: str
    use: str
    pin: int
    pull: str
    good_high: bool
    stable_seconds: float


@dataclass(frozen=True, slots=True)
class Parts:
    """`simulated` is where the simulated pins of a bench listen; None on a Pi."""

    lights: tuple[Light, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    driver: str = "gpio-parts"
    chip: int | None = None
    simulated: Path | None = None

    def __bool__(self) -> bool:
        return bool(self.lights or self.sensors)


def read_parts(source: Source, boxes: Iterable[Box], ports: Path | None) -> Parts:
    """No pin is used twice, nor one that a relay box has. `ports`: the folder of a simulated bench."""
    boxes = tuple(boxes)
    unique(source, "light", "name")
    unique(source, "sensor", "name")
    taken = {pin for box in boxes for pin in (*box.locks, *box.contacts)}
    lights = tuple(_light(table, taken) for table in source.tables("light"))
    sensors = tuple(_sensor(table, taken) for table in source.tables("sensor"))
    return Parts(
        lights=lights,
        sensors=sensors,
        chip=next((box.chip for box in boxes if box.chip is not None), None),
        simulated=None if ports is None else ports / SIMULATED,
    )


def _light(table: Table, taken: set[int]) -> Light:
    table.only(("name", "use", "pin", "on"))
    return Light(
        name=table.text("name"),
        use=table.choice("use", LIGHT_USES),
        pin=_pin(table, taken),
        on_high=table.choice("on", LEVELS, default="high") == "high",
    )


def _sensor(table: Table, taken: set[int]) -> Sensor:
    table.only(("name", "use", "pin", "pull", "good", "stable_ms"))
    pin, pull = _pin(table, taken), table.choice("pull", PULLS, default="up")
    if pull != "up" and pin in FIXED_PULL_UPS:
        raise table.wrong("fixed-pull", "pin", value=f"GPIO {pin}")
    return Sensor(
        name=table.text("name"),
        use=table.choice("use", SENSOR_USES),
        pin=pin,
        pull=pull,
        good_high=table.choice("good", LEVELS) == "high",
        stable_seconds=table.number("stable_ms", range(20, 5001), default=200) / 1000,
    )


def _pin(table: Table, taken: set[int]) -> int:
    pin = table.number("pin", HEADER)
    if pin in taken:
        raise table.wrong("duplicate", "pin", value=f"GPIO {pin}")
    taken.add(pin)
    return pin
