"""The machine itself, read from the files in which it tells of itself below a root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from statistics import median
from typing import Final

from edge.doctor.facts import Disk, Machine, User

__all__ = ["disk", "groups", "machine", "user"]

_PIN_LIBRARIES: Final = {"rpi.gpio": "RPi.GPIO", "rpi-lgpio": "rpi-lgpio"}
_BRLTTY: Final = ("usr/bin/brltty", "sbin/brltty", "usr/sbin/brltty", "bin/brltty")
_ROUNDS: Final = 12
_LOW_NOW, _LOW_SINCE = 1 << 0, 1 << 16


def machine(
    root: Path, *, synchronised: bool, environment: Mapping[str, str], libraries: Sequence[str] | None = None
) -> Machine:
    """``libraries``: where Python packages lie; the agent's own where none is given."""
    wants = root / "etc/systemd/system/sysinit.target.wants/systemd-time-wait-sync.service"
    chip = environment.get("RPI_LGPIO_CHIP", "")
    return Machine(
        model=_text(root / "proc/device-tree/model").strip("\0\n "),
        kernel=_kernel(_text(root / "proc/sys/kernel/osrelease")),
        synchronised=synchronised,
        waits_for_time=wants.is_symlink() or wants.exists(),
        rtc=any((root / "sys/class/rtc").glob("rtc*")),
        watchdog=_watchdog(root),
        voltage_low=_voltage(root),
        brltty=next((f"/{name}" for name in _BRLTTY if (root / name).exists()), ""),
        pin_libraries=_pin_libraries(libraries),
        gpio_chips=frozenset(
            int(found[1]) for one in (root / "dev").glob("gpiochip*") if (found := re.search(r"(\d+)$", one.name))
        ),
        gpio_chip=int(chip) if chip.isdecimal() else None,
    )


def disk(folder: Path, root: Path) -> Disk:
    """Where a folder lies, the room there, and how long a record takes to be safe."""
    mount, kind, options = _mount(folder.resolve(), root)
    usage = shutil.disk_usage(folder)
    times = _fsyncs(folder)
    return Disk(
        mount=mount,
        kind=kind,
        read_only="ro" in options.split(","),
        free=usage.free,
        size=usage.total,
        fsync_ms=median(times) if times else None,
        worst_ms=max(times) if times else None,
    )


def groups(root: Path) -> dict[int, str]:
    """Group names by number."""
    rows = [line.split(":") for line in _text(root / "etc/group").splitlines()]
    return {int(row[2]): row[0] for row in rows if len(row) > 2 and row[2].isdecimal()}


def user(name: str | int, root: Path) -> User:
    """A person of /etc/passwd by name or number, and the groups he or she is in."""
    rows = [line.split(":") for line in _text(root / "etc/passwd").splitlines()]
    row = next((row for row in rows if len(row) > 3 and str(name) in (row[0], row[2])), None)
    if row is None:
        return User(name=str(name), uid=name if isinstance(name, int) else -1, groups=frozenset())
    entries = [line.split(":") for line in _text(root / "etc/group").splitlines()]
    member = {entry[0] for entry in entries if len(entry) > 3 and row[0] in entry[3].split(",")}
    primary = {entry[0] for entry in entries if len(entry) > 2 and entry[2] == row[3]}
    return User(name=row[0], uid=int(row[2]), groups=frozenset(member | primary))


def _kernel(release: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", release)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _pin_libraries(places: Sequence[str] | None) -> frozenset[str]:
    found = distributions() if places is None else distributions(path=list(places))
    names = {str(one.metadata["Name"]).lower().replace("_", "-") for one in found}
    return frozenset(shown for name, shown in _PIN_LIBRARIES.items() if name in names)


def _watchdog(root: Path) -> str:
    """ "active", "inactive", or nothing where the machine has none."""
    state = _text(root / "sys/class/watchdog/watchdog0/state").strip()
    if state or not (root / "dev/watchdog0").exists():
        return state
    files = [root / "etc/systemd/system.conf", *sorted((root / "etc/systemd/system.conf.d").glob("*.conf"))]
    asked = [re.findall(r"^\s*RuntimeWatchdogSec\s*=\s*(\S+)", _text(file), re.MULTILINE) for file in files]
    last = next((values[-1] for values in reversed(asked) if values), "off")
    return "inactive" if last in ("0", "off") else "active"


def _voltage(root: Path) -> str:
    """ "now", "since" (since the machine was started), "no", or nothing where nobody measures."""
    program = next(
        (root / name for name in ("usr/bin/vcgencmd", "opt/vc/bin/vcgencmd") if (root / name).exists()), None
    )
    told = ""
    if program is not None:
        try:
            told = subprocess.run(
                [str(program), "get_throttled"], capture_output=True, text=True, timeout=5, check=False
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            told = ""
    found = re.search(r"0x([0-9a-fA-F]+)", told)
    if found is None:
        return _alarm(root)
    bits = int(found[1], 16)
    return "now" if bits & _LOW_NOW else "since" if bits & _LOW_SINCE else "no"


def _alarm(root: Path) -> str:
    for monitor in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if _text(monitor / "name").strip() == "rpi_volt":
            return "now" if _text(monitor / "in0_lcrit_alarm").strip() == "1" else "no"
    return ""


def _mount(folder: Path, root: Path) -> tuple[str, str, str]:
    """The mount a folder lies on: the longest that is above it, the newest of equals."""
    best = ("/", "", "")
    for line in _text(root / "proc/mounts").splitlines():
        fields = line.split()
        if len(fields) > 3:
            at = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[1]))
            if folder.is_relative_to(at) and len(str(at)) >= len(best[0]):
                best = (str(at), fields[2], fields[3])
    return best


def _fsyncs(folder: Path) -> list[float]:
    """Milliseconds. Nothing is left behind."""
    file, times = folder / f".doctor-{os.getpid()}", []
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return []
    try:
        for _ in range(_ROUNDS):
            begun = time.monotonic()
            os.write(number, bytes(4096))
            os.fsync(number)
            times.append((time.monotonic() - begun) * 1000)
    except OSError:
        return []
    finally:
        os.close(number)
        file.unlink(missing_ok=True)
    return times


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
