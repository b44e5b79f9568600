"""Every fault there can be is found from the facts, and only then."""

from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from babel.messages.pofile import read_po

from edge.doctor.facts import Camera, Certificate, Device, Disk, Facts, Holder, Machine, Station, User
from edge.doctor.judge import FINDINGS, Grade, examine
from edge.doctor.telling import as_text
from edge.sentences import LANGUAGES

NOW, DAY = 1_800_000_000_000, 86_400_000
PORT = Device(
    path="/dev/serial/by-path/usb-1",
    use="dialout",
    exists=True,
    target="/dev/ttyUSB0",
    mode=0o660,
    owner=0,
    group="dialout",
    chip="1a86:7523",
    fixed="/dev/serial/by-path/usb-1",
)
CAMERA = Camera(path="/dev/v4l/by-path/usb-1-index0", captures=True, rows=720, columns=1280, brightest=210)
SOUND = Facts(
    now=NOW,
    user=User(name="yungui", uid=900, groups=frozenset({"yungui", "dialout"})),
    devices=(PORT,),
    machine=Machine(
        model="Raspberry Pi 4 Model B",
        kernel=(6, 12),
        synchronised=True,
        waits_for_time=True,
        rtc=True,
        watchdog="active",
        voltage_low="no",
        brltty="",
        pin_libraries=frozenset({"rpi-lgpio"}),
        gpio_chips=frozenset({0}),
        gpio_chip=None,
    ),
    disk=Disk(mount="/data", kind="ext4", read_only=False, free=2**33, size=2**34, fsync_ms=4.0, worst_ms=20.0),
    station=Station(
        folder="/data/cab-1",
        mistakes=(),
        wiring="ab",
        running="ab",
        unwritable=(),
        open_keys=(),
        certificates=(Certificate(file="tls/station.crt", begins=NOW - DAY, ends=NOW + 90 * DAY),),
        pins=True,
    ),
    cameras=(CAMERA,),
)


def with_port(**changes: Any) -> Facts:
    return replace(SOUND, devices=(replace(PORT, **changes),))


def with_machine(**changes: Any) -> Facts:
    return replace(SOUND, machine=replace(SOUND.machine, **changes))


def with_disk(**changes: Any) -> Facts:
    return replace(SOUND, disk=replace(SOUND.disk, **changes))


def with_station(**changes: Any) -> Facts:
    return replace(SOUND, station=replace(SOUND.station, **changes))


def with_camera(**changes: Any) -> Facts:
    return replace(SOUND, cameras=(replace(CAMERA, **changes),))


def with_camera_device(**changes: Any) -> Facts:
    device = Device(path="/dev/v4l/by-path/usb-1-index0", use="video", exists=True, target="/dev/video0", mode=0o666)
    cameras = SOUND.cameras if changes.get("exists", True) else ()
    return replace(SOUND, devices=(PORT, replace(device, **changes)), cameras=cameras)


def certificate(begins: int, ends: int) -> Facts:
    return with_station(certificates=(Certificate(file="c", begins=NOW + begins * DAY, ends=NOW + ends * DAY),))


OLD, PI5 = frozenset({"RPi.GPIO"}), "Raspberry Pi 5 Model B Rev 1.0"
AGENT, OTHER = Holder(pid=1, name="python", agent=True), Holder(pid=2, name="ModemManager", agent=False)

