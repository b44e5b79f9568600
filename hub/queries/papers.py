"""What parties left and what waits for parties, with the numbers that only the court's own people read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from custody.entries import Entry
from custody.events import ParcelAccepted, ParcelDeposited, ParcelRefused, ParcelTaken, PrivateKind
from custody.identifiers import CourtId
from custody.parcels import receipt_of
from custody.wire import decode_event
from hub.core.papers import Papers, PapersView, code_shown, fold
from hub.keys import BadgeBox
from hub.private import Kept, read_private
from hub.queries.names import Names
from hub.store.tables import EntryRow

__all__ = ["papers"]

_KINDS = [one.kind for one in (ParcelDeposited, ParcelTaken, ParcelAccepted, ParcelRefused)]
_MOST = 200


def papers(session: Session, court: CourtId, box: BadgeBox) -> Sequence[PapersView]:
    """At most two hundred: all that waits, and the newest of the rest."""
    mine = (col(EntryRow.court) == court, col(EntryRow.kind).in_(_KINDS))
    lines = session.exec(select(EntryRow.line).where(*mine).order_by(col(EntryRow.point), col(EntryRow.position)))
    entries = [one for one in (decode_event(bytes(line)) for line in lines) if isinstance(one, Entry)]
    names = Names(session, court)
    return [_view(session, court, box, names, one) for one in fold(entries)[:_MOST]]


def _view(session: Session, court: CourtId, box: BadgeBox, names: Names, one: Papers) -> PapersView:
    phone = _phone(read_private(session, court, box, about=one.parcel))
    text = None if phone is None else phone.text
    return PapersView(
        receipt=receipt_of(one.parcel),
        recipient=names.recipient(one.recipient) or one.recipient,
        for_a_party=one.for_a_party,
        place=names.place(one.place),
        papers=one.papers,
        state=one.state,
        at=one.at,
        phone=text,
        value=None if phone is None else phone.value,
        code=code_shown(one, text, key=box.station_key(one.station)),
    )


def _phone(kept: Sequence[Kept]) -> Kept | None:
    return next((one for one in kept if one.what is PrivateKind.PHONE), None)
