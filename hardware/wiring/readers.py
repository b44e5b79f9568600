"""Readers of labels and badges: `[[reader]]`. The keys are explained in docs/hardware/wiring.md."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_bridge.scanners import keys
from firmware_bridge.scanners.badges import Form
from firmware_bridge.scanners.families import FAMILIES, Family, Setup
from firmware_bridge.scanners.lines import NAME as LINE
from firmware_bridge.scanners.lines import Framing
from hardware.registry import SCANNERS, names
from hardware.wiring.boards import port_of
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("reader",)
ROLES: Final = ("label", "badge")
KEYS: Final = (
    *("name", "role", "driver", "family", "port", "baud", "framing", "idle_ms", "trigger", "trigger_on", "trigger_off"),
    *("no_read", "badge", "badge_bytes", "layout", "continuation"),
)
_ON_LINE, _ON_KEYS = "serial-line", "hid-keys"


@dataclass(frozen=True, slots=True)
class Reader:
    """`port`: a device file, or `socket://host:port`."""

    name: str
    role: str
    driver: str
    family: Family
    port: str
    baud: int
    setup: Setup


def read_readers(source: Source, root: Path) -> tuple[Reader, ...]:
    """A relative port is taken below `root`."""
    unique(source, "reader", "name")
    return tuple(_reader(table, root) for table in source.tables("reader"))


def _reader(table: Table, root: Path) -> Reader:
    table.only(KEYS)
    role = table.choice("role", ROLES)
    # Whichever of the two is given says what the other is, so that a keyboard never stands on a serial port.
    guess = keys.NAME if table.text("driver", default=_ON_LINE) == _ON_KEYS else LINE
    family = FAMILIES[table.choice("family", tuple(FAMILIES), default=guess)]
    fitting = [name for name in names(SCANNERS) if name != (_ON_KEYS if family.serial else _ON_LINE)]
    return Reader(
        name=table.text("name"),
        role=role,
        driver=table.choice("driver", fitting, default=_ON_LINE if family.serial else _ON_KEYS),
        family=family,
        port=port_of(table, root),
        baud=table.number("baud", range(1200, 1_000_001), default=family.baud),
        setup=_setup(table, role, family),
    )


def _setup(table: Table, role: str, family: Family) -> Setup:
    on = _bytes(table, "trigger_on")
    holders = ("scanner", "host") if family.serial else ("scanner",)
    hosts = table.choice("trigger", holders, default="scanner") == "host"
    if hosts and on is None and family.trigger is None:
        raise table.wrong("missing-key", "trigger_on")
    badge = table.choice("badge", [form.value for form in Form], default=family.badge.value)
    return Setup(
        framing=Framing(table.choice("framing", [one.value for one in Framing], default=family.framing.value)),
        idle_seconds=table.number("idle_ms", range(10, 2001), default=60) / 1000,
        host_triggers=hosts,
        trigger_on=on,
        trigger_off=_bytes(table, "trigger_off") or b"",
        badge=Form(badge) if role == "badge" else None,
        keep_bytes=table.number("badge_bytes", range(3, 11), default=family.keep_bytes),
        no_read=table.text("no_read", default="NR"),
        layout=table.choice("layout", tuple(keys.LAYOUTS), default="us"),
        typed=table.choice("continuation", ("typed", "plain"), default="typed") == "typed",
    )


def _bytes(table: Table, key: str) -> bytes | None:
    """Bytes in hexadecimal; None when the key is not there."""
    text = table.text(key, default="")
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise table.wrong("type", key, value=repr(text), choices='"16 54 0D"') from None
    return data or None
