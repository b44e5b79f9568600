"""How long a login must wait after wrong passwords, what a password must be like, and when a session is over. Pure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CODE_HOLDS",
    "FORGOTTEN_AFTER",
    "FREE_ATTEMPTS",
    "FREE_PER_ADDRESS",
    "LEAST_LENGTH",
    "SessionAge",
    "is_over",
    "password_trouble",
    "wait_after",
]

FREE_ATTEMPTS = 5
FIRST_WAIT = 15_000
LONGEST_WAIT = 15 * 60_000
FREE_PER_ADDRESS = 30
"""People of one room may share an address."""
FORGOTTEN_AFTER = 12 * 60 * 60_000
"""What was mistyped at an address is its own for a working day, not for ever."""

LEAST_LENGTH = 10
MOST_LENGTH = 200

CODE_HOLDS = 3 * 24 * 60 * 60_000
"""So long a one-time code lets its holder choose a password."""

IDLE = 60 * 60_000
ABSOLUTE = 12 * 60 * 60_000


def wait_after(failures: int) -> int:
    """Milliseconds an account is locked after so many wrong passwords in a row: none, then doubling up to a limit."""
    if failures < FREE_ATTEMPTS:
        return 0
    doublings = min(failures - FREE_ATTEMPTS, 16)
    return min(FIRST_WAIT << doublings, LONGEST_WAIT)


def password_trouble(password: str, *, user: str) -> str | None:
    """Why a password is not good enough, as a key of the catalogues; none if it is."""
    if len(password) < LEAST_LENGTH:
        return "account.password_short"
    if len(password) > MOST_LENGTH:
        return "account.password_long"
    if user.lower() in password.lower() or len(set(password)) < LEAST_LENGTH // 2:
        return "account.password_guessable"
    return None


@dataclass(frozen=True, slots=True)
class SessionAge:
    """Milliseconds since 1970: when a session was opened and when it was last used."""

    opened: int
    seen: int


def is_over(age: SessionAge, *, now: int) -> bool:
    """Whether a session has run out: unused for an hour, or a working day old. A clock set back does not prolong it."""
    return now - age.seen >= IDLE or now - age.opened >= ABSOLUTE or now < age.opened - IDLE
