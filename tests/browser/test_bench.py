"""A newcomer at the virtual bench: real simulated steel and readers behind it, a real kiosk beside it."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from custody.events import StationKind
from demo.court import PEOPLE, papers
from tests.edge.kiosk.stage import CLERK, MODEL, Stage, agent
from tests.support.ports import answers, free_port
from tests.support.processes import Process

STATION_WIRING = """
[station]
kind = "station"

[[reader]]
name = "label"
role = "label"
port = "label"
framing = "cr"

[[reader]]
name = "badge"
role = "badge"
port = "badge"
framing = "cr"
"""


@dataclass(frozen=True)
class Devices:
    """The simulated hardware of one site, as an agent would see it: files to read from and write to."""

    folder: Path
    process: Process

    @property
    def control(self) -> Path:
        return self.folder / "control"

    def unlock(self, door: int) -> None:
        """Type the frame that opens a door of board 1, as an agent's driver would."""
        frame = bytes((0x8A, 1, door, 0x11))
        with (self.folder / "bus0").open("wb", buffering=0) as bus:
            bus.write(frame + bytes((frame[0] ^ frame[1] ^ frame[2] ^ frame[3],)))

    def read(self, reader: str, *, seconds: float = 10) -> bytes:
        """What a reader typed, up to its carriage return."""
        typed, deadline = b"", time.monotonic() + seconds
        port = os.open(self.folder / reader, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            while not typed.endswith(b"\r"):
                assert time.monotonic() < deadline, f"{reader} typed only {typed!r}"
                try:
                    typed += os.read(port, 100)
                except BlockingIOError:
                    time.sleep(0.02)
        finally:
            os.close(port)
        return typed


@dataclass(frozen=True)
class Room:
    url: str
    cabinet: Devices
    station: Devices


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Cabinet, station, one kiosk and the bench page, each a process of its own."""
    wiring = tmp_path / "station.toml"
    wiring.write_text(STATION_WIRING)
    kiosk, bench = free_port(), free_port()
    processes: list[Process] = []

    def start(name: str, *words: str, ready: Callable[[], bool]) -> Process:
        process = Process([sys.executable, "-m", *words], log=tmp_path / f"{name}.log").start()
        processes.append(process)
        return process.wait_ready(ready)

    def devices(name: str, model: Path) -> Devices:
        folder = tmp_path / name
        folder.mkdir()
        words = ("--wiring", str(model), "--dir", str(folder), "--control", str(folder / "control"))
        process = start(name, "hardware.simulated", *words, ready=(folder / "control").exists)
        return Devices(folder, process)

    try:
        cabinet, station = devices("cab-1", MODEL), devices("sta-1", wiring)
        start("kiosk", "edge.kiosk", "--station", str(tmp_path), "--port", str(kiosk), ready=lambda: answers(kiosk))
        sites = [
            word
            for site in (("cab-1", cabinet), ("sta-1", station))
            for word in ("--site", site[0], str(site[1].control), f"http://127.0.0.1:{kiosk}/")
        ]
        start("bench", "demo.bench_page", "--port", str(bench), *sites, ready=lambda: answers(bench))
        with agent(tmp_path / "kiosk.sock") as backstage:
            backstage.show(Stage(StationKind.CABINET).badge(CLERK).show())
            yield Room(f"http://127.0.0.1:{bench}/", cabinet, station)
    finally:
        for process in reversed(processes):
            process.stop()


@pytest.fixture
def desk(person: Callable[..., BrowserContext], room: Room) -> Page:
    page = person(width=1600, height=900).new_page()
    page.goto(room.url)
    expect(page.locator(".door[data-at=shut]")).to_have_count(48)
    return page


def test_a_locked_door_shakes_and_says_what_to_do(desk: Page) -> None:
    desk.locator("[data-door='07']").click()

    expect(desk.locator("[data-door='07']")).to_have_class("door shaken")
    expect(desk.locator("#told")).to_contain_text("07 号门锁着，拉不开")
    expect(desk.locator("[data-door='07']")).to_have_attribute("data-at", "shut")


def test_an_unlocked_door_springs_ajar_is_pulled_open_and_pushed_shut(room: Room, desk: Page) -> None:
    door = desk.locator("[data-door='07']")
    room.cabinet.unlock(7)
    expect(door).to_have_attribute("data-at", "ajar")
    expect(desk.locator("#hint .now")).to_have_attribute("data-step", "pull")

    door.click()
    expect(door).to_have_attribute("data-at", "open")
    expect(desk.locator("#hint .now")).to_have_attribute("data-step", "push")

    door.click()
    expect(door).to_have_attribute("data-at", "shut")
    expect(desk.locator("#told")).to_contain_text("07 号门关上了")


def test_a_badge_and_a_label_are_typed_by_the_readers(room: Room, desk: Page) -> None:
    desk.locator(f"[data-badge='{PEOPLE[0].badge}']").click()
    assert PEOPLE[0].badge.encode() in room.cabinet.read("badge")
    expect(desk.locator("#hint .now")).to_have_attribute("data-step", "label")

    one = papers()[3]
    desk.locator("#search").fill(one.label)
    expect(desk.locator(".label")).to_have_count(1)
    desk.locator(".label").click()

    assert one.label.encode() in room.cabinet.read("label")


def test_the_station_has_no_doors_and_readers_of_its_own(room: Room, desk: Page) -> None:
    desk.get_by_role("tab").nth(1).click()

    expect(desk.locator(".door")).to_have_count(0)
    desk.locator(f"[data-badge='{PEOPLE[4].badge}']").click()
    assert PEOPLE[4].badge.encode() in room.station.read("badge")


def test_the_kiosk_stands_beside_the_steel(desk: Page) -> None:
    screen = desk.frame_locator("iframe[data-stand='cab-1']")

    expect(screen.locator("#headline")).to_contain_text("王敏")


def test_power_can_be_cut_and_restored(desk: Page) -> None:
    desk.locator("#power").click()
    expect(desk.locator("#steel")).to_have_attribute("data-powered", "false")
    expect(desk.locator("#told")).to_contain_text("已断电")

    desk.locator("#power").click()
    expect(desk.locator("#steel")).to_have_attribute("data-powered", "true")


def test_when_the_simulated_hardware_is_gone_doors_are_unknown_and_it_says_so(room: Room, desk: Page) -> None:
    room.cabinet.process.kill()

    expect(desk.locator("#told")).to_contain_text("模拟硬件没有应答")
    expect(desk.locator(".door[data-at=unknown]")).to_have_count(48)


def test_english_is_a_touch_away(desk: Page) -> None:
    desk.locator("#switch").click()

    expect(desk.locator("html")).to_have_attribute("lang", "en")
    expect(desk.locator("#title")).to_have_text("Virtual bench")
    desk.locator("[data-door='07']").click()
    expect(desk.locator("#told")).to_contain_text("Door 07 is locked")
