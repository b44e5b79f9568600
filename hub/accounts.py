"""Local accounts: passwords by argon2, sessions kept in the database, one answer for whatever was wrong.

Nothing here tells whether a user name exists: unknown names cost the same time, count failures and lock like others.
Wrong passwords make an account wait, and also the address they come from. An account's own wait is not asked of an
address from which that person signed in lately, so that nobody can lock a colleague out by typing rubbish elsewhere;
there the wrong passwords from that address alone are counted, on disk. Who signs in clears what was counted against
their own name, and nobody else's.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select, update

from custody.events import SealedAccountUsed
from custody.grants import Role
from custody.identifiers import CourtId, PersonId
from hub.acting import Act
from hub.admitting import HASH, AccountRefusal, Admitting, NewAccount, OneTimeCode, Secret, choose, new_code, new_sealed
from hub.core.patience import (
    FORGOTTEN_AFTER,
    FREE_ATTEMPTS,
    FREE_PER_ADDRESS,
    LEAST_LENGTH,
    SessionAge,
    is_over,
    password_trouble,
    wait_after,
)
from hub.store.account_tables import AccountRow, GuessRow, LoginRow

__all__ = [
    "Account",
    "AccountRefusal",
    "Accounts",
    "OneTimeCode",
    "OwnSession",
    "SignedIn",
    "Transaction",
    "Visitor",
]

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a database session to read by."""


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
class OwnSession:
    """One of a person's own sessions. ``id`` ends it; ``here``: the one that asks. Times in ms since 1970."""

    id: str
    opened: int
    seen: int
    address: str
    means: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as the people page shows it."""

    user: str
    person: PersonId
    name: str
    roles: frozenset[Role]


class Accounts:
    """Signing in and out at one court's hub. Safe to call from any thread; checking a password takes tens of ms.

    ``clock`` gives milliseconds since 1970. At most ``at_once`` passwords are checked side by side, so that a flood of
    logins cannot starve everything else of memory; who waits longer than a few seconds is told to try again.
    """

    def __init__(
        self,
        *,
        court: CourtId,
        read: Transaction,
        act: Callable[[], AbstractContextManager[Act]],
        clock: Callable[[], int],
        at_once: int = 2,
    ) -> None:
        self._court = court
        self._read = read
        self._act = act
        self._clock = clock
        self._slots = threading.BoundedSemaphore(at_once)
        self._strangers = _Strangers()
        self._addresses = _Addresses()

    def sign_in(self, user: str, password: str, *, address: str = "") -> SignedIn | AccountRefusal:
        user = user.strip().lower()
        found = self._proved(user, password, address=address)
        if isinstance(found, AccountRefusal):
            return found
        if found.invited_until is not None:
            return AccountRefusal("login.choose_password" if self._clock() < found.invited_until else "login.code_over")
        return self._open(user, address=address, means="password")

    def come_in(self, user: str, code: str, *, password: str, address: str = "") -> SignedIn | AccountRefusal:
        """Choose the account's password by a one-time code, and be signed in."""
        user = user.strip().lower()
        found = self._proved(user, code, address=address)
        if isinstance(found, AccountRefusal):
            return found
        if found.invited_until is None:
            return AccountRefusal("login.no_code")
        if self._clock() >= found.invited_until:
            return AccountRefusal("login.code_over")
        refused = self._choose(user, password, before=found.password)
        return refused or self._open(user, address=address, means="password")

    def sign_in_as(self, subject: str, *, address: str = "") -> SignedIn | AccountRefusal:
        """Let in whom the court's single sign-on has vouched for, if an account is bound to that subject."""
        with self._read() as session:
            same = (col(AccountRow.court) == self._court, col(AccountRow.subject) == subject)
            user = session.exec(select(AccountRow.user).where(*same)).first()
        if user is None:
            return AccountRefusal("login.not_bound")
        return self._open(user, address=address, means="single_sign_on")

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
            with self._act() as act:
                over = update(LoginRow).where(col(LoginRow.court) == self._court, _is(token)).values(seen=0)
                act.session.exec(over)  # it stays for some days, so that the address is known

    def sessions(self, token: str) -> tuple[OwnSession, ...]:
        """The sessions of whoever this token belongs to, the one used last first."""
        now = self._clock()
        with self._read() as session:
            mine = session.get(LoginRow, (self._court, _digest(token)))
            if mine is None:
                return ()
            same = (col(LoginRow.court) == self._court, col(LoginRow.user) == mine.user)
            rows = session.exec(select(LoginRow).where(*same).order_by(col(LoginRow.seen).desc())).all()
            return tuple(
                OwnSession(
                    id=row.token[:_SHORT],
                    opened=row.opened,
                    seen=row.seen,
                    address=row.address,
                    means=row.means,
                    here=row.token == mine.token,
                )
                for row in rows
                if not is_over(SessionAge(row.opened, row.seen), now=now)
            )

    def end_session(self, user: str, session_id: str) -> bool:
        """End one of a user's own sessions; whether there was such a one."""
        with self._act() as act:
            session = act.session
            same = (col(LoginRow.court) == self._court, col(LoginRow.user) == user)
            for row in session.exec(select(LoginRow).where(*same)).all():
                if row.token[:_SHORT] == session_id:
                    row.seen = 0
                    return True
        return False

    def change_password(self, user: str, *, before: str, after: str, address: str = "") -> AccountRefusal | None:
        """A person's own new password. It ends every session of that person, everywhere."""
        found = self._proved(user, before, address=address)
        if isinstance(found, AccountRefusal):
            return found
        if found.invited_until is not None:
            return AccountRefusal("login.choose_password")
        return self._choose(user, after, before=found.password)

    def invite(
        self, *, user: str, person: PersonId, name: str, roles: Collection[Role], by: PersonId
    ) -> OneTimeCode | AccountRefusal:
        """Open an account for somebody, who chooses the password by the code that comes back."""
        wanted, code = NewAccount(user=user, person=person, name=name, roles=roles), new_code()
        with self._admitting(by) as admitting:
            return admitting.invite(wanted, code)

    def invite_again(self, user: str, *, by: PersonId) -> OneTimeCode | AccountRefusal:
        """Another code in place of every way in there was. Whose hand was in the account before, is so no more."""
        code = new_code()
        with self._admitting(by) as admitting:
            return admitting.invite_again(user, code)

    def create(
        self, *, user: str, password: str, person: PersonId, name: str, roles: Collection[Role], by: PersonId
    ) -> AccountRefusal | None:
        """Open an account with a password that is known to whoever does it."""
        wanted = NewAccount(user=user, person=person, name=name, roles=roles)
        secret = Secret(password, HASH.hash(password[:_LONGEST]))
        with self._admitting(by) as admitting:
            return admitting.open(wanted, secret)

    def seal(self, user: str, *, person: PersonId, name: str, by: PersonId) -> str | AccountRefusal:
        """Make or renew an account for emergencies; its password, told once, goes on paper into two envelopes."""
        wanted = NewAccount(user=user, person=person, name=name, roles=[Role.ADMINISTRATOR])
        password = new_sealed()
        with self._admitting(by) as admitting:
            return admitting.seal(wanted, password) or password.text

    def change_roles(self, user: str, roles: Collection[Role], *, by: PersonId) -> AccountRefusal | None:
        """Other roles from now on. It ends every session of that person, everywhere."""
        with self._admitting(by) as admitting:
            return admitting.change_roles(user, roles)

    def bind(self, user: str, subject: str, *, by: PersonId) -> AccountRefusal | None:
        """Say who this account is to single sign-on; nobody gets an account by signing on alone."""
        with self._admitting(by) as admitting:
            return admitting.bind(user, subject)

    def disable(self, user: str, *, by: PersonId) -> AccountRefusal | None:
        """Let nobody in by this account any more, and end its sessions."""
        with self._admitting(by) as admitting:
            return admitting.end(user)

    def all(self) -> tuple[Account, ...]:
        """Every account of the court, by user name."""
        with self._read() as session:
            rows = session.exec(select(AccountRow).where(AccountRow.court == self._court).order_by(AccountRow.user))
            return tuple(
                Account(user=row.user, person=PersonId(row.person), name=row.name, roles=_roles(row)) for row in rows
            )

    @contextmanager
    def _admitting(self, by: PersonId) -> Iterator[Admitting]:
        """The change is on disk when this is left, and the entry that tells of it."""
        with self._act() as act:
            yield Admitting(act=act, court=self._court, by=by, now=self._clock())

    def _proved(self, user: str, secret: str, *, address: str) -> _Kept | AccountRefusal:
        """The account, if this is its password or its code; waiting, counting and answering as the head says."""
        looked = self._looked_up(user, address)
        if isinstance(looked, AccountRefusal):
            return looked
        if not self._slots.acquire(timeout=_PATIENCE):
            return AccountRefusal("login.busy")
        try:
            looked = self._looked_up(user, address)  # others may have failed while this one waited for its turn
            if isinstance(looked, AccountRefusal):
                return looked
            found, known = looked
            right = HASH.verify(secret[:_LONGEST], _NOBODY if found is None else found.password)
            if found is None or not right:
                self._failed(user, address, exists=found is not None, known=known)
                return AccountRefusal("login.wrong")
        finally:
            self._slots.release()
        self._addresses.forget(address, user)
        return found

    def _looked_up(self, user: str, address: str) -> tuple[_Kept | None, bool] | AccountRefusal:
        """The account, if there is one, and whether its person signed in from there lately; or how long to wait."""
        now = self._clock()
        with self._read() as session:
            row = session.get(AccountRow, (self._court, user))
            opens = row is not None and not row.disabled and row.password != ""
            found = _Kept(row.password, row.locked_until, row.invited_until) if row is not None and opens else None
            known = found is not None and self._is_known(session, user, address, now)
            guessed = session.get(GuessRow, (self._court, user, address)) if known else None
            here = 0 if guessed is None else guessed.locked_until
        elsewhere = self._strangers.locked_until(user) if found is None else found.locked_until
        locked_until = max(here if known else elsewhere, self._addresses.locked_until(address))
        if now < locked_until:
            return AccountRefusal("login.locked", {"seconds": -(-(locked_until - now) // 1000)})
        return found, known

    def _choose(self, user: str, password: str, *, before: str) -> AccountRefusal | None:
        trouble = password_trouble(password, user=user)
        if trouble is not None:
            return AccountRefusal(trouble, {"least": LEAST_LENGTH})
        digest = HASH.hash(password)
        with self._act() as act:
            return choose(act, self._court, user, digest, before=before)

    def _is_known(self, session: Session, user: str, address: str, now: int) -> bool:
        """Whether this person signed in from there within the last days."""
        same = (col(LoginRow.court) == self._court, col(LoginRow.user) == user, col(LoginRow.address) == address)
        recent = col(LoginRow.opened) >= now - _KEPT
        return address != "" and session.exec(select(LoginRow.token).where(*same, recent)).first() is not None

    def _open(self, user: str, *, address: str, means: str) -> SignedIn | AccountRefusal:
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._act() as act:
            session = act.session
            row = session.get(AccountRow, (self._court, user))
            if row is None or row.disabled:
                return AccountRefusal("login.wrong")
            row.failures, row.locked_until = 0, 0
            here = (col(GuessRow.court) == self._court, col(GuessRow.user) == user, col(GuessRow.address) == address)
            session.exec(delete(GuessRow).where(*here))
            ended = col(LoginRow.opened) < now - _KEPT
            session.exec(delete(LoginRow).where(col(LoginRow.court) == self._court, ended))
            login = LoginRow(court=self._court, token=_digest(token), user=user, opened=now, seen=now)
            login.address, login.means = address, means
            session.add(login)
            visitor = _visitor(row)
            if row.sealed:
                act.say(SealedAccountUsed(person=visitor.person))
        return SignedIn(token, visitor)

    def _failed(self, user: str, address: str, *, exists: bool, known: bool) -> None:
        """``exists``: there is such an account; ``known``: its person signed in from there lately."""
        now = self._clock()
        if address:
            self._addresses.failed(address, user, now)
        if not exists:
            self._strangers.failed(user, now)
            return
        with self._act() as act:
            session = act.session
            row = session.get(AccountRow, (self._court, user))
            if row is not None:
                row.failures += 1
                row.locked_until = now + wait_after(row.failures)
            if known:
                guess = session.get(GuessRow, (self._court, user, address))
                guess = guess or GuessRow(court=self._court, user=user, address=address)
                guess.failures += 1
                guess.locked_until = now + wait_after(guess.failures)
                session.add(guess)

    def _seen(self, key: tuple[str, str], now: int) -> None:
        with self._act() as act:
            session = act.session
            login = session.get(LoginRow, key)
            if login is not None:
                login.seen = max(login.seen, now)


_PATIENCE = 5.0
_SEEN_EVERY = 60_000
_KEPT = 7 * 24 * 3_600_000
_LONGEST = 200
_SHORT = 16
_NOBODY = HASH.hash(secrets.token_urlsafe(16))
"""What the password of a user who does not exist is compared with, so that both take the same time."""


@dataclass(frozen=True, slots=True)
class _Kept:
    password: str
    locked_until: int
    invited_until: int | None


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


class _Addresses:
    """Failures from an address under each name tried there, of the addresses that failed last.

    Who signs in takes back their own; what was tried under other names goes on counting for a working day.
    """

    _MOST = 4096

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried: OrderedDict[str, dict[str, tuple[int, int]]] = OrderedDict()  # name -> how often, last when
        self._locked: dict[str, int] = {}

    def locked_until(self, address: str) -> int:
        with self._lock:
            return self._locked.get(address, 0)

    def failed(self, address: str, user: str, now: int) -> None:
        with self._lock:
            before = self._tried.pop(address, {})
            tried = {name: one for name, one in before.items() if now - one[1] < FORGOTTEN_AFTER}
            tried[user] = (tried.get(user, (0, 0))[0] + 1, now)
            self._tried[address] = tried
            count = sum(min(times, FREE_ATTEMPTS) for times, _ in tried.values())  # one name waits by itself
            self._locked[address] = now + wait_after(count - FREE_PER_ADDRESS + FREE_ATTEMPTS)
            while len(self._tried) > self._MOST:
                gone, _ = self._tried.popitem(last=False)
                self._locked.pop(gone, None)

    def forget(self, address: str, user: str) -> None:
        with self._lock:
            self._tried.get(address, {}).pop(user, None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is(token: str) -> ColumnElement[bool]:
    return col(LoginRow.token) == _digest(token)


def _roles(row: AccountRow) -> frozenset[Role]:
    return frozenset(Role(word) for word in row.roles.split())


def _visitor(row: AccountRow) -> Visitor:
    return Visitor(user=row.user, person=PersonId(row.person), name=row.name, roles=_roles(row))
