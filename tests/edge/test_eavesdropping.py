"""A technician watches the lines while the agent has them: every frame in hex and in words, and no line ever waits."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.cli.commands import main
from edge.cli.watch import show
from edge.eavesdropping import MOST_WAITING, MOST_WATCHERS, SOCKET, Eavesdropping, LeftOut, read_line
from edge.errors import EdgeError
from hardware.ports import DoorSensed, DoorState
from hardware.tapping import Heard, Listen, Way
from tests.edge.outpost import Outpost, grants
from tests.edge.test_commission import TWENTY
from tests.hardware.witness import Scene, scene
from tests.support.broker import Broker
from tests.support.ports import wait_until


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("w")  # short enough for a socket


@pytest.fixture
def station(folder: Path) -> Iterator[Scene]:
    """A cabinet at work, whose lines may be watched."""
    (folder / "wiring.toml").write_text(TWENTY, encoding="utf-8")
    with scene(folder, TWENTY) as made:
        made.settle()
        watched = Eavesdropping(folder / SOCKET, made.installation.tapped)
        watched.start()
        yield made
        watched.stop()


def seen(folder: Path, line: str = "bus0", *, raw: bool = False, seconds: float = 0.8) -> list[str]:
    told: list[str] = []
    show(folder, line, ports=folder, raw=raw, ask=True, seconds=seconds, print_line=told.append)
    return told


def test_what_the_agent_asks_and_hears_is_shown_in_hex_and_in_words(station: Scene, folder: Path) -> None:
    told = seen(folder)

    assert "正在运行" in told[0]
    assert any("bus0 → 80 01 00 33 B2  query-all address=1" in line for line in told)
    assert any("bus0 ← 80 01 " in line and "all-status address=1" in line for line in told)


def test_a_pulse_that_the_agent_sends_is_seen_and_the_door_opens(station: Scene, folder: Path) -> None:
    mark = station.witness.now
    asking = threading.Timer(0.3, lambda: station.installation.unlock("03", "act-1"))
    asking.start()

    told = seen(folder, seconds=1.5)

    assert len([line for line in told if "→ 8A " in line]) == 1
    assert station.witness.wait(DoorSensed, after=mark, compartment="03").state is DoorState.OPEN


def test_readings_are_shown_with_their_bytes(station: Scene, folder: Path) -> None:
    typing = threading.Timer(0.3, lambda: station.bench.readers["label"].scan("AB-1"))
    typing.start()

    told = seen(folder, "label")

    assert "← 41 42 2D 31 0D  reading 'AB-1'" in told[-1]


def test_bytes_as_they_come_are_shown_when_asked_for(station: Scene, folder: Path) -> None:
    assert len(seen(folder, raw=True)) > len(seen(folder))


def test_a_board_that_falls_silent_is_seen_to_be_silent(station: Scene, folder: Path) -> None:
    station.bus.silent.add(1)

    assert any("…" in line for line in seen(folder)[2:])


def test_when_nobody_watches_any_more_nothing_is_told(folder: Path) -> None:
    asked: list[Listen | None] = []
    watched = Eavesdropping(folder / SOCKET, asked.append)
    watched.start()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(folder / SOCKET))
        wait_until(lambda: bool(asked), what="the first who watches")
    wait_until(lambda: asked[-1] is None, what="the end of watching")

    watched.stop()
    assert not (folder / SOCKET).exists()


def test_who_does_not_read_costs_a_line_nothing_and_learns_how_much_was_left_out(folder: Path) -> None:
    asked: list[Listen | None] = []
    watched = Eavesdropping(folder / SOCKET, asked.append)
    watched.start()
    frame = Heard(1.0, "bus0", Way.IN, bytes(200), "", "8a80")
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(folder / SOCKET))
        wait_until(lambda: bool(asked), what="the first who watches")
        listen = asked[0]
        assert listen is not None
        begun = time.monotonic()
        for _ in range(20 * MOST_WAITING):
            listen(frame)
        each = (time.monotonic() - begun) / (20 * MOST_WAITING)

        told: list[Heard | LeftOut] = []
        with line.makefile("rb") as lines:
            for one in lines:
                told.append(read_line(one))
                if isinstance(told[-1], LeftOut):
                    break
                if len(told) % MOST_WAITING == 0:
                    listen(frame)  # the line goes on

    watched.stop()
    assert each < 0.001
    assert isinstance(told[-1], LeftOut)
    assert told[-1] > 0
    assert all(one == frame for one in told[:-1])


def test_the_line_is_for_the_agents_user_alone_and_for_few(folder: Path) -> None:
    watched = Eavesdropping(folder / SOCKET, lambda listen: None)
    watched.start()
    assert (folder / SOCKET).stat().st_mode & 0o777 == 0o600
    lines = [socket.socket(socket.AF_UNIX) for _ in range(MOST_WATCHERS + 1)]
    try:
        for line in lines:
            line.settimeout(5)
            line.connect(str(folder / SOCKET))
        assert lines[-1].recv(1) == b""
    finally:
        for line in lines:
            line.close()
        watched.stop()


def test_a_station_whose_path_is_too_long_works_without(tmp_path: Path) -> None:
    watched = Eavesdropping(tmp_path / ("x" * 120) / SOCKET, lambda listen: None)
    watched.start()
    watched.stop()


def test_an_agent_that_ends_meanwhile_is_told(folder: Path) -> None:
    (folder / "wiring.toml").write_text(TWENTY, encoding="utf-8")
    watched = Eavesdropping(folder / SOCKET, lambda listen: None)
    watched.start()
    ending = threading.Timer(0.3, watched.stop)
    ending.start()

    with pytest.raises(EdgeError, match=r"watch\.ended"):
        seen(folder, seconds=20)


def test_a_line_that_is_no_frame_is_not_taken_for_one() -> None:
    for line in (b"[]", b"{}", b'{"at": 1, "line": "a", "way": "?", "hex": "", "words": "", "family": ""}', b"\xff"):
        with pytest.raises(ValueError, match=r"."):
            read_line(line)


@pytest.mark.system
@pytest.mark.broker
def test_the_lines_of_a_running_agent_are_watched_by_command(
    tls_broker: Broker, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Outpost(folder, tls_broker) as outpost:
        outpost.start(grants())

        status = main(["watch", "bus0", "--station", str(outpost.folder), "--ports", str(folder), "--seconds", "1"])

        assert status == 0
        assert "query-all address=1" in capsys.readouterr().out
        outpost.deposit(0, "01")
