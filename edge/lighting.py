"""What the lights and the buzzer of a station say: ready, look here, heard you, not so, and the screen's colour."""

from __future__ import annotations

from typing import Protocol

from custody.flows.grammar import Colour

__all__ = ["Lighting", "Lights"]

_GOOD_SECONDS, _BAD_SECONDS = 0.08, 0.5


class Lights(Protocol):
    def light(self, use: str, *, on: bool, seconds: float | None = None) -> None: ...


class Lighting:
    """Tells the lights only what is new. ``lights`` none: the station has nothing to light."""

    def __init__(self, lights: Lights | None) -> None:
        self._lights = lights
        self._alarm = False
        self._colour: Colour | None = None

    def ready(self) -> None:
        if self._lights is not None:
            self._lights.light("ready", on=True)

    def sound(self, *, good: bool) -> None:
        """A short beep for what was taken, a long one for what was not."""
        if self._lights is not None:
            self._lights.light("buzzer", on=True, seconds=_GOOD_SECONDS if good else _BAD_SECONDS)

    def colour(self, colour: Colour | None) -> None:
        """The light of this colour is on and those of the others are off; none while nobody stands there."""
        if self._lights is not None and colour is not self._colour:
            for one in (self._colour, colour):
                if one is not None:
                    self._lights.light(one.value, on=one is colour)
        self._colour = colour

    def alarm(self, *, on: bool) -> None:
        """On while somebody has to come."""
        if self._lights is not None and on is not self._alarm:
            self._lights.light("alarm", on=on)
        self._alarm = on
