"""Drivers by name.

Ours stand in lazy tables; others come through the entry-point group `yungui.drivers` by the same door. An entry point
is named `doors.<name>`, `pins.<name>` or `scanners.<name>` and points to a class built like ours.
"""

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

DOORS: Final = "doors"
SCANNERS: Final = "scanners"
CAMERAS: Final = "cameras"
PINS: Final = "pins"
PARTS: Final = "parts"
GROUP: Final = "yungui.drivers"

_OURS: Final = {
    DOORS: {"serial": "hardware.drivers.serial_bus:SerialBus"},
    PINS: {"rpi-gpio": "hardware.drivers.gpio_doors:GpioDoors"},
    SCANNERS: {
        "hid-keys": "hardware.drivers.hid_keys:HidKeys",
        "serial-line": "hardware.drivers.serial_line:SerialLine",
    },
    CAMERAS: {"video": "hardware.drivers.camera:VideoCamera"},
    PARTS: {"gpio-parts": "hardware.drivers.gpio_parts:GpioParts"},
}

# What stands at the other end of a driver's line on a bench; tests hold every pair to one conformance suite.
SIMULATED: Final = {
    "gpio-parts": "hardware.simulated.parts:SimulatedParts",
    "hid-keys": "hardware.simulated.scanner:SimulatedScanner",
    "rpi-gpio": "hardware.simulated.gpio_board:SimulatedGpio",
    "serial": "hardware.simulated.bus:SimulatedBus",
    "serial-line": "hardware.simulated.scanner:SimulatedScanner",
    "video": "hardware.simulated.camera:SimulatedCamera",
}


def names(kind: str) -> tuple[str, ...]:
    """Every known driver of a kind."""
    return tuple(sorted({*_OURS[kind], *_strangers(kind)}))


def driver(kind: str, name: str) -> Any:
    """The class of a driver, imported now. KeyError when there is none of that name; the wiring has checked it."""
    path = _OURS[kind].get(name)
    return load(path) if path else _strangers(kind)[name].load()


def load(path: str) -> Any:
    """`module:Class` -> the class."""
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)


def _strangers(kind: str) -> dict[str, Any]:
    prefix = kind + "."
    return {point.name[len(prefix) :]: point for point in entry_points(group=GROUP) if point.name.startswith(prefix)}
