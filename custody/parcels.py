"""Papers that a party leaves for the court, or the court for a party (材料收转): parcels, which are not volumes.

A parcel belongs to no dossier yet, has no label and no pages that anybody counted: only a list that somebody stated. It
lies in one compartment of one cabinet until it is taken, and that cabinet alone needs to know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.entries import Entry
from custody.events import PaperKind, ParcelDeposited, ParcelTaken
from custody.grants import Person, Role
from custody.identifiers import PersonId, PlaceId

__all__ = ["MOST_OF_A_KIND", "PARTY", "KnownParcel", "learn_parcels", "may_take_parcel", "receipt_of"]

PARTY = PersonId("party")
"""Who stands here without a badge. It names nobody."""

MOST_OF_A_KIND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParcel:
    """A parcel that lies here. ``recipient``: a person or a team. ``since``: when it was left (ms since 1970)."""

    id: str
    place: PlaceId
    recipient: str
    papers: tuple[PaperKind, ...]
    since: int = 0


def learn_parcels(known: Mapping[str, KnownParcel], entries: Iterable[Entry]) -> dict[str, KnownParcel]:
    """The parcels that lie here after a cabinet's own newer entries, in their order."""
    lying = dict(known)
    for entry in entries:
        match entry.fact:
            case ParcelDeposited(parcel=parcel, place=place, recipient=recipient, papers=papers):
                lying[parcel] = KnownParcel(
                    id=parcel, place=place, recipient=recipient, papers=papers, since=entry.time
                )
            case ParcelTaken(parcel=parcel):
                lying.pop(parcel, None)
            case _:
                pass
    return lying


def may_take_parcel(person: Person, parcel: KnownParcel) -> bool:
    """Whether a parcel is for this person, or for somebody or some team they collect for."""
    return bool(person.roles & {Role.STAFF}) and (parcel.recipient == person.id or parcel.recipient in person.teams)


def receipt_of(parcel: str) -> str:
    """The number on a party's receipt: eight characters in two groups."""
    text = parcel.removeprefix("pc-").upper()[:8]
    return f"{text[:4]} {text[4:]}".strip()
