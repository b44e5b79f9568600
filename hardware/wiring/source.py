"""The text of a `wiring.toml` with its line numbers, and the sentences for what can be wrong with it.

tomllib gives no positions, so a line is found again by its table's heading and its key.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_SENTENCES: Final = {
    "unreadable": ("无法读取：{value}", "cannot be read: {value}"),
    "syntax": ("不是有效的 TOML：{value}", "is no valid TOML: {value}"),
    "unknown-key": ("未知的项 {value}。可用：{choices}。", "unknown key {value}; there are: {choices}"),
    "missing-key": ("缺少 {key}。请在此处补上。", "{key} is missing; add it here"),
    "missing-table": ("缺少 [{key}]。请补上。", "[{key}] is missing; add it"),
    "type": ("{key} = {value} 的类型不对，应为{choices}。", "{key} = {value} has the wrong type; it must be {choices}"),
    "choice": ("{key} = {value} 无效，应为：{choices}。", "{key} = {value} is not valid; it must be one of: {choices}"),
    "duplicate": ("{key}：{value} 用了两次。每个只能用一次。", "{key}: {value} is used twice; each may be used once"),
    "unmapped": (
        "柜格 {value} 没有接到任何锁控板。请写 board 和 channel。",
        "compartment {value} is wired to no board; give board and channel",
    ),
    "range": ("柜格范围 {value} 无效，应如 01-24。", "range {value} is not valid; write it like 01-24"),
    "range-too-long": (
        "柜格多于锁控板的通道：{value}。请缩短范围或改 channels。",
        "more compartments than channels: {value}; shorten the range or change channels",
    ),
    "outside-grid": (
        "位置 {value} 在柜体之外。请改 rows、columns。",
        "{value} lies outside the grid; change rows or columns",
    ),
    "grid-too-small": (
        "柜体放不下：{value}。请改 rows、columns。",
        "the grid is too small: {value}; change rows or columns",
    ),
    "no-doors": (
        "柜机没有柜格。请写 [[board]] 的 compartments。",
        "a cabinet without compartments; give a [[board]] some",
    ),
    "doors-at-station": (
        '工作站不能有柜格。请写 kind = "cabinet"。',
        'a station has no compartments; write kind = "cabinet"',
    ),
    "unused": (
        "{value} 没有接任何东西。请接上或删去。",
        "nothing is connected to {value}; connect something or remove it",
    ),
    "port-url": (
        "端口 {value} 无效，应为设备文件，或 socket://主机:端口。",
        "port {value} is not valid; write a device file or socket://host:port",
    ),
    "baud-unclear": (
        "这条总线上的锁控板通常速率不同：{value}。请写明 baud，并把各板设为同一速率。",
        "the boards of this bus usually have different speeds: {value}; give baud and set all boards to it",
    ),
    "echo-unclear": (
        "status_bytes = 1 时，全零的应答与询问相同。请把总线的 echo 写为 none 或 expected。",
        "with status_bytes = 1 the answer can equal the question; set echo of the bus to none or expected",
    ),
    "on-at-boot": (
        '{value} 在树莓派启动时处于接通电平，开机就会开锁。请换引脚；已加电阻的，请写 external_pulls = "yes"。',
        '{value} would fire its lock while the Pi starts; use another pin, or fit pulls and set external_pulls = "yes"',
    ),
    "pins-differ": (
        "contacts 与 locks 的个数不同：{value}。每把锁要有一个触点。",
        "contacts and locks differ in number: {value}; each lock needs a contact",
    ),
    "fixed-pull": (
        '{value} 有固定的上拉电阻。请换引脚，或写 pull = "up"。',
        '{value} has a fixed pull-up; use another pin, or write pull = "up"',
    ),
    "too-few-status-bytes": (
        "status_bytes = {value} 装不下所有通道，每字节 8 个。",
        "status_bytes = {value} cannot hold all channels, 8 a byte",
    ),
}


class WiringError(Exception):
    """Why a wiring file is not taken: file, line, what and the remedy; Chinese, then English."""

    def __init__(self, file: str, line: int, reason: str, **fields: str) -> None:
        self.file, self.line, self.reason, self.fields = file, line, reason, fields
        chinese, english = (sentence.format(**fields) for sentence in _SENTENCES[reason])
        super().__init__(f"{file}:{line}: {chinese}\n{file}:{line}: {english}")

    @classmethod
    def unreadable(cls, file: str, why: Exception) -> "WiringError":
        return cls(file, 1, "unreadable", value=str(why))


@dataclass(frozen=True, slots=True)
class Source:
    """A whole file."""

    name: str
    text: str
    content: dict[str, Any]

    @classmethod
    def parse(cls, text: str, name: str) -> "Source":
        try:
            return cls(name, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as wrong:
            at = re.search(r"line (\d+)", str(wrong))
            line = int(at[1]) if at else text.count("\n") + 1
            raise WiringError(name, line, "syntax", value=str(wrong)) from wrong

    def only(self, known: Sequence[str]) -> None:
        for key in self.content:
            if key not in known:
                raise WiringError(self.name, self.line_of(key), "unknown-key", value=key, choices=", ".join(known))

    def table(self, kind: str) -> "Table":
        if kind not in self.content:
            raise WiringError(self.name, 1, "missing-table", key=kind)
        return self._table(kind, self.content[kind], 0)

    def tables(self, kind: str) -> "tuple[Table, ...]":
        found = self.content.get(kind, [])
        if not isinstance(found, list):
            raise WiringError(self.name, self.line_of(kind), "type", key=kind, value="[…]", choices=f"[[{kind}]]")
        return tuple(self._table(kind, content, index) for index, content in enumerate(found))

    def _table(self, kind: str, content: Any, index: int) -> "Table":
        if not isinstance(content, dict):
            raise WiringError(self.name, self.line_of(kind), "type", key=kind, value=repr(content), choices=f"[{kind}]")
        return Table(self, kind, index, content)

    def line_of(self, kind: str, index: int = 0, key: str | None = None) -> int:
        """The line of a key in the index-th table of a kind; of its heading when the key is not there; else 1."""
        heading = re.compile(rf"\s*\[?\[\s*{re.escape(kind)}\s*\]|\s*{re.escape(kind)}\s*=")
        lines = self.text.splitlines()
        starts = [number for number, line in enumerate(lines) if heading.match(line)]
        if not starts:
            return 1
        start = starts[min(index, len(starts) - 1)]
        wanted = re.compile(rf"\s*[\"']?{re.escape(key or '')}[\"']?\s*=")
        for number, line in enumerate(lines[start + 1 :], start + 2):
            if line.lstrip().startswith("["):
                break
            if key is not None and wanted.match(line):
                return number
        return start + 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file; every reader of a key checks it and knows where it stands."""

    source: Source
    kind: str
    index: int
    content: dict[str, Any]

    def wrong(self, reason: str, key: str, *, value: str = "", choices: str = "") -> WiringError:
        line = self.source.line_of(self.kind, self.index, key)
        return WiringError(self.source.name, line, reason, key=key, value=value, choices=choices)

    def has(self, key: str) -> bool:
        return key in self.content

    def only(self, known: Sequence[str]) -> None:
        for key in self.content:
            if key not in known:
                raise self.wrong("unknown-key", key, value=key, choices=", ".join(known))

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise self.wrong("type", key, value=repr(value), choices='"…"')
        return value

    def choice(self, key: str, choices: Sequence[str], *, default: str | None = None) -> str:
        value = self.text(key, default=default)
        if value not in choices:
            raise self.wrong("choice", key, value=f'"{value}"', choices=", ".join(f'"{choice}"' for choice in choices))
        return value

    def number(self, key: str, allowed: range, *, default: int | None = None) -> int:
        if key not in self.content and default is not None:
            return default
        value = self._get(key, default)
        span = f"{allowed[0]}–{allowed[-1]}"
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong("type", key, value=repr(value), choices=span)
        if value not in allowed:
            raise self.wrong("choice", key, value=str(value), choices=span)
        return value

    def _get(self, key: str, default: object) -> object:
        if key not in self.content and default is None:
            raise self.wrong("missing-key", key)
        return self.content.get(key, default)


def unique(source: Source, kind: str, key: str) -> None:
    """No two tables of a kind share a value of this key."""
    seen: set[str] = set()
    for table in source.tables(kind):
        value = table.text(key, default="")
        if value and value in seen:
            raise table.wrong("duplicate", key, value=value)
        seen.add(value)
