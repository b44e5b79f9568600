"""Lights, buzzer and the inputs for supply and tampering, through a process of their own. One thread.

A light that cannot be lit stops nothing: doors, readers and records go on. A process that says nothing any more is
ended, since what its sensors see is not known; the next one takes its place.
"""

import json
import logging
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections import deque
from typing import Any

from hardware.drivers.gpio_process import pins_environment
from hardware.drivers.gpio_words import LONGEST, SILENCE
from hardware.drivers.reconnecting import Patience, pause_after
from hardware.ports import Clock, Deliver, LossReason, PartsLost, PowerSensed, TamperSensed
from hardware.wiring.parts import Parts

_log = logging.getLogger(__name__)
SLICE = 0.02
MOST_WAITING = 100
START = 15.0  # seconds until it is ready; an old Pi loads slowly


class GpioParts:
    """Satisfies `hardware.ports.Lights`."""

    def __init__(self, parts: Parts, *, deliver: Deliver, clock: Clock, patience: Patience | None = None) -> None:
        self._parts, self._deliver, self._clock = parts, deliver, clock
        self._patience = patience or Patience()
        self._uses = {sensor.name: sensor.use for sensor in parts.sensors}
        self._asked: deque[dict[str, Any]] = deque(maxlen=MOST_WAITING)
        self._lit: dict[str, dict[str, Any]] = {}
        self._loss: LossReason | None = None
        self._ready = False
        self.process_pid: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="parts", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def light(self, use: str, *, on: bool, seconds: float | None = None) -> None:
        for light in self._parts.lights:
            if light.use == use:
                word: dict[str, Any] = {"light": light.name, "on": on}
                if seconds is None:
                    self._lit[light.name] = word  # said again to a process that comes after this one
                else:
                    word["seconds"] = seconds
                self._asked.append(word)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            reason = self._life()
            failures = 0 if self._ready else failures + 1
            if not self._stopping.is_set():
                self._lost(reason)
                self._stopping.wait(pause_after(failures, reason, self._patience))

    def _life(self) -> LossReason:
        """One process, to its end. Why it ended."""
        self._ready = False
        with tempfile.TemporaryDirectory(prefix="yungui-parts-") as folder:
            running = subprocess.Popen(
                [sys.executable, "-m", "hardware.drivers.gpio_parts_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=pins_environment(self._parts.simulated, self._parts.chip),
                cwd=folder,
                bufsize=0,
                start_new_session=True,
            )
            self.process_pid = running.pid
            try:
                return self._talk(running)
            except OSError:
                return LossReason.UNPLUGGED
            finally:
                self.process_pid = None
                self._end(running)

    def _talk(self, running: "subprocess.Popen[bytes]") -> LossReason:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(_line(_setup(self._parts)))
        left, heard_at = b"", self._clock()
        while not self._stopping.is_set():
            if self._clock() > heard_at + (SILENCE if self._ready else START):
                return LossReason.SILENT
            readable, _, _ = select.select([running.stdout], [], [], SLICE)
            if readable:
                data = os.read(running.stdout.fileno(), 4096)
                if not data:
                    return LossReason.UNPLUGGED
                heard_at = self._clock()
                *lines, left = (left + data).split(b"\n")
                left = left if len(left) <= LONGEST else b""
                for line in lines:
                    if (refused := self._heard(_word(line))) is not None:
                        return refused
            while self._ready and self._asked:
                running.stdin.write(_line(self._asked.popleft()))
        return LossReason.UNPLUGGED

    def _heard(self, word: dict[str, Any]) -> LossReason | None:
        now = self._clock()
        if "refused" in word:
            if LossReason(word["refused"]) is not self._loss:
                _log.error("the pins of lights and sensors cannot be had:\n%s\n%s", word["zh"], word["en"])
            return LossReason(word["refused"])
        if "ready" in word:
            self._ready, self._loss = True, None
            self._asked.extendleft(reversed(self._lit.values()))
        match self._uses.get(word.get("sensor", "")):
            case "power":
                self._deliver(PowerSensed(word["sensor"], bool(word["good"]), now))
            case "tamper":
                self._deliver(TamperSensed(word["sensor"], not word["good"], now))
            case _:
                pass  # a sign of life, or none of ours
        return None

    def _lost(self, reason: LossReason) -> None:
        """Told once per outage, and again when its reason changes."""
        if reason is not self._loss:
            self._loss = reason
            self._deliver(PartsLost(reason, self._clock()))

    def _end(self, running: "subprocess.Popen[bytes]") -> None:
        """Its input ends, so it switches everything off; one that hangs is killed."""
        if running.stdin is not None:
            running.stdin.close()
        try:
            running.wait(timeout=1)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if running.stdout is not None:
            running.stdout.close()


def _setup(parts: Parts) -> dict[str, Any]:
    return {
        "lights": {light.name: [light.pin, int(light.on_high)] for light in parts.lights},
        "sensors": {
            sensor.name: [sensor.pin, sensor.pull, int(sensor.good_high), sensor.stable_seconds]
            for sensor in parts.sensors
        },
    }


def _word(line: bytes) -> dict[str, Any]:
    """Empty when the line is none of ours: a library may have written it."""
    try:
        told = json.loads(line)
        return told if isinstance(told, dict) else {}
    except ValueError:
        return {}


def _line(word: dict[str, Any]) -> bytes:
    return json.dumps(word).encode() + b"\n"
