"""Erases a person: name, badge, numbers, codes and account go; the id stays in the chains and tells of nobody."""

from __future__ import annotations

from sqlmodel import Session, col, delete, select

from custody.events import PersonErased
from custody.identifiers import CourtId, PersonId
from hub.acting import Act
from hub.granted import read_arranged
from hub.store.tables import AccountRow, CodeRow, GuessRow, LoginRow, PersonRow

__all__ = ["erase"]


def erase(act: Act, court: CourtId, person: PersonId, *, now: int) -> bool:
    """Whether there was anything to erase. Stations forget it with their next grants."""
    row = act.session.get(PersonRow, (court, person))
    if row is None or row.erased_at is not None:
        return False
    row.name, row.roles, row.badge_mark, row.badge_sealed, row.erased_at = "", "", None, None, now
    row.pin_sealed = None
    act.session.add(row)
    _accounts(act.session, court, person)
    for code, issued in read_arranged(act.session, court).codes.items():
        if issued.person == person:
            act.session.exec(delete(CodeRow).where(col(CodeRow.court) == court, col(CodeRow.code) == code))
    act.say(PersonErased(person=person))
    return True


def _accounts(session: Session, court: CourtId, person: PersonId) -> None:
    mine = (col(AccountRow.court) == court, col(AccountRow.person) == person)
    for account in session.exec(select(AccountRow).where(*mine)).all():
        session.exec(delete(LoginRow).where(col(LoginRow.court) == court, col(LoginRow.user) == account.user))
        session.exec(delete(GuessRow).where(col(GuessRow.court) == court, col(GuessRow.user) == account.user))
        session.delete(account)
