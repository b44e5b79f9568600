"""Erases a person: name, badge and account go everywhere; the id stays in the chains and says nothing of anybody."""

from __future__ import annotations

from sqlmodel import Session, col, delete, select

from custody.events import PersonErased
from custody.identifiers import CourtId, PersonId
from hub.acting import Act
from hub.store.tables import AccountRow, LoginRow, PersonRow

__all__ = ["erase"]


def erase(act: Act, court: CourtId, person: PersonId, *, now: int) -> bool:
    """Whether there was anything to erase. Stations forget it with their next grants."""
    row = act.session.get(PersonRow, (court, person))
    if row is None or row.erased_at is not None:
        return False
    row.name, row.roles, row.badge_mark, row.badge_sealed, row.erased_at = "", "", None, None, now
    act.session.add(row)
    _accounts(act.session, court, person)
    act.say(PersonErased(person=person))
    return True


def _accounts(session: Session, court: CourtId, person: PersonId) -> None:
    mine = (col(AccountRow.court) == court, col(AccountRow.person) == person)
    for account in session.exec(select(AccountRow).where(*mine)).all():
        session.exec(delete(LoginRow).where(col(LoginRow.court) == court, col(LoginRow.user) == account.user))
        session.delete(account)
