"""The service files say what the documents promise, and systemd takes them where it is there to be asked."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted([*(ROOT / "edge/systemd").glob("*.service"), *(ROOT / "hub/systemd").glob("*.service")])


class Unit(configparser.RawConfigParser):
    """Keys keep their case, and one that stands twice keeps its last value."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, allow_no_value=False, interpolation=None, delimiters=("=",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read(path, encoding="utf-8")


def test_there_is_a_unit_for_each_process() -> None:
    assert [path.name for path in UNITS] == ["yungui-edge@.service", "yungui-kiosk@.service", "yungui-hub.service"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_always_comes_back_and_may_do_little(path: Path) -> None:
    service = Unit(path)["Service"]

    assert service["Restart"] == "always"
    assert Unit(path)["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["User"] not in ("", "root")
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["CapabilityBoundingSet"]) == (
        "yes",
        "strict",
        "",
    )
    assert service["UMask"] == "0077"


def test_the_agent_is_watched_and_its_pins_are_switched_off_however_it_ends() -> None:
    service = Unit(ROOT / "edge/systemd/yungui-edge@.service")["Service"]

    assert (service["Type"], service["NotifyAccess"]) == ("notify", "main")
    assert 5 < int(service["WatchdogSec"]) <= 60
    assert "hardware.drivers.gpio_all_off" in service["ExecStopPost"]
    assert service["KillMode"] == "mixed"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is(path: Path) -> None:
    command = Unit(path)["Service"]["ExecStart"]
    scripts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    program, *words = command.removeprefix("/opt/yungui/bin/").split()
    if program == "python":
        assert (ROOT / words[1].replace(".", "/") / "__main__.py").is_file()
    else:
        assert f"{program} = " in scripts


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_takes_a_unit(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name.replace("@", "@cab-1")
    text = path.read_text(encoding="utf-8").replace("/opt/yungui/bin/yungui-edge", "/bin/true")
    text = text.replace("/opt/yungui/bin/yungui-hub", "/bin/true").replace("/opt/yungui/bin/python", "/bin/true")
    copy.write_text(text.replace("User=yungui-hub", "User=root").replace("User=yungui", "User=root"))

    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert copy.name not in told.stderr, told.stderr
    assert told.returncode == 0, told.stderr


def test_the_rules_give_devices_to_groups_and_never_to_everybody() -> None:
    rules = [line for line in (ROOT / "edge/systemd/60-yungui.rules").read_text().splitlines() if line[:1] == "S"]

    assert rules
    assert all('MODE="0660"' in rule for rule in rules)


def test_the_user_is_in_the_group_of_every_rule() -> None:
    rules = (ROOT / "edge/systemd/60-yungui.rules").read_text()
    users = (ROOT / "edge/systemd/yungui-sysusers.conf").read_text()

    for group in ("dialout", "input", "video", "gpio"):
        assert f'GROUP="{group}"' in rules
        assert f"m yungui {group}" in users
