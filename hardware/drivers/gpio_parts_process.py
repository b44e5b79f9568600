"""The process that owns the pins of lights and sensors. Lines of JSON in and out; it ends when its input ends.

    in   {"lights": {"green": [26, 1]}, "sensors": {"mains": [4, "up", 0, 0.2]}}     once, first
         {"light": "green", "on": true}      {"light": "buzzer", "on": true, "seconds": 0.2}
    out  {"ready": true}   {"refused": "absent", "zh": …, "en": …}
         {"sensor": "mains", "good": false}   {"alive": true}

A light is its pin and its level when on; a sensor its pin, pull, level when good, and seconds until it is believed.
Every light is off before anything else, and when it ends. `import RPi.GPIO` is only done here.
"""

import json
import os
import select
import sys
import time
from typing import Any

from hardware.drivers.gpio_pins import PinsError, explained, library
from hardware.drivers.gpio_words import SAY_EVERY

LOOK_EVERY = 0.02


class PartsPins:
    """Lights and sensors by name, on pins."""

    def __init__(self, setup: dict[str, Any]) -> None:
        self._gpio = gpio = library()
        self._lights: dict[str, tuple[int, int]] = {name: (pin, on) for name, (pin, on) in setup["lights"].items()}
        self._sensors: dict[str, tuple[int, int, float]] = {}
        self._off_at: dict[str, float] = {}
        self._since: dict[str, tuple[int, float]] = {}
        self._told: dict[str, bool] = {}
        pulls = {"up": gpio.PUD_UP, "down": gpio.PUD_DOWN, "none": gpio.PUD_OFF}
        try:
            for pin, on in self._lights.values():
                gpio.setup(pin, gpio.OUT, initial=1 - on)
            for name, (pin, pull, good, stable) in setup["sensors"].items():
                gpio.setup(pin, gpio.IN, pull_up_down=pulls[pull])
                self._sensors[name] = (pin, good, stable)
        except Exception as wrong:
            raise explained(wrong) from wrong

    def light(self, name: str, *, on: bool, until: float | None) -> None:
        pin, level = self._lights[name]
        self._gpio.output(pin, level if on else 1 - level)
        self._off_at.pop(name, None)
        if on and until is not None:
            self._off_at[name] = until

    def look(self, now: float) -> list[tuple[str, bool]]:
        """End what is due; sensors whose level has been stable for long enough and is news."""
        for name in [name for name, at in self._off_at.items() if at <= now]:
            self.light(name, on=False, until=None)
        news = []
        for name, (pin, good, stable) in self._sensors.items():
            level = int(self._gpio.input(pin))
            since = self._since.get(name)
            if since is None or since[0] != level:
                self._since[name] = since = (level, now)
            if now - since[1] >= stable and self._told.get(name) is not (level == good):
                self._told[name] = level == good
                news.append((name, level == good))
        return news

    def all_off(self) -> None:
        for name in self._lights:
            self.light(name, on=False, until=None)


def main() -> int:
    first = sys.stdin.buffer.readline()
    if not first:
        return 0
    try:
        pins = PartsPins(json.loads(first))
    except PinsError as failed:
        _say({"refused": failed.reason.value, "zh": failed.chinese, "en": failed.english})
        return 3
    _say({"ready": True})
    try:
        _serve(pins)
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    finally:
        pins.all_off()
    return 0


def _serve(pins: PartsPins) -> None:
    left, alive_at = b"", 0.0
    while True:
        readable, _, _ = select.select([0], [], [], LOOK_EVERY)
        if readable:
            data = os.read(0, 4096)
            if not data:
                return
            *lines, left = (left + data).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                seconds = asked.get("seconds")
                until = None if seconds is None else time.monotonic() + float(seconds)
                pins.light(asked["light"], on=bool(asked["on"]), until=until)
        now = time.monotonic()
        for name, good in pins.look(now):
            _say({"sensor": name, "good": good})
        if now >= alive_at:
            alive_at = now + SAY_EVERY
            _say({"alive": True})


def _say(what: dict[str, Any]) -> None:
    os.write(1, json.dumps(what, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
