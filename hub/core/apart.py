"""Whether two people stand for something apart from each other, or one person's hand is in the accounts of both. Pure.

Whoever gave an account its way in or its roles could act by it. So where two must agree, nobody counts as the second
who made the account of the first, whose account the first made, or whose account the same third person made. A new
one-time code, given by somebody else, lets go of every hand before. Who works at the hub's own machine is nobody's
hand: that machine holds the hub's key, and what it does is said in the chain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from custody.entries import Entry
from custody.events import (
    AccountBound,
    AccountEnded,
    AccountInvited,
    AccountOpened,
    AccountPasswordChosen,
    AccountRolesChanged,
    PersonErased,
    SealedAccountUsed,
)
from custody.identifiers import PersonId, StationId

__all__ = ["ACCOUNTS", "HANDS", "SHELL", "Hand", "hand_in_both", "hands_of"]

ACCOUNTS = (
    AccountOpened,
    AccountInvited,
    AccountPasswordChosen,
    AccountRolesChanged,
    AccountBound,
    AccountEnded,
    SealedAccountUsed,
)
"""The kinds that tell of accounts."""

HANDS = (AccountOpened, AccountInvited, AccountRolesChanged, AccountBound, AccountEnded, PersonErased)
"""The kinds that say whose hand is in an account."""

SHELL = PersonId("shell")
"""What stands in the chain for whoever works at the hub's own machine; no person has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """``by`` could act by an account of ``person``, from when they gave it something until (ms) somebody ended that."""

    account: str
    person: PersonId
    by: PersonId
    until: int | None = None

    def reached(self, since: int) -> bool:
        """Whether it could act then or later."""
        return self.until is None or self.until >= since


def hands_of(entries: Iterable[Entry], *, hub: StationId) -> tuple[Hand, ...]:
    """Every hand there was, after these entries, which come in the order of the chain. Only the hub's own tell."""
    hands: list[Hand] = []
    for entry in entries:
        if entry.station != hub:
            continue
        match entry.fact:
            case (
                AccountOpened(account=account, person=person, by=by)
                | AccountRolesChanged(account=account, person=person, by=by)
                | AccountBound(account=account, person=person, by=by)
            ):
                hands += _hand(account, person, by)
            case AccountInvited(account=account, person=person, by=by):
                hands = [_let_go(one, entry.time) if one.account == account else one for one in hands]
                hands += _hand(account, person, by)
            case AccountEnded(account=account):
                hands = [_let_go(one, entry.time) if one.account == account else one for one in hands]
            case PersonErased(person=person):
                hands = [_let_go(one, entry.time) if one.person == person else one for one in hands]
            case _:
                pass
    return tuple(hands)


def hand_in_both(
    hands: Collection[Hand], first: PersonId, second: PersonId, *, asked_at: int, now: int
) -> PersonId | None:
    """Whose hand is in both: of who asked (then, or since), and of who would be the second person now; or nobody's."""
    theirs = {first, *(one.by for one in hands if one.person == first and one.reached(asked_at))}
    own = {second, *(one.by for one in hands if one.person == second and one.reached(now))}
    both = theirs & own
    return next((one for one in (first, second) if one in both), min(both, default=None))


def _hand(account: str, person: PersonId, by: PersonId) -> tuple[Hand, ...]:
    return () if by == SHELL else (Hand(account=account, person=person, by=by),)


def _let_go(hand: Hand, time: int) -> Hand:
    return hand if hand.until is not None else replace(hand, until=time)
