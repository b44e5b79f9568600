"""The line to the kiosk: whole pictures, the newest wins, and no kiosk can hold the agent up."""

import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.scene import Chosen, Entered
from edge.errors import EdgeError
from edge.screen import Screen, Touch
from tests.support.ports import wait_until


@pytest.fixture
def touches() -> "queue.SimpleQueue[Touch]":
    return queue.SimpleQueue()


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("k") / "kiosk.sock"


@pytest.fixture
def screen(path: Path, touches: "queue.SimpleQueue[Touch]") -> Iterator[Screen]:
    made = Screen(path, touches.put)
    made.start()
    yield made
    made.stop()


def test_a_kiosk_that_comes_later_sees_what_holds(screen: Screen, path: Path) -> None:
    screen.show(b"one")
    screen.show(b"two", news=b"two, with a sound")
    wait_until(lambda: first(path) == b"two\n", what="the picture that holds")


def test_a_kiosk_that_does_not_read_gets_the_newest_picture_in_the_end(screen: Screen, path: Path) -> None:
    slow, quick = connect(path), connect(path)
    big = b"x" * 30_000
    for number in range(2_000):
        screen.show(b"%d %s" % (number, big))

    for one in (quick, slow):
        with one.makefile("rb") as lines:
            numbers = []
            for line in lines:
                numbers.append(int(line.split()[0]))
                if numbers[-1] == 1_999:
                    break
        assert numbers == sorted(numbers)
        one.close()


def test_touches_come_through_however_they_are_cut(
    screen: Screen, path: Path, touches: "queue.SimpleQueue[Touch]"
) -> None:
    kiosk = connect(path)
    for part in (b'{"chosen": "de', b'posit", "turn": 3}\n{"number"', b': 12, "turn": 4}\n'):
        kiosk.sendall(part)

    assert touches.get(timeout=10) == Chosen("deposit", 3)
    assert touches.get(timeout=10) == Entered(12, 4)
    kiosk.close()


def test_a_kiosk_that_never_ends_its_line_is_hung_up_on(screen: Screen, path: Path) -> None:
    kiosk = connect(path)
    kiosk.sendall(b"x" * 10_000)

    assert kiosk.recv(1) == b""
    kiosk.close()


def test_what_a_killed_agent_left_behind_is_replaced(screen: Screen, path: Path) -> None:
    again = Screen(path, lambda touch: None)
    again.start()
    again.show(b"here")

    wait_until(lambda: first(path) == b"here\n", what="the new agent's picture")
    again.stop()
    assert not path.exists()


def test_a_path_too_long_for_a_socket_is_named(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 120)
    folder.mkdir()

    with pytest.raises(EdgeError) as stopped:
        Screen(folder / "kiosk.sock", lambda touch: None)

    assert "kiosk.sock" in stopped.value.sentence()


def test_only_the_stations_own_people_may_listen(screen: Screen, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o660


def connect(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(10)
    made.connect(str(path))
    return made


def first(path: Path) -> bytes:
    with connect(path) as kiosk, kiosk.makefile("rb") as lines:
        return lines.readline()
