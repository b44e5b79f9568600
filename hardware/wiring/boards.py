"""Lock boards on their serial lines, and the compartments wired to them: `[[bus]]`, `[[board]]`, `[[compartment]]`.

The keys are explained in docs/hardware/wiring.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from firmware_bridge.boards.eight_a_eighty import ADDRESSES, CHANNELS, STATUS_BYTES
from firmware_bridge.boards.eight_a_eighty_doors import ByteOrder
from firmware_bridge.exchange import Echo
from hardware.registry import DOORS, names
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("bus", "board", "compartment")
SIZES: Final = ("S", "M", "L")


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


def read_buses(source: Source, root: Path) -> tuple[Bus, ...]:
    """A relative port is taken below `root`."""
    unique(source, "bus", "name")
    return tuple(_bus(table, root) for table in source.tables("bus"))


def read_boards(source: Source, buses: tuple[Bus, ...]) -> tuple[tuple[Board, ...], list[tuple[Compartment, Table]]]:
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
    unique(source, "board", "name")
    return tuple(boards), placed


def read_compartments(
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
