"""What the flows at a door share: asking for an opening, and what follows when it does not come."""

from __future__ import annotations

from dataclasses import replace

from custody.flows.grammar import (
    CANCEL,
    START,
    Card,
    Choice,
    Chosen,
    Colour,
    DoorOpened,
    Failure,
    Move,
    Prompt,
    Row,
    Session,
    Stimulus,
    Text,
    Unlock,
    UnlockFailed,
    failure_refusal,
)
from custody.identifiers import ActId, PlaceId
from custody.knowledge import View
from custody.refusals import NotNow

__all__ = ["NOT_OPENED", "OPENING", "cards", "not_opened_prompt", "open_place", "opening_prompt", "opening_rows"]

OPENING = "opening"
NOT_OPENED = "not_opened"


def open_place(session: Session, place: PlaceId, view: View) -> Move:
    """Ask for one opening of a compartment, as a new act."""
    act = ActId(view.new_id)
    asked = replace(session, state=OPENING, place=place, act=act)
    return Move(asked, (Unlock(place, act, session.person, session.flow),))


def opening_rows(opened: str) -> dict[tuple[str, type[Stimulus]], Row]:
    """The rows of *opening* and *not opened*; a sensed opening leads to the state ``opened``."""

    def door_opened(session: Session, stimulus: DoorOpened, view: View) -> Move:
        return Move(replace(session, state=opened) if stimulus.place == session.place else session)

    def failed(session: Session, stimulus: UnlockFailed, view: View) -> Move:
        if stimulus.place != session.place:
            return Move(session)
        refusal = failure_refusal(stimulus.failure, view.number_of(stimulus.place))
        return Move(replace(session, state=NOT_OPENED), (), refusal)

    return {
        (OPENING, DoorOpened): Row((opened, OPENING), door_opened),
        (OPENING, UnlockFailed): Row((NOT_OPENED, OPENING), failed),
        (NOT_OPENED, DoorOpened): Row((opened, NOT_OPENED), door_opened),
        (NOT_OPENED, Chosen): Row((OPENING, NOT_OPENED, START), _retry),
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


def not_opened_prompt(session: Session, view: View) -> Prompt:
    assert session.place is not None
    number = view.number_of(session.place)
    return Prompt(
        headline=Text("door.not_opened.headline", {"number": number}),
        next=Text("door.not_opened.next", {"number": number}),
        colour=Colour.PERSON,
        lit=session.place,
        cards=cards(session),
        choices=(Choice("retry", Text("door.not_opened.retry", {"number": number})),),
        cancel=Text("door.not_opened.cancel"),
    )


def cards(session: Session) -> tuple[Card, ...]:
    return tuple(Card(one.title, one.ticked) for one in session.volumes)


def _retry(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice != "retry" or session.place is None:
        return Move(session, (), NotNow())
    compartment = view.compartments.get(session.place)
    if compartment is not None and compartment.blocked:
        return Move(session, (), failure_refusal(Failure.UNKNOWN, compartment.number))
    return open_place(session, session.place, view)
