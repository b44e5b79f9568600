"""Open with a reason (查看柜格): an administrator looks into a compartment; some contents ask for two badges."""

from __future__ import annotations

from dataclasses import replace

from custody.events import CompartmentInspected, InspectReason, Part, StationKind
from custody.flows.doors import (
    NOT_OPENED,
    OPENING,
    Access,
    cards,
    not_opened_prompt,
    open_place,
    opening_prompt,
    opening_rows,
)
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Began,
    Choice,
    Chosen,
    Colour,
    DoorClosed,
    Flow,
    Move,
    NumberEntered,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Text,
)
from custody.grants import Person, Role
from custody.identifiers import PlaceId
from custody.knowledge import View
from custody.refusals import NoSuchCompartment, NotAWitness, NotNow

__all__ = ["FLOW"]

CHOOSE, WHY, WITNESS, OPEN, DONE = "choose", "why", "witness", "open", "done"


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=CHOOSE))


def _numbered(session: Session, stimulus: NumberEntered, view: View) -> Move:
    compartment = view.by_number(stimulus.number)
    if compartment is None:
        return Move(session, (), NoSuchCompartment(place=str(stimulus.number)))
    return Move(replace(session, state=WHY, place=compartment.place), (Sound(good=True),))


def _why(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(replace(session, state=CHOOSE, place=None))
    if stimulus.choice not in set(InspectReason) or session.place is None:
        return Move(session, (), NotNow())
    meant = replace(session, reason=stimulus.choice)
    if any(one.part is Part.CONFIDENTIAL or one.sensitive for one in view.lying_in(session.place)):
        return Move(replace(meant, state=WITNESS))
    return _opened(session, meant, view)


def _witnessed(session: Session, stimulus: BadgeTapped, view: View) -> Move:
    witness = view.by_badge(stimulus.text)
    if not isinstance(witness, Person):
        return Move(session, (), witness)
    if witness.id == session.person or not witness.roles & {Role.STAFF, Role.ADMINISTRATOR}:
        return Move(session, (), NotAWitness())
    return _opened(session, replace(session, second=witness.id), view)


def _opened(session: Session, meant: Session, view: View) -> Move:
    assert session.place is not None
    move = _ask(meant, session.place, view)
    return move if move.refusal is None else Move(session, (), move.refusal)


def _ask(session: Session, place: PlaceId, view: View) -> Move:
    return open_place(session, place, view, access=Access.INSPECT)


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    if stimulus.place != session.place or session.act is None:
        return Move(session)
    fact = CompartmentInspected(
        place=stimulus.place,
        person=session.person,
        witness=session.second,
        reason=InspectReason(session.reason),
        act=session.act,
    )
    return Move(replace(session, state=DONE), (Record(fact), Sound(good=True)))


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    assert session.place is not None
    fields: dict[str, str | int] = {"number": view.number_of(session.place)}
    why = tuple(Choice(one, Text(f"inspect_reason.{one}")) for one in InspectReason) if state == WHY else ()
    return Prompt(
        headline=Text(f"inspect.{state}.headline", fields),
        next=Text(f"inspect.{state}.next", fields),
        colour=colour,
        lit=session.place,
        cards=cards(session),
        choices=why,
        cancel=None if state == OPEN else Text("step.back" if state == WHY else "session.end"),
    )


def _choose_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("inspect.choose.headline"),
        next=Text("inspect.choose.next"),
        colour=Colour.TURN,
        keypad=True,
        cancel=Text("session.end"),
    )


FLOW = Flow(
    name="inspect",
    order=80,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.ADMINISTRATOR}),
    states=(CHOOSE, WHY, WITNESS, OPENING, OPEN, NOT_OPENED, DONE),
    held=frozenset({OPENING, OPEN}),
    over=frozenset({DONE}),
    table={
        (START, Began): Row((CHOOSE,), _begin),
        (CHOOSE, NumberEntered): Row((CHOOSE, WHY), _numbered),
        (WHY, Chosen): Row((CHOOSE, WHY, WITNESS, OPENING), _why),
        (WITNESS, BadgeTapped): Row((WITNESS, OPENING), _witnessed),
        **opening_rows(OPEN, ask=_ask),
        (OPEN, DoorClosed): Row((OPEN, DONE), _closed),
    },
    prompts={
        CHOOSE: _choose_prompt,
        WHY: lambda session, view: _prompt(WHY, Colour.TURN, session, view),
        WITNESS: lambda session, view: _prompt(WITNESS, Colour.PERSON, session, view),
        OPENING: opening_prompt,
        OPEN: lambda session, view: _prompt(OPEN, Colour.TURN, session, view),
        NOT_OPENED: not_opened_prompt,
        DONE: lambda session, view: _prompt(DONE, Colour.DONE, session, view),
    },
    patience={CHOOSE: 45, WHY: 45, WITNESS: 45, OPENING: 30, OPEN: 120, NOT_OPENED: 45, DONE: 8},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
    reasons=tuple(InspectReason),
)
