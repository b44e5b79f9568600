"""What is connected where: `wiring.toml`, read strictly.

A typing error here could leave a lock unwatched, so nothing is guessed. Every problem is a `WiringError` that names
file, line and remedy. The keys are explained in docs/hardware/wiring.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from firmware_bridge.boards.eight_a_eighty import ADDRESSES, CHANNELS, STATUS_BYTES
from firmware_bridge.boards.eight_a_eighty_doors import ByteOrder
from firmware_bridge.exchange import Echo
from firmware_bridge.scanners.lines import Framing
from hardware.registry import DOORS, SCANNERS, names
from hardware.wiring_source import Source, Table, WiringError

__all__ = ["Board", "Bus", "Compartment", "Reader", "Wiring", "WiringError", "load_wiring", "parse_wiring"]

KINDS: Final = ("cabinet", "station")
ROLES: Final = ("label", "badge")
SIZES: Final = ("S", "M", "L")
NUMBERINGS: Final = ("rows", "columns")


@dataclass(frozen=True, slots=True)
class Bus:
    """One serial line with lock boards on it."""

    name: str
    driver: str
    port: Path
    baud: int
    echo: Echo
    poll_seconds: float
    stable_polls: int
    reply_seconds: float


@dataclass(frozen=True, slots=True)
class Board:
    """`closed_value` 0x00 or 0x11, `status_bytes` and `byte_order` are proved at commissioning by opening door 1."""

    name: str
    bus: str
    address: int
    channels: int
    status_bytes: int
    closed_value: int
    byte_order: ByteOrder


@dataclass(frozen=True, slots=True)
class Compartment:
    """Where a compartment's lock is wired, and where it stands in the steel (row and column from 1, top left)."""

    name: str
    board: str
    channel: int
    size: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    role: str
    driver: str
    port: Path
    baud: int
    framing: Framing
    idle_seconds: float


@dataclass(frozen=True, slots=True)
class Wiring:
    """A station's hardware. A station without doors has no buses, boards or compartments, and 0 rows."""

    kind: str
    rows: int
    columns: int
    buses: tuple[Bus, ...]
    boards: tuple[Board, ...]
    compartments: tuple[Compartment, ...]
    readers: tuple[Reader, ...]

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
    source.only(("station", "cabinet", "bus", "board", "compartment", "reader"))
    station = source.table("station")
    station.only(("kind",))
    kind = station.choice("kind", KINDS)
    root = ports or Path("/dev")
    buses = tuple(_bus(table, root) for table in source.tables("bus"))
    readers = tuple(_reader(table, root) for table in source.tables("reader"))
    boards, placed = _boards(source, buses)
    compartments = _compartments(source, boards, placed)
    rows, columns, drawn = _grid(source, compartments)
    _unique(source, "bus", "name")
    _unique(source, "reader", "name")
    _ports_differ(source)
    wiring = Wiring(kind, rows, columns, buses, boards, drawn, readers)
    _whole(source, station, wiring)
    return wiring


def _bus(table: Table, root: Path) -> Bus:
    table.only(("name", "driver", "port", "baud", "echo", "poll_ms", "stable_polls", "reply_ms"))
    return Bus(
        name=table.text("name"),
        driver=table.choice("driver", names(DOORS)),
        port=root / table.text("port"),
        baud=table.number("baud", range(1200, 1_000_001), default=9600),
        echo=Echo(table.choice("echo", [echo.value for echo in Echo], default=Echo.TOLERATE.value)),
        poll_seconds=table.number("poll_ms", range(20, 5001), default=100) / 1000,
        stable_polls=table.number("stable_polls", range(1, 51), default=2),
        reply_seconds=table.number("reply_ms", range(50, 2001), default=250) / 1000,
    )


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


def _boards(source: Source, buses: tuple[Bus, ...]) -> tuple[tuple[Board, ...], list[tuple[Compartment, Table]]]:
    boards: list[Board] = []
    placed: list[tuple[Compartment, Table]] = []
    named = {bus.name: bus for bus in buses}
    for table in source.tables("board"):
        table.only(
            ("name", "bus", "address", "channels", "status_bytes", "closed", "byte_order", "compartments", "size")
        )
        bus = named[table.choice("bus", list(named))]
        address = table.number("address", ADDRESSES)
        if any((board.bus, board.address) == (bus.name, address) for board in boards):
            raise table.wrong("duplicate", "address", value=f"{bus.name}/{address}")
        board = Board(
            name=table.text("name", default=f"{bus.name}/{address}"),
            bus=bus.name,
            address=address,
            channels=table.number("channels", CHANNELS),
            status_bytes=table.number("status_bytes", STATUS_BYTES, default=3),
            closed_value=int(table.choice("closed", ("00", "11")), 16),
            byte_order=ByteOrder(table.choice("byte_order", [o.value for o in ByteOrder], default="last-byte-low")),
        )
        if board.status_bytes == 1 and bus.echo is Echo.TOLERATE:
            # The answer "all zero" of such a board is byte for byte the question.
            raise table.wrong("echo-unclear", "status_bytes", value="1")
        if 8 * board.status_bytes < board.channels:
            raise table.wrong("too-few-status-bytes", "status_bytes", value=str(board.status_bytes))
        boards.append(board)
        placed += [(compartment, table) for compartment in _range(table, board)]
    _unique(source, "board", "name")
    return tuple(boards), placed


