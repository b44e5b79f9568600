"""`RPi.GPIO` without a Raspberry Pi: the names, the rules and the complaints of the real module, on simulated pins.

It is found under its real name when this folder's parent stands in PYTHONPATH; drivers import it unchanged. Where its
pins are says YUNGUI_SIMULATED_PINS; without that it does what the real one does on another machine.
"""

import os

from hardware.simulated.gpio_library import (
    BCM,
    BOARD,
    BOTH,
    FALLING,
    HIGH,
    IN,
    LOW,
    OUT,
    PUD_DOWN,
    PUD_OFF,
    PUD_UP,
    RISING,
    UNKNOWN,
    Gpio,
)

__all__ = ["BCM", "BOARD", "BOTH", "FALLING", "HIGH", "IN", "LOW", "OUT", "PUD_DOWN", "PUD_OFF", "PUD_UP", "RISING"]
__all__ += ["UNKNOWN", "VERSION", "add_event_callback", "add_event_detect", "cleanup", "event_detected"]
__all__ += ["getmode", "gpio_function", "input", "output", "remove_event_detect", "setmode", "setup", "setwarnings"]
__all__ += ["wait_for_edge"]

VERSION = "0.7.1"

_gpio = Gpio(os.environ.get("YUNGUI_SIMULATED_PINS"))

setmode = _gpio.setmode
getmode = _gpio.getmode
setwarnings = _gpio.setwarnings
setup = _gpio.setup
output = _gpio.output
input = _gpio.input  # noqa: A001 the module's own name for it
cleanup = _gpio.cleanup
gpio_function = _gpio.gpio_function
add_event_detect = _gpio.add_event_detect
add_event_callback = _gpio.add_event_callback
remove_event_detect = _gpio.remove_event_detect
event_detected = _gpio.event_detected
wait_for_edge = _gpio.wait_for_edge
