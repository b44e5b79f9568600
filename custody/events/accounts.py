"""What the hub records of the accounts by which people sign in at it: who made one, and who gave whom a way in.

An account is named by an opaque id, its person likewise; user names, passwords, codes and digests are in no fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custody.identifiers import PersonId

__all__ = [
    "AccountBound",
    "AccountEnded",
    "AccountFact",
    "AccountInvited",
    "AccountOpened",
    "AccountPasswordChosen",
    "AccountRolesChanged",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOpened:
    """``by``: who did it at the hub, and knew or handed over the first password. ``sealed``: for emergencies."""

    kind: ClassVar[str] = "account.opened"
    account: str
    person: PersonId
    roles: tuple[str, ...]
    by: PersonId
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInvited:
    """A one-time code was given for the account as it stands. Every way in that there was before has ended."""

    kind: ClassVar[str] = "account.invited"
    account: str
    person: PersonId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPasswordChosen:
    """Whoever had the one-time code or the password before it chose another password."""

    kind: ClassVar[str] = "account.password_chosen"
    account: str
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRolesChanged:
    kind: ClassVar[str] = "account.roles_changed"
    account: str
    person: PersonId
    roles: tuple[str, ...]
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBound:
    """Somebody of the court's single sign-on may come in by this account."""

    kind: ClassVar[str] = "account.bound"
    account: str
    person: PersonId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnded:
    """Nobody comes in by this account any more."""

    kind: ClassVar[str] = "account.ended"
    account: str
    person: PersonId
    by: PersonId


AccountFact = AccountOpened | AccountInvited | AccountPasswordChosen | AccountRolesChanged | AccountBound | AccountEnded
