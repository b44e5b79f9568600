"""Lights, buzzer, supply and case: through a process of their own, on the simulated pins of a Raspberry Pi."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.installation import Installation
from hardware.ports import PowerSensed, TamperSensed
from hardware.simulated.bench import Bench
from hardware.wiring import WiringError, parse_wiring
from tests.hardware.witness import HURRIED, Witness, until

WIRING = """
[station]
kind = "station"
[[light]]
name = "green"
use = "ready"
pin = 26
[[light]]
name = "beeper"
use = "buzzer"
pin = 16
on = "low"
[[sensor]]
name = "mains"
use = "power"
pin = 5
good = "low"
stable_ms = 60
[[sensor]]
name = "case"
use = "tamper"
pin = 6
good = "low"
stable_ms = 60
"""


@contextmanager
def scene(folder: Path) -> Iterator[tuple[Bench, Installation, Witness]]:
    wiring = parse_wiring(WIRING, ports=folder)
    bench, witness = Bench(wiring, folder), Witness()
    installation = Installation(wiring, deliver=witness, patience=HURRIED)
    bench.start()
    installation.start()
    try:
        yield bench, installation, witness
    finally:
        installation.stop()
        bench.stop()


def test_the_supply_and_the_case_are_told_at_the_start_and_when_they_change(tmp_path: Path) -> None:
    with scene(tmp_path) as (bench, _, witness):
        witness.wait(PowerSensed, sensor="mains", present=True)
        witness.wait(TamperSensed, sensor="case", tampered=False)
        told = witness.now

        bench.parts.sense("mains", good=False)
        bench.parts.sense("case", good=False)

        witness.wait(PowerSensed, after=told, sensor="mains", present=False)
        witness.wait(TamperSensed, after=told, sensor="case", tampered=True)
        assert len(witness.of(PowerSensed)) == 2


def test_lights_are_off_until_asked_for_and_off_again_at_the_end(tmp_path: Path) -> None:
    with scene(tmp_path) as (bench, installation, witness):
        witness.wait(PowerSensed)
        assert (bench.parts.lit("green"), bench.parts.lit("beeper")) == (False, False)

        installation.light("ready", on=True)
        until(lambda: bool(bench.parts.lit("green")))
        assert not bench.parts.lit("beeper")

        installation.stop()
        assert not bench.parts.lit("green")


def test_a_beep_ends_by_itself(tmp_path: Path) -> None:
    with scene(tmp_path) as (bench, installation, witness):
        witness.wait(PowerSensed)
        installation.light("buzzer", on=True, seconds=0.2)

        until(lambda: bool(bench.parts.lit("beeper")))
        until(lambda: not bench.parts.lit("beeper"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("pin = 6", "pin = 5"), "GPIO 5"),
        (('use = "ready"', 'use = "disco"'), "disco"),
        (("pin = 26", "pin = 40"), "40"),
        (('name = "case"', 'name = "mains"'), "mains"),
        (("stable_ms = 60", "stabel_ms = 60"), "stabel_ms"),
        (('good = "low"\nstable_ms = 60\n[[sensor]]', "[[sensor]]"), "good"),
        (("pin = 5\n", 'pin = 3\npull = "down"\n'), "GPIO 3"),
    ],
)
def test_a_mistake_is_named(change: tuple[str, str], told: str) -> None:
    with pytest.raises(WiringError, match=told):
        parse_wiring(WIRING.replace(*change, 1))
