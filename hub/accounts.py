"""Local accounts: passwords by argon2, sessions kept in the database, one answer for whatever was wrong.

Nothing here tells whether a user name exists: unknown names cost the same time, count failures and lock like others.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from custody.grants import Role
from custody.identifiers import CourtId, PersonId, check_id
from hub.core.patience import LEAST_LENGTH, SessionAge, is_over, password_trouble, wait_after
from hub.store.account_tables import AccountRow, LoginRow

__all__ = ["Account", "AccountRefusal", "Accounts", "SignedIn", "Transaction", "Visitor", "create_account"]

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a database session; one made for writing commits when it is left without an error."""


@dataclass(frozen=True, slots=True)
class AccountRefusal:
    """Why not. ``key`` is the sentence's key in the catalogues."""

    key: str
    fields: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is signed in."""

    user: str
    person: PersonId
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; ``token`` goes into the cookie and is nowhere else."""

    token: str
    visitor: Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as the people page shows it."""

    user: str
    person: PersonId
    name: str
    roles: frozenset[Role]


def create_account(
    write: Transaction,
    *,
    court: CourtId,
    user: str,
    password: str,
    person: PersonId,
    name: str,
    roles: Collection[Role],
    now: int,
) -> AccountRefusal | None:
    """Add an account, or say why not. The password is checked here and kept only as its argon2 digest."""
    user = user.strip().lower()
    if not check_id(user):
        return AccountRefusal("account.user_malformed", {"user": user})
    if not roles:
        return AccountRefusal("account.no_role", {"user": user})
    trouble = password_trouble(password, user=user)
    if trouble is not None:
        return AccountRefusal(trouble, {"least": LEAST_LENGTH})
    digest = _HASH.hash(password)
    with write() as session:
        if session.get(AccountRow, (court, user)) is not None:
            return AccountRefusal("account.user_taken", {"user": user})
        words = " ".join(sorted(roles))
        session.add(
            AccountRow(court=court, user=user, person=person, name=name, roles=words, password=digest, created=now)
        )
    return None


class Accounts:
    """Signing in and out at one court's hub. Safe to call from any thread; checking a password takes tens of ms.

    ``clock`` gives milliseconds since 1970. At most ``at_once`` passwords are checked side by side, so that a flood of
    logins cannot starve everything else of memory; who waits longer than a few seconds is told to try again.
    """

    def __init__(
        self, *, court: CourtId, read: Transaction, write: Transaction, clock: Callable[[], int], at_once: int = 2
    ) -> None:
        self._court = court
        self._read = read
        self._write = write
        self._clock = clock
        self._slots = threading.BoundedSemaphore(at_once)
        self._strangers = _Strangers()

    def sign_in(self, user: str, password: str) -> SignedIn | AccountRefusal:
        user, now = user.strip().lower(), self._clock()
        with self._read() as session:
            row = session.get(AccountRow, (self._court, user))
            found = None if row is None or row.disabled else _Kept(row.password, row.locked_until)
        locked_until = self._strangers.locked_until(user) if found is None else found.locked_until
        if now < locked_until:
            return AccountRefusal("login.locked", {"seconds": -(-(locked_until - now) // 1000)})
        if not self._slots.acquire(timeout=_PATIENCE):
            return AccountRefusal("login.busy")
        try:
            right = _HASH.verify(password[:_LONGEST], _NOBODY if found is None else found.password)
        finally:
            self._slots.release()
        if found is None or not right:
            self._failed(user, known=found is not None)
            return AccountRefusal("login.wrong")
        return self._open(user)

    def visitor(self, token: str | None, *, watching: bool = False) -> Visitor | None:
        """Whose session this is; none when there is none, or it has run out.

        Asking counts as using it, except for a page that is only ``watching``: an empty chair must not keep a session.
        """
        if not token:
            return None
        key, now = (self._court, _digest(token)), self._clock()
        with self._read() as session:
            login = session.get(LoginRow, key)
            row = None if login is None else session.get(AccountRow, (self._court, login.user))
            if login is None or row is None or row.disabled:
                return None
            if is_over(SessionAge(login.opened, login.seen), now=now):
                return None
            visitor, seen = _visitor(row), login.seen
        if not watching and now - seen >= _SEEN_EVERY:
            self._seen(key, now)
        return visitor

    def sign_out(self, token: str | None) -> None:
        if token:
            with self._write() as session:
                session.exec(delete(LoginRow).where(col(LoginRow.court) == self._court, _is(token)))

    def create(
        self, *, user: str, password: str, person: PersonId, name: str, roles: Collection[Role]
    ) -> AccountRefusal | None:
        return create_account(
            self._write,
            court=self._court,
            user=user,
            password=password,
            person=person,
            name=name,
            roles=roles,
            now=self._clock(),
        )

    def all(self) -> tuple[Account, ...]:
        """Every account of the court, by user name."""
        with self._read() as session:
            rows = session.exec(select(AccountRow).where(AccountRow.court == self._court).order_by(AccountRow.user))
            return tuple(
                Account(user=row.user, person=PersonId(row.person), name=row.name, roles=_roles(row)) for row in rows
            )

    def _open(self, user: str) -> SignedIn | AccountRefusal:
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._write() as session:
            row = session.get(AccountRow, (self._court, user))
            if row is None or row.disabled:
                return AccountRefusal("login.wrong")
            row.failures, row.locked_until = 0, 0
            ended = col(LoginRow.opened) < now - _KEPT
            session.exec(delete(LoginRow).where(col(LoginRow.court) == self._court, ended))
            session.add(LoginRow(court=self._court, token=_digest(token), user=user, opened=now, seen=now))
            visitor = _visitor(row)
        return SignedIn(token, visitor)

    def _failed(self, user: str, *, known: bool) -> None:
        now = self._clock()
        if not known:
            self._strangers.failed(user, now)
            return
        with self._write() as session:
            row = session.get(AccountRow, (self._court, user))
            if row is not None:
                row.failures += 1
                row.locked_until = now + wait_after(row.failures)

    def _seen(self, key: tuple[str, str], now: int) -> None:
        with self._write() as session:
            login = session.get(LoginRow, key)
            if login is not None:
                login.seen = max(login.seen, now)


_PATIENCE = 5.0
_SEEN_EVERY = 60_000
_KEPT = 7 * 24 * 3_600_000
_LONGEST = 200
_HASH = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=32 * 1024, parallelism=1),))
_NOBODY = _HASH.hash(secrets.token_urlsafe(16))
"""What the password of a user who does not exist is compared with, so that both take the same time."""


@dataclass(frozen=True, slots=True)
class _Kept:
    password: str
    locked_until: int


class _Strangers:
    """Failures under names that have no account, the latest few thousand of them."""

    _MOST = 4096

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def locked_until(self, user: str) -> int:
        with self._lock:
            return self._failures.get(user, (0, 0))[1]

    def failed(self, user: str, now: int) -> None:
        with self._lock:
            count = self._failures.pop(user, (0, 0))[0] + 1
            self._failures[user] = (count, now + wait_after(count))
            while len(self._failures) > self._MOST:
                self._failures.popitem(last=False)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is(token: str) -> ColumnElement[bool]:
    return col(LoginRow.token) == _digest(token)


def _roles(row: AccountRow) -> frozenset[Role]:
    return frozenset(Role(word) for word in row.roles.split())


def _visitor(row: AccountRow) -> Visitor:
    return Visitor(user=row.user, person=PersonId(row.person), name=row.name, roles=_roles(row))
