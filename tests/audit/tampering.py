"""Courts with a real hub's database, and everything that somebody with that database or its export may do to history.

A forger is as strong as may be: drops the triggers, recounts the end mark, recomputes the digest. What a forger lacks
are the keys. Each tampering says what it touched; the verifier must find it and name that place.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.export import end_line
from custody import checkpoints, envelope, wire
from custody.chain import links
from custody.events import DoorClosed, DoorOpened, EpochReason, Grade, VolumeCollected, VolumeDeposited
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.messages import Head, Keys, Purpose
from custody.topics import Channel
from hub.bootstrap import Hub
from hub.export import export
from hub.store.database import reading
from hub.store.ledger import tip_of
from hub.store.log import newest_checkpoint
from tests.audit.touching import Ledger, Touched, all_touched
from tests.hub.sample_court import CAB, COURT, STA, Sample, enrolled, founded, registered, send

__all__ = [
    "IN_DATABASE",
    "IN_EXPORT",
    "Court",
    "forged",
    "lines_of",
    "small_court",
]

STRANGER = Ed25519PrivateKey.from_private_bytes(b"stranger".ljust(32, b"."))


@dataclass
class Court:
    """A court's database as it was left, one from earlier, the root's fingerprint, and a checkpoint somebody kept."""

    folder: Path
    root: str
    seen: str
    cabinet: Sample
    station: Sample
    earlier: Path
    lines: list[bytes] = field(default_factory=list)
    ledger: Ledger = field(default_factory=lambda: Ledger([]))

    @property
    def database(self) -> Path:
        return self.folder / "hub" / "hub.sqlite"


def small_court(folder: Path, seed: int) -> Court:
    """A few days: volumes go in and out of a cabinet and to a station, a card is put back, checkpoints are seen."""
    chance = Random(seed)
    earlier = folder / "earlier.sqlite"
    with founded(folder) as hub:
        cabinet, station = enrolled(hub, folder), enrolled(hub, folder, STA)
        volumes = registered(hub, *range(1, chance.randint(2, 4)))
        for turn in range(chance.randint(3, 6)):
            for sample in (cabinet, station):
                for _ in range(chance.randint(1, 4)):
                    sample.say(*_happening(chance, sample, volumes))
                first = chance.randint(1, len(sample.lines)) if turn else 1
                send(hub, sample, sample.batch(min(first, _known(hub, sample) + 1)))
                if chance.random() < 0.7:
                    _see(hub, sample)
            if turn == 1:
                cabinet.open_epoch("e2", EpochReason.HISTORY_LOST)
                _backup(hub, folder, earlier)
        for sample in (cabinet, station):
            sample.say(DoorClosed(place=PlaceId(f"{sample.id}.01")))
            send(hub, sample, sample.batch(_known(hub, sample) + 1))
        hub.checkpointing.sign()
        seen = _newest(hub)
        root = envelope.public_key(hub.settings.root_key)
        assert root is not None
    made = Court(folder, envelope.fingerprint(root), seen, cabinet, station, earlier)
    made.lines = lines_of(made.database)
    made.ledger = Ledger(made.lines)
    return made


def lines_of(database: Path) -> list[bytes]:
    """The export of a database file."""
    return list(export(reading(f"sqlite:///{database}"), COURT, clock=lambda: 0))


def _known(hub: Hub, sample: Sample) -> int:
    with hub.database.read() as session:
        return tip_of(session, COURT, sample.id, epoch=sample.epoch).sequence


def _see(hub: Hub, sample: Sample) -> None:
    hub.checkpointing.sign()
    note = envelope.open_note(
        _newest(hub).encode(), name=checkpoints.origin_line(COURT), keys=[hub.acting.own.key.public_key()]
    )
    assert isinstance(note, str)
    found = checkpoints.read_text(note, court=COURT)
    assert found is not None
    sample.checkpoint = checkpoints.name(found)
    send(hub, sample, sample.state(), Channel.STATE)


def _newest(hub: Hub) -> str:
    with hub.database.read() as session:
        row = newest_checkpoint(session, COURT, hub.settings.hub_epoch)
        assert row is not None
        return row.note.decode()


def _backup(hub: Hub, folder: Path, to: Path) -> None:
    with closing(sqlite3.connect(folder / "hub" / "hub.sqlite")) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def _happening(chance: Random, sample: Sample, volumes: list[VolumeId]) -> list[Any]:
    place = PlaceId(f"{sample.id}.{chance.randint(1, 4):02d}")
    volume, act = chance.choice(volumes), ActId(f"a{chance.randint(0, 99)}")
    who, whom = PersonId("p-one"), PersonId("p-two")
    match chance.randint(0, 3):
        case 0:
            return [VolumeDeposited(volume=volume, label="V1", place=place, person=who, recipient=whom, act=act)]
        case 1:
            return [
                VolumeCollected(
                    volume=volume, label="V1", place=place, person=whom, recipient=whom, grade=Grade.SCANNED, act=act
                )
            ]
        case _:
            return [DoorOpened(place=place, act=act), DoorClosed(place=place, act=act)]


# --- in the database --------------------------------------------------------------------------------------------------

Tampering = Callable[[Court, Random, Path], Touched]
"""Changes the copy of the court's database at the path, and says what it touched."""


