"""Readers in the wiring, and the device of one that is a keyboard."""

import errno
import fcntl
import os
import pty
import tty
from pathlib import Path

import pytest

from firmware_bridge.scanners.badges import Form
from firmware_bridge.scanners.families import FAMILIES
from firmware_bridge.scanners.lines import Framing
from hardware.drivers.hid_device import GRAB, HidDevice
from hardware.installation import Installation
from hardware.wiring import Reader, WiringError, parse_wiring
from hardware.wiring.readers import KEYS


def reader(keys: str) -> Reader:
    head = '[station]\nkind = "station"\n[[reader]]\nname = "r"\nport = "r"\n'
    return parse_wiring(head + keys).readers[0]


def test_a_reader_needs_little_and_its_family_knows_the_rest() -> None:
    plain = reader('role = "label"')
    cards = reader('role = "badge"\nfamily = "rdm6300"')
    gryphon = reader('role = "label"\nfamily = "datalogic"')

    assert (plain.family.name, plain.driver, plain.port, plain.baud) == ("line", "serial-line", "/dev/r", 9600)
    assert (plain.setup.framing, plain.setup.badge, plain.setup.host_triggers) == (Framing.CR, None, False)
    assert (cards.setup.badge, cards.setup.keep_bytes) == (Form.HEX, 4)
    assert gryphon.setup.framing is Framing.CRLF


def test_a_reader_may_stand_behind_a_socket() -> None:
    text = '[station]\nkind = "station"\n[[reader]]\nname = "r"\nrole = "label"\nport = "socket://10.0.0.5:4001"\n'

    assert parse_wiring(text).readers[0].port == "socket://10.0.0.5:4001"


@pytest.mark.parametrize("keys", ['family = "keys"', 'driver = "hid-keys"', 'driver = "hid-keys"\nfamily = "keys"'])
def test_a_keyboard_is_one_by_its_family_or_its_driver(keys: str) -> None:
    made = reader(f'role = "badge"\nbadge = "decimal"\n{keys}')

    assert (made.driver, made.family.name, made.setup.badge) == ("hid-keys", "keys", Form.DECIMAL)


def test_everything_about_a_reader_can_be_said() -> None:
    made = reader(
        'role = "label"\nfamily = "ssi"\nbaud = 115200\nframing = "tab"\nidle_ms = 20\nlayout = "us"\n'
        'trigger = "host"\ntrigger_on = "12"\ntrigger_off = "14"\nno_read = "NOREAD"\ncontinuation = "plain"\n'
    )

    setup = made.setup
    assert (made.baud, setup.framing, setup.idle_seconds, setup.host_triggers) == (115200, Framing.TAB, 0.02, True)
    assert (setup.trigger_on, setup.trigger_off, setup.no_read, setup.typed) == (b"\x12", b"\x14", "NOREAD", False)


@pytest.mark.parametrize(
    ("keys", "line", "word"),
    [
        ('family = "zebra"', 7, "family"),
        ('family = "keys"\ndriver = "serial-line"', 8, "driver"),
        ('family = "ssi"\ndriver = "hid-keys"', 8, "driver"),
        ('family = "keys"\ntrigger = "host"', 8, "trigger"),
        ('trigger = "host"', 3, "trigger_on"),
        ('trigger_on = "XY"', 7, "trigger_on"),
        ('layout = "fr"', 7, "layout"),
        ('badge = "octal"', 7, "badge"),
        ("badge_bytes = 2", 7, "badge_bytes"),
        ('colour = "red"', 7, "colour"),
    ],
)
def test_what_is_wrong_with_a_reader_is_told_with_its_line(keys: str, line: int, word: str) -> None:
    with pytest.raises(WiringError, match=word) as refused:
        reader(f'role = "label"\n{keys}')

    assert refused.value.line == line


def test_a_trigger_that_nobody_holds_may_be_let_go() -> None:
    text = '[station]\nkind = "station"\n[[reader]]\nname = "r"\nrole = "badge"\nport = "r"\nfamily = "keys"\n'
    Installation(parse_wiring(text), deliver=lambda _: None).trigger("r", on=False)


def test_every_key_family_and_form_is_explained_in_both_languages() -> None:
    docs = Path(__file__).parents[2] / "docs/hardware"
    for page, words in (
        ("wiring.md", KEYS),
        ("scanners.md", [*FAMILIES, *(form.value for form in Form)]),
        ("wiring.md", [f'"{framing.value}"' for framing in Framing]),
    ):
        chinese, english = (docs / page).read_text(encoding="utf-8").split("## English")
        assert [word for word in words if f"`{word}`" not in chinese or f"`{word}`" not in english] == []


# The device of a keyboard


def test_what_was_typed_before_the_device_was_taken_is_nobodys() -> None:
    far, near = pty.openpty()
    tty.setraw(near)
    os.write(far, b"early")

    with HidDevice(os.ttyname(near)) as device:
        assert device.read(100) == b""
        os.write(far, b"now")
        assert device.read(100) == b"now"
        os.close(far)
        with pytest.raises(OSError, match=r"\[Errno"):
            device.read(100)
    os.close(near)


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_what_is_no_keyboard_is_refused_and_given_free(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.write_bytes(b"text") if kind == "file" else os.mkfifo(path)
    handles = len([*Path("/proc/self/fd").iterdir()])

    with pytest.raises(OSError, match=r"\[Errno") as refused:
        HidDevice(str(path))

    assert refused.value.errno in (errno.ENOTTY, errno.EINVAL)
    assert len([*Path("/proc/self/fd").iterdir()]) == handles


def test_a_keyboard_that_another_program_has_taken_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(handle: int, request: int, value: int) -> None:
        assert (request, value) == (GRAB, 1)
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    far, near = pty.openpty()
    monkeypatch.setattr(fcntl, "ioctl", taken)
    with pytest.raises(OSError, match="busy"):
        HidDevice(os.ttyname(near))
    os.close(far)
    os.close(near)
