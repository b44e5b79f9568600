"""Lock boards on their serial lines, and the compartments wired to them: `[[bus]]`, `[[board]]`, `[[compartment]]`.

The keys are explained in docs/hardware/wiring.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from firmware_bridge.boards.dialect import Choice, Count, Dialect, Family, Settings
from firmware_bridge.boards.families import FAMILIES
from firmware_bridge.exchange import Echo
from hardware.registry import DOORS, names
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("bus", "board", "compartment")
SIZES: Final = ("S", "M", "L")
KEYS: Final = ("name", "bus", "family", "address", "channels", "compartments", "size")
"""Of every board; each family adds its settings."""


@dataclass(frozen=True, slots=True)
class Bus:
    """One serial line with lock boards on it. `port`: a device file, or a URL of pyserial such as `socket://…`."""

    name: str
    driver: str
    port: str
    baud: int
    echo: Echo
    poll_seconds: float
    stable_polls: int
    reply_seconds: float


@dataclass(frozen=True, slots=True)
class Board:
    """`settings` are those of its family, each with a value; `dialect` is how a bus driver speaks to it."""

    name: str
    bus: str
    family: str
    address: int
    channels: int
    settings: Settings
    dialect: Dialect


class Wired(Protocol):
    """Whatever has channels with locks on them."""

    @property
    def name(self) -> str: ...
    @property
    def channels(self) -> int: ...


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
    return tuple(_bus(table, root, _bauds(source, table)) for table in source.tables("bus"))


def read_boards(source: Source, buses: tuple[Bus, ...]) -> tuple[tuple[Board, ...], list[tuple[Compartment, Table]]]:
    boards: list[Board] = []
    placed: list[tuple[Compartment, Table]] = []
    named = {bus.name: bus for bus in buses}
    for table in source.tables("board"):
        bus = named[table.choice("bus", list(named))]
        board = _board(table, bus, FAMILIES[table.choice("family", list(FAMILIES))])
        if any((other.bus, other.address) == (bus.name, board.address) for other in boards):
            raise table.wrong("duplicate", "address", value=f"{bus.name}/{board.address}")
        boards.append(board)
        placed += [(compartment, table) for compartment in compartment_range(table, board)]
    unique(source, "board", "name")
    return tuple(boards), placed


def read_compartments(
    source: Source, boards: tuple[Wired, ...], placed: list[tuple[Compartment, Table]]
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


def compartment_range(table: Table, board: Wired) -> Iterable[Compartment]:
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


def port_of(table: Table, root: Path) -> str:
    """`socket://host:port` stays as it is; a relative path is taken below `root`."""
    text = table.text("port")
    if "://" not in text:
        return str(root / text)
    if not re.fullmatch(r"socket://[^\s:/]+:[0-9]{1,5}", text):
        raise table.wrong("port-url", "port", value=text)
    return text


def _bus(table: Table, root: Path, bauds: tuple[int, ...]) -> Bus:
    table.only(("name", "driver", "port", "baud", "echo", "poll_ms", "stable_polls", "reply_ms"))
    if len(bauds) > 1 and not table.has("baud"):
        raise table.wrong("baud-unclear", "baud", value=", ".join(map(str, bauds)))
    return Bus(
        name=table.text("name"),
        driver=table.choice("driver", names(DOORS), default="serial"),
        port=port_of(table, root),
        baud=table.number("baud", range(1200, 1_000_001), default=bauds[0]),
        echo=Echo(table.choice("echo", [echo.value for echo in Echo], default=Echo.TOLERATE.value)),
        poll_seconds=table.number("poll_ms", range(20, 5001), default=100) / 1000,
        stable_polls=table.number("stable_polls", range(1, 51), default=2),
        reply_seconds=table.number("reply_ms", range(50, 2001), default=250) / 1000,
    )


def _bauds(source: Source, bus: Table) -> tuple[int, ...]:
    """The usual speeds of the boards of a bus; 9600 where there are none."""
    on_it = [table for table in source.tables("board") if table.content.get("bus") == bus.content.get("name")]
    families = [FAMILIES[name] for name in (str(table.content.get("family")) for table in on_it) if name in FAMILIES]
    return tuple(sorted({family.baud for family in families})) or (9600,)


def _board(table: Table, bus: Bus, family: Family) -> Board:
    table.only((*KEYS, *(setting.key for setting in family.settings)))
    address = table.number("address", family.addresses)
    channels = table.number("channels", family.channels)
    settings = {setting.key: _setting(table, setting) for setting in family.settings}
    if (flaw := family.flaw(channels, settings, bus.echo)) is not None:
        raise table.wrong(flaw.reason, flaw.key, value=flaw.value)
    return Board(
        name=table.text("name", default=f"{bus.name}/{address}"),
        bus=bus.name,
        family=family.name,
        address=address,
        channels=channels,
        settings=settings,
        dialect=family.dialect(address, channels, settings),
    )


def _setting(table: Table, setting: Choice | Count) -> str | int:
    if isinstance(setting, Choice):
        return table.choice(setting.key, setting.choices, default=setting.default)
    return table.number(setting.key, setting.allowed, default=setting.default)