TROUBLES = [
    ("files.wrong", with_station(mistakes=(("错", "wrong"),))),
    ("files.unread", with_station(running="cd")),
    ("port.none", replace(SOUND, devices=())),
    ("port.missing", with_port(exists=False)),
    ("port.not_member", replace(SOUND, user=User(name="yungui", uid=900, groups=frozenset()))),
    ("port.denied", with_port(group="root")),
    ("port.denied", with_port(mode=0o600)),
    ("port.twins", with_port(path="/dev/serial/by-id/usb-1a86", twins=("/dev/ttyUSB1",))),
    ("port.unstable", with_port(path="/dev/ttyUSB0")),
    ("port.held", with_port(holders=(OTHER,))),
    ("port.held", with_port(holders=(AGENT, OTHER))),
    ("port.held", with_port(holders=(AGENT, replace(AGENT, pid=3)))),
    ("camera.no_capture", with_camera(captures=False)),
    ("camera.no_capture", with_camera(captures=False, others=("/dev/video2",))),
    ("camera.silent", with_camera(why="no picture came")),
    ("camera.dark", with_camera(brightest=12)),
    ("camera.unseen", with_camera(unseen="python (1)")),
    ("port.missing", with_camera_device(exists=False)),
    ("port.not_member", with_camera_device(group="video", mode=0o660)),
    ("port.unstable", with_camera_device(path="/dev/video0", fixed="/dev/v4l/by-path/usb-1-index0")),
    ("brltty.found", with_machine(brltty="/usr/bin/brltty")),
    ("pins.both", with_machine(pin_libraries=frozenset({"RPi.GPIO", "rpi-lgpio"}))),
    ("pins.none", with_machine(pin_libraries=frozenset())),
    ("pins.pi5", with_machine(pin_libraries=OLD, model=PI5, kernel=(6, 1))),
    ("pins.kernel", with_machine(pin_libraries=OLD, kernel=(6, 6))),
    ("pins.chip", with_machine(model=PI5, gpio_chips=frozenset({0, 10}))),
    ("pins.chip", with_machine(model=PI5, gpio_chips=frozenset({4}), gpio_chip=0)),
    ("clock.wrong", with_machine(synchronised=False)),
    ("clock.not_waited", with_machine(waits_for_time=False)),
    ("clock.no_rtc", with_machine(rtc=False)),
    ("disk.lost", with_disk(kind="overlay")),
    ("disk.lost", with_disk(kind="tmpfs", read_only=True)),
    ("disk.read_only", with_disk(read_only=True)),
    ("disk.full", with_disk(free=100 * 2**20)),
    ("disk.full", with_disk(free=2**33, size=2**40)),
    ("disk.slow", with_disk(fsync_ms=90.0)),
    ("disk.slow", with_disk(worst_ms=900.0)),
    ("disk.unmeasured", with_disk(fsync_ms=None, worst_ms=None)),
    ("journal.unwritable", with_station(unwritable=("journal.sqlite-wal",))),
    ("keys.open", with_station(open_keys=("keys/signing.pem",))),
    ("certificate.expired", certificate(-90, -1)),
    ("certificate.ending", certificate(-90, 5)),
    ("certificate.early", certificate(1, 90)),
    ("power.low", with_machine(voltage_low="now")),
    ("power.was_low", with_machine(voltage_low="since")),
    ("power.unseen", with_machine(voltage_low="")),
    ("watchdog.off", with_machine(watchdog="inactive")),
    ("watchdog.none", with_machine(watchdog="")),
]


def test_a_sound_machine_has_nothing_but_good_findings() -> None:
    assert {finding.key for finding in examine(SOUND)} == {
        key for key, grade in FINDINGS.items() if grade is Grade.GOOD
    }


@pytest.mark.parametrize(("key", "facts"), TROUBLES)
def test_a_trouble_is_named_and_nothing_else_is_blamed(key: str, facts: Facts) -> None:
    troubles = [finding for finding in examine(facts) if finding.grade is not Grade.GOOD]

    assert [finding.key for finding in troubles] == [key]


def test_every_finding_there_can_be_is_tried_here() -> None:
    good = {key for key, grade in FINDINGS.items() if grade is Grade.GOOD}

    assert {key for key, _ in TROUBLES} | good == set(FINDINGS)


@pytest.mark.parametrize(
    "facts",
    [
        with_port(mode=0o666, group="root"),
        with_port(owner=900, group="root", mode=0o600),
        replace(with_port(mode=0o000), user=User(name="root", uid=0, groups=frozenset())),
        with_port(holders=(AGENT,)),
        with_port(path="/dev/serial/by-path/x", twins=("/dev/ttyUSB1",)),
        with_port(path="/dev/pts/3", target="/dev/pts/3", chip=""),
        with_machine(model=PI5, gpio_chips=frozenset({0}), gpio_chip=0),
        with_machine(pin_libraries=OLD, kernel=(6, 1)),
        with_machine(brltty="", pin_libraries=frozenset({"rpi-lgpio"}), model="x86"),
        with_station(running=""),
    ],
)
def test_what_is_sound_is_not_blamed(facts: Facts) -> None:
    assert [finding.key for finding in examine(facts) if finding.grade is not Grade.GOOD] == []


def test_braille_matters_to_serial_lines_alone() -> None:
    camera = with_port(use="video")

    facts = replace(camera, machine=replace(camera.machine, brltty="/usr/bin/brltty"))

    assert "brltty.good" in {finding.key for finding in examine(facts)}


@pytest.mark.parametrize(("key", "facts"), TROUBLES)
def test_a_trouble_is_told_with_its_remedy_in_both_languages(key: str, facts: Facts) -> None:
    lines = as_text(examine(facts)).splitlines()
    marked = [index for index, line in enumerate(lines) if line[0] in "✘!"]

    assert len(lines) == 2 * len(examine(facts))
    (at,) = marked
    assert lines[at].endswith("。")
    assert lines[at + 1].startswith("  ")
    assert lines[at + 1].endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentences(language: str) -> None:
    with (files("edge") / "locale" / language / "LC_MESSAGES" / "doctor.po").open("rb") as catalogue:
        known = {str(one.id): str(one.string) for one in read_po(catalogue) if one.id}

    remedies = {f"{key}.remedy" for key, grade in FINDINGS.items() if grade is not Grade.GOOD}
    assert set(known) == set(FINDINGS) | remedies
    assert all(known.values())
