"""Codes and numbers that people key in, and the rule of two people: what a station decides about them alone.

A code is known by its keyed digest, is for named volumes, has a time and a number of uses. Each use is a fact in the
station's own chain before a lock fires, so uses are counted here and not at the hub. What the newest grants do not list
is revoked. After a loss of history nobody knows how often a code was used, so all wait for grants that know the epoch
this station writes in; so they do at a new station, until the hub has heard of it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.entries import Entry
from custody.events import CodeUsed
from custody.grants import Code, Grants, KnownVolume, Person, may_see, stale
from custody.identifiers import PersonId
from custody.refusals import (
    CodeLocked,
    CodeNotNow,
    CodeSpent,
    GrantsStale,
    Refusal,
    SecondPersonNeeded,
    SecondPersonUnfit,
    TooManyTries,
    UnknownCode,
    WrongPin,
)

__all__ = [
    "Tries",
    "are_too_many",
    "code_digest",
    "pin_refusal",
    "redeem",
    "together",
    "tries_of",
    "tries_refusal",
    "uses_since",
    "wait_after_tries",
    "without_tries",
]

_NONE_USED: Mapping[str, int] = {}

_FREE_TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 15_000, 900_000
_DOUBLINGS = 10


def code_digest(text: str, *, key: str) -> str:
    """The keyed digest of a code, ticket or PIN: spaces, dashes and capitals do not matter. ``key``: hex."""
    plain = "".join(letter for letter in text.upper() if letter not in " -")
    return hmac.new(bytes.fromhex(key), b"code\x00" + plain.encode(), hashlib.sha256).hexdigest()


def uses_since(entries: Iterable[Entry], used: Mapping[str, int] = _NONE_USED) -> dict[str, int]:
    """How often each code was used, by a station's own entries after ``Grants.upto`` on top of ``used``."""
    counted = dict(used)
    for entry in entries:
        if isinstance(entry.fact, CodeUsed):
            counted[entry.fact.code] = counted.get(entry.fact.code, 0) + 1
    return counted


def redeem(text: str, grants: Grants, *, now: int, epoch: str, used: Mapping[str, int]) -> Code | Refusal:
    """The code somebody entered, if it lets in now.

    ``now``: the station's best lower bound of the time; ``epoch``: the one it writes in; ``used``: ``uses_since``.
    """
    if stale(grants, now=now):
        return GrantsStale(until_ms=grants.expires)
    digest = code_digest(text, key=grants.badge_key)
    found = next((one for one in grants.codes if hmac.compare_digest(one.digest, digest)), None)
    if found is None:
        return UnknownCode()
    if not found.since <= now < found.until:
        return CodeNotNow(until_ms=found.until)
    if grants.upto[0] != epoch:
        return CodeLocked()
    if found.used + used.get(found.id, 0) >= found.uses:
        return CodeSpent()
    return found


def pin_refusal(person: Person, text: str, *, key: str) -> Refusal | None:
    """Why the number a person keyed in is not right; none where it is, or the person has none."""
    if person.pin is None or hmac.compare_digest(person.pin, code_digest(text, key=key)):
        return None
    return WrongPin()


def wait_after_tries(tries: int) -> int:
    """Milliseconds a station takes no code after so many wrong ones in a row."""
    if tries < _FREE_TRIES:
        return 0
    return min(_FIRST_WAIT << min(tries - _FREE_TRIES, _DOUBLINGS), _LONGEST_WAIT)


def are_too_many(tries: int) -> bool:
    """Whether the latest of so many wrong ones is one that a person should hear of: the fifth, the tenth, …"""
    return tries > 0 and tries % _FREE_TRIES == 0


@dataclass(frozen=True, slots=True)
class Tries:
    """How many were wrong, the last ``at`` (ms since 1970). ``who``: whose badge went before; none for codes."""

    who: PersonId | None
    count: int
    at: int


def tries_of(tries: Iterable[Tries], who: PersonId | None) -> Tries:
    """What was tried of one."""
    return next((one for one in tries if one.who == who), Tries(who, 0, 0))


def without_tries(tries: Iterable[Tries], who: PersonId | None) -> tuple[Tries, ...]:
    """A right one of somebody ends their own count, and nobody else's."""
    return tuple(one for one in tries if one.who != who)


def tries_refusal(tries: int, *, since_last: int) -> Refusal | None:
    """Whether a station still waits, ``since_last`` milliseconds of its uptime after the last wrong one."""
    left = wait_after_tries(tries) - since_last
    return TooManyTries(seconds=-(-left // 1000)) if left > 0 else None


def together(first: Person, second: Person | None, volumes: Iterable[KnownVolume]) -> Refusal | None:
    """Why the two who stand here may not open for these volumes. Only sensitive ones need a second person."""
    sensitive = [one for one in volumes if one.sensitive]
    if not sensitive:
        return None
    if second is None:
        return SecondPersonNeeded()
    if second.id == first.id or not all(may_see(second, one.part) for one in sensitive):
        return SecondPersonUnfit()
    return None
