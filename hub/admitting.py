"""Who may sign in at the hub, and how that is changed: rows of accounts, and a fact in the hub's chain for each change.

Whoever opens an account for somebody gives them a one-time code; the password is chosen by who comes with it. The chain
names an account by an opaque id: user names go with the person when that person is erased.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, col, delete, select

from custody.events import (
    AccountBound,
    AccountEnded,
    AccountInvited,
    AccountOpened,
    AccountPasswordChosen,
    AccountRolesChanged,
)
from custody.grants import Role
from custody.identifiers import CourtId, PersonId, check_id
from hub.acting import Act
from hub.core.patience import CODE_HOLDS, LEAST_LENGTH, password_trouble
from hub.store.account_tables import AccountRow, GuessRow, LoginRow

__all__ = [
    "HASH",
    "AccountRefusal",
    "Admitting",
    "NewAccount",
    "OneTimeCode",
    "Secret",
    "choose",
    "new_code",
    "new_sealed",
]

HASH = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=32 * 1024, parallelism=1),))


@dataclass(frozen=True, slots=True)
class AccountRefusal:
    """Why not. ``key`` is the sentence's key in the catalogues."""

    key: str
    fields: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    user: str
    person: PersonId
    name: str
    roles: Collection[Role]


@dataclass(frozen=True, slots=True)
class Secret:
    """What lets somebody in, and its argon2 digest, which alone is kept; that takes its time, so it comes made."""

    text: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCode:
    """Told this once. Whoever has it chooses the account's password, until then (ms since 1970)."""

    user: str
    code: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitting:
    """One change of one account, inside an act. ``by``: who does it; ``now``: milliseconds since 1970."""

    act: Act
    court: CourtId
    by: PersonId
    now: int

    def invite(self, wanted: NewAccount, code: Secret) -> OneTimeCode | AccountRefusal:
        """Open an account that nobody has a password of yet."""
        until = self.now + CODE_HOLDS
        return self._open(wanted, code.digest, until=until) or self._told(wanted.user, code)

    def open(self, wanted: NewAccount, password: Secret, *, sealed: bool = False) -> AccountRefusal | None:
        """Open an account with a password that whoever opens it knows."""
        trouble = password_trouble(password.text, user=wanted.user.strip().lower())
        if trouble is not None:
            return AccountRefusal(trouble, {"least": LEAST_LENGTH})
        return self._open(wanted, password.digest, sealed=sealed)

    def invite_again(self, user: str, code: Secret) -> OneTimeCode | AccountRefusal:
        """Another code, and nothing else lets in: password, binding to single sign-on and every session end."""
        row = self._row(user)
        if row is None or row.disabled:
            return AccountRefusal("account.unknown", {"user": user})
        if row.sealed:
            return AccountRefusal("account.sealed", {"user": user})
        row.password, row.invited_until, row.subject = code.digest, self.now + CODE_HOLDS, None
        row.failures, row.locked_until = 0, 0
        _changed(self.act, row)
        self.act.say(AccountInvited(account=row.account, person=PersonId(row.person), by=self.by))
        return self._told(row.user, code)

    def change_roles(self, user: str, roles: Collection[Role]) -> AccountRefusal | None:
        """Other roles from now on."""
        row = self._row(user)
        if not roles:
            return AccountRefusal("account.no_role", {"user": user})
        if row is None:
            return AccountRefusal("account.unknown", {"user": user})
        words = tuple(sorted(role.value for role in roles))
        row.roles = " ".join(words)
        _changed(self.act, row)
        self.act.say(AccountRolesChanged(account=row.account, person=PersonId(row.person), roles=words, by=self.by))
        return None

    def bind(self, user: str, subject: str) -> AccountRefusal | None:
        """Say who this account is to single sign-on; nobody gets an account by signing on alone."""
        same = (col(AccountRow.court) == self.court, col(AccountRow.subject) == subject)
        row = self._row(user)
        if self._session.exec(select(AccountRow.user).where(*same)).first() not in (None, user):
            return AccountRefusal("account.subject_taken", {"user": user})
        if row is None:
            return AccountRefusal("account.unknown", {"user": user})
        row.subject = subject
        _changed(self.act, row)
        self.act.say(AccountBound(account=row.account, person=PersonId(row.person), by=self.by))
        return None

    def end(self, user: str) -> AccountRefusal | None:
        """Let nobody in by this account any more. It is kept, so that what it did keeps its name."""
        row = self._row(user)
        if row is None:
            return AccountRefusal("account.unknown", {"user": user})
        if not row.disabled:
            row.disabled = True
            _changed(self.act, row)
            self.act.say(AccountEnded(account=row.account, person=PersonId(row.person), by=self.by))
        return None

    def seal(self, wanted: NewAccount, password: Secret) -> AccountRefusal | None:
        """Make or renew an account for emergencies. Each use is an entry of the hub's chain."""
        before = self._row(wanted.user)
        if before is not None:
            self.end(before.user)
            self._session.delete(before)
            self._session.flush()
        return self.open(wanted, password, sealed=True)

    def _open(
        self, wanted: NewAccount, digest: str, *, until: int | None = None, sealed: bool = False
    ) -> AccountRefusal | None:
        user, words = wanted.user.strip().lower(), tuple(sorted(role.value for role in wanted.roles))
        if not check_id(user):
            return AccountRefusal("account.user_malformed", {"user": user})
        if not words:
            return AccountRefusal("account.no_role", {"user": user})
        if self._row(user) is not None:
            return AccountRefusal("account.user_taken", {"user": user})
        made = AccountRow(
            court=self.court,
            user=user,
            account=f"a-{secrets.token_hex(6)}",
            person=wanted.person,
            name=wanted.name,
            roles=" ".join(words),
            password=digest,
            invited_until=until,
            created=self.now,
            sealed=sealed,
        )
        self._session.add(made)
        self.act.say(
            AccountOpened(account=made.account, person=wanted.person, roles=words, by=self.by, sealed=sealed),
        )
        return None

    def _told(self, user: str, code: Secret) -> OneTimeCode:
        return OneTimeCode(user=user.strip().lower(), code=code.text, until=self.now + CODE_HOLDS)

    def _row(self, user: str) -> AccountRow | None:
        return self._session.get(AccountRow, (self.court, user.strip().lower()))

    @property
    def _session(self) -> Session:
        return self.act.session


