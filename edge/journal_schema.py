"""The tables of a journal. Columns are only ever added."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

from custody.events import FACTS, CodeUsed, Counting, DelegationEnded, DelegationGiven

__all__ = ["FORMAT", "SCHEMA", "VOLUME_KINDS"]

FORMAT = "1"

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS epochs (
        number INTEGER PRIMARY KEY AUTOINCREMENT, epoch TEXT NOT NULL UNIQUE, acknowledged INTEGER NOT NULL DEFAULT 0,
        forked INTEGER NOT NULL DEFAULT 0, left_behind TEXT)""",
    """CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY AUTOINCREMENT, epoch TEXT NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL,
        time INTEGER NOT NULL, line BLOB NOT NULL, link BLOB NOT NULL, UNIQUE (epoch, sequence))""",
    "CREATE INDEX IF NOT EXISTS events_by_time ON events (time)",
    "CREATE TABLE IF NOT EXISTS local (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS commands (command TEXT PRIMARY KEY, result BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS private (
        position INTEGER PRIMARY KEY AUTOINCREMENT, value TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL)""",
)

VOLUME_KINDS = tuple(
    kind
    for kind, fact in FACTS.items()
    if fact in (*get_args(Counting), DelegationGiven, DelegationEnded, CodeUsed)
    or "volume" in {field.name for field in fields(fact)}
)
"""The kinds of facts that change what a station knows of volumes, of who collects for whom, or of codes."""
