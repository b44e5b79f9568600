"""What the facts mean: ``examine(facts) -> findings``. Pure; every finding there can be stands in FINDINGS.

A FAULT stops or endangers the work, ADVICE is a weakness to know of, GOOD is what was looked at and found sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from edge.doctor.facts import Device, Facts, User

__all__ = ["CHECKS", "FINDINGS", "Finding", "Grade", "examine"]


class Grade(StrEnum):
    GOOD = "good"
    ADVICE = "advice"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """``key`` is that of its sentence, and with ``.remedy`` that of what to do."""

    key: str
    fields: Mapping[str, str | int]

    @property
    def grade(self) -> Grade:
        return FINDINGS[self.key]


FINDINGS: Final[Mapping[str, Grade]] = MappingProxyType(
    {
        "files.wrong": Grade.FAULT,
        "files.unread": Grade.ADVICE,
        "files.good": Grade.GOOD,
        "port.missing": Grade.FAULT,
        "port.not_member": Grade.FAULT,
        "port.denied": Grade.FAULT,
        "port.twins": Grade.FAULT,
        "port.held": Grade.FAULT,
        "port.unstable": Grade.ADVICE,
        "port.good": Grade.GOOD,
        "port.none": Grade.ADVICE,
        "camera.no_capture": Grade.FAULT,
        "camera.silent": Grade.FAULT,
        "camera.dark": Grade.FAULT,
        "camera.unseen": Grade.ADVICE,
        "camera.good": Grade.GOOD,
        "brltty.found": Grade.FAULT,
        "brltty.good": Grade.GOOD,
        "pins.both": Grade.FAULT,
        "pins.none": Grade.FAULT,
        "pins.pi5": Grade.FAULT,
        "pins.kernel": Grade.FAULT,
        "pins.chip": Grade.FAULT,
        "pins.good": Grade.GOOD,
        "clock.wrong": Grade.FAULT,
        "clock.not_waited": Grade.ADVICE,
        "clock.no_rtc": Grade.ADVICE,
        "clock.good": Grade.GOOD,
        "disk.lost": Grade.FAULT,
        "disk.read_only": Grade.FAULT,
        "disk.full": Grade.FAULT,
        "disk.slow": Grade.FAULT,
        "disk.unmeasured": Grade.ADVICE,
        "disk.good": Grade.GOOD,
        "journal.unwritable": Grade.FAULT,
        "keys.open": Grade.FAULT,
        "journal.good": Grade.GOOD,
        "certificate.expired": Grade.FAULT,
        "certificate.ending": Grade.FAULT,
        "certificate.early": Grade.FAULT,
        "certificate.good": Grade.GOOD,
        "power.low": Grade.FAULT,
        "power.was_low": Grade.ADVICE,
        "power.good": Grade.GOOD,
        "power.unseen": Grade.ADVICE,
        "watchdog.off": Grade.FAULT,
        "watchdog.none": Grade.ADVICE,
        "watchdog.good": Grade.GOOD,
    }
)

LEAST_FREE: Final = 200 * 2**20
LEAST_SHARE: Final = 0.05
SLOWEST_MS: Final = 60.0  # an opening waits for a few of these
WORST_MS: Final = 500.0
ENDING_DAYS: Final = 14
DARKEST: Final = 40  # of 255; a camera sets its own exposure, so white paper is far brighter wherever there is light
_DAY: Final = 86_400_000
_LOST_ON: Final = ("tmpfs", "ramfs", "overlay", "squashfs")
_PINS_EDGE_KERNEL: Final = (6, 6)  # since then RPi.GPIO cannot watch for edges
_LGPIO_GUESS: Final = 4  # the chip that rpi-lgpio takes on a Pi 5 unless it is told

Findings = Iterator[Finding]


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every check's findings, in the order of the table. A check that finds nothing wrong says so."""
    return tuple(finding for check in CHECKS for finding in check(facts))


def _files(facts: Facts) -> Findings:
    for chinese, english in facts.station.mistakes:
        yield _found("files.wrong", chinese=chinese, english=english)
    running, now = facts.station.running, facts.station.wiring
    if running and now and running != now:
        yield _found("files.unread")
    elif not facts.station.mistakes:
        yield _found("files.good", folder=facts.station.folder)


def _ports(facts: Facts) -> Findings:
    if not facts.devices:
        yield _found("port.none")
    for device in facts.devices:
        wrong = list(_port(device, facts.user))
        yield from wrong
        if not any(finding.grade is Grade.FAULT for finding in wrong):
            yield _found("port.good", path=device.path, target=device.target)


def _port(device: Device, user: User) -> Findings:
    if not device.exists:
        yield _found("port.missing", path=device.path)
        return
    if not _may_use(device, user):
        by_group = device.mode & 0o060 == 0o060 and device.group not in ("", "root")
        yield _found(
            "port.not_member" if by_group else "port.denied",
            path=device.path,
            user=user.name,
            group=device.group,
            use=device.use,
            mode=f"{device.mode & 0o777:03o}",
        )
    by_id = "/by-id/" in device.path
    remedy = device.fixed or "/dev/serial/by-path/…"
    if device.twins and by_id:
        yield _found("port.twins", path=device.path, chip=device.chip, twins=", ".join(device.twins), fixed=remedy)
    elif (device.chip or (device.use == "video" and device.fixed)) and device.path == device.target:
        yield _found("port.unstable", path=device.path, fixed=remedy)
    strangers = [holder for holder in device.holders if not holder.agent]
    if strangers or len(device.holders) > 1:
        named = ", ".join(str(holder) for holder in (strangers or device.holders))
        yield _found("port.held", path=device.path, holders=named)


