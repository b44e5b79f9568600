"""Papers between parties and the court, folded from what cabinets recorded: what waits, what became of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from custody.entries import Entry
from custody.events import PaperKind, ParcelAccepted, ParcelDeposited, ParcelRefused, ParcelTaken
from custody.identifiers import PersonId, PlaceId, StationId
from custody.parcels import PARTY, pickup_code
from custody.private import last_four

__all__ = ["Papers", "PapersState", "PapersView", "code_shown", "fold"]


class PapersState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """``at``: since when it is in this state (ms since 1970); ``by``: who brought it about."""

    parcel: str
    station: StationId
    place: PlaceId
    recipient: str
    papers: tuple[PaperKind, ...]
    state: PapersState
    at: int
    by: PersonId

    @property
    def for_a_party(self) -> bool:
        return self.recipient == PARTY


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersView:
    """As the office shows it. ``phone`` none: not here yet, or erased; ``value``: the id to erase it by.

    ``code``: what to tell the party; none where there is nothing to tell.
    """

    receipt: str
    recipient: str
    for_a_party: bool
    place: str
    papers: tuple[PaperKind, ...]
    state: PapersState
    at: int
    phone: str | None = field(repr=False)
    value: str | None
    code: str | None = field(repr=False)


def fold(entries: Iterable[Entry]) -> tuple[Papers, ...]:
    """Every parcel, those that wait first, then the newest. An outcome without a deposit on record says nothing."""
    known: dict[str, Papers] = {}
    for entry in entries:
        match entry.fact:
            case ParcelDeposited(parcel=parcel, place=place, recipient=recipient, papers=papers, person=person):
                known[parcel] = Papers(
                    parcel=parcel,
                    station=entry.station,
                    place=place,
                    recipient=recipient,
                    papers=papers,
                    state=PapersState.WAITING,
                    at=entry.time,
                    by=person,
                )
            case ParcelTaken(parcel=parcel, person=person):
                _moved(known, parcel, PapersState.TAKEN, entry, person)
            case ParcelAccepted(parcel=parcel, person=person):
                _moved(known, parcel, PapersState.ACCEPTED, entry, person)
            case ParcelRefused(parcel=parcel, person=person):
                _moved(known, parcel, PapersState.REFUSED, entry, person)
            case _:
                pass
    return tuple(sorted(known.values(), key=lambda one: (one.state is not PapersState.WAITING, -one.at)))


def code_shown(papers: Papers, phone: str | None, *, key: str) -> str | None:
    """What a party keys in before the end of their number; none where nothing waits for one, or the number is gone."""
    if phone is None or not papers.for_a_party or papers.state is not PapersState.WAITING:
        return None
    text = str(pickup_code(papers.parcel, last_four(phone), key=key))
    return f"{text[:4]} {text[4:]}"


def _moved(known: dict[str, Papers], parcel: str, state: PapersState, entry: Entry, by: PersonId) -> None:
    if parcel in known:
        known[parcel] = replace(known[parcel], state=state, at=entry.time, by=by)
