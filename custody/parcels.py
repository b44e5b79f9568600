"""Papers that a party leaves for the court, or the court for a party (材料收转): parcels, which are not volumes.

A parcel belongs to no dossier yet, has no label and no pages that anybody counted: only a list that somebody stated. It
lies in one compartment of one cabinet until it is taken, and that cabinet alone needs to know it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.entries import Entry
from custody.events import PaperKind, ParcelDeposited, ParcelTaken
from custody.grants import Person, Role
from custody.identifiers import PersonId, PlaceId

__all__ = [
    "MOST_OF_A_KIND",
    "PARTY",
    "KnownParcel",
    "fits",
    "learn_parcels",
    "may_take_parcel",
    "pickup_code",
    "receipt_of",
]

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
    """Whether a parcel is for this person, for somebody or some team they collect for, or was left for a party."""
    whose = (person.id, PARTY, *person.teams)
    return Role.STAFF in person.roles and parcel.recipient in whose


def pickup_code(parcel: str, last_four: str, *, key: str) -> int:
    """The eight digits with which a party takes a parcel out, if they also know the end of their phone number.

    ``key``: hex of the station's own, which the hub and the station alone have. So neither has to tell the other.
    """
    digest = hmac.new(bytes.fromhex(key), f"pickup\0{parcel}\0{last_four}".encode(), hashlib.sha256).digest()
    return 10_000_000 + int.from_bytes(digest[:8]) % 90_000_000


def fits(parcel: KnownParcel, number: int, *, key: str) -> bool:
    """Whether a number keyed in is the parcel's code followed by the last four digits of the party's phone number."""
    code, last_four = divmod(number, 10_000)
    return parcel.recipient == PARTY and pickup_code(parcel.id, f"{last_four:04}", key=key) == code


def receipt_of(parcel: str) -> str:
    """The number on a party's receipt: eight characters in two groups."""
    text = parcel.removeprefix("pc-").upper()[:8]
    return f"{text[:4]} {text[4:]}".strip()
