"""Facts are read from plain files: a tree of real ones stands in for a Raspberry Pi."""

import json
import os
import socket
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import CertificateBuilder, Name, random_serial_number

from custody import envelope
from edge.cli.commands import main
from edge.doctor.cameras import captures
from edge.doctor.facts import Facts
from edge.doctor.gather import gather
from edge.doctor.judge import Grade, examine
from edge.errors import EdgeError
from hardware.simulated.camera import SimulatedCamera
from hardware.wiring import load_wiring

NOW = 1_800_000_000_000
WIRING = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 2
[[bus]]
name = "bus0"
port = "serial/by-id/usb-1a86_USB_Serial-if00-port0"
[[board]]
bus = "bus0"
family = "8a80"
address = 1
channels = 8
closed = "11"
compartments = "01-04"
[[reader]]
name = "label"
role = "label"
port = "ttyACM0"
[[reader]]
name = "badge"
role = "badge"
port = "gone"
"""


STATION = f"""
court = "court-1"
station = "cab-1"
kind = "cabinet"
name = "1 号柜"
place = "cab-1"
broker_host = "127.0.0.1"
broker_port = 8883
hub_key = "{envelope.raw(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()).hex()}"
root_fingerprint = "aa"
"""


class Machine:
    """A tree that looks like a Raspberry Pi with two CH340 adapters and a scanner."""

    def __init__(self, root: Path) -> None:
        self.root = root
        me = os.getuid()
        self.write("etc/passwd", f"root:x:0:0::/root:/bin/sh\nagent:x:{me}:{os.getgid()}::/:/bin/sh\n")
        self.write("etc/group", f"own:x:{os.getgid()}:\ndialout:x:20:agent\n")
        self.write("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0")
        self.write("proc/sys/kernel/osrelease", "6.12.34+rpt-rpi-v8\n")
        self.write("proc/mounts", f"/dev/root / ext4 ro 0 0\n/dev/mmcblk0p3 {root} ext4 rw,noatime 0 0\n")
        self.adapter("ttyUSB0", "1-1.1", vendor="1a86", product="7523", serial="0")
        self.adapter("ttyUSB1", "1-1.2", vendor="1a86", product="7523", serial="0")
        self.adapter("ttyACM0", "1-1.3", vendor="0c2e", product="0aaf", serial="17")
        self.link("dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", "../../ttyUSB0")
        self.link("dev/serial/by-path/platform-usb-0:1.1:1.0-port0", "../../ttyUSB0")
        self.link("dev/serial/by-path/platform-usb-0:1.2:1.0-port0", "../../ttyUSB1")
        self.station = root / "data/cab-1"
        self.folder()

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def link(self, name: str, target: str | Path) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def adapter(self, name: str, port: str, **about: str) -> None:
        self.write(f"dev/{name}", "")
        where = f"sys/devices/usb1/{port}"
        self.write(f"{where}/idVendor", about["vendor"] + "\n")
        self.write(f"{where}/idProduct", about["product"] + "\n")
        self.write(f"{where}/serial", about["serial"] + "\n")
        (self.root / where / f"{port}:1.0").mkdir()
        self.link(f"sys/class/tty/{name}/device", f"../../../devices/usb1/{port}/{port}:1.0")

    def program(self, pid: int, name: str, opened: str, *command: str) -> None:
        self.write(f"proc/{pid}/comm", name + "\n")
        self.write(f"proc/{pid}/cmdline", "\0".join(command))
        self.link(f"proc/{pid}/fd/5", self.root / opened)

    def folder(self) -> None:
        self.write("data/cab-1/wiring.toml", WIRING)
        self.write("data/cab-1/station.toml", STATION)
        for name, key in (("signing", Ed25519PrivateKey.generate()), ("sealing", X25519PrivateKey.generate())):
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            self.write(f"data/cab-1/keys/{name}.pem", pem).chmod(0o600)
        key = Ed25519PrivateKey.generate()
        begins = datetime.fromtimestamp(NOW / 1000, UTC)
        certificate = (
            CertificateBuilder(Name([]), Name([]), key.public_key(), random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=5))
            .sign(key, None)
        )
        self.write("data/cab-1/tls/station.crt", certificate.public_bytes(Encoding.PEM).decode())

    def look(self, *, runs_as: str | None = "agent", chip: str = "") -> Facts:
        environment = {"RPI_LGPIO_CHIP": chip} if chip else {}
        packages = self.root / "packages"
        packages.mkdir(exist_ok=True)
        return gather(
            self.station,
            now=NOW,
            synchronised=True,
            environment=environment,
            root=self.root,
            runs_as=runs_as,
            libraries=[str(packages)],
        )

    def troubles(self) -> set[str]:
        return {finding.key for finding in examine(self.look()) if finding.grade is not Grade.GOOD}


@pytest.fixture
def pi(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_devices_are_found_with_their_chips_twins_and_fixed_names(pi: Machine) -> None:
    bus, label, badge = pi.look().devices

    assert (bus.path, bus.target) == ("/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", "/dev/ttyUSB0")
    assert (bus.chip, bus.twins) == ("1a86:7523", ("/dev/ttyUSB1",))
    assert bus.fixed == "/dev/serial/by-path/platform-usb-0:1.1:1.0-port0"
    assert (label.chip, label.twins, label.fixed) == ("0c2e:0aaf", (), "")
    assert (badge.path, badge.exists) == ("/dev/gone", False)


def test_lights_are_on_pins_too(pi: Machine) -> None:
    pi.write("data/cab-1/wiring.toml", WIRING + '[[light]]\nname = "green"\nuse = "ready"\npin = 26\n')
    pi.write("dev/gpiochip0", "")

    seen = pi.look()

    assert [(one.path, one.use) for one in seen.devices[3:]] == [("/dev/gpiochip0", "gpio")]
    assert seen.station.pins
    assert "pins.none" in {finding.key for finding in examine(seen)}


def test_an_absolute_port_is_looked_for_below_the_root_too(pi: Machine) -> None:
    pi.write("data/cab-1/wiring.toml", WIRING.replace('"ttyACM0"', '"/dev/ttyACM0"'))

    assert pi.look().devices[1].target == "/dev/ttyACM0"


def test_who_has_a_port_open_is_seen_and_the_simulated_end_is_nobody(pi: Machine) -> None:
    pi.program(77, "ModemManager", "dev/ttyUSB0", "/usr/sbin/ModemManager")
    pi.program(78, "python", "dev/ttyUSB0", "/opt/yungui/bin/python", "-m", "edge", "run")
    pi.program(79, "python", "dev/ttyUSB0", "python", "-m", "hardware.simulated")
    pi.program(80, "cat", "dev/ttyUSB1", "cat")

    bus = pi.look().devices[0]

    assert [(one.pid, one.name, one.agent) for one in bus.holders] == [
        (77, "ModemManager", False),
        (78, "python", True),
    ]


def test_the_machine_tells_of_itself(pi: Machine) -> None:
    pi.write("sys/class/rtc/rtc0/name", "ds3231")
    pi.write("sys/class/watchdog/watchdog0/state", "active\n")
    pi.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    pi.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    pi.write("dev/gpiochip0", "")
    pi.write("dev/gpiochip10", "")
    pi.write("packages/RPi.GPIO-0.7.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: RPi.GPIO\nVersion: 0.7.1\n")
    pi.write("packages/rpi_lgpio-0.6.dist-info/METADATA", "Metadata-Version: 2.1\nName: rpi-lgpio\nVersion: 0.6\n")
    pi.link("etc/systemd/system/sysinit.target.wants/systemd-time-wait-sync.service", "/lib/x")

    seen = pi.look(chip="0").machine

    assert (seen.model, seen.kernel) == ("Raspberry Pi 4 Model B Rev 1.4", (6, 12))
    assert (seen.rtc, seen.watchdog, seen.voltage_low, seen.waits_for_time) == (True, "active", "no", True)
    assert seen.pin_libraries == {"RPi.GPIO", "rpi-lgpio"}
    assert (set(seen.gpio_chips), seen.gpio_chip) == ({0, 10}, 0)


@pytest.mark.parametrize(("asked", "state"), [("", "inactive"), ("RuntimeWatchdogSec=15", "active")])
def test_without_a_state_the_watchdog_is_known_by_its_setting(pi: Machine, asked: str, state: str) -> None:
    pi.write("dev/watchdog0", "")
    pi.write("etc/systemd/system.conf", "[Manager]\n#RuntimeWatchdogSec=off\n")
    pi.write("etc/systemd/system.conf.d/watchdog.conf", f"[Manager]\n{asked}\n")

    assert pi.look().machine.watchdog == state


@pytest.mark.parametrize(("told", "low"), [("0x0", "no"), ("0x50005", "now"), ("0x50000", "since")])
def test_the_voltage_is_what_the_firmware_says(pi: Machine, told: str, low: str) -> None:
    pi.write("usr/bin/vcgencmd", f"#!/bin/sh\necho throttled={told}\n").chmod(0o755)

    assert pi.look().machine.voltage_low == low


def test_a_journal_on_its_own_partition_is_told_from_one_that_is_lost(pi: Machine) -> None:
    good = pi.look().disk
    pi.write("proc/mounts", "overlayroot / overlay rw 0 0\n")
    lost = pi.look().disk

    assert (good.kind, good.read_only) == ("ext4", False)
    assert good.fsync_ms is not None and good.fsync_ms > 0
    assert (lost.mount, lost.kind) == ("/", "overlay")
    assert not list(pi.station.glob(".doctor*"))


def test_the_folder_is_compared_with_itself(pi: Machine) -> None:
    sound = pi.look().station
    pi.write("data/cab-1/wiring.toml", '[station]\nkind = "station"\n')
    (pi.station / "keys/signing.pem").chmod(0o644)
    wrong = pi.look().station

    assert (sound.mistakes, sound.open_keys) == ((), ())
    ((chinese, english),) = wrong.mistakes
    assert "登记为 cabinet" in chinese
    assert "cabinet" in english
    assert [Path(one).name for one in wrong.open_keys] == ["signing.pem"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make files of another")
def test_a_journal_that_root_made_is_seen(pi: Machine) -> None:
    pi.write("data/cab-1/journal.sqlite", "")
    pi.write("etc/passwd", "agent:x:4711:4711::/:/bin/sh\n")
    os.chown(pi.station, 4711, 4711)

    assert [Path(one).name for one in pi.look().station.unwritable] == ["journal.sqlite"]
    assert pi.look(runs_as=None).user.name == "agent"


def test_all_of_it_is_judged(pi: Machine) -> None:
    pi.write("usr/bin/brltty", "")

    troubles = pi.troubles()

    assert {"port.twins", "port.missing", "port.unstable", "brltty.found", "certificate.ending"} <= troubles
    assert "clock.no_rtc" in troubles


def test_no_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match=r"folder\.missing"):
        gather(tmp_path / "none", now=NOW, synchronised=True, environment={})


def test_the_command_prints_findings_and_counts_faults(pi: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    ports = str(pi.root / "dev")

    status = main(["doctor", "--station", str(pi.station), "--ports", ports, "--json"])
    told = json.loads(capsys.readouterr().out)
    main(["doctor", "--station", str(pi.station), "--ports", ports])
    text = capsys.readouterr().out

    assert status == 1
    assert told["faults"] == sum(one["grade"] == "fault" for one in told["findings"]) > 0
    assert "✘ 没有设备" in text


CAMERA = """
[[camera]]
name = "eye"
role = "label"
port = "v4l/by-path/usb-1-video-index0"
width = 320
height = 240
fps = 30
"""


@pytest.fixture
def eye(pi: Machine) -> Iterator[SimulatedCamera]:
    """A camera over the desk, under the name that it keeps."""
    pi.write("data/cab-1/wiring.toml", WIRING + CAMERA)
    wired = load_wiring(pi.station / "wiring.toml", ports=pi.root / "dev").cameras[0]
    camera = SimulatedCamera(wired, pi.root / "dev/video0")
    pi.link("dev/v4l/by-path/usb-1-video-index0", "../../video0")
    yield camera
    camera.stop()


def test_a_camera_is_looked_through(pi: Machine, eye: SimulatedCamera) -> None:
    eye.show("V0123456")

    seen = pi.look()

    (camera,) = seen.cameras
    assert (camera.captures, camera.why, camera.unseen) == (True, "", "")
    assert (camera.rows, camera.columns) == (240, 320)
    assert "camera.good" in {finding.key for finding in examine(seen)}
    assert [(one.use, one.target) for one in seen.devices if one.use == "video"] == [("video", "/dev/video0")]


def test_a_camera_in_the_dark_is_told(pi: Machine, eye: SimulatedCamera) -> None:
    eye.line.picture = np.full_like(eye.line.picture, 6)

    assert "camera.dark" in pi.troubles()


def test_a_camera_that_is_pulled_out_while_it_is_looked_through_is_silent(pi: Machine, eye: SimulatedCamera) -> None:
    eye.line.unplug()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(pi.root / "dev/video0"))

        assert "camera.silent" in pi.troubles()


def test_a_camera_that_is_not_there_is_missing_and_nothing_else(pi: Machine) -> None:
    pi.write("data/cab-1/wiring.toml", WIRING + CAMERA)

    seen = pi.look()

    assert seen.cameras == ()
    assert "/dev/v4l/by-path/usb-1-video-index0" in {one.path for one in seen.devices if not one.exists}


def test_a_node_that_gives_no_pictures_is_told_from_one_that_does(pi: Machine) -> None:
    """A camera's second node carries only numbers about its pictures; other nodes scale and compress."""
    pi.write("data/cab-1/wiring.toml", WIRING + CAMERA)
    pi.write("dev/video1", "")
    pi.link("dev/v4l/by-path/usb-1-video-index0", "../../video1")

    (camera,) = pi.look().cameras

    assert not camera.captures


def test_a_camera_that_the_agent_uses_is_left_to_it(pi: Machine, eye: SimulatedCamera) -> None:
    pi.program(78, "python", "dev/video0", "/opt/yungui/bin/python", "-m", "edge", "run")

    (camera,) = pi.look().cameras

    assert camera.unseen == "python (78)"


@pytest.mark.parametrize(
    ("whole", "node", "gives"),
    [
        (0x84A00001, 0x04200001, True),  # a webcam's first node
        (0x84A00001, 0x04A00000, False),  # its second: metadata only
        (0x84204000, 0x04204000, False),  # a decoder of the Raspberry Pi: memory to memory
        (0x84201000, 0x04201000, True),  # a capture device of several planes
        (0x04000001, 0, True),  # a driver from before each node spoke for itself
    ],
)
def test_what_a_node_says_of_itself_is_understood(whole: int, node: int, gives: bool) -> None:  # noqa: FBT001
    answer = struct.pack("<16s32s32sIII12x", b"uvcvideo", b"camera", b"usb-1", 0x060C22, whole, node)

    assert captures(answer) is gives
