"""The wiring that follows from a walk: the draft with what was proved put in, as the text of a `wiring.toml`. Pure."""

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

from hardware.commissioning.walk import Section, Walk
from hardware.wiring import Compartment, Wiring

KEPT: Final = ("skipped", "jammed")
"""Fates that say nothing of which door hangs on a channel: the draft's door stays."""

Content = dict[str, Any]


def rewritten(draft: Content, wiring: Wiring, walk: Walk) -> Content:
    """The draft's tables with the proved settings, and with doors where they were seen."""
    content = copy.deepcopy(draft)
    for section in walk.sections:
        if section.among:
            _table(content, section.board).update(dict(section.among[0]))
        if section.items in ("1", "0"):
            _table(content, section.board)["items"] = section.items
    mapping = doors(wiring, walk)
    if mapping != {(one.board, one.channel): one.name for one in wiring.compartments}:
        _explicit(content, wiring, mapping)
    return content


def doors(wiring: Wiring, walk: Walk) -> Mapping[tuple[str, int], str]:
    """Which door hangs on which channel of which board."""
    seen = {(one.board, one.channel): one for one in walk.found}
    found = {at: one.name for at, one in seen.items() if one.name is not None}
    names = set(found.values())
    for one in wiring.compartments:
        at = (one.board, one.channel)
        fate = seen[at].fate if at in seen else "skipped"
        if at not in found and fate in KEPT and one.name not in names:
            found[at] = one.name
    return found


def unproved(section: Section) -> tuple[str, ...]:
    """Settings for which several values fit everything that was seen."""
    values: dict[str, set[str | int]] = {}
    for one in section.among:
        for key, value in one:
            values.setdefault(key, set()).add(value)
    return tuple(key for key, found in values.items() if len(found) > 1)


def toml(content: Content, *, heading: str) -> str:
    """The text; `heading` becomes a comment. Only what a wiring has: tables, lists of tables, plain values."""
    blocks = ["\n".join(f"# {line}" for line in heading.splitlines())]
    for kind, value in content.items():
        tables = value if isinstance(value, list) else [value]
        head = f"[[{kind}]]" if isinstance(value, list) else f"[{kind}]"
        blocks += ["\n".join([head, *(f"{key} = {_value(one)}" for key, one in table.items())]) for table in tables]
    return "\n\n".join(blocks) + "\n"


def _table(content: Content, board: str) -> Content:
    for kind in ("board", "gpio"):
        for table in content.get(kind, []):
            if board in (table.get("name"), f"{table.get('bus')}/{table.get('address')}"):
                found: Content = table
                return found
    raise KeyError(board)


def _explicit(content: Content, wiring: Wiring, mapping: Mapping[tuple[str, int], str]) -> None:
    """Every compartment in a table of its own, where it stood; so that no other one moves in the steel."""
    before = {one.name: one for one in wiring.compartments}
    for kind in ("board", "gpio"):
        for table in content.get(kind, []):
            table.pop("compartments", None)
            table.pop("size", None)
    content["compartment"] = [
        _compartment(name, board, channel, before.get(name)) for (board, channel), name in sorted(mapping.items())
    ]


def _compartment(name: str, board: str, channel: int, before: Compartment | None) -> Content:
    told: Content = {"name": name, "board": board, "channel": channel}
    if before is not None:
        told |= {"size": before.size, "row": before.row, "column": before.column}
    return told


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{value!r} stands in no wiring")