def _open(path: Path) -> sqlite3.Connection:
    """The forger is the administrator: the guards are dropped first."""
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection


def _rows(connection: sqlite3.Connection, table: str, where: str = "1") -> list[int]:
    return [one for (one,) in connection.execute(f"SELECT rowid FROM {table} WHERE {where} ORDER BY rowid")]


_KEYS = {"entry": "station, epoch, sequence", "head": "station, epoch, first", "ack": "station, epoch"}


def _row(court: Court, connection: sqlite3.Connection, table: str, row: int) -> Touched:
    """What a row of the database becomes in the export."""
    if table in ("court", "log"):
        return court.ledger.record(("export", "court", "log").index(table))
    columns = _KEYS.get(table, "size")
    (key,) = connection.execute(f"SELECT {columns} FROM {table} WHERE rowid = ?", (row,)).fetchall()
    match table:
        case "entry":
            return court.ledger.entry(*key)
        case "head":
            return court.ledger.batch_of(*key)
        case "ack":
            return court.ledger.ack(*key)
        case _:
            return court.ledger.checkpoint(*key)


def _flip(table: str, column: str) -> Tampering:
    def tamper(court: Court, chance: Random, path: Path) -> Touched:
        with closing(_open(path)) as connection:
            row = chance.choice(_rows(connection, table))
            touched = _row(court, connection, table, row)
            ((old,),) = connection.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (row,)).fetchall()
            changed = bytearray(old if isinstance(old, bytes) else str(old).encode())
            changed[chance.randrange(len(changed))] ^= 1 << chance.randint(0, 2)
            new = bytes(changed) if isinstance(old, bytes) else changed.decode()
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
        if column == "log_index" and str(new).isdecimal():
            return all_touched([touched], places=range(int(new), int(new) + len(touched.places)))
        return touched

    return tamper


def _delete(table: str, where: str = "1") -> Tampering:
    def tamper(court: Court, chance: Random, path: Path) -> Touched:
        with closing(_open(path)) as connection:
            row = chance.choice(_rows(connection, table, where))
            touched = _row(court, connection, table, row)
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
        return touched

    return tamper


def _delete_head_and_all(court: Court, chance: Random, path: Path) -> Touched:
    with closing(_open(path)) as connection:
        row = chance.choice(_rows(connection, "head"))
        ((station, epoch, first, last),) = connection.execute(
            "SELECT station, epoch, first, last FROM head WHERE rowid = ?", (row,)
        ).fetchall()
        connection.execute("DELETE FROM head WHERE rowid = ?", (row,))
        connection.execute(
            "DELETE FROM entry WHERE station = ? AND epoch = ? AND sequence BETWEEN ? AND ?",
            (station, epoch, first, last),
        )
    return court.ledger.batch_of(station, epoch, first)


def _truncate(court: Court, _chance: Random, path: Path) -> Touched:
    """The end is cut off everywhere: entries, heads, acknowledgements, checkpoints, as if it had never been."""
    with closing(_open(path)) as connection:
        ((index, station, epoch, first),) = connection.execute(
            "SELECT log_index, station, epoch, first FROM head ORDER BY log_index DESC LIMIT 1"
        ).fetchall()
        connection.execute("DELETE FROM head WHERE log_index >= ?", (index,))
        connection.execute(
            "DELETE FROM entry WHERE station = ? AND epoch = ? AND sequence >= ?", (station, epoch, first)
        )
        connection.execute("DELETE FROM ack")
        connection.execute("DELETE FROM checkpoint WHERE size > ?", (index,))
    return court.ledger.batch_of(station, epoch, first)


