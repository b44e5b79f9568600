"""What a walk found, said on the terminal and set on the sheet that is signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.sentences import Say, sentences
from hardware.commissioning.walk import DoorFound, Section, Walk
from hardware.commissioning.writing import unproved
from paper.prints.commissioning import DoorRow, Sheet

__all__ = ["Line", "findings", "sheet"]

Line = tuple[str, Mapping[str, str | int]]
MOST_LONGER = 100
"""Milliseconds by which a pulse may seem longer than wired: it is seen only as often as the board is asked."""
MARGIN = 100
"""Milliseconds that a pulse should last beyond the slowest door."""
LONGEST = 1000
"""Milliseconds; no wiring takes a longer pulse."""
_LEVERS = {"forced": "√", "silent": "×", "none": "–", "skipped": ""}


def findings(walk: Walk) -> Iterator[Line]:
    """Every finding as the key of its sentence and its fields."""
    for door in walk.found:
        yield f"found.{door.fate}", _fields(door)
        if door.lever == "silent":
            yield "lever.silent", _fields(door)
        if door.closes is False:
            yield "closes.not", _fields(door)
    yield from _settings(walk)
    yield from _parts(walk)


def sheet(walk: Walk, *, station: str, by: str, when: str, software: str, wiring: str) -> Sheet:
    """One sheet, Chinese and English together. ``when`` as it shall read; ``wiring``: SHA-256 of what was written."""
    languages = sentences(catalogue="commission")
    says = [_word(key, languages) for key in ("sheet.station", "sheet.who", "sheet.when", "sheet.software")]
    return Sheet(
        title=languages[0]("sheet.title", {}),
        subtitle=f"{languages[1]('sheet.title', {})} · {station}",
        facts=tuple(zip(says, (station, by, when, software), strict=True)),
        columns=_six(*(say("sheet.columns", {}).split("|") for say in languages)),
        rows=tuple(_row(door, languages) for door in walk.found),
        settings=tuple(_both(line, languages) for line in _settings(walk)),
        parts=tuple(_both(line, languages) for line in _parts(walk)),
        wiring=wiring,
        signers=tuple(
            f"{one} {two}" for one, two in zip(*(say("sheet.signers", {}).split("|") for say in languages), strict=True)
        ),
    )


def _settings(walk: Walk) -> Iterator[Line]:
    proved = {door.board for door in walk.found if door.fate == "good"}
    for section in walk.sections:
        if section.board in walk.silent:
            yield "silent.board", {"board": section.board}
            continue
        open_keys = unproved(section)
        for key, value in section.among[0]:
            known = section.board in proved and key not in open_keys
            yield "setting", {"board": section.board, "key": key, "value": value, "proved": known}
        if section.items in ("1", "0"):
            yield "setting", {"board": section.board, "key": "items", "value": section.items, "proved": True}
        elif section.items == "none":
            yield "items.silent", {"board": section.board}
        yield from _pulse(section)
        yield from _travel(section, walk)


def _pulse(section: Section) -> Iterator[Line]:
    """As measured, else as the board told, else as it is wired."""
    board, wired = section.board, section.pulse_ms
    if section.measured_ms:
        least, most = min(section.measured_ms), max(section.measured_ms)
        yield "pulse.measured", {"board": board, "least": least, "most": most, "wired": wired}
        if most > wired + MOST_LONGER:
            yield "pulse.longer", {"board": board, "most": most, "wired": wired}
    elif section.told_ms is None:
        yield "pulse", {"board": board, "ms": wired}
    else:
        yield "pulse.told", {"board": board, "ms": section.told_ms, "wired": wired}


def _travel(section: Section, walk: Walk) -> Iterator[Line]:
    """From the unlock to the open door, of all doors; and a longer pulse where one was slower than that."""
    seen = [door.travel_ms for door in walk.found if door.board == section.board and door.travel_ms is not None]
    if not seen:
        return
    yield "travel", {"board": section.board, "least": min(seen), "most": max(seen), "doors": len(seen)}
    pulse = max(section.measured_ms, default=section.told_ms or section.pulse_ms)
    if max(seen) > pulse:
        wanted = min(-(-(max(seen) + MARGIN) // 100) * 100, LONGEST)
        yield "pulse.short", {"board": section.board, "most": max(seen), "ms": pulse, "wanted": wanted}


def _parts(walk: Walk) -> Iterator[Line]:
    for reader in walk.read:
        if reader.read is None:
            yield "reader.not", {"reader": reader.name}
        else:
            pictures = walk.cameras.get(reader.name, 0)
            kind = "camera" if pictures else "reader"
            yield f"{kind}.good", {"reader": reader.name, "read": reader.read, "pictures": pictures}
    for lamp in walk.lit:
        yield "lamp.good" if lamp.lit else "lamp.not", {"lamp": lamp.name}


def told(line: Line, say: Say) -> str:
    """A finding in one language."""
    key, fields = line
    if "proved" in fields:
        fields = {**fields, "proved": say("proved" if fields["proved"] else "unproved", {})}
    return say(key, fields)


def _fields(door: DoorFound) -> Mapping[str, str | int]:
    travel = "–" if door.travel_ms is None else door.travel_ms
    return {"channel": door.channel, "name": door.name or "–", "travel": travel, "at": door.sensed_at or "–"}


def _row(door: DoorFound, languages: tuple[Say, ...]) -> DoorRow:
    closes = {True: "√", False: "×", None: ""}[door.closes]
    fields = _fields(door)
    return DoorRow(
        channel=f"{door.board}/{door.channel}",
        door=door.name or "–",
        result=" ".join(say(f"sheet.{door.fate}", fields) for say in languages),
        travel=str(fields["travel"]),
        closes=closes,
        lever=_LEVERS[door.lever],
    )


def _word(key: str, languages: tuple[Say, ...]) -> str:
    return " ".join(say(key, {}) for say in languages)


def _both(line: Line, languages: tuple[Say, ...]) -> str:
    return " · ".join(told(line, say) for say in languages)


def _six(chinese: list[str], english: list[str]) -> tuple[str, str, str, str, str, str]:
    one, two, three, four, five, six = (f"{a} {b}" for a, b in zip(chinese, english, strict=True))
    return one, two, three, four, five, six
