"""One suite for every driver of lights, buzzer, supply and case, with every fault that pins and processes have.

What a sensor saw is told once; what it cannot see is told lost; a light that cannot be lit stops nothing.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hardware import registry
from hardware.ports import LossReason, PartsLost, PowerSensed, TamperSensed
from hardware.simulated.bench import Bench
from hardware.simulated.gpio_board import Library, Trouble
from hardware.wiring import parse_wiring
from tests.hardware.test_parts import WIRING
from tests.hardware.witness import Scene, Witness, until

DRIVERS = sorted(registry.names(registry.PARTS))


@contextmanager
def parts_scene(driver: str, folder: Path, **faults: Any) -> Iterator[Scene]:
    """`faults` are set on the simulated pins before the driver starts."""
    made = Scene(Bench(parse_wiring(WIRING, ports=folder), folder))
    assert made.wiring.parts.driver == driver, "the wiring has one driver of parts, and no key to choose another"
    for name, value in faults.items():
        setattr(made.bench.parts, name, value)
    made.bench.start()
    made.installation.start()
    try:
        yield made
    finally:
        made.installation.stop()
        made.bench.stop()


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def station(driver: str, tmp_path: Path) -> Iterator[Scene]:
    with parts_scene(driver, tmp_path) as made:
        told(made.witness)
        yield made


def told(witness: Witness, *, after: int = 0) -> None:
    """Both sensors are known."""
    witness.wait(PowerSensed, after=after, sensor="mains", present=True)
    witness.wait(TamperSensed, after=after, sensor="case", tampered=False)


def process(station: Scene) -> int:
    """The process that owns the pins now."""
    driver: Any = station.installation._lights[0]
    until(lambda: driver.process_pid is not None)
    return int(driver.process_pid)


def test_every_driver_of_parts_has_a_simulated_device() -> None:
    assert set(DRIVERS) <= set(registry.SIMULATED)


@pytest.mark.parametrize("library", list(Library))
def test_sensors_and_lights_work_under_both_libraries(driver: str, library: Library, tmp_path: Path) -> None:
    with parts_scene(driver, tmp_path, library=library) as station:
        told(station.witness)
        assert station.bench.parts.lights_seen() == {"green": False, "beeper": False}
        mark = station.witness.now

        station.installation.light("ready", on=True)
        station.bench.parts.sense("case", good=False)

        until(lambda: station.bench.parts.lights_seen() == {"green": True, "beeper": False})
        station.witness.wait(TamperSensed, after=mark, sensor="case", tampered=True)


def test_a_sensor_that_chatters_is_told_when_it_has_settled(station: Scene) -> None:
    for _ in range(10):
        station.bench.parts.sense("mains", good=False)
        time.sleep(0.015)
        station.bench.parts.sense("mains", good=True)
        time.sleep(0.015)
    time.sleep(0.3)

    assert [seen.present for seen in station.witness.of(PowerSensed)] == [True]


@pytest.mark.parametrize("ill", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_process_that_is_lost_is_told_and_replaced_and_lit_again(station: Scene, ill: signal.Signals) -> None:
    station.installation.light("ready", on=True)
    until(lambda: bool(station.bench.parts.lit("green")))
    first, mark = process(station), station.witness.now
    reason = LossReason.UNPLUGGED if ill is signal.SIGKILL else LossReason.SILENT

    os.kill(first, ill)

    station.witness.wait(PartsLost, after=mark, reason=reason)
    told(station.witness, after=mark)  # the next one looks anew
    until(lambda: bool(station.bench.parts.lit("green")))
    assert process(station) != first
    assert len(station.witness.of(PartsLost)) == 1


def test_a_supply_that_failed_while_nobody_looked_is_told_after(station: Scene) -> None:
    mark = station.witness.now
    os.kill(process(station), signal.SIGSTOP)
    station.bench.parts.sense("mains", good=False)

    lost = station.witness.wait(PartsLost, after=mark)
    failed = station.witness.wait(PowerSensed, after=mark, present=False)

    assert failed.at >= lost.at


@pytest.mark.parametrize("trouble", [Trouble.NO_PI, Trouble.DENIED, Trouble.NO_CHIP])
def test_pins_that_cannot_be_had_are_told_once_and_used_when_they_can(
    driver: str, trouble: Trouble, tmp_path: Path
) -> None:
    with parts_scene(driver, tmp_path, trouble=trouble) as station:
        station.witness.wait(PartsLost)
        time.sleep(0.5)
        station.bench.parts.trouble = Trouble.NONE

        told(station.witness)
        assert len(station.witness.of(PartsLost)) == 1


def test_a_pin_that_another_program_has_is_told_busy(driver: str, tmp_path: Path) -> None:
    with parts_scene(driver, tmp_path, busy={26}) as station:
        station.witness.wait(PartsLost, reason=LossReason.BUSY)


def test_what_is_no_word_of_ours_is_passed_over(driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library may write what it likes to where the words go."""
    chatty = tmp_path / "chatty"
    chatty.mkdir()
    noise = r"os.write(1, b'\xff\xfe\n[]\n7\n{\"sensor\": \"none\", \"good\": true}\n' + b'x' * 20000 + b'\n')"
    (chatty / "sitecustomize.py").write_text(
        f"import os, sys\nif 'hardware.drivers' in ' '.join(sys.orig_argv): {noise}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(chatty))
    with parts_scene(driver, tmp_path) as station:
        told(station.witness)

        assert station.witness.of(PartsLost) == []


def test_after_the_stop_everything_is_off_also_when_the_process_hangs(station: Scene) -> None:
    station.installation.light("ready", on=True)
    until(lambda: bool(station.bench.parts.lit("green")))
    pid = process(station)
    os.kill(pid, signal.SIGSTOP)

    station.installation.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_station_without_lights_takes_the_same_words(driver: str, tmp_path: Path) -> None:
    bare = parse_wiring('[station]\nkind = "station"\n', ports=tmp_path)
    assert not bare.parts
    made = Scene(Bench(bare, tmp_path))

    made.installation.start()
    made.installation.light("ready", on=True)
    made.installation.stop()

    assert made.witness.all == []
