"""How soon: from a scanned label to the unlock frame, and from a door that moves to the hub that knows it.

The agent and the hub are real processes; the boards and scanners live in this one, so that the moment of every byte is
known. What a serial line needs by its baud rate, and what polling and debounce need by their settings, is told apart.
"""

from __future__ import annotations

import argparse
import json
import math
import sqlite3
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from demo.court import PEOPLE, papers
from demo.hands import Hands
from demo.house import House, Ports, Site
from hardware.simulated.bench import Bench
from hardware.simulated.control import SimulatedBench
from hardware.wiring import load_wiring

MOST_SOFTWARE_MS: Final = 10.0
MOST_DOOR_MS: Final = 250.0
_BAUD: Final = 19_200
_UNLOCK: Final = 0x8A
_REST: Final = 0.005
_COIL_RESTS: Final = 2.2  # the same door again and again: its coil must cool


@dataclass
class Wire:
    """What went over one bus, and when: requests as heard, answers as said."""

    heard: list[tuple[float, bytes]] = field(default_factory=list)
    said: list[tuple[float, bytes]] = field(default_factory=list)

    def unlocked_after(self, moment: float) -> float | None:
        return next((at for at, data in list(self.heard) if at >= moment and data[:1] == bytes((_UNLOCK,))), None)

    def busy(self, begin: float, end: float) -> float:
        """Seconds of this span in which a question, its answer or the rest after it held the line."""
        spans = []
        heard = [(at, data) for at, data in list(self.heard) if begin - 0.2 <= at < end]
        for (at, data), (following, _) in pairwise([*heard, (end, b"")]):
            if data[:1] != bytes((_UNLOCK,)):
                answers = [when for when, _ in list(self.said) if at <= when < following]
                spans.append((at, max([at + len(data) * 10 / _BAUD, *answers]) + _REST))
        covered, last = 0.0, begin
        for begins, ends in sorted(spans):
            low, high = max(begins, last), min(ends, end)
            if high > low:
                covered, last = covered + high - low, high
        return covered


class Instrumented:
    """The simulated hardware of a site in this process, noting the time of every byte of its bus and label scanner."""

    def __init__(self, site: Site) -> None:
        self.bench = Bench(load_wiring(site.folder / "wiring.toml"), site.control.parent)
        self.wire = Wire()
        self.typed: list[float] = []
        bus = next(iter(self.bench.buses.values()))
        _wrap(bus.line, "write", self.wire.said)
        heard = bus.line._heard  # there is no other place where the moment of a byte is known

        def hear(data: bytes) -> None:
            self.wire.heard.append((time.monotonic(), data))
            heard(data)

        bus.line._heard = hear
        label = self.bench.readers["label"].line
        write = label.write

        def typing(data: bytes) -> None:
            write(data)
            if data:
                self.typed.append(time.monotonic())

        label.write = typing


def _wrap(line: Any, name: str, log: list[tuple[float, bytes]]) -> None:
    inner = getattr(line, name)

    def outer(data: bytes) -> None:
        if data:
            log.append((time.monotonic(), data))
        inner(data)

    setattr(line, name, outer)


class Fingers(SimulatedBench):
    """The control of a bench that is in this process."""

    def __init__(self, instrumented: Instrumented) -> None:
        self._here = instrumented

    def scan(self, reader: str, text: str, *, symbology: str | None = None) -> None:
        self._here.bench.readers[reader].scan(text, symbology=symbology)

    def pull(self, compartment: str) -> str:
        return str(self._here.bench.cabinet.pull(compartment).value)

    def push(self, compartment: str) -> str:
        return str(self._here.bench.cabinet.push(compartment).value)


def measure(*, rounds: int) -> dict[str, Any]:
    house = House(ports=Ports.free(), password="".join(chr(97 + n) for n in range(12)), keep=None)
    try:
        house.found()
        house.begin()
        site = house.cabinet
        wiring = site.folder / "wiring.toml"
        wiring.write_text(wiring.read_text().replace("baud = 9600", f"baud = {_BAUD}", 1))
        hardware = Instrumented(site)
        hardware.bench.start()
        site.start_agent()
        hands = Hands(site.screen, Fingers(hardware))
        hands.expect("rest.headline")
        hands.await_shown(lambda shown: all(one["door"] == "closed" for one in shown["compartments"]), "every door")
        software, whole = _scans(hands, hardware, rounds)
        doors = _doors(hands, hardware, house.hub_database, rounds)
        cycle = _cycle(hardware.wire)
        hands.leave()
        hardware.bench.stop()
    finally:
        house.close()
    return {
        "scan_to_unlock_ms": _told(whole),
        "software_ms": _told(software),
        "door_to_hub_ms": _told(doors),
        "poll_cycle_ms": round(1000 * cycle, 1),
        "wire_ms_a_frame": round(1000 * 5 * 10 / _BAUD, 2),
        "baud": _BAUD,
        "limits": {"software_ms_p99": MOST_SOFTWARE_MS, "door_to_hub_ms_p99": MOST_DOOR_MS},
        "within": _p99(software) <= MOST_SOFTWARE_MS / 1000 and _p99(doors) <= MOST_DOOR_MS / 1000,
    }


