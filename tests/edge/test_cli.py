"""The command line: what cannot be started is said in two languages, and nothing is left behind."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.cli.commands import main
from tests.edge.outpost import STATION_WIRING, Outpost, grants
from tests.support.broker import Broker
from tests.support.processes import Process

pytestmark = [pytest.mark.system, pytest.mark.broker]


@pytest.fixture
def outpost(tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker) -> Iterator[Outpost]:
    with Outpost(tmp_path_factory.mktemp("e"), tls_broker) as made:
        yield made


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "wiring.toml").unlink(), ("wiring.toml", "hardware/cabinets")),
        (
            lambda folder: (folder / "wiring.toml").write_text("[station]\nkind = 'cabinet'\ncolour = 1"),
            ("colour", ":3"),
        ),
        (lambda folder: (folder / "wiring.toml").write_text(STATION_WIRING), ("station", "cabinet")),
        (lambda folder: (folder / "keys" / "signing.pem").unlink(), ("signing.pem",)),
        (
            lambda folder: (folder / "keys" / "signing.pem").write_bytes((folder / "keys/sealing.pem").read_bytes()),
            ("signing.pem", "Ed25519"),
        ),
        (
            lambda folder: (folder / "keys" / "sealing.pem").write_bytes((folder / "keys/signing.pem").read_bytes()),
            ("sealing.pem", "X25519"),
        ),
        (lambda folder: (folder / "tls" / "ca.crt").write_text("no certificate"), ("tls",)),
        (lambda folder: (folder / "kiosk.sock").mkdir(), ("kiosk.sock",)),
        (lambda folder: (folder / "journal.sqlite").write_bytes(b"x" * 5000), ("journal.sqlite", "损坏")),
    ],
)
def test_a_station_that_cannot_start_says_why(
    outpost: Outpost, spoil: Callable[[Path], object], told: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(outpost.folder)

    status = main(["run", "--station", str(outpost.folder)])

    said = capsys.readouterr().err
    assert status == 1
    assert all(word in said for word in told), said


def test_a_second_agent_on_the_same_journal_is_refused(outpost: Outpost, tmp_path: Path) -> None:
    outpost.start(grants())
    second = Process(
        [sys.executable, "-m", "edge", "run", "--station", str(outpost.folder)], log=tmp_path / "second.log"
    ).start()

    assert second.wait() == 1
    assert "已有一个程序在运行" in second.output
    assert "Another agent" in second.output
    outpost.deposit(0, "01")


def test_the_status_tells_the_numbers_beside_a_running_agent(
    outpost: Outpost, capsys: pytest.CaptureFixture[str]
) -> None:
    outpost.start(grants())
    outpost.deposit(0, "01")

    assert main(["status", "--station", str(outpost.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["status", "--station", str(outpost.folder)]) == 0
    chinese, english = capsys.readouterr().out.strip().split("\n")

    assert told["entries"] >= 8
    assert [one["forked"] for one in told["epochs"]] == [False]
    assert told["grants"] is True
    assert "条记录" in chinese
    assert "records" in english


def test_a_status_without_a_journal_says_so(outpost: Outpost, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--station", str(outpost.folder)]) == 1
    assert "yungui-edge run" in capsys.readouterr().err


def test_a_serial_port_that_is_not_there_stops_nothing(outpost: Outpost) -> None:
    outpost.agent.start()
    outpost.agent.wait_ready(lambda: "lock board not reachable" in outpost.agent.output)

    assert "why=absent" in outpost.agent.output
    assert outpost.agent.stop() == 0
