"""Pick up (取材料): a party keys in a code and the end of their phone number, takes papers out, and says so."""

from __future__ import annotations

from dataclasses import replace

from custody.events import ParcelAccepted, ParcelTaken, StationKind
from custody.flows import parcels
from custody.flows.doors import NOT_OPENED, OPENING, not_opened_prompt, opening_prompt
from custody.flows.grammar import (
    CANCEL,
    START,
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
from custody.grants import stale
from custody.identifiers import PlaceId
from custody.knowledge import View
from custody.messages import DoorState
from custody.parcels import PARTY, fits
from custody.refusals import GrantsStale, NothingForYou, NotNow, UnknownCode

__all__ = ["FLOW"]

CODE, OPEN, CHECK, DONE = "code", "open", "check", "done"
_TAKEN = "taken"


def _anything(view: View) -> bool:
    return view.grants is not None and any(one.recipient == PARTY for one in view.parcels.values())


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    if view.grants is None or not _anything(view):
        return Move(None, (), NothingForYou())
    if stale(view.grants, now=view.now):
        return Move(None, (), GrantsStale(until_ms=view.grants.expires))
    return Move(replace(session, state=CODE))


def _coded(session: Session, stimulus: NumberEntered, view: View) -> Move:
    """Twelve digits, none of which is kept. Wrong ones are counted at the desk, as all codes are."""
    key = "" if view.grants is None else view.grants.badge_key
    found = next((one for one in view.parcels.values() if fits(one, stimulus.number, key=key)), None)
    if found is None:
        return Move(None, (), UnknownCode())
    let_in = replace(session, parcel=found.id, recipient=PARTY, code=found.id)
    return parcels.ask(let_in, found.place, view, may=_may)


def _may(place: PlaceId, view: View, session: Session) -> bool:
    """Only the one parcel whose code was given opens, and only where nothing else lies."""
    one = view.compartments.get(place)
    shut = one is not None and one.door is DoorState.CLOSED and not one.blocked
    lying = [(parcel.id, parcel.recipient) for parcel in view.parcels_in(place)]
    return shut and not view.lying_in(place) and lying == [(session.parcel, PARTY)]


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    return Move(replace(session, state=CHECK) if stimulus.place == session.place else session)


def _checked(session: Session, stimulus: Chosen, view: View) -> Move:
    """The receipt (送达回证) is what the party states here."""
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice != _TAKEN or session.place is None or session.act is None:
        return Move(session, (), NotNow())
    taken = ParcelTaken(
        parcel=session.parcel,
        place=session.place,
        person=session.person,
        recipient=session.recipient,
        act=session.act,
    )
    accepted = ParcelAccepted(parcel=session.parcel, place=session.place, person=session.person)
    return Move(replace(session, state=DONE), (Record(taken), Record(accepted), Sound(good=True)))


def _code_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("pick_up.code.headline"),
        next=Text("pick_up.code.next"),
        colour=Colour.TURN,
        keypad=True,
        cancel=Text("session.end"),
    )


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    assert session.place is not None
    parcel = view.parcels.get(session.parcel)
    fields: dict[str, str | int] = {
        "number": view.number_of(session.place),
        "count": 0 if parcel is None else len(parcel.papers),
    }
    cancel = {CHECK: Text("pick_up.left"), DONE: Text("session.end")}
    return Prompt(
        headline=Text(f"pick_up.{state}.headline", fields),
        next=Text(f"pick_up.{state}.next", fields),
        colour=colour,
        lit=session.place,
        choices=(Choice(_TAKEN, Text("pick_up.taken")),) if state == CHECK else (),
        cancel=cancel.get(state),
    )


FLOW = Flow(
    name="pick_up",
    order=250,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset(),
    states=(CODE, OPENING, OPEN, CHECK, NOT_OPENED, DONE),
    held=frozenset({OPENING, OPEN}),
    table={
        (START, Began): Row((CODE, START), _begin),
        (CODE, NumberEntered): Row((CODE, OPENING, START), _coded),
        **parcels.rows(OPEN, may=_may),
        (OPEN, DoorClosed): Row((OPEN, CHECK), _closed),
        (CHECK, Chosen): Row((CHECK, DONE, START), _checked),
    },
    prompts={
        CODE: _code_prompt,
        OPENING: opening_prompt,
        OPEN: lambda session, view: _prompt(OPEN, Colour.TURN, session, view),
        CHECK: lambda session, view: _prompt(CHECK, Colour.TURN, session, view),
        NOT_OPENED: not_opened_prompt,
        DONE: lambda session, view: _prompt(DONE, Colour.DONE, session, view),
    },
    patience={CODE: 60, OPENING: 30, OPEN: 90, CHECK: 60, NOT_OPENED: 45, DONE: 15},
    offers=lambda person, view: None,
    claims=lambda person, volume, view: False,
    open_to_all=_anything,
)