def _scans(hands: Hands, hardware: Instrumented, rounds: int) -> tuple[list[float], list[float]]:
    """A clerk deposits one volume and takes it back out of the compartment before shutting, again and again."""
    badge = next(one.badge for one in PEOPLE if one.id == "wang-min")
    label = next(one.label for one in papers() if not one.confidential)
    software, whole = [], []
    hands.tap(badge)
    for _ in range(rounds):
        if hands.headline == "rest.headline":
            hands.tap(badge)
        hands.expect("home.headline")
        before = time.monotonic()
        hands.scan(label)
        hands.expect("door.opening.headline")
        fired = None
        while fired is None:
            if time.monotonic() - before > 20:
                raise TimeoutError("no unlock frame was written")
            fired = hardware.wire.unlocked_after(before)
            time.sleep(0.001)
        typed = max(at for at in hardware.typed if at <= fired)
        whole.append(fired - typed)
        software.append(max(0.0, fired - typed - hardware.wire.busy(typed, fired)))
        place = hands.lit
        if not _opens(hands, hardware, place):  # the simulated board was hurried by a busy machine and did not heed it
            hands.expect("door.not_opened.headline", seconds=60)
            hands.choose("cancel")
            time.sleep(_COIL_RESTS)
            continue
        hands.expect("deposit.placing.headline")
        hands.choose("cancel")
        hands.push(place)
        hands.expect("home.headline", "rest.headline")
        time.sleep(_COIL_RESTS)
    if hands.person is not None:
        hands.tap(badge)
    hands.expect("rest.headline")
    return software, whole


def _opens(hands: Hands, hardware: Instrumented, place: str) -> bool:
    number, until = hands.number_of(place), time.monotonic() + 3
    while hardware.bench.cabinet.pull(number).value == "held":
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _doors(hands: Hands, hardware: Instrumented, database: Path, rounds: int) -> list[float]:
    """A door opened by its lever, until the hub has committed that it was forced."""
    taken = []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5) as hub:
        asked = "SELECT count(*) FROM entry WHERE kind = 'door.forced'"
        for number in range(rounds):
            door = f"{10 + number % 39:02}"  # none that was used just now
            known = hub.execute(asked).fetchone()[0]
            moved = time.monotonic()
            hardware.bench.cabinet.release(door)
            hardware.bench.cabinet.pull(door)
            while hub.execute(asked).fetchone()[0] == known:
                if time.monotonic() - moved > 20:
                    raise TimeoutError(f"the hub does not hear of door {door}")
                time.sleep(0.002)
            taken.append(time.monotonic() - moved)
            while hardware.bench.cabinet.push(door).value == "held":
                time.sleep(0.05)
            time.sleep(0.3 + 0.013 * (number % 17))  # at every phase of the poll
    return taken


def _cycle(wire: Wire) -> float:
    """Seconds between two questions to the same board, as it really was."""
    asked = [at for at, data in wire.heard if data[:2] == bytes((0x80, 1))]
    return statistics.median(later - sooner for sooner, later in pairwise(asked)) if len(asked) > 2 else math.nan


def _p99(taken: Sequence[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, math.ceil(0.99 * len(taken)) - 1)]


def _told(taken: Sequence[float]) -> dict[str, float | int]:
    return {
        "n": len(taken),
        "p50": round(1000 * statistics.median(taken), 2),
        "p99": round(1000 * _p99(taken), 2),
        "worst": round(1000 * max(taken), 2),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench latency", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args(arguments)
    measured = measure(rounds=options.rounds)
    if options.json:
        print(json.dumps(measured))
    else:
        for name, value in measured.items():
            print(f"{name:20} {value}")
    return 0 if measured["within"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
