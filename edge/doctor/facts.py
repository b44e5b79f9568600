"""What was seen of a machine, as one frozen value. Nothing here says whether it is good."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Camera", "Certificate", "Device", "Disk", "Facts", "Holder", "Machine", "Station", "User"]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Who runs the agent."""

    name: str
    uid: int
    groups: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A program that has a device open. ``agent``: it is ours."""

    pid: int
    name: str
    agent: bool

    def __str__(self) -> str:
        return f"{self.name} ({self.pid})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device file that the wiring names. ``use``: its kind, as the name of the group it should belong to."""

    path: str
    use: str
    exists: bool
    target: str = ""
    mode: int = 0
    owner: int = 0
    group: str = ""
    chip: str = ""
    """Vendor and product of a USB adapter, as ``1a86:7523``; empty where there is none."""
    twins: tuple[str, ...] = ()
    """Other devices that have the same vendor, product and serial number."""
    fixed: str = ""
    """Its name under /dev/serial/by-path."""
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera that is there, and what it showed. ``others``: device files that do give pictures.

    ``unseen``: why nobody looked through it; ``why``: why no picture came.
    ``brightest``: grey level (0 to 255) of the brightest hundredth of its picture.
    """

    path: str
    captures: bool
    others: tuple[str, ...] = ()
    unseen: str = ""
    why: str = ""
    rows: int = 0
    columns: int = 0
    brightest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """``voltage_low``, ``gpio_chips`` and ``watchdog`` are empty where the machine does not tell."""

    model: str
    kernel: tuple[int, int]
    synchronised: bool
    waits_for_time: bool
    rtc: bool
    watchdog: str
    voltage_low: str
    brltty: str
    pin_libraries: frozenset[str]
    gpio_chips: frozenset[int]
    gpio_chip: int | None
    """What the wiring says, else RPI_LGPIO_CHIP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """``fsync_ms`` and ``worst_ms``: median and longest of a few measured; none where nothing could be written."""

    mount: str
    kind: str
    read_only: bool
    free: int
    size: int
    fsync_ms: float | None
    worst_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    file: str
    begins: int
    ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """The station's folder. ``mistakes``: what its files say wrong, in both languages, in the reader's own words."""

    folder: str
    mistakes: tuple[tuple[str, str], ...]
    wiring: str
    running: str
    """SHA-256 of the wiring as it is, and as the agent read it last; empty where unknown."""
    unwritable: tuple[str, ...]
    open_keys: tuple[str, ...]
    certificates: tuple[Certificate, ...]
    pins: bool
    """The wiring uses GPIO pins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``now``: the wall clock, ms since 1970."""

    now: int
    user: User
    devices: tuple[Device, ...]
    machine: Machine
    disk: Disk
    station: Station
    cameras: tuple[Camera, ...] = ()
