"""A bench in a process of its own: device files at stable paths, and a control socket."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.installation import Installation
from hardware.ports import DoorSensed, DoorState, PulseSent, ReaderFound, Scanned
from hardware.simulated.control import OrderError, SimulatedBench
from hardware.simulated.orders import ORDERS
from hardware.wiring import load_wiring
from tests.hardware.witness import HURRIED, WIRING, Witness, until


class Process:
    def __init__(self, folder: Path, wiring: str = WIRING) -> None:
        self.folder, self.control = folder, folder / "control"
        self.file = folder / "wiring.toml"
        self.file.write_text(wiring, encoding="utf-8")
        places = ["--wiring", str(self.file), "--dir", str(folder / "dev"), "--control", str(self.control)]
        command = [sys.executable, "-m", "hardware.simulated", *places]
        self.running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.running.stdout is not None
        assert self.running.stdout.readline().startswith("ready")
        self.bench = SimulatedBench(self.control)

    def stop(self) -> None:
        self.running.send_signal(signal.SIGTERM)
        assert self.running.wait(10) == 0
        assert self.running.stdout is not None
        self.running.stdout.close()


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    started = Process(tmp_path_factory.mktemp("bench"))
    yield started
    started.stop()
    assert not started.control.exists()
    assert list((started.folder / "dev").iterdir()) == []


@pytest.fixture
def agent(process: Process) -> Iterator[tuple[Installation, Witness]]:
    witness = Witness()
    wiring = load_wiring(process.file, ports=process.folder / "dev")
    installation = Installation(wiring, deliver=witness, patience=HURRIED)
    installation.start()
    witness.wait(DoorSensed, compartment="08")
    witness.wait(ReaderFound, reader="badge")
    yield installation, witness
    installation.stop()


def test_the_device_files_carry_the_names_of_the_wiring(process: Process) -> None:
    assert sorted(path.name for path in (process.folder / "dev").iterdir()) == ["badge", "bus0", "label"]
    assert all(path.is_symlink() and path.exists() for path in (process.folder / "dev").iterdir())


def test_doors_and_readers_of_the_other_process_are_driven_and_moved(
    process: Process, agent: tuple[Installation, Witness]
) -> None:
    (installation, witness), bench = agent, process.bench
    assert bench.pull("01") == "held"

    installation.unlock("01", "r1")
    witness.wait(DoorSensed, compartment="01", state=DoorState.OPEN)
    until(lambda: not bench.compartment("01")["energised"])
    mark = witness.now
    assert (bench.pull("01"), bench.push("01")) == ("moved", "moved")
    witness.wait(DoorSensed, after=mark, compartment="01", state=DoorState.CLOSED)
    bench.scan("badge", "B-0042")
    witness.wait(Scanned, reader="badge", role="badge", text="B-0042")

    assert [(fire["compartment"], fire["energised"]) for fire in bench.fires()] == [("01", True)]


def test_the_power_goes_with_the_next_pulse_once_it_was_asked_to(
    process: Process, agent: tuple[Installation, Witness]
) -> None:
    (installation, witness), bench = agent, process.bench
    bench.do("cut", on=True)
    assert bench.state()["armed"]

    installation.unlock("03", "r1")
    until(lambda: not bench.state()["powered"])
    witness.wait(DoorSensed, compartment="03", state=DoorState.UNKNOWN)

    assert bench.pull("03") == "held"  # the bolt had no time to move
    assert not bench.state()["armed"]
    bench.power(on=True)
    witness.wait(DoorSensed, compartment="03", state=DoorState.CLOSED)


def test_the_cabinet_outlives_the_agent(process: Process) -> None:
    """Doors stand where they stood; the fire log goes on."""
    wiring = load_wiring(process.file, ports=process.folder / "dev")
    before = len(process.bench.fires())
    for life, state in ((1, DoorState.CLOSED), (2, DoorState.OPEN)):
        witness = Witness()
        installation = Installation(wiring, deliver=witness, patience=HURRIED)
        installation.start()
        assert witness.wait(DoorSensed, compartment="02").state is state
        if life == 1:
            installation.unlock("02", "r1")
            witness.wait(PulseSent)
            witness.wait(DoorSensed, compartment="02", state=DoorState.OPEN)
        installation.stop()

    assert len(process.bench.fires()) == before + 1


def test_every_order_is_answered(process: Process) -> None:
    bench = process.bench
    orders: list[tuple[str, dict]] = [
        ("fault", {"fault": "drop-reply", "bus": "bus0", "on": "unlock"}),
        ("jam", {"compartment": "08", "on": True}),
        ("jam", {"compartment": "08", "on": False}),
        ("stick", {"compartment": "08", "on": False}),
        ("put", {"compartment": "08", "on": False}),
        ("lever", {"compartment": "08"}),
        ("power", {"on": False}),
        ("power", {"on": True}),
        ("cut", {"on": True}),
        ("cut", {"on": False}),
        ("plug", {"port": "label", "on": False}),
        ("plug", {"port": "label", "on": True}),
        ("echo", {"bus": "bus0", "on": False}),
        ("invert", {"bus": "bus0", "address": 1, "on": False}),
        ("silence", {"bus": "bus0", "address": 1, "on": False}),
        ("report", {"bus": "bus0", "address": 1, "channel": 1, "status": 0}),
        ("scan", {"reader": "label", "text": "A"}),
        ("push", {"compartment": "08"}),
        ("pull", {"compartment": "08"}),
        ("state", {}),
        ("fires", {}),
    ]
    for what, fields in orders:
        bench.do(what, **fields)

    with pytest.raises(OrderError, match="no sensors"):
        bench.do("sense", sensor="mains", on=False)
    assert {what for what, _ in orders} | {"show", "take-away", "sense"} == set(ORDERS)
    assert bench.state()["buses"]["bus0"]["plugged"]


@pytest.mark.parametrize(
    ("what", "fields", "sentence"),
    [
        ("explode", {}, "do must be one of"),
        ("pull", {"compartment": "99"}, "99"),
        ("pull", {}, "compartment"),
        ("scan", {"reader": "label", "text": "A\rB"}, "not printable"),
        ("fault", {"fault": "fire", "bus": "bus0"}, "must be one of"),
        ("fault", {"fault": "drop-reply", "bus": "bus0", "speed": 1}, "speed"),
        ("power", {"on": "no"}, "true or false"),
        ("pull", {"compartment": ["01"]}, "unhashable"),
    ],
)
def test_a_senseless_order_is_refused_with_a_sentence(process: Process, what: str, fields: dict, sentence: str) -> None:
    with pytest.raises(OrderError, match=sentence):
        process.bench.do(what, **fields)


def test_what_is_no_json_is_refused_and_the_line_stays_open(process: Process) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(process.control))
        answers = line.makefile("rb")
        line.sendall(b"pull 07\n")
        assert json.loads(answers.readline())["ok"] is False
        line.sendall(b'{"do": "state"}\n')
        assert json.loads(answers.readline())["ok"] is True
        answers.close()


def test_a_station_without_doors_has_a_bench_too(tmp_path: Path) -> None:
    wiring = '[station]\nkind = "station"\n[[reader]]\nname = "label"\nrole = "label"\nport = "label"\n'
    station = Process(tmp_path, wiring)
    try:
        assert station.bench.state()["compartments"] == []
        station.bench.scan("label", "YG0001A")
    finally:
        station.stop()


def test_a_wrong_wiring_stops_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "wiring.toml").write_text('[station]\nkind = "fridge"\n', encoding="utf-8")
    command = [sys.executable, "-m", "hardware.simulated", "--wiring", str(tmp_path / "wiring.toml")]

    done = subprocess.run(
        [*command, "--dir", str(tmp_path / "dev"), "--control", str(tmp_path / "c")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert f"{tmp_path}/wiring.toml:2: " in done.stderr
