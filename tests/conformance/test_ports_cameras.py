"""One suite for every driver of cameras, with every fault: pulled out, absent, no picture, pictures of nothing.

A camera is a reader: it tells what a label says, once, and when it cannot see.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import registry
from hardware.ports import LossReason, ReaderFound, ReaderLost, Scanned
from hardware.simulated.camera import SimulatedCamera
from tests.hardware.witness import Scene, scene

DRIVERS = sorted(registry.names(registry.CAMERAS))
CYCLES = 10


def wiring(driver: str, *, role: str = "label") -> str:
    keys = f'name = "eye"\nrole = "{role}"\ndriver = "{driver}"\nport = "eye"\nwidth = 640\nheight = 360\nfps = 20'
    return f'[station]\nkind = "station"\n[[camera]]\n{keys}\n'


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def station(driver: str, tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, wiring(driver)) as made:
        made.witness.wait(ReaderFound, reader="eye")
        yield made


def eye(station: Scene) -> SimulatedCamera:
    camera: SimulatedCamera = station.bench.cameras["eye"]
    return camera


def reads(station: Scene, text: str, **look: Any) -> None:
    """A label is held up until it is read."""
    mark = station.witness.now
    eye(station).show(text, **look)
    station.witness.wait(Scanned, after=mark, text=text, timeout=30)


def texts(station: Scene) -> list[str]:
    return [seen.text for seen in station.witness.of(Scanned)]


def test_every_driver_of_cameras_has_a_simulated_device() -> None:
    assert set(DRIVERS) <= set(registry.SIMULATED)


@pytest.mark.parametrize("role", ["label", "badge"])
def test_what_is_held_up_is_told_once_with_its_role(driver: str, role: str, tmp_path: Path) -> None:
    with scene(tmp_path, wiring(driver, role=role)) as station:
        for number in range(3):
            reads(station, f"V012345{number}", tilt=20)

        assert [(seen.reader, seen.role) for seen in station.witness.of(Scanned)] == [("eye", role)] * 3
        assert texts(station) == ["V0123450", "V0123451", "V0123452"]
        assert {seen.symbology for seen in station.witness.of(Scanned)} <= {"CODE128", "QRCODE"}


def test_ten_times_pulled_out_during_work_nothing_is_lost_and_nothing_restarted(station: Scene) -> None:
    for cycle in range(CYCLES):
        mark = station.witness.now
        eye(station).line.unplug()
        station.witness.wait(ReaderLost, after=mark, reason=LossReason.ABSENT)
        eye(station).line.plug()
        station.witness.wait(ReaderFound, after=mark)
        reads(station, f"V000000{cycle}")

    assert texts(station) == [f"V000000{cycle}" for cycle in range(CYCLES)]
    assert len(station.witness.of(ReaderLost, reason=LossReason.UNPLUGGED)) == CYCLES
    assert len(station.witness.of(ReaderFound)) == CYCLES + 1


def test_a_camera_that_is_absent_at_start_is_used_when_it_comes(driver: str, tmp_path: Path) -> None:
    with scene(tmp_path, wiring(driver), plugged=False) as station:
        station.witness.wait(ReaderLost, reason=LossReason.ABSENT)
        mark = station.witness.now
        eye(station).line.plug()
        station.witness.wait(ReaderFound, after=mark)

        reads(station, "V0123456")


def test_pictures_of_nothing_are_no_readings_and_the_next_label_is_read(station: Scene) -> None:
    reads(station, "V0000001")
    eye(station).line.snow = True
    time.sleep(3)
    eye(station).show("V0000002")  # what lay there before the snow would come again, and rightly be told again
    mark = station.witness.now
    eye(station).line.snow = False

    station.witness.wait(Scanned, after=mark, text="V0000002", timeout=30)
    assert texts(station) == ["V0000001", "V0000002"]
    assert station.witness.of(ReaderLost) == []


def test_a_camera_that_sends_no_picture_any_more_is_told_lost_and_opened_anew(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.drivers.camera_frames.SILENCE", 1.0)  # else as long as the kernel waits
    with scene(tmp_path, wiring(driver)) as station:
        reads(station, "V0000001")
        mark = station.witness.now
        eye(station).line.silent = True
        station.witness.wait(ReaderLost, after=mark)
        eye(station).line.silent = False
        station.witness.wait(ReaderFound, after=mark)

        reads(station, "V0000002")

        assert texts(station) == ["V0000001", "V0000002"]


def test_a_label_that_was_held_up_before_the_start_is_read_and_after_the_stop_none_is(
    driver: str, tmp_path: Path
) -> None:
    """A label lies there for all to see; nothing is old about it."""
    with scene(tmp_path, wiring(driver)) as station:
        reads(station, "V0000001")
        station.installation.stop()
        eye(station).show("V0000002")
        again = station.again()
        try:
            again.witness.wait(Scanned, text="V0000002", timeout=30)
        finally:
            again.installation.stop()

        assert texts(station) == ["V0000001"]