def _range(table: Table, board: Board) -> Iterable[Compartment]:
    """`compartments = "01-24"`: that many in a row, on channels 1, 2, 3 …"""
    size = table.choice("size", SIZES, default="M")
    if not table.has("compartments"):
        return
    text = table.text("compartments")
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not (dash and first.isdecimal() and last.isdecimal() and len(first) == len(last) and int(first) <= int(last)):
        raise table.wrong("range", "compartments", value=text)
    count = int(last) - int(first) + 1
    if count > board.channels:
        raise table.wrong("range-too-long", "compartments", value=f"{text} > {board.channels}")
    for channel in range(1, count + 1):
        yield Compartment(str(int(first) + channel - 1).zfill(len(first)), board.name, channel, size, 0, 0)


def _compartments(
    source: Source, boards: tuple[Board, ...], placed: list[tuple[Compartment, Table]]
) -> tuple[Compartment, ...]:
    """Ranges first, then what single tables add or change."""
    found: dict[str, Compartment] = {}
    for compartment, table in placed:
        if compartment.name in found:
            raise table.wrong("duplicate", "compartments", value=compartment.name)
        found[compartment.name] = compartment
    channels = {board.name: board.channels for board in boards}
    for table in source.tables("compartment"):
        table.only(("name", "board", "channel", "size", "row", "column"))
        name = table.text("name")
        before = found.get(name)
        if before is None:
            if not table.has("board"):
                raise table.wrong("unmapped", "name", value=name)
            on = table.choice("board", list(channels))
            before = Compartment(name, on, table.number("channel", range(1, channels[on] + 1)), "M", 0, 0)
        elif table.has("board") or table.has("channel"):
            raise table.wrong("duplicate", "name", value=name)
        taken = {(c.board, c.channel): c.name for c in found.values() if c.name != name}
        if (before.board, before.channel) in taken:
            raise table.wrong("duplicate", "channel", value=f"{before.board}/{before.channel}")
        found[name] = replace(
            before,
            size=table.choice("size", SIZES, default=before.size),
            row=table.number("row", range(1, 101), default=0),
            column=table.number("column", range(1, 101), default=0),
        )
    return tuple(found[name] for name in sorted(found))


def _grid(source: Source, compartments: tuple[Compartment, ...]) -> tuple[int, int, tuple[Compartment, ...]]:
    """Rows, columns, and the compartments with a place each: as told, else numbered along rows or down columns."""
    if not compartments:
        return 0, 0, ()
    table = source.table("cabinet")
    table.only(("rows", "columns", "numbering"))
    rows, columns = table.number("rows", range(1, 101)), table.number("columns", range(1, 101))
    along_rows = table.choice("numbering", NUMBERINGS, default="rows") == "rows"
    told = {(c.row, c.column) for c in compartments if c.row and c.column}
    cells = [(row, column) for row in range(1, rows + 1) for column in range(1, columns + 1)]
    if not along_rows:
        cells.sort(key=lambda cell: (cell[1], cell[0]))
    if not told <= set(cells):
        raise table.wrong("outside-grid", "rows", value=", ".join(map(str, sorted(told - set(cells)))))
    free = iter([cell for cell in cells if cell not in told])
    drawn: dict[tuple[int, int], Compartment] = {}
    for compartment in compartments:
        cell = (compartment.row, compartment.column) if compartment.row and compartment.column else next(free, None)
        if cell is None:
            raise table.wrong("grid-too-small", "rows", value=f"{rows} × {columns} < {len(compartments)}")
        if cell in drawn:
            raise table.wrong("duplicate", "rows", value=f"({cell[0]}, {cell[1]})")
        drawn[cell] = replace(compartment, row=cell[0], column=cell[1])
    return rows, columns, tuple(sorted(drawn.values(), key=lambda c: c.name))


def _unique(source: Source, kind: str, key: str) -> None:
    seen: set[str] = set()
    for table in source.tables(kind):
        value = table.text(key, default="")
        if value and value in seen:
            raise table.wrong("duplicate", key, value=value)
        seen.add(value)


def _ports_differ(source: Source) -> None:
    seen: set[str] = set()
    for table in (*source.tables("bus"), *source.tables("reader")):
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
