"""Cameras in a wiring file, and on a bench in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.installation import Installation
from hardware.ports import ReaderFound, Scanned
from hardware.simulated.control import OrderError
from hardware.wiring import WiringError, load_wiring, parse_wiring
from hardware.wiring.cameras import KEYS
from tests.hardware.test_bench_process import Process
from tests.hardware.witness import HURRIED, Witness

STATION = """
[station]
kind = "station"
[[reader]]
name = "badge"
role = "badge"
port = "badge"
[[camera]]
name = "eye"
role = "label"
port = "eye"
width = 640
height = 360
"""


def test_a_camera_has_sensible_defaults_and_a_port_below_dev() -> None:
    camera = parse_wiring(STATION).cameras[0]

    assert (camera.name, camera.role, camera.driver, camera.port) == ("eye", "label", "video", Path("/dev/eye"))
    assert (camera.width, camera.height, camera.rate, camera.equal_reads) == (640, 360, 10, 2)


@pytest.mark.parametrize(
    ("right", "slip", "reason"),
    [
        ("width = 640", "widht = 640", "unknown-key"),
        ("width = 640", "width = 64", "choice"),
        ('name = "eye"', 'name = "badge"', "duplicate"),
        ('port = "eye"', 'port = "badge"', "duplicate"),
        ('role = "label"', 'role = "spy"', "choice"),
        ("height = 360", "equal_reads = 0", "choice"),
    ],
)
def test_each_slip_stops_with_its_line(right: str, slip: str, reason: str) -> None:
    with pytest.raises(WiringError) as refused:
        parse_wiring(STATION.replace(right, slip))

    assert refused.value.reason == reason


def test_every_key_is_explained_in_both_languages() -> None:
    page = (Path(__file__).parents[2] / "docs/hardware/wiring.md").read_text(encoding="utf-8")

    for language in page.split("## English"):
        assert "[[camera]]" in language
        assert [key for key in KEYS if f"`{key}`" not in language] == []


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    started = Process(tmp_path_factory.mktemp("bench"), STATION)
    yield started
    started.stop()
    assert list((started.folder / "dev").iterdir()) == []


def test_what_is_held_before_the_camera_of_the_bench_is_read(process: Process) -> None:
    witness = Witness()
    wiring = load_wiring(process.file, ports=process.folder / "dev")
    installation = Installation(wiring, deliver=witness, patience=HURRIED, accept=lambda text: text.startswith("V"))
    installation.start()
    witness.wait(ReaderFound, reader="eye")

    process.bench.show("eye", "V0123456", tilt=35, blur=0.8, noise=8)

    assert witness.wait(Scanned, reader="eye", timeout=30).text == "V0123456"
    process.bench.take_away("eye")
    installation.stop()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"camera": "nose", "text": "V1"}, "nose"),
        ({"camera": "eye", "text": "V1", "mood": 3}, "mood"),
        ({"camera": "eye", "text": "V1", "symbology": "PDF417"}, "PDF417"),
        ({"camera": "eye", "text": "V1", "tilt": "much"}, "cannot be shown"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(process: Process, fields: dict, sentence: str) -> None:
    with pytest.raises(OrderError, match=sentence):
        process.bench.do("show", **fields)