def _may_use(device: Device, user: User) -> bool:
    if user.uid == 0:
        return True
    if device.owner == user.uid:
        return device.mode & 0o600 == 0o600
    if device.group in user.groups:
        return device.mode & 0o060 == 0o060
    return device.mode & 0o006 == 0o006


def _cameras(facts: Facts) -> Findings:
    for camera in facts.cameras:
        path = camera.path
        if not camera.captures:
            yield _found("camera.no_capture", path=path, others=", ".join(camera.others) or "/dev/v4l/by-path/…-index0")
        elif camera.unseen:
            yield _found("camera.unseen", path=path, why=camera.unseen)
        elif camera.why:
            yield _found("camera.silent", path=path, why=camera.why)
        elif camera.brightest < DARKEST:
            yield _found("camera.dark", path=path, brightest=camera.brightest)
        else:
            seen = {"rows": camera.rows, "columns": camera.columns, "brightest": camera.brightest}
            yield _found("camera.good", path=path, **seen)


def _brltty(facts: Facts) -> Findings:
    serial = [device for device in facts.devices if device.use == "dialout"]
    if facts.machine.brltty and (serial or not facts.devices):
        yield _found("brltty.found", file=facts.machine.brltty)
    else:
        yield _found("brltty.good")


def _pins(facts: Facts) -> Findings:
    machine, libraries = facts.machine, facts.machine.pin_libraries
    kernel = ".".join(str(part) for part in machine.kernel)
    pi5 = "Raspberry Pi 5" in machine.model or "Compute Module 5" in machine.model
    wrong: list[Finding] = []
    if {"RPi.GPIO", "rpi-lgpio"} <= libraries:
        wrong.append(_found("pins.both"))
    elif not libraries:
        if facts.station.pins:
            wrong.append(_found("pins.none"))
    elif "RPi.GPIO" in libraries and pi5:
        wrong.append(_found("pins.pi5", model=machine.model))
    elif "RPi.GPIO" in libraries and machine.kernel >= _PINS_EDGE_KERNEL:
        wrong.append(_found("pins.kernel", kernel=kernel))
    if "rpi-lgpio" in libraries and pi5 and machine.gpio_chips:
        chip = _LGPIO_GUESS if machine.gpio_chip is None else machine.gpio_chip
        if chip not in machine.gpio_chips:
            there = ", ".join(str(number) for number in sorted(machine.gpio_chips))
            wrong.append(_found("pins.chip", chip=chip, there=there, first=min(machine.gpio_chips)))
    yield from wrong
    if facts.station.pins and not wrong:
        yield _found("pins.good", library=", ".join(sorted(libraries)), kernel=kernel)


def _clock(facts: Facts) -> Findings:
    machine = facts.machine
    if machine.synchronised:
        yield _found("clock.good")
    else:
        yield _found("clock.wrong")
    if not machine.waits_for_time:
        yield _found("clock.not_waited")
    if not machine.rtc:
        yield _found("clock.no_rtc")


def _disk(facts: Facts) -> Findings:
    disk, wrong = facts.disk, []
    if disk.kind in _LOST_ON:
        wrong.append(_found("disk.lost", folder=facts.station.folder, mount=disk.mount, kind=disk.kind))
    elif disk.read_only:
        wrong.append(_found("disk.read_only", folder=facts.station.folder, mount=disk.mount))
    megabytes = disk.free // 2**20
    if disk.free < max(LEAST_FREE, LEAST_SHARE * disk.size):
        wrong.append(_found("disk.full", mount=disk.mount, free=megabytes))
    if disk.fsync_ms is None or disk.worst_ms is None:
        yield _found("disk.unmeasured", folder=facts.station.folder)
        yield from wrong
        return
    measured = {"median": f"{disk.fsync_ms:.1f}", "worst": f"{disk.worst_ms:.1f}"}
    if disk.fsync_ms > SLOWEST_MS or disk.worst_ms > WORST_MS:
        wrong.append(_found("disk.slow", **measured))
    yield from wrong or (_found("disk.good", free=megabytes, **measured),)


def _journal(facts: Facts) -> Findings:
    station, user = facts.station, facts.user.name
    if station.unwritable:
        files = ", ".join(station.unwritable)
        yield _found("journal.unwritable", files=files, user=user, folder=station.folder)
    if station.open_keys:
        yield _found("keys.open", files=", ".join(station.open_keys), folder=station.folder)
    if not station.unwritable and not station.open_keys:
        yield _found("journal.good", user=user)


def _certificates(facts: Facts) -> Findings:
    for one in facts.station.certificates:
        days = (one.ends - facts.now) // _DAY
        if facts.now < one.begins:
            yield _found("certificate.early", file=one.file)
        elif days < 0:
            yield _found("certificate.expired", file=one.file, days=-days)
        elif days < ENDING_DAYS:
            yield _found("certificate.ending", file=one.file, days=days)
        else:
            yield _found("certificate.good", file=one.file, days=days)


def _power(facts: Facts) -> Findings:
    told = {"now": "power.low", "since": "power.was_low", "no": "power.good"}
    yield _found(told.get(facts.machine.voltage_low, "power.unseen"))


def _watchdog(facts: Facts) -> Findings:
    state = facts.machine.watchdog
    yield _found({"active": "watchdog.good", "inactive": "watchdog.off"}.get(state, "watchdog.none"))


CHECKS: Final[tuple[Callable[[Facts], Findings], ...]] = (
    _files,
    _ports,
    _cameras,
    _brltty,
    _pins,
    _clock,
    _disk,
    _journal,
    _certificates,
    _power,
    _watchdog,
)


def _found(key: str, /, **fields: str | int) -> Finding:
    return Finding(key, MappingProxyType(fields))
