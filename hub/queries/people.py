"""People as the office knows them, and how a list may name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from custody.grants import Role
from custody.identifiers import CourtId, PersonId
from hub.queues import QUEUE_WORDS
from hub.store.tables import AccountRow, PersonRow, StandingRow
from hub.views import PersonView

__all__ = ["people", "recipients"]


def people(session: Session, court: CourtId) -> Sequence[PersonView]:
    """Everybody, by name; ``user`` is the account that person may sign in with."""
    holds = dict(
        session.exec(
            select(StandingRow.person, func.count())
            .where(col(StandingRow.court) == court, col(StandingRow.person).is_not(None))
            .group_by(col(StandingRow.person))
        ).all()
    )
    enabled = (col(AccountRow.court) == court, col(AccountRow.disabled).is_(False))
    users = dict(session.exec(select(AccountRow.person, AccountRow.user).where(*enabled)).all())
    rows = session.exec(select(PersonRow).where(col(PersonRow.court) == court).order_by(col(PersonRow.name)))
    return tuple(
        PersonView(
            id=PersonId(row.person),
            name=row.name or row.person,
            roles=frozenset(Role(word) for word in row.roles.split()),
            badge=row.badge_mark is not None,
            holds=holds.get(row.person, 0),
            user=users.get(row.person),
        )
        for row in rows
    )


def recipients(session: Session, court: CourtId) -> Mapping[str, Sequence[str]]:
    """What a list may write as a recipient -> the ids it may mean; two people of one name are two."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, queue in QUEUE_WORDS.items():
        found[word].append(queue)
    rows = session.exec(select(PersonRow).where(col(PersonRow.court) == court).order_by(col(PersonRow.person)))
    for row in rows:
        for word in dict.fromkeys((row.name, row.person)):
            found[word].append(row.person)
    return {word: tuple(meant) for word, meant in found.items()}
