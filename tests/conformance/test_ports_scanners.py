"""One suite for every driver of a reader, against a simulated scanner that types real bytes into a real pty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import registry
from hardware.ports import LossReason, ReaderFound, ReaderLost, Scanned, ScanRefused
from tests.hardware.witness import Scene, scene, until

DRIVERS = sorted(registry.names(registry.SCANNERS))
STATION = """
[station]
kind = "station"
[[reader]]
name = "label"
driver = "{driver}"
role = "label"
port = "label"
framing = "{framing}"
"""


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def station(driver: str, tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, STATION.format(driver=driver, framing="cr")) as made:
        made.witness.wait(ReaderFound, reader="label")
        yield made


def test_every_driver_of_readers_has_a_simulated_device() -> None:
    assert set(DRIVERS) <= set(registry.SIMULATED)


@pytest.mark.parametrize("framing", ["cr", "lf", "crlf", "stx-etx", "idle"])
def test_every_framing_delivers_what_was_read(driver: str, framing: str, tmp_path: Path) -> None:
    with scene(tmp_path, STATION.format(driver=driver, framing=framing)) as station:
        station.witness.wait(ReaderFound, reader="label")

        station.bench.readers["label"].scan("YG0001A", symbology="CODE128")
        first = station.witness.wait(Scanned)
        station.bench.readers["label"].scan("YG0002B")
        station.witness.wait(Scanned, text="YG0002B", symbology=None)

        assert (first.reader, first.role, first.text, first.symbology) == ("label", "label", "YG0001A", "CODE128")
        assert len(station.witness.of(Scanned)) == 2
        assert station.witness.of(ScanRefused) == []


def test_codes_typed_one_after_another_keep_their_order(station: Scene) -> None:
    for number in range(5):
        station.bench.readers["label"].scan(f"YG{number}")

    station.witness.wait(Scanned, text="YG4")

    assert [seen.text for seen in station.witness.of(Scanned)] == [f"YG{number}" for number in range(5)]


def test_half_a_code_and_a_pause_is_no_reading(station: Scene) -> None:
    station.bench.readers["label"].type_bytes(b"YG00")

    assert station.witness.wait(ScanRefused).reason == "incomplete"
    station.bench.readers["label"].scan("YG0001A")
    station.witness.wait(Scanned, text="YG0001A")
    assert len(station.witness.of(Scanned)) == 1


@pytest.mark.parametrize(
    ("typed", "reason"),
    [(b"YG\x1d1\r", "control-character"), (b"\xff\xfe\r", "not-text"), (b"X" * 300 + b"\r", "too-long")],
)
def test_what_is_no_code_is_refused_and_the_next_is_read(station: Scene, typed: bytes, reason: str) -> None:
    station.bench.readers["label"].type_bytes(typed)
    station.bench.readers["label"].scan("YG0001A")

    station.witness.wait(Scanned, text="YG0001A")

    assert [seen.reason for seen in station.witness.of(ScanRefused)] == [reason]


def test_an_unplugged_reader_is_told_lost_once_and_read_again_after(station: Scene) -> None:
    reader = station.bench.readers["label"]
    reader.line.unplug()
    station.witness.wait(ReaderLost, reason=LossReason.UNPLUGGED)
    station.witness.wait(ReaderLost, reason=LossReason.ABSENT)
    mark = station.witness.now

    reader.scan("LOST")
    reader.line.plug()
    station.witness.wait(ReaderFound, after=mark)
    reader.scan("YG0001A")

    station.witness.wait(Scanned, text="YG0001A")
    assert [seen.text for seen in station.witness.of(Scanned)] == ["YG0001A"]
    assert len(station.witness.of(ReaderLost)) == 2


def test_what_was_typed_before_anybody_listened_is_nobodys(driver: str, tmp_path: Path) -> None:
    """A badge held to the reader while the agent was down opens nothing when it comes up."""
    with scene(tmp_path, STATION.format(driver=driver, framing="cr")) as station:
        station.witness.wait(ReaderFound, reader="label")
        station.installation.stop()
        station.bench.readers["label"].scan("EARLY")
        until(lambda: not station.bench.readers["label"].typing)
        again = station.again()
        try:
            again.witness.wait(ReaderFound, reader="label")
            station.bench.readers["label"].scan("YG0001A")

            again.witness.wait(Scanned, text="YG0001A")

            assert [seen.text for seen in again.witness.of(Scanned)] == ["YG0001A"]
        finally:
            again.installation.stop()
