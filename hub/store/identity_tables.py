"""Rows of who may come in: one-time codes of stations to be enrolled, and the certificates that were issued."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.columns import blob, large

__all__ = ["CertificateRow", "InvitationRow"]


class InvitationRow(SQLModel, table=True):
    """A station that may enrol itself once, until ``expires``. ``code``: encrypted with a key that is in no database.

    ``failures`` counts wrong proofs; too many of them end the invitation.
    """

    __tablename__ = "invitation"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    kind: str
    name: str
    court_staffed: bool
    broker_host: str
    broker_port: int
    code: bytes = blob()
    made: int = large()
    expires: int = large()
    failures: int = 0
    used: int | None = large(nullable=True)


class CertificateRow(SQLModel, table=True):
    """A TLS certificate the authority gave a station. ``serial``: hex; times are milliseconds since 1970."""

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_station", "court", "station"),)

    court: str = Field(primary_key=True)
    serial: str = Field(primary_key=True)
    station: str
    issued: int = large()
    expires: int = large()
    revoked: int | None = large(nullable=True)
