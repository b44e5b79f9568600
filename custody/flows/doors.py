"""What the flows at a door share: asking for an opening, and what follows when it does not come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import assert_never

from custody.codes import together
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Card,
    Carried,
    Choice,
    Chosen,
    Colour,
    DoorOpened,
    Move,
    Prompt,
    Row,
    Session,
    Stimulus,
    Text,
    TimeUp,
    Unlock,
    UnlockFailed,
    failure_refusal,
)
from custody.grants import KnownVolume, Person, may_see, may_take, stale, waits_for
from custody.identifiers import ActId, PersonId, PlaceId
from custody.knowledge import View, label_text
from custody.messages import DoorState
from custody.parcels import PARTY, receipt_of
from custody.refusals import (
    BoardSilent,
    CodeNotNow,
    CodeRevoked,
    Confidential,
    DoorStandsOpen,
    ForSomebodyElse,
    GrantsStale,
    HoldsPapers,
    NoGrantsYet,
    NoSuchCompartment,
    NotAllowed,
    NotNow,
    OutcomeNotKnown,
    Refusal,
    SecondPersonNeeded,
)

__all__ = [
    "MOST_VOLUMES",
    "NOT_OPENED",
    "OPENING",
    "SECOND",
    "Access",
    "Ask",
    "Other",
    "cards",
    "carried",
    "not_opened_prompt",
    "open_place",
    "opening_prompt",
    "opening_rows",
    "recorded",
    "second_prompt",
    "too_late",
    "why_not",
]

OPENING = "opening"
SECOND = "second"
NOT_OPENED = "not_opened"
_RETRY, _ANOTHER = "retry", "another"


MOST_VOLUMES = 40
"""More than the largest compartment holds, and few enough for one entry."""


class Access(StrEnum):
    """What a compartment is opened for, and so for whom it may be."""

    TAKE = "take"  # for who may take everything recorded in it
    LOOK = "look"  # for who may see every volume in it, if nothing else lies there
    INSPECT = "inspect"  # the same, also where papers of parties lie
    VERIFY = "verify"  # the same, also where the outcome of its last opening is not known


Other = Callable[[Session, View], Move | None]
"""What a session does instead of opening this compartment: it asks for another one; none if there is no other."""

Ask = Callable[[Session, PlaceId, View], Move]
"""How a session asks for one opening of a compartment."""


def open_place(
    session: Session, place: PlaceId, view: View, *, access: Access = Access.TAKE, asks: bool = False
) -> Move:
    """Ask for one opening of a compartment, as a new act. Every unlocking of every flow comes through here.

    It opens only while the grants hold, and the code if there is one, and if it is sensed shut. ``asks``: whether the
    flow has a state that asks for the second person that sensitive volumes need.
    """
    late = too_late(session, view)
    if late is not None:
        return Move(session, (), late)
    person, other = view.person(session.person), None if session.second is None else view.person(session.second)
    alone = None if person is None else together(person, other, view.lying_in(place))
    shut = _why_not_for(session.person, place, view, access) or why_not(place, view, access)
    if shut is not None:
        return Move(session, (), shut)
    if isinstance(alone, SecondPersonNeeded) and asks:
        return Move(replace(session, state=SECOND, place=place))
    if alone is not None:
        return Move(session, (), alone)
    act = ActId(view.new_id)
    asked = replace(session, state=OPENING, place=place, act=act)
    return Move(asked, (Unlock(place, act, session.person, session.flow),))


def opening_rows(
    opened: str, *, ask: Ask = open_place, asks: bool = False, other: Other | None = None
) -> dict[tuple[str, type[Stimulus]], Row]:
    """The rows of *opening* and *not opened*; a sensed opening leads to ``opened``, which waits for the door.

    ``asks``: whether ``ask`` may lead to the state that asks for a second person. ``other``: where the work can go on
    at another compartment while this one does not open.
    """

    def door_opened(session: Session, stimulus: DoorOpened, view: View) -> Move:
        return Move(replace(session, state=opened) if stimulus.place == session.place else session)

    def failed(session: Session, stimulus: UnlockFailed, view: View) -> Move:
        if stimulus.place != session.place:
            return Move(session)
        refusal = failure_refusal(stimulus.failure, view.number_of(stimulus.place))
        return Move(replace(session, state=NOT_OPENED), (), refusal)

    def retried(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice != _RETRY or session.place is None:
            return elsewhere(session, stimulus, view)
        return ask(session, session.place, view)

    def elsewhere(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice == CANCEL:
            return Move(None)
        move = other(session, view) if other is not None and stimulus.choice == _ANOTHER else None
        return Move(session, (), NotNow()) if move is None else move

    def joined(session: Session, stimulus: BadgeTapped, view: View) -> Move:
        joining = view.by_badge(stimulus.text)
        if not isinstance(joining, Person):
            return Move(session, (), joining)
        if joining.id == session.person:  # the second tap of one's own badge ends, as everywhere
            return Move(None)
        assert session.place is not None
        move = ask(replace(session, second=joining.id), session.place, view)
        return move if move.refusal is None else Move(session, (), move.refusal)

    def stay(session: Session, stimulus: TimeUp, view: View) -> Move:
        return Move(session)

    second: dict[tuple[str, type[Stimulus]], Row] = {(SECOND, BadgeTapped): Row((SECOND, OPENING, START), joined)}
    if other is not None and asks:
        second[SECOND, Chosen] = Row((SECOND, OPENING, START), elsewhere)
    return {
        **(second if asks else {}),
        (OPENING, DoorOpened): Row((opened, OPENING), door_opened),
        (OPENING, UnlockFailed): Row((NOT_OPENED, OPENING), failed),
        (NOT_OPENED, DoorOpened): Row((opened, NOT_OPENED), door_opened),
        (NOT_OPENED, Chosen): Row((OPENING, NOT_OPENED, START, *((SECOND,) if asks else ())), retried),
        (opened, TimeUp): Row((opened,), stay),
    }


def opening_prompt(session: Session, view: View) -> Prompt:
    assert session.place is not None
    number = view.number_of(session.place)
    return Prompt(
        headline=Text("door.opening.headline", {"number": number}),
        next=Text("door.opening.next", {"number": number}),
        colour=Colour.WAIT,
        lit=session.place,
        cards=cards(session),
    )


def second_prompt(session: Session, view: View, *, other: Other | None = None) -> Prompt:
    assert session.place is not None
    number = view.number_of(session.place)
    return Prompt(
        headline=Text("door.second.headline"),
        next=Text("door.second.next", {"number": number}),
        colour=Colour.PERSON,
        lit=session.place,
        cards=cards(session),
        choices=_another(session, view, other),
        cancel=Text("session.end"),
    )


def not_opened_prompt(session: Session, view: View, *, other: Other | None = None) -> Prompt:
    assert session.place is not None
    number = view.number_of(session.place)
    return Prompt(
        headline=Text("door.not_opened.headline", {"number": number}),
        next=Text("door.not_opened.next", {"number": number}),
        colour=Colour.PERSON,
        lit=session.place,
        cards=cards(session),
        choices=(
            Choice(_RETRY, Text("door.not_opened.retry", {"number": number})),
            *_another(session, view, other),
        ),
        cancel=Text("door.not_opened.cancel"),
    )


def _another(session: Session, view: View, other: Other | None) -> tuple[Choice, ...]:
    """The way to another compartment, and which one, where asking for it would open one or ask for a second person."""
    move = None if other is None else other(session, view)
    if move is None or move.session is None or move.session.place is None or move.refusal is not None:
        return ()
    return (Choice(_ANOTHER, Text("door.another", {"number": view.number_of(move.session.place)})),)


def cards(session: Session) -> tuple[Card, ...]:
    """The latest volumes of the session."""
    return tuple(Card(one.title, one.ticked) for one in session.volumes[-MOST_VOLUMES:])


def carried(volume: KnownVolume, text: str, *, ticked: bool = False) -> Carried:
    """A volume whose label was just scanned."""
    return Carried(volume=volume.id, label=label_text(text), title=volume.title, ticked=ticked)


def recorded(volume: KnownVolume) -> Carried:
    """A volume that is recorded to lie here; its label was not scanned yet."""
    return Carried(volume=volume.id, label=volume.labels[0] if volume.labels else "", title=volume.title)


def too_late(session: Session, view: View) -> Refusal | None:
    """Whoever was let in in time may still stand there when it is over."""
    if view.grants is None:
        return NoGrantsYet()
    if stale(view.grants, now=view.now):
        return GrantsStale(until_ms=view.grants.expires)
    if not session.code or session.person == PARTY:  # a party's code is the parcel's own
        return None
    code = next((one for one in view.grants.codes if one.id == session.code), None)
    if code is None:  # one that is used up is still in newer grants, one that was revoked is not
        return CodeRevoked()
    return None if code.since <= view.now < code.until else CodeNotNow(until_ms=code.until)


def _why_not_for(who: PersonId, place: PlaceId, view: View, access: Access) -> Refusal | None:
    person, lying = view.person(who), view.lying_in(place)
    if person is None:
        return NotAllowed()
    if not all(may_see(person, one.part) for one in lying):
        return Confidential()
    if access in (Access.INSPECT, Access.VERIFY):
        return None
    if access is Access.LOOK:
        return HoldsPapers(number=view.number_of(place)) if view.parcels_in(place) else None
    others = [one.title for one in lying if not may_take(person, one.part, waits_for(one))]
    papers = [receipt_of(one.id) for one in view.parcels_in(place)]  # a flow of their own opens for them
    return next((ForSomebodyElse(volume=one) for one in (*others, *papers)), None)


def why_not(place: PlaceId, view: View, access: Access = Access.TAKE) -> Refusal | None:
    """Why a compartment cannot be opened now, whoever it is for."""
    compartment = view.compartments.get(place)
    if compartment is None:
        return NoSuchCompartment(place=view.name_of(place))
    if compartment.blocked and access is not Access.VERIFY:
        return OutcomeNotKnown(number=compartment.number)
    match compartment.door:
        case DoorState.CLOSED:
            return None
        case DoorState.OPEN:
            return DoorStandsOpen(number=compartment.number)
        case DoorState.UNKNOWN:
            return BoardSilent(number=compartment.number)
        case _:
            assert_never(compartment.door)