def _restore(court: Court, _chance: Random, path: Path) -> Touched:
    shutil.copy(court.earlier, path)
    left = {one.index for one in Ledger(lines_of(path)).batches}
    return all_touched(court.ledger.record(one.line - 1) for one in court.ledger.batches if one.index not in left)


def _swap(table: str, column: str, *, other_station: bool = False) -> Tampering:
    def tamper(court: Court, chance: Random, path: Path) -> Touched:
        with closing(_open(path)) as connection:
            found = connection.execute(f"SELECT rowid, station, {column} FROM {table}").fetchall()
            pairs = [(a, b) for a in found for b in found if a[2] != b[2] and (a[1] != b[1]) == other_station]
            one, two = chance.choice(pairs)
            touched = [_row(court, connection, table, row) for row in (one[0], two[0])]
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (one[2], two[0]))
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (two[2], one[0]))
        return all_touched(touched, places=_traded(*touched) if column == "log_index" else ())

    return tamper


def _traded(one: Touched, two: Touched) -> list[int]:
    """Where in the log two batches stand after they traded their beginnings."""
    pairs = ((one, two), (two, one))
    return [min(to.places) + step for moved, to in pairs for step in range(len(moved.places))]


def _insert(court: Court, chance: Random, path: Path) -> Touched:
    """One more entry at the end of a chain, as if it had always been there."""
    with closing(_open(path)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(entry)")]
        ((station, epoch, sequence),) = connection.execute(
            "SELECT station, epoch, MAX(sequence) FROM entry WHERE station = ? GROUP BY station, epoch LIMIT 1",
            (chance.choice((CAB, STA)),),
        ).fetchall()
        columns = ", ".join("sequence + 1" if name == "sequence" else name for name in names)
        connection.execute(
            f"INSERT INTO entry SELECT {columns} FROM entry WHERE station = ? AND epoch = ? AND sequence = ?",
            (station, epoch, sequence),
        )
    return Touched(court.ledger.entry(station, epoch, sequence).line + 1)


def _duplicate(court: Court, chance: Random, path: Path) -> Touched:
    """One entry's line stands a second time, in place of its neighbour."""
    with closing(_open(path)) as connection:
        row = chance.choice(_rows(connection, "entry", "sequence > 1"))
        touched = _row(court, connection, "entry", row)
        connection.execute(
            "UPDATE entry SET line = (SELECT other.line FROM entry AS other WHERE other.station = entry.station"
            " AND other.epoch = entry.epoch AND other.sequence = entry.sequence - 1) WHERE rowid = ?",
            (row,),
        )
    return touched


def _fork(court: Court, _chance: Random, path: Path) -> Touched:
    """Somebody with a station's own key writes its last batch anew. The log and the hub's word stand against it."""
    cabinet = court.cabinet
    with closing(_open(path)) as connection:
        ((row, first, last),) = connection.execute(
            "SELECT rowid, first, last FROM head WHERE station = ? AND epoch = ? ORDER BY first DESC LIMIT 1",
            (cabinet.id, cabinet.epoch),
        ).fetchall()
        lines = [one.replace(b"door.closed", b"door.opened") for one in cabinet.lines[first - 1 : last]]
        lines[-1] = lines[-1].replace(b'"uptime":', b'"uptime":1')
        before = cabinet.link(first - 1)
        head = Head(
            court=COURT,
            station=cabinet.id,
            epoch=cabinet.epoch,
            first=first,
            last=last,
            before=before.hex(),
            after=links(before, lines)[-1].hex(),
        )
        message = envelope.sign(wire.encode(head), purpose=Purpose.EVENTS, key=cabinet.key)
        connection.execute("UPDATE head SET message = ? WHERE rowid = ?", (message, row))
        for sequence, line in enumerate(lines, start=first):
            connection.execute(
                "UPDATE entry SET line = ? WHERE station = ? AND epoch = ? AND sequence = ?",
                (line, cabinet.id, cabinet.epoch, sequence),
            )
    return court.ledger.batch_of(cabinet.id, cabinet.epoch, first)


def _resign(court: Court, chance: Random, path: Path) -> Touched:
    with closing(_open(path)) as connection:
        row = chance.choice(_rows(connection, "head"))
        touched = _row(court, connection, "head", row)
        ((message,),) = connection.execute("SELECT message FROM head WHERE rowid = ?", (row,)).fetchall()
        signed = envelope.split(bytes(message))
        assert isinstance(signed, envelope.Signed)
        anew = envelope.sign(signed.header, purpose=Purpose.EVENTS, key=STRANGER)
        connection.execute("UPDATE head SET message = ? WHERE rowid = ?", (anew, row))
    return touched


def _reorder_epochs(court: Court, _chance: Random, path: Path) -> Touched:
    with closing(_open(path)) as connection:
        connection.execute("UPDATE epoch SET position = -position - 1 WHERE station = ?", (CAB,))
    return _of_station(court, CAB)


def _of_station(court: Court, station: str) -> Touched:
    return all_touched(court.ledger.record(one.line - 1) for one in court.ledger.batches if one.station == station)


IN_DATABASE: dict[str, Tampering] = {
    "flip a line": _flip("entry", "line"),
    "flip a head": _flip("head", "message"),
    "flip an acknowledgement": _flip("ack", "message"),
    "flip a checkpoint": _flip("checkpoint", "note"),
    "flip the hub's keys": _flip("log", "keys"),
    "flip the root key": _flip("court", "root_key"),
    "flip a log index": _flip("head", "log_index"),
    "delete an entry": _delete("entry"),
    "delete a head": _delete("head"),
    "delete a batch": _delete_head_and_all,
    "insert an entry": _insert,
    "swap two lines": _swap("entry", "line"),
    "swap lines of two stations": _swap("entry", "line", other_station=True),
    "swap two heads": _swap("head", "message"),
    "swap two log indexes": _swap("head", "log_index"),
    "duplicate a line": _duplicate,
    "truncate": _truncate,
    "restore an older database": _restore,
    "fork a chain": _fork,
    "sign with another key": _resign,
    "reorder epochs": _reorder_epochs,
}

# --- in the export ----------------------------------------------------------------------------------------------------

Records = list[dict[str, Any]]
Forging = Callable[[Court, Random, Records], Touched | None]


def forged(court: Court, chance: Random, forging: Forging) -> tuple[list[bytes], Touched | None]:
    """The lines after a forger was at them, with a fitting end mark, and what was touched."""
    records: Records = [json.loads(one) for one in court.lines[:-1]]
    touched = forging(court, chance, records)
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for one in records]
    counts = [sum(one["record"] == kind for one in records) for kind in ("event", "head", "checkpoint")]
    end = end_line(counts[0], counts[1], counts[2], hashlib.sha256(b"".join(lines)).hexdigest()) + b"\n"
    return [*lines, end], touched


