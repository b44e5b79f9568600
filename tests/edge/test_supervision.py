"""What systemd hears of an agent, on a socket like its own."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.supervision import Supervision
from hardware.installation import Installation
from hardware.wiring import parse_wiring
from tests.edge.outpost import Outpost, grants
from tests.hardware.gpio_scene import BOX, box_scene
from tests.hardware.witness import until
from tests.support.broker import Broker


class Systemd:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(path))
        self._line.settimeout(0.05)

    def heard(self) -> list[str]:
        told = []
        try:
            while True:
                told.append(self._line.recv(4096).decode())
        except TimeoutError:
            return told

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    made = Systemd(tmp_path / "notify")
    yield made
    made.close()


def test_it_is_told_that_the_agent_is_ready_lives_and_ends(systemd: Systemd) -> None:
    supervision = Supervision({"NOTIFY_SOCKET": str(systemd.path)}, healthy=lambda: True)

    supervision.ready()
    for now in (0, 10, 999, 1_000, 1_500, 2_100):
        supervision.alive(now)
    supervision.stopping()

    assert systemd.heard() == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_an_agent_with_a_hung_driver_is_not_said_to_live(systemd: Systemd) -> None:
    supervision = Supervision({"NOTIFY_SOCKET": str(systemd.path)}, healthy=lambda: False)

    supervision.alive(0)
    supervision.alive(5_000)

    assert systemd.heard() == []


def test_without_systemd_or_with_a_deaf_one_work_goes_on(tmp_path: Path) -> None:
    for environment in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}, {"NOTIFY_SOCKET": "@yungui-nobody"}):
        supervision = Supervision(environment, healthy=lambda: True)
        supervision.ready()
        supervision.alive(0)


def test_a_box_that_is_lost_is_healthy_and_one_whose_thread_hangs_is_not(tmp_path: Path) -> None:
    with box_scene(tmp_path, busy={17}) as box:
        until(lambda: box.witness.all != [])
        assert box.installation.healthy()

        box.driver._turned_at = time.monotonic() - 60
        box.driver._clock = lambda: time.monotonic() + 60

        assert not box.installation.healthy()


def test_a_station_without_pins_is_healthy() -> None:
    installation = Installation(parse_wiring('[station]\nkind = "station"\n'), deliver=lambda _: None)

    assert installation.healthy()
    assert Installation(parse_wiring(BOX), deliver=lambda _: None).healthy(), "before it starts"


@pytest.mark.system
@pytest.mark.broker
def test_a_whole_station_tells_it(
    systemd: Systemd, tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(systemd.path))
    outpost = Outpost(tmp_path_factory.mktemp("o"), tls_broker)
    assert os.environ["NOTIFY_SOCKET"]
    with outpost:
        outpost.start(grants())
        heard = systemd.heard()
        assert heard[0] in ("READY=1", "WATCHDOG=1")
        until(lambda: "WATCHDOG=1" in systemd.heard())
    assert "STOPPING=1" in systemd.heard()
