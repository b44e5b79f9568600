"""Rows of the ledger: what stations signed, byte for byte. Only ever added to; bounds in time are the one exception.

``low``, ``high`` and ``point`` of an entry are derived (see ``hub.core.locating``) and shrink as hub times are heard.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.columns import blob, large, text

__all__ = [
    "AckRow",
    "ContentRow",
    "CourtRow",
    "EntryRow",
    "EpochRow",
    "HeadRow",
    "IncidentRow",
    "StationRow",
]


class CourtRow(SQLModel, table=True):
    """One court. ``keys``: the message in which its root names the hub's key."""

    __tablename__ = "court"

    court: str = Field(primary_key=True)
    name: str
    hub: str
    hub_epoch: str
    root_key: str
    keys: bytes = blob()


class StationRow(SQLModel, table=True):
    """Whose entries are accepted. ``irregular``: its hub times speak of entries that had not come yet.

    ``previous_key`` is still believed until the new one is used. Nothing of a station is accepted after ``revoked``.
    """

    __tablename__ = "station"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    kind: str
    name: str
    place: str
    public_key: str = Field(index=True)
    sealing_key: str
    court_staffed: bool
    floor: int | None = None
    irregular: bool = False
    enrolled_at: int = large()
    previous_key: str = ""
    revoked: int | None = large(nullable=True)
    revoked_why: str = ""


class EpochRow(SQLModel, table=True):
    """A branch of a station's chain and its tip. ``position`` orders the epochs of a station."""

    __tablename__ = "epoch"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    epoch: str = Field(primary_key=True)
    position: int
    tip: int = large()
    link: bytes = blob()


class HeadRow(SQLModel, table=True):
    """A signed head, verbatim. ``first``: the first entry that was new under it, at ``log_index`` of its log."""

    __tablename__ = "head"
    __table_args__ = (Index("ix_head_log", "court", "log", "log_index"),)

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    epoch: str = Field(primary_key=True)
    first: int = large(primary_key=True)
    last: int = large()
    message: bytes = blob()
    received_at: int = large()
    log: str = ""
    log_index: int = large(default=0)


class EntryRow(SQLModel, table=True):
    """One entry, verbatim, and what it is about. ``head``: ``first`` of the head it was stored under."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_order", "court", "station", "position"),
        Index("ix_entry_volume", "court", "volume"),
        Index("ix_entry_place", "court", "place", "kind"),
        Index("ix_entry_act", "court", "act"),
        Index("ix_entry_kind", "court", "kind", "time"),
    )

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    epoch: str = Field(primary_key=True)
    sequence: int = large(primary_key=True)
    line: bytes = blob()
    link: bytes = blob()
    head: int = large()
    received_at: int = large()
    kind: str
    volume: str | None = None
    place: str | None = None
    person: str | None = None
    act: str | None = None
    time: int = large()
    position: int = large()
    low: int = large()
    high: int | None = large(nullable=True)
    point: int = large()


class ContentRow(SQLModel, table=True):
    """A volume that an entry counts up among others."""

    __tablename__ = "content"

    court: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    epoch: str = Field(primary_key=True)
    sequence: int = large(primary_key=True)


class AckRow(SQLModel, table=True):
    """The last signed acknowledgement of what is committed of an epoch."""

    __tablename__ = "ack"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    epoch: str = Field(primary_key=True)
    upto: int = large()
    hub_time: int = large()
    message: bytes = blob()


class IncidentRow(SQLModel, table=True):
    """A message that was not committed, why, and how often. A fork's is kept whole, of others only the beginning."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_at", "court", "at"), Index("ix_incident_topic", "court", "topic", "code"))

    court: str = Field(primary_key=True)
    incident: str = Field(primary_key=True)
    station: str | None = None
    topic: str = text()
    code: str
    detail: str = text()
    entry: str | None = None
    at: int = large()
    latest: int = large()
    times: int = 1
    size: int
    message: bytes = blob()
