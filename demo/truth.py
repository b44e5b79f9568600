"""What really happened, told from the stations' own disks, against what the hub says. The demo's judge.

Nothing here asks the hub how it is doing: it reads the journals, the locks' fire log and the export, and compares.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from custody.archiving import Standing, stand
from custody.entries import Entry
from custody.events import Step, UnlockIntended
from custody.holding import AtPlace, Disputed, Unaccounted, WithPerson
from custody.identifiers import VolumeId
from custody.timing import locate_all
from custody.wire import decode_event

__all__ = [
    "Comparison",
    "acknowledged",
    "agrees",
    "archived",
    "compare",
    "in_export",
    "in_journal",
    "recorded",
    "same_in_any_order",
    "stored",
    "unasked",
    "unread",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Entries of the stations' journals against the hub's export."""

    events: int
    lost: int
    doubled: int
    changed: int


def in_journal(journal: Path) -> tuple[bytes, ...]:
    """Every line of a station's journal, in order."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        return tuple(bytes(line) for (line,) in connection.execute("SELECT line FROM events ORDER BY position"))


def acknowledged(journal: Path) -> bool:
    """Whether the hub has said that it has every entry of a journal."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        waiting = connection.execute(
            "SELECT COUNT(*) FROM events JOIN epochs USING (epoch) WHERE sequence > acknowledged"
        ).fetchone()
    return int(waiting[0]) == 0


def recorded(journal: Path, kind: str) -> bool:
    """Whether a journal holds an entry of this kind."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT 1 FROM events WHERE kind = ? LIMIT 1", (kind,)).fetchone() is not None


def stored(hub_database: Path) -> int:
    """How many entries of cabinets and stations the hub has committed."""
    with closing(sqlite3.connect(f"file:{hub_database}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "SELECT COUNT(*) FROM entry JOIN station USING (court, station) WHERE station.kind != 'hub'"
        ).fetchone()
    return int(row[0])


def unread(lines: Iterable[bytes], typed: Collection[str]) -> int:
    """How many recorded labels no scanner ever typed."""
    labels = (getattr(_entry(line).fact, "label", None) for line in lines)
    return sum(label is not None and label not in typed for label in labels)


def in_export(export: Path) -> tuple[bytes, ...]:
    """Every event line of the hub's export, in order."""
    with export.open("rb") as lines:
        records = (json.loads(line) for line in lines)
        return tuple(one["line"].encode() for one in records if one["record"] == "event")


def compare(journals: Iterable[Sequence[bytes]], export: Sequence[bytes]) -> Comparison:
    """What a journal has and the export lacks is lost; an entry that the export has twice is doubled."""
    written = [line for journal in journals for line in journal]
    held = Counter(_entry(line).id for line in export)
    bytes_of = {_entry(line).id: line for line in export}
    return Comparison(
        events=len(written),
        lost=sum(_entry(line).id not in held for line in written),
        doubled=sum(count - 1 for count in held.values()),
        changed=sum(bytes_of.get(_entry(line).id, line) != line for line in written),
    )


def same_in_any_order(lines: Sequence[bytes], *, seed: int, tries: int = 5) -> Mapping[VolumeId, Standing] | None:
    """Where every volume is according to these lines; none if that depended on the order in which they came."""
    entries = [_entry(line) for line in lines]
    first = _standings(entries)
    shuffler = random.Random(seed)  # noqa: S311 - an order, not a secret
    for _ in range(tries):
        shuffled = list(entries)
        shuffler.shuffle(shuffled)
        if _standings(shuffled) != first:
            return None
    return first


def agrees(standings: Mapping[VolumeId, Standing], hub_database: Path) -> bool:
    """Whether the hub shows every volume where these standings say, and as far."""
    with closing(sqlite3.connect(f"file:{hub_database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT volume, place, person, done FROM standing")
        shown = {VolumeId(volume): (place, person, done) for volume, place, person, done in rows}
    return shown == {volume: _shown(one) for volume, one in standings.items()}


def archived(standings: Mapping[VolumeId, Standing]) -> int:
    """How many volumes have come to their shelf."""
    return sum(one.progress.done is Step.SHELVED for one in standings.values())


def unasked(fired: Iterable[str], lines: Iterable[bytes], number_of: Mapping[str, str]) -> int:
    """How many pulses no intent asked for. ``fired``: the compartments' numbers as the coils saw them, one a pulse."""
    asked = Counter(
        number_of[entry.fact.place] for entry in map(_entry, lines) if isinstance(entry.fact, UnlockIntended)
    )
    pulses = Counter(fired)
    return sum(max(count - asked[number], 0) for number, count in pulses.items())


def _shown(standing: Standing) -> tuple[str | None, str | None, str | None]:
    holding, done = standing.held.holding, standing.progress.done
    match holding:
        case AtPlace(place=place):
            return place, None, done
        case WithPerson(person=person):
            return None, person, done
        case Disputed() | Unaccounted():
            return None, None, done


def _standings(entries: Sequence[Entry]) -> dict[VolumeId, Standing]:
    located = locate_all(entries)
    volumes = {VolumeId(one.entry.fact.volume) for one in located if hasattr(one.entry.fact, "volume")}
    return {volume: stand(volume, located) for volume in sorted(volumes)}


def _entry(line: bytes) -> Entry:
    entry = decode_event(line)
    assert isinstance(entry, Entry), entry
    return entry
