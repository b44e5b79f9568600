"""Rows of the log over all chains: one log a hub epoch, its tree in tiles, its signed checkpoints, who saw which.

A head keeps under which index its first entry stands; so every entry has an index, and no index is kept twice.
"""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from hub.store.columns import blob, large

__all__ = ["CheckpointRow", "CorrectionRow", "LogRow", "PeriodRow", "TileRow", "WitnessRow"]


class LogRow(SQLModel, table=True):
    """The log of one hub epoch. ``worth``: its size after the last entry that asks for a checkpoint.

    ``keys``: the message in which the root names the hub's key. ``recovery``: the root's statement that opened it.
    """

    __tablename__ = "log"

    court: str = Field(primary_key=True)
    log: str = Field(primary_key=True)
    position: int
    size: int = large(default=0)
    worth: int = large(default=0)
    keys: bytes = blob()
    recovery: bytes | None = blob(nullable=True)


class TileRow(SQLModel, table=True):
    """Up to 64 neighbouring hashes of one level of a log's tree; only the last of a level still grows."""

    __tablename__ = "log_tile"

    court: str = Field(primary_key=True)
    log: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    number: int = large(primary_key=True)
    hashes: bytes = blob()


class CheckpointRow(SQLModel, table=True):
    """A signed checkpoint, as it was published."""

    __tablename__ = "checkpoint"

    court: str = Field(primary_key=True)
    log: str = Field(primary_key=True)
    size: int = large(primary_key=True)
    root: bytes = blob()
    note: bytes = blob()
    made_at: int = large()


class WitnessRow(SQLModel, table=True):
    """The newest checkpoint a station has named. ``verdict``: how it stands to ours, see ``hub.core.witnessing``."""

    __tablename__ = "witness"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    log: str
    size: int = large()
    root: str
    verdict: str
    at: int = large()


class CorrectionRow(SQLModel, table=True):
    """A counter-entry that somebody asked for in a closed period; a second person confirms it, or nobody does."""

    __tablename__ = "correction"

    court: str = Field(primary_key=True)
    correction: str = Field(primary_key=True)
    volume: str
    entry: str
    reason: str
    place: str | None = None
    holder: str | None = None
    asked_by: str
    asked_at: int = large()
    confirmed_by: str | None = None
    confirmed_at: int | None = large(nullable=True)


class PeriodRow(SQLModel, table=True):
    """Up to when the record is closed: a correction of something older takes two people."""

    __tablename__ = "period"

    court: str = Field(primary_key=True)
    until: int = large()
    closed_by: str
    closed_at: int = large()
