"""The wiring of a cabinet as a picture and as a table, drawn from `wiring.toml` itself.

python -m hardware.drawing DIR…     writes wiring.svg and channels.md beside each DIR/wiring.toml
"""

import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from hardware.simulated.gpio_library import BCM_AT
from hardware.wiring import Wiring, load_wiring
from hardware.wiring.gpio import Box

CELL_WIDTH: Final = 74
CELL_HEIGHT: Final = 46
LEFT: Final = 420
TOP: Final = 76
BOX_WIDTH: Final = 360
FONTS: Final = "WenQuanYi Micro Hei, Noto Sans CJK SC, sans-serif"


def picture(wiring: Wiring, *, title: str) -> str:
    """An SVG: machine, lines and boards on the left, the steel with its channels on the right."""
    blocks = list(_blocks(wiring))
    height = max(TOP + wiring.rows * CELL_HEIGHT, TOP + sum(28 + 18 * len(lines) for _, lines in blocks)) + 30
    width = LEFT + wiring.columns * CELL_WIDTH + 30
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="{FONTS}" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(20, 34, title, size=20),
        *_boxes(blocks),
        *_steel(wiring),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def table(wiring: Wiring) -> str:
    """Every channel with its compartment and, where it has some, its pins, as a page in Markdown."""
    boxes = {box.name: box for box in wiring.gpio}
    heads = ["板 Board", "路 Channel", "柜格 Compartment", *(_PIN_HEADS if boxes else ())]
    rows = [_row(heads), _row(["---"] * len(heads))]
    for one in sorted(wiring.compartments, key=lambda one: (one.board, one.channel)):
        pins = _pins(boxes.get(one.board), one.channel) if boxes else ()
        rows.append(_row([one.board, str(one.channel), one.name, *pins]))
    return "# 通道表 · Channels\n\n由 `wiring.toml` 生成。Generated from `wiring.toml`.\n\n" + "\n".join(rows) + "\n"


def drawn(folder: Path) -> dict[str, str]:
    """The files that belong beside a folder's `wiring.toml`, by name."""
    wiring = load_wiring(folder / "wiring.toml")
    return {"wiring.svg": picture(wiring, title=folder.name), "channels.md": table(wiring)}


_PIN_HEADS: Final = ("锁引脚 Lock pin: BCM（排针 header）", "门磁引脚 Contact pin: BCM（排针 header）")
_PLACES: Final = {pin: place for place, pin in BCM_AT.items()}


def _pins(box: Box | None, channel: int) -> tuple[str, ...]:
    """Of lock and contact; a channel of a board on a line has none."""
    if box is None:
        return "", ""
    return tuple(f"{pin} ({_PLACES[pin]})" for pin in (box.locks[channel - 1], box.contacts[channel - 1]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _blocks(wiring: Wiring) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A heading and its lines, from the machine down to the locks."""
    readers = tuple(f"{one.name}: {one.role}, {one.family.name}, {one.baud} Bd" for one in wiring.readers)
    yield "树莓派 · Raspberry Pi", readers
    for bus in wiring.buses:
        lines = (f"{bus.baud} Bd 8N1", "A–A, B–B, GND–GND", "两端各 120 Ω · 120 Ω at both ends")
        yield f"RS-485 {bus.name}", lines
        for board in wiring.boards_of(bus.name):
            many = len(wiring.compartments_of(board.name))
            settings = ", ".join(f"{key} = {value}" for key, value in board.settings.items())
            yield f"{board.name}: {board.family}", (f"地址 address {board.address}, {many}/{board.channels}", settings)
    for box in wiring.gpio:
        level = "高电平 high" if box.on_high else "低电平 low"
        limit = f"{round(1000 * box.pulse_seconds)} ms, ≤ {round(1000 * box.cap_seconds)} ms"
        yield f"{box.name}: GPIO", (f"{box.channels} 继电器 relays, {level}", limit, f"上拉 pull {box.pull}")
    if wiring.compartments:
        yield (
            "锁电源 · Lock supply",
            ("独立电源，保险丝 · its own, fused", "每把锁并续流二极管 · a diode across each coil"),
        )


def _boxes(blocks: list[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    y = TOP
    for index, (heading, lines) in enumerate(blocks):
        tall = 18 + 18 * len(lines)
        if index:
            yield f'<line x1="40" y1="{y - 10}" x2="40" y2="{y}" stroke="#345" stroke-width="2"/>'
        yield (f'<rect x="20" y="{y}" width="{BOX_WIDTH}" height="{tall}" rx="4" fill="#eef3f8" stroke="#345"/>')
        yield _text(30, y + 15, heading, size=14)
        for number, line in enumerate(lines, 1):
            yield _text(30, y + 15 + 17 * number, line, size=12)
        y += tall + 10


def _steel(wiring: Wiring) -> Iterator[str]:
    for one in wiring.compartments:
        x, y = LEFT + (one.column - 1) * CELL_WIDTH, TOP + (one.row - 1) * CELL_HEIGHT
        yield (
            f'<rect x="{x}" y="{y}" width="{CELL_WIDTH - 4}" height="{CELL_HEIGHT - 4}" fill="#fdfaf2" stroke="#765"/>'
        )
        yield _text(x + 6, y + 18, one.name, size=15)
        yield _text(x + 6, y + 35, f"{one.board}/{one.channel}", size=11, fill="#777")


def _text(x: int, y: int, words: str, *, size: int, fill: str = "#123") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}">{escape(words)}</text>'


if __name__ == "__main__":
    for place in map(Path, sys.argv[1:]):
        for name, text in drawn(place).items():
            (place / name).write_text(text, encoding="utf-8")
