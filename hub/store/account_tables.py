"""Rows of local accounts and of their sessions. No password and no session token is stored as it is."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

__all__ = ["AccountRow", "GuessRow", "LoginRow"]


class AccountRow(SQLModel, table=True):
    """Who may sign in. ``roles``: words with spaces between; times are milliseconds since 1970.

    ``account``: what the chain calls it; ``subject``: who this is to the court's single sign-on; ``sealed``: for
    emergencies, each use is recorded. ``invited_until``: the password is a one-time code, good until then.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("court", "subject", name="uq_account_subject"),)

    court: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    account: str
    person: str
    name: str
    roles: str
    password: str  # argon2id, in its own encoding; empty: none, single sign-on only
    failures: int = 0
    locked_until: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    created: int = Field(sa_column=Column(BigInteger, nullable=False))
    disabled: bool = False
    subject: str | None = None
    sealed: bool = False
    invited_until: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class LoginRow(SQLModel, table=True):
    """One session of one account. ``token``: SHA-256 of the secret in the person's cookie."""

    __tablename__ = "login"

    court: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    user: str = Field(index=True)
    opened: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen: int = Field(sa_column=Column(BigInteger, nullable=False))
    address: str = ""
    means: str = "password"


class GuessRow(SQLModel, table=True):
    """Wrong passwords for an account from an address where its own person signs in, in a row. Times: ms since 1970."""

    __tablename__ = "guess"

    court: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    failures: int = 0
    locked_until: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