def _of(records: Records, kind: str) -> list[int]:
    return [n for n, one in enumerate(records) if one["record"] == kind]


def _drop(kind: str) -> Forging:
    def forge(court: Court, chance: Random, records: Records) -> Touched:
        at = chance.choice(_of(records, kind))
        del records[at]
        return court.ledger.record(at)

    return forge


def _copy(kind: str) -> Forging:
    def forge(court: Court, chance: Random, records: Records) -> Touched:
        at = chance.choice(_of(records, kind))
        records.insert(at, dict(records[at]))
        beside = frozenset[str]() if kind != "event" else court.ledger.record(at + 1).entries
        touched = court.ledger.record(at)
        return replace(touched, copies=2, entries=touched.entries | beside)

    return forge


def _change(kind: str, name: str) -> Forging:
    def forge(court: Court, chance: Random, records: Records) -> Touched:
        row = chance.choice(_of(records, kind))
        record, touched = records[row], court.ledger.record(row)
        text = str(record[name])
        at = chance.randrange(len(text))
        letter = chance.choice([one for one in "0123456789abcdef" if one != text[at]])
        changed = text[:at] + letter + text[at + 1 :]
        record[name] = int(changed, 16) if isinstance(record[name], int) else changed
        new = range(record[name], record[name] + len(touched.places)) if name == "index" else ()
        return all_touched([touched], places=new)

    return forge


