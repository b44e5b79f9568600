"""Rows of who may come in: one-time codes of stations to be enrolled, and the certificates that were issued."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.columns import blob, large

__all__ = ["CertificateRow", "InvitationRow"]


class InvitationRow(SQLModel, table=True):
    """A station that may enrol itself once, until ``expires``. ``code``: encrypted with a key that is in no database.

    A lost answer is given again to whoever asks with the same keys and a proof of the code.
    """

    __tablename__ = "invitation"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    kind: str
    name: str
    court_staffed: bool
    floor: int | None = None
    broker_host: str
    broker_port: int
    code: bytes = blob()
    made: int = large()
    expires: int = large()
    used: int | None = large(nullable=True)


class CertificateRow(SQLModel, table=True):
    """A TLS certificate the authority gave a station, kept so that one key is certified once.

    ``serial`` and ``key`` (SHA-256 of the public key): hex; times are milliseconds since 1970.
    """

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_station", "court", "station"),)

    court: str = Field(primary_key=True)
    serial: str = Field(primary_key=True)
    station: str
    key: str
    certificate: bytes = blob()
    issued: int = large()
    expires: int = large()
    revoked: int | None = large(nullable=True)
