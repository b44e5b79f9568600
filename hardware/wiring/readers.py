"""Readers of labels and badges: `[[reader]]`. The keys are explained in docs/hardware/wiring.md."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_bridge.scanners.lines import Framing
from hardware.registry import SCANNERS, names
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("reader",)
ROLES: Final = ("label", "badge")


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    role: str
    driver: str
    port: Path
    baud: int
    framing: Framing
    idle_seconds: float


def read_readers(source: Source, root: Path) -> tuple[Reader, ...]:
    """A relative port is taken below `root`."""
    unique(source, "reader", "name")
    return tuple(_reader(table, root) for table in source.tables("reader"))


def _reader(table: Table, root: Path) -> Reader:
    table.only(("name", "role", "driver", "port", "baud", "framing", "idle_ms"))
    return Reader(
        name=table.text("name"),
        role=table.choice("role", ROLES),
        driver=table.choice("driver", names(SCANNERS), default="serial-line"),
        port=root / table.text("port"),
        baud=table.number("baud", range(1200, 1_000_001), default=9600),
        framing=Framing(table.choice("framing", [framing.value for framing in Framing], default=Framing.CR.value)),
        idle_seconds=table.number("idle_ms", range(10, 2001), default=60) / 1000,
    )
