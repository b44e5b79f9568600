"""What is connected where: `wiring.toml`, read strictly.

A typing error here could leave a lock unwatched, so nothing is guessed. Every problem is a `WiringError` that names
file, line and remedy. Each kind of table has a module; the keys are explained in docs/hardware/wiring.md.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.wiring import boards, cameras, gpio, grid, parts, readers
from hardware.wiring.boards import Board, Bus, Compartment, read_boards, read_buses, read_compartments
from hardware.wiring.cameras import Camera, read_cameras
from hardware.wiring.gpio import Box, read_gpio
from hardware.wiring.grid import read_grid
from hardware.wiring.parts import Parts, read_parts
from hardware.wiring.readers import Reader, read_readers
from hardware.wiring.source import Source, Table, WiringError

__all__ = [
    "Board",
    "Box",
    "Bus",
    "Camera",
    "Compartment",
    "Parts",
    "Reader",
    "Wiring",
    "WiringError",
    "load_wiring",
    "parse_wiring",
]

KINDS: Final = ("cabinet", "station")
TABLES: Final = ("station", *grid.TABLES, *boards.TABLES, *gpio.TABLES, *readers.TABLES, *cameras.TABLES, *parts.TABLES)
PORTED: Final = ("bus", "reader", "camera")
"""The tables that name a port; no two may name the same."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """A station's hardware. A station without doors has no buses, boards or compartments, and 0 rows."""

    kind: str
    rows: int
    columns: int
    buses: tuple[Bus, ...]
    boards: tuple[Board, ...]
    gpio: tuple[Box, ...]
    compartments: tuple[Compartment, ...]
    readers: tuple[Reader, ...]
    cameras: tuple[Camera, ...] = ()
    parts: Parts = Parts()

    @property
    def watched(self) -> tuple[str, ...]:
        """What doors are watched by, lost and found as one: lock boards and relay boxes, by name."""
        return *(board.name for board in self.boards), *(box.name for box in self.gpio)

    def compartments_of(self, board: str) -> tuple[Compartment, ...]:
        return tuple(compartment for compartment in self.compartments if compartment.board == board)

    def boards_of(self, bus: str) -> tuple[Board, ...]:
        return tuple(board for board in self.boards if board.bus == bus)


def load_wiring(path: Path, *, ports: Path | None = None) -> Wiring:
    """Read a file. A relative `port` is taken below `ports` (the simulated bench's folder), else below /dev."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failed:
        raise WiringError.unreadable(str(path), failed) from failed
    return parse_wiring(text, name=str(path), ports=ports)


def parse_wiring(text: str, *, name: str = "wiring.toml", ports: Path | None = None) -> Wiring:
    source = Source.parse(text, name)
    source.only(TABLES)
    station = source.table("station")
    station.only(("kind",))
    kind = station.choice("kind", KINDS)
    root = ports or Path("/dev")
    buses = read_buses(source, root)
    wired, placed = read_boards(source, buses)
    boxes, boxed = read_gpio(source, ports)
    found = read_compartments(source, (*wired, *boxes), [*placed, *boxed])
    rows, columns, compartments = read_grid(source, found)
    reading = read_readers(source, root)
    seeing = read_cameras(source, root)
    _ports_differ(source)
    beside = read_parts(source, boxes, ports)
    wiring = Wiring(kind, rows, columns, buses, wired, boxes, compartments, reading, seeing, beside)
    _whole(source, station, wiring)
    return wiring


def _ports_differ(source: Source) -> None:
    seen: set[str] = set()
    for table in (table for kind in PORTED for table in source.tables(kind)):
        port = table.text("port")
        if port in seen:
            raise table.wrong("duplicate", "port", value=port)
        seen.add(port)


def _whole(source: Source, station: Table, wiring: Wiring) -> None:
    """Nothing dangles: a cabinet has doors, every bus has a board, every board a compartment."""
    if (wiring.kind == "cabinet") is not bool(wiring.compartments):
        raise station.wrong("no-doors" if wiring.kind == "cabinet" else "doors-at-station", "kind", value=wiring.kind)
    for table, bus in zip(source.tables("bus"), wiring.buses, strict=True):
        if not wiring.boards_of(bus.name):
            raise table.wrong("unused", "name", value=bus.name)
    for table, board in zip(source.tables("board"), wiring.boards, strict=True):
        if not wiring.compartments_of(board.name):
            raise table.wrong("unused", "address", value=board.name)
    for table, box in zip(source.tables("gpio"), wiring.gpio, strict=True):
        if not wiring.compartments_of(box.name):
            raise table.wrong("unused", "name", value=box.name)
