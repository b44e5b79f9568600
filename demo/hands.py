"""A person at a kiosk: taps a badge, scans labels, touches the glass, pulls and pushes doors. Sees only what is shown.

Badges and labels become bytes typed by the simulated readers, or pictures of a simulated camera; doors move by hand on
the simulated cabinet. What the person sees comes over the same socket that the kiosk page draws from.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.processes import DemoError
from hardware.simulated.control import SimulatedBench

__all__ = ["Hands"]

_PATIENCE = 30.0
_BEFORE_THE_CAMERA = 6  # one label in so many is held before the camera where there is one


class Hands:
    """One person before one kiosk. Every act returns once the screen has changed because of it."""

    def __init__(self, screen: Path, bench: SimulatedBench, *, camera: str | None = None) -> None:
        self._screen = screen
        self._bench = bench
        self._shown: dict[str, Any] | None = None
        self._changed = threading.Condition()
        self._socket: socket.socket | None = None
        self._ended = False
        self.typed: set[str] = set()
        self._camera = camera
        self._scans = 0
        self._held = ""
        self.camera_reads = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    # --- what the person does -----------------------------------------------------------------------------------

    def tap(self, badge: str) -> None:
        self._read_by("badge", badge)

    def scan(self, label: str) -> None:
        """With the hand scanner, or now and then held before the camera, tilted as a hand holds it."""
        self._scans += 1
        if self._camera is None or self._scans % _BEFORE_THE_CAMERA or label == self._held:
            self._read_by("label", label)
        else:
            self._hold_up(self._camera, label)

    def choose(self, choice: str) -> None:
        turn = self._turn()
        self._send({"chosen": choice, "turn": turn})
        self._await_turn_after(turn, f"choice {choice}")

    def enter(self, number: int) -> None:
        turn = self._turn()
        self._send({"number": number, "turn": turn})
        self._await_turn_after(turn, f"number {number}")

    def pull(self, place: str) -> None:
        """Pull the door until it comes open: a person tries again while the bolt still moves."""
        self._handle(place, self._bench.pull)

    def push(self, place: str) -> None:
        """Push the door until it latches: it springs back while the lock still pulses."""
        self._handle(place, self._bench.push)

    def stick(self, place: str, *, on: bool) -> None:
        """Somebody glued the door: it does not spring open by itself."""
        self._bench.do("stick", compartment=self.number_of(place), on=on)

    # --- what the person sees -----------------------------------------------------------------------------------

    def expect(self, *headlines: str, seconds: float = _PATIENCE) -> str:
        """Wait until the headline is one of these keys; which one it is."""
        self.await_shown(lambda shown: _headline(shown) in headlines, " / ".join(headlines), seconds=seconds)
        return self.headline

    @property
    def headline(self) -> str:
        return _headline(self._now())

    @property
    def lit(self) -> str:
        """The place of the door that is lit."""
        lit = self._now()["prompt"]["lit"]
        if not isinstance(lit, str):
            raise DemoError(f"没有亮起的柜门:{self.headline} · no door is lit")
        return lit

    @property
    def refusal(self) -> str | None:
        """The code of what was last refused; none if nothing was."""
        refused = self._now()["prompt"]["refusal"]
        return None if refused is None else str(refused["code"])

    @property
    def cards(self) -> tuple[tuple[str, bool], ...]:
        return tuple((one["title"], one["ticked"]) for one in self._now()["prompt"]["cards"])

    @property
    def person(self) -> str | None:
        person = self._now()["person"]
        return None if person is None else str(person)

    def number_of(self, place: str) -> str:
        return next(str(one["number"]) for one in self._now()["compartments"] if one["place"] == place)

    def place_of(self, number: str) -> str:
        return next(str(one["place"]) for one in self._now()["compartments"] if one["number"] == number)

    def await_shown(self, true: Any, what: str, *, seconds: float = _PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._shown is None or not true(self._shown):
                if not self._changed.wait(timeout=max(deadline - time.monotonic(), 0)):
                    seen = "–" if self._shown is None else json.dumps(self._shown["prompt"], ensure_ascii=False)
                    raise DemoError(f"{seconds:g} 秒内屏幕没有显示 {what};现在显示: · not shown; now: {seen}")

    def forget(self) -> None:
        """The screen went dark: what was shown before counts no more."""
        with self._changed:
            self._shown = None

    def leave(self) -> None:
        self._ended = True
        if self._socket is not None:
            self._socket.close()

    # --- plumbing -----------------------------------------------------------------------------------------------

    def _handle(self, place: str, move: Callable[[str], str]) -> None:
        number = self.number_of(place)
        deadline = time.monotonic() + _PATIENCE
        while move(number) == "held":
            if time.monotonic() > deadline:
                raise DemoError(f"柜门不动:{number} · door {number} does not move")
            time.sleep(0.05)

    def _read_by(self, reader: str, text: str) -> None:
        turn = self._turn()
        self.typed.add(text)
        self._bench.scan(reader, text)
        self._await_turn_after(turn, f"{reader} {text}")

    def _hold_up(self, camera: str, label: str) -> None:
        turn, tilt = self._turn(), 15 + self._scans % 30
        self.typed.add(label)
        self._held = label
        self._bench.show(camera, label, tilt=tilt, shade=0.5, noise=6)
        self._await_turn_after(turn, f"{camera} {label}")
        self._bench.take_away(camera)
        self.camera_reads += 1

    def _await_turn_after(self, turn: int, what: str) -> None:
        self.await_shown(lambda shown: shown["turn"] != turn, what)

    def _turn(self) -> int:
        self.await_shown(lambda shown: True, "anything")
        return int(self._now()["turn"])

    def _now(self) -> dict[str, Any]:
        with self._changed:
            if self._shown is None:
                raise DemoError("屏幕上什么也没有。· Nothing is shown.")
            return self._shown

    def _send(self, message: dict[str, object]) -> None:
        if self._socket is None:
            raise DemoError("柜控程序没有运行。· The agent does not run.")
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def _read(self) -> None:
        while not self._ended:
            try:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.connect(str(self._screen))
                    self._socket = connection
                    for line in connection.makefile("rb"):
                        self._take(line)
            except OSError:
                pass
            self._socket = None
            time.sleep(0.1)

    def _take(self, line: bytes) -> None:
        shown = json.loads(line).get("show")
        if shown is None:
            return
        with self._changed:
            self._shown = shown
            self._changed.notify_all()


def _headline(shown: dict[str, Any]) -> str:
    return str(shown["prompt"]["headline"]["key"])
