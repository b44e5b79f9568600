"""Rows of what was confided at a kiosk: encrypted at rest, outside every chain, erasable."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.columns import blob, large

__all__ = ["PrivateRow"]


class PrivateRow(SQLModel, table=True):
    """A private value. ``kept``: text and salt, encrypted with a key that is in no database; none once it is erased.

    An erased row stays, so that a late or repeated message does not bring the value back. ``commitment``: as it was
    computed from what was kept, to be held against the chain's.
    """

    __tablename__ = "private"
    __table_args__ = (Index("ix_private_about", "court", "about"),)

    court: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    station: str = ""
    what: str = ""
    about: str = ""
    commitment: str = ""
    kept: bytes | None = blob(nullable=True)
    at: int = large()
    erased_at: int | None = large(nullable=True)