def _trade(kind: str, name: str) -> Forging:
    def forge(court: Court, chance: Random, records: Records) -> Touched | None:
        places = _of(records, kind)
        pairs = [(a, b) for a in places for b in places if records[a][name] != records[b][name]]
        if not pairs:  # a court in which all agree: nothing is done, and whoever expects a finding sees that
            return None
        one, two = chance.choice(pairs)
        records[one][name], records[two][name] = records[two][name], records[one][name]
        touched = (court.ledger.record(one), court.ledger.record(two))
        return all_touched(touched, places=_traded(*touched) if name == "index" else ())

    return forge


def _cut(court: Court, _chance: Random, records: Records) -> Touched:
    """The newest head goes, with its events, all acknowledgements, and the checkpoints over it."""
    last = max(_of(records, "head"), key=lambda n: records[n]["index"])
    index = records[last]["index"]
    end = last + 1
    while records[end]["record"] == "event":
        end += 1
    del records[last:end]
    records[:] = [
        one
        for one in records
        if one["record"] != "ack" and not (one["record"] == "checkpoint" and int(one["note"].split("\n")[1]) > index)
    ]
    return court.ledger.record(last)


def _replace_keys(court: Court, _chance: Random, records: Records) -> Touched:
    """A court of the forger's own: another root, which names another hub."""
    public = envelope.raw(STRANGER.public_key()).hex()
    records[1]["public_key"] = public
    keys = Keys(court=COURT, hub=_hub(), hub_epoch=_log(records), public_key=public)
    records[2]["message"] = envelope.sign(wire.encode(keys), purpose=Purpose.KEYS, key=STRANGER).decode()
    return court.ledger.record(1)


def _replace_hub(court: Court, _chance: Random, records: Records) -> Touched:
    """The root stays, the hub's key is the forger's, signed by nobody who may."""
    public = envelope.raw(STRANGER.public_key()).hex()
    keys = Keys(court=COURT, hub=_hub(), hub_epoch=_log(records), public_key=public)
    records[2]["message"] = envelope.sign(wire.encode(keys), purpose=Purpose.KEYS, key=STRANGER).decode()
    return court.ledger.record(2)


def _note_of_stranger(court: Court, chance: Random, records: Records) -> Touched:
    row = chance.choice(_of(records, "checkpoint"))
    record = records[row]
    text = record["note"].split("\n\n")[0] + "\n"
    record["note"] = envelope.sign_note(text, name=f"yungui/{COURT}", key=STRANGER).decode()
    return court.ledger.record(row)


def _epochs_apart(court: Court, _chance: Random, records: Records) -> Touched:
    """The second epoch of the cabinet stands before its first."""
    heads = [n for n in _of(records, "head") if f'"station":"{CAB}"' in records[n]["message"]]
    second = next(n for n in heads if '"epoch":"e2"' in records[n]["message"])
    first = heads[0]
    end = max([n for n in heads if '"epoch":"e2"' in records[n]["message"]]) + 1
    while records[end]["record"] in ("event", "ack"):
        end += 1
    records[first:end] = [*records[second:end], *records[first:second]]
    return _of_station(court, CAB)


def _hub() -> Any:
    return "hub-1"


def _log(records: Records) -> str:
    return str(next(one["log"] for one in records if one["record"] == "head"))


IN_EXPORT: dict[str, Forging] = {
    "change a line": _change("event", "line"),
    "change a head": _change("head", "message"),
    "change an index": _change("head", "index"),
    "change a note": _change("checkpoint", "note"),
    "change an acknowledgement": _change("ack", "message"),
    "delete an event": _drop("event"),
    "delete a head": _drop("head"),
    "delete the keys": _drop("keys"),
    "duplicate an event": _copy("event"),
    "duplicate a head": _copy("head"),
    "duplicate a checkpoint": _copy("checkpoint"),
    "swap two events": _trade("event", "line"),
    "swap two heads": _trade("head", "message"),
    "swap two indexes": _trade("head", "index"),
    "swap two checkpoints": _trade("checkpoint", "note"),
    "truncate": _cut,
    "replace all keys": _replace_keys,
    "replace the hub's key": _replace_hub,
    "sign a checkpoint with another key": _note_of_stranger,
    "reorder epochs": _epochs_apart,
}
