"""What a journal holds, read beside the agent that writes it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.errors import EdgeError
from edge.sentences import sentences
from edge.settings import load_settings

__all__ = ["EpochStatus", "Status", "as_json", "as_text", "read_status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochStatus:
    epoch: str
    tip: int
    acknowledged: int
    forked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """``waiting``: records that are not with the hub yet. ``blocked``: compartments under verification."""

    station: str
    entries: int
    waiting: int
    epochs: tuple[EpochStatus, ...]
    blocked: tuple[str, ...]
    grants: bool
    bytes: int


def read_status(folder: Path) -> Status:
    """``EdgeError`` where there is no journal, or none that can be read."""
    settings = load_settings(folder)
    file = folder / "journal.sqlite"
    if not file.exists():
        raise EdgeError("journal.none", file=str(file))
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            return _read(connection, settings.station, file)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise EdgeError("journal.corrupt", file=str(file), why=str(error)) from error


def as_json(status: Status) -> str:
    return json.dumps(asdict(status), ensure_ascii=False)


def as_text(status: Status) -> str:
    """Both languages."""
    fields: dict[str, str | int] = {
        "station": status.station,
        "entries": status.entries,
        "waiting": status.waiting,
        "blocked": ", ".join(status.blocked) or "–",
        "epochs": len(status.epochs),
        "kib": status.bytes // 1024,
    }
    return "\n".join(say("status", fields) for say in sentences())


def _read(connection: sqlite3.Connection, station: str, file: Path) -> Status:
    rows = connection.execute(
        "SELECT e.epoch, COALESCE((SELECT MAX(sequence) FROM events WHERE epoch = e.epoch), 0), e.acknowledged,"
        " e.forked FROM epochs AS e ORDER BY e.number"
    )
    epochs = tuple(
        EpochStatus(epoch=epoch, tip=tip, acknowledged=acknowledged, forked=bool(forked))
        for epoch, tip, acknowledged, forked in rows
    )
    kept = dict(connection.execute("SELECT key, value FROM local WHERE key IN ('blocked', 'grants')").fetchall())
    entries = connection.execute("SELECT COUNT(*) FROM events").fetchone()[0]
    return Status(
        station=station,
        entries=entries,
        waiting=sum(one.tip - one.acknowledged for one in epochs),
        epochs=epochs,
        blocked=tuple(json.loads(kept.get("blocked", b"[]"))),
        grants="grants" in kept,
        bytes=file.stat().st_size,
    )
