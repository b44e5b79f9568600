"""What was done to accounts, by the entries that say so; and whose hand is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlmodel import Session, col, select

from custody.entries import Entry
from custody.events import Fact
from custody.identifiers import CourtId, StationId
from hub.core.apart import ACCOUNTS, HANDS, SHELL, Hand, hands_of
from hub.queries.names import Names
from hub.store.ledger import bounded_of
from hub.store.tables import AccountRow, CourtRow, EntryRow
from hub.views import AccountChange

__all__ = ["account_history", "read_hands"]

_MOST = 200


def account_history(session: Session, court: CourtId) -> tuple[AccountChange, ...]:
    """The latest first. An account that is gone with its person has no user name any more."""
    names = Names(session, court)
    rows = session.exec(select(AccountRow.account, AccountRow.user).where(col(AccountRow.court) == court))
    users = dict(rows.all())
    told = _told(session, court, ACCOUNTS, newest=_MOST)
    return tuple(_change(one, names, users) for one in told)


def read_hands(session: Session, court: CourtId) -> tuple[Hand, ...]:
    """Every hand there was in an account."""
    return hands_of(_told(session, court, HANDS), hub=_hub(session, court))


def _told(session: Session, court: CourtId, kinds: Collection[type[Fact]], *, newest: int = 0) -> Iterator[Entry]:
    own = (col(EntryRow.court) == court, col(EntryRow.station) == _hub(session, court))
    found = select(EntryRow).where(*own, col(EntryRow.kind).in_([one.kind for one in kinds]))
    if newest:
        found = found.order_by(col(EntryRow.position).desc()).limit(newest)
    else:
        found = found.order_by(col(EntryRow.position))
    return (bounded_of(row).entry for row in session.exec(found))


def _hub(session: Session, court: CourtId) -> StationId:
    row = session.get(CourtRow, court)
    return StationId("" if row is None else row.hub)


def _change(entry: Entry, names: Names, users: dict[str, str]) -> AccountChange:
    fact = entry.fact
    by = getattr(fact, "by", None)
    return AccountChange(
        entry=entry.id,
        time=entry.time,
        kind=fact.kind.removeprefix("account."),
        user=users.get(getattr(fact, "account", ""), ""),
        person=names.person(getattr(fact, "person", "")),
        by="" if by == SHELL else names.person(by),
        at_machine=by == SHELL,
        roles=tuple(getattr(fact, "roles", ())),
        sealed=bool(getattr(fact, "sealed", False)),
    )
