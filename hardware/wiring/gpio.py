"""Locks on relays and contacts on the pins of a Raspberry Pi: `[[gpio]]`. One table is one lock supply and its locks.

Pins are BCM numbers; the first of `locks` and of `contacts` is channel 1. A pin that stands at its on level while the
Pi starts would fire its lock at every boot: such a pin is refused. The keys are explained in docs/hardware/wiring.md.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.registry import PINS, names
from hardware.wiring.boards import Compartment, compartment_range
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("gpio",)
HEADER: Final = range(28)
KEYS: Final = (
    *("name", "driver", "chip", "locks", "contacts", "relays", "external_pulls", "pull", "closed", "pulse_ms"),
    *("cap_ms", "rest_ms", "coils_at_once", "sample_ms", "stable_ms", "compartments", "size"),
)
PULLS: Final = ("up", "down", "none")
HIGH_AT_BOOT: Final = frozenset({*range(9), 14})
"""BCM 0-8 are pulled up from power-on (BCM2835 ARM Peripherals, p. 102), the others down; 14 (TXD) is driven high."""
FIXED_PULL_UPS: Final = frozenset({2, 3})


@dataclass(frozen=True, slots=True)
class Box:
    """A relay box: as many contacts as locks, in the same order.

    `simulated` is where the simulated pins of a bench listen; None on a Pi.
    """

    name: str
    driver: str
    chip: int | None
    locks: tuple[int, ...]
    contacts: tuple[int, ...]
    on_high: bool
    external_pulls: bool
    closed_high: bool
    pull: str
    pulse_seconds: float
    cap_seconds: float
    rest_seconds: float
    coils_at_once: int
    sample_seconds: float
    stable_samples: int
    simulated: Path | None

    @property
    def channels(self) -> int:
        return len(self.locks)


def read_gpio(source: Source, ports: Path | None) -> tuple[tuple[Box, ...], list[tuple[Compartment, Table]]]:
    """`ports`: the folder of a simulated bench, if there is one."""
    boxes: list[Box] = []
    placed: list[tuple[Compartment, Table]] = []
    taken: set[int] = set()
    for table in source.tables("gpio"):
        box = _box(table, ports)
        for key, pins in (("locks", box.locks), ("contacts", box.contacts)):
            for pin in pins:
                if pin in taken:
                    raise table.wrong("duplicate", key, value=f"GPIO {pin}")
                taken.add(pin)
        boxes.append(box)
        placed += [(compartment, table) for compartment in compartment_range(table, box)]
    unique(source, "gpio", "name")
    return tuple(boxes), placed


def _box(table: Table, ports: Path | None) -> Box:
    table.only(KEYS)
    name = table.text("name")
    on_high = table.choice("relays", ("active-high", "active-low")) == "active-high"
    locks = _pins(table, "locks")
    external_pulls = table.choice("external_pulls", ("yes", "no"), default="no") == "yes"
    for pin in locks:
        if (pin in HIGH_AT_BOOT) is on_high and not external_pulls:
            raise table.wrong("on-at-boot", "locks", value=f"GPIO {pin}")
    contacts = _pins(table, "contacts")
    if len(contacts) != len(locks):
        raise table.wrong("pins-differ", "contacts", value=f"{len(contacts)} ≠ {len(locks)}")
    pull = table.choice("pull", PULLS, default="up")
    if pull != "up" and (fixed := FIXED_PULL_UPS.intersection(contacts)):
        raise table.wrong("fixed-pull", "contacts", value=", ".join(f"GPIO {pin}" for pin in sorted(fixed)))
    pulse = table.number("pulse_ms", range(50, 1001), default=400)
    sample = table.number("sample_ms", range(5, 101), default=20)
    stable = table.number("stable_ms", range(20, 501), default=100)
    return Box(
        name=name,
        driver=table.choice("driver", names(PINS), default="rpi-gpio"),
        chip=table.number("chip", range(10)) if table.has("chip") else None,
        locks=locks,
        contacts=contacts,
        on_high=on_high,
        external_pulls=external_pulls,
        closed_high=table.choice("closed", ("low", "high"), default="low") == "high",
        pull=pull,
        pulse_seconds=pulse / 1000,
        cap_seconds=table.number("cap_ms", range(pulse, 1001), default=min(1000, pulse + 200)) / 1000,
        rest_seconds=table.number("rest_ms", range(1000, 60_001), default=2000) / 1000,
        coils_at_once=table.number("coils_at_once", range(1, 9), default=1),
        sample_seconds=sample / 1000,
        stable_samples=max(2, -(-stable // sample)),
        simulated=ports / name if ports is not None else None,
    )


def _pins(table: Table, key: str) -> tuple[int, ...]:
    """A list of pin numbers."""
    if not table.has(key):
        raise table.wrong("missing-key", key)
    value = table.content[key]
    if not isinstance(value, list) or not value or not all(type(pin) is int and pin in HEADER for pin in value):
        raise table.wrong("type", key, value=repr(value), choices=f"[{HEADER[0]}–{HEADER[-1]}, …]")
    return tuple(value)
