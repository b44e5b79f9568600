"""What the flows of parcels share: asking for an opening, and what follows when it does not come.

A compartment opens for somebody without a badge only while nothing at all is recorded in it; one with parcels only for
somebody who may take every one of them, and never one that holds a volume. What has lain too long may be taken out by
any of the court's staff. (Whoever verifies, or opens with a reason, looks at what lies there, whatever it is.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from custody.flows.doors import OPENING, Other, opening_rows, too_late, why_not
from custody.flows.grammar import Move, Row, Session, Stimulus, Unlock
from custody.grants import Person, Role
from custody.identifiers import ActId, PlaceId
from custody.knowledge import View
from custody.messages import DoorState
from custody.parcels import PARTY, KnownParcel, may_take_parcel
from custody.refusals import NotAllowed

__all__ = ["Opening", "ask", "late", "rows", "takeable", "vacant"]

Opening = Callable[[PlaceId, View, Session], bool]
"""Whether a compartment may be opened in this session."""


def vacant(place: PlaceId, view: View, recipient: str) -> bool:
    """Whether a compartment is sensed shut, holds nothing on record, and is not kept for somebody else."""
    one = view.compartments.get(place)
    return (
        one is not None
        and one.door is DoorState.CLOSED
        and not one.blocked
        and not view.lying_in(place)
        and not view.parcels_in(place)
        and view.kept_for(place) in (None, recipient)
    )


def takeable(place: PlaceId, view: View, session: Session) -> bool:
    """Whether everything recorded in a compartment is parcels that this person may take."""
    person, one = view.person(session.person), view.compartments.get(place)
    return (
        person is not None
        and one is not None
        and one.door is DoorState.CLOSED
        and not one.blocked
        and not view.lying_in(place)
        and bool(view.parcels_in(place))
        and all(may_take_parcel(person, one) or late(person, one, view) for one in view.parcels_in(place))
    )


def late(person: Person, parcel: KnownParcel, view: View) -> bool:
    """Whether a parcel has lain so long that any of the staff may see to it."""
    after = None if view.grants is None else view.grants.overdue_after
    return after is not None and Role.STAFF in person.roles and 0 < parcel.since < view.now - after


def ask(session: Session, place: PlaceId, view: View, *, may: Opening) -> Move:
    """Ask for one opening, as a new act. Every unlocking for a parcel comes through here."""
    late = too_late(session, view)
    if late is not None:
        return Move(session, (), late)
    if session.person != PARTY and view.person(session.person) is None:
        return Move(session, (), NotAllowed())
    shut = why_not(place, view)
    if shut is not None:
        return Move(session, (), shut)
    if not may(place, view, session):
        return Move(session, (), view.no_room() if session.confided else NotAllowed())
    act = ActId(view.new_id)
    asked = replace(session, state=OPENING, place=place, act=act)
    return Move(asked, (Unlock(place, act, session.person, session.flow),))


def rows(opened: str, *, may: Opening, other: Other | None = None) -> dict[tuple[str, type[Stimulus]], Row]:
    """The rows of *opening* and *not opened*, as for volumes, but asked for as for parcels."""
    return opening_rows(opened, ask=partial(ask, may=may), other=other)