def choose(act: Act, court: CourtId, user: str, digest: str, *, before: str) -> AccountRefusal | None:
    """A password of the person's own, where ``before`` (its digest, or the code's) is still what lets in."""
    row = act.session.get(AccountRow, (court, user))
    if row is None or row.disabled or row.password != before:
        return AccountRefusal("login.wrong")
    row.password, row.invited_until = digest, None
    _changed(act, row)
    act.say(AccountPasswordChosen(account=row.account, person=PersonId(row.person)))
    return None


_SEALED_PARTS = 6
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is read as another."""
_CODE_PARTS, _CODE_PART = 4, 5


def new_code() -> Secret:
    parts = ("".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_PART)) for _ in range(_CODE_PARTS))
    return _secret("-".join(parts))


def new_sealed() -> Secret:
    """Half of it opens nothing, so each of two envelopes may have its own keeper."""
    return _secret("-".join(secrets.token_hex(3) for _ in range(_SEALED_PARTS)))


def _changed(act: Act, row: AccountRow) -> None:
    """Keep it, and end every session of whoever uses it, everywhere: no address is known as theirs any more."""
    act.session.add(row)
    act.session.exec(delete(LoginRow).where(col(LoginRow.court) == row.court, col(LoginRow.user) == row.user))
    act.session.exec(delete(GuessRow).where(col(GuessRow.court) == row.court, col(GuessRow.user) == row.user))


def _secret(text: str) -> Secret:
    return Secret(text, HASH.hash(text))
