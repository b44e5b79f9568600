"""The second person, where two must stand for something: another person, and no hand in both accounts."""

from __future__ import annotations

from sqlmodel import Session

from custody.identifiers import CourtId, PersonId
from hub.core.apart import hand_in_both
from hub.face import Refused
from hub.queries.accounts import read_hands
from hub.queries.names import Names

__all__ = ["second_refused"]


def second_refused(
    session: Session, court: CourtId, *, first: PersonId, asked_at: int, second: PersonId, now: int
) -> Refused | None:
    """Why ``second`` may not confirm now what ``first`` asked for then. Times in ms since 1970."""
    both = hand_in_both(read_hands(session, court), first, second, asked_at=asked_at, now=now)
    if both is None:
        return None
    names = Names(session, court)
    said = {"first": names.person(first), "second": names.person(second), "hand": names.person(both)}
    if both == first:
        return Refused("second.made_by_first", said)
    return Refused("second.made_first" if both == second else "second.made_by_one", said)
