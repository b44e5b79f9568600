"""Rows of what follows from the ledger, which a fold of its entries gives again at any time; and stations' states."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.columns import large, text

__all__ = ["DiscrepancyRow", "DoorRow", "ResolutionRow", "StandingRow", "StateRow"]


class StandingRow(SQLModel, table=True):
    """Where a volume is and how far. ``holding`` and ``progress`` are the whole; the other columns are for finding."""

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_place", "court", "place"),
        Index("ix_standing_person", "court", "person"),
        Index("ix_standing_done", "court", "done"),
    )

    court: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    kind: str
    place: str | None = None
    person: str | None = None
    recipient: str | None = None
    since: int | None = large(nullable=True)
    done: str | None = None
    sent_back: int = 0
    holding: str = text()
    progress: str = text()


class DiscrepancyRow(SQLModel, table=True):
    """What contradicts now. It goes when a late entry explains it; whether it is resolved stands in ``resolution``."""

    __tablename__ = "discrepancy"
    __table_args__ = (Index("ix_discrepancy_volume", "court", "volume"),)

    court: str = Field(primary_key=True)
    discrepancy: str = Field(primary_key=True)
    kind: str
    volume: str | None = None
    station: str | None = None
    entry: str
    against: str | None = None
    time: int = large()


class ResolutionRow(SQLModel, table=True):
    """Who resolved a discrepancy and how."""

    __tablename__ = "resolution"

    court: str = Field(primary_key=True)
    discrepancy: str = Field(primary_key=True)
    person: str
    decision: str
    time: int = large()
    entry: str


class StateRow(SQLModel, table=True):
    """How a station last said it is. ``since``: of being online or offline, as the hub's clock said."""

    __tablename__ = "state"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    online: bool
    since: int = large()
    heard_at: int = large()
    connection: int = large()
    counter: int = large()
    boot: str
    nonce: str
    uptime: int = large()
    clock: str
    epoch: str
    tip: int = large()
    waiting: int = large()
    oldest_waiting: int | None = large(nullable=True)
    room_days: float | None = None
    software: str
    wiring: str
    grants_version: int = large()


class DoorRow(SQLModel, table=True):
    """A door as last sensed. ``since``: when the hub first heard of it being so."""

    __tablename__ = "door"
    __table_args__ = (Index("ix_door_station", "court", "station"),)

    court: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    station: str
    door: str
    since: int = large()
    blocked: bool = False
