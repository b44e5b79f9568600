"""Take in (收材料): the judge's team takes a party's papers out, and says whether they are as listed.

What has lain too long any of the staff takes out: papers that no party came for are the court's own again, and those
for a judge are brought to that judge, who has yet to say whether they are as listed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from custody.events import ParcelAccepted, ParcelFault, ParcelRefused, ParcelTaken, StationKind
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
from custody.parcels import PARTY, KnownParcel, may_take_parcel, receipt_of
from custody.refusals import NothingForYou, NotNow

__all__ = ["FLOW"]

OPEN, CHECK, DONE = "open", "check", "done"
_AS_LISTED = "as_listed"
_OWN, _LATE = ".own", ".late"


def _waiting(person: Person, view: View) -> tuple[PlaceId, ...]:
    """The compartments whose parcels are all for this person, and then those that have waited too long."""
    own = [one for one in view.parcels.values() if may_take_parcel(person, one) and not _for_a_party(one, view)]
    mine = (*own, *(one for one in view.parcels.values() if parcels.late(person, one, view)))
    places = dict.fromkeys(one.place for one in mine)
    session = Session(flow="take_in", state=START, person=person.id)
    return view.willing_first(one for one in places if parcels.takeable(one, view, session))


def _for_a_party(parcel: KnownParcel, view: View) -> bool:
    """Whether it waits for a party, who still has time to come for it."""
    after = 0 if view.grants is None else view.grants.overdue_after
    return parcel.recipient == PARTY and view.now - parcel.since <= after


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    person = view.person(session.person)
    waiting = () if person is None else _waiting(person, view)
    if not waiting:
        return Move(None, (), NothingForYou())
    return _ask(session, waiting[0], view)


def _ask(session: Session, place: PlaceId, view: View) -> Move:
    (parcel,) = view.parcels_in(place)[:1]
    return parcels.ask(replace(session, parcel=parcel.id, recipient=parcel.recipient), place, view, may=_may)


def _other(session: Session, view: View) -> Move | None:
    """The next compartment with papers for this person."""
    person = view.person(session.person)
    waiting = () if person is None else tuple(one for one in _waiting(person, view) if one != session.place)
    return _ask(session, waiting[0], view) if waiting else None


def _may(place: PlaceId, view: View, session: Session) -> bool:
    return parcels.takeable(place, view, session)


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    return Move(replace(session, state=CHECK) if stimulus.place == session.place else session)


def _checked(session: Session, stimulus: Chosen, view: View) -> Move:
    """Only what a person states takes the parcel out of the record; *left inside* leaves it where it is."""
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice not in _answers(_manner(session, view)) or session.place is None or session.act is None:
        return Move(session, (), NotNow())
    taken = ParcelTaken(
        parcel=session.parcel,
        place=session.place,
        person=session.person,
        recipient=session.recipient,
        act=session.act,
    )
    done = replace(session, state=DONE, reason=stimulus.choice)
    if _manner(session, view) == _LATE:
        return Move(done, (Record(taken), Sound(good=True)))
    if stimulus.choice == _AS_LISTED:
        said: ParcelAccepted | ParcelRefused = ParcelAccepted(
            parcel=session.parcel, place=session.place, person=session.person
        )
    else:
        said = ParcelRefused(
            parcel=session.parcel,
            place=session.place,
            person=session.person,
            reason=ParcelFault(stimulus.choice),
        )
    return Move(done, (Record(taken), Record(said), Sound(good=True)))


def _answers(manner: str) -> tuple[str, ...]:
    """Whoever the papers are not for says nothing of them."""
    return (_AS_LISTED,) if manner else (_AS_LISTED, *ParcelFault)


def _manner(session: Session, view: View) -> str:
    """Whose they are: this person's, the court's own, or somebody's who let them lie."""
    if session.recipient == PARTY:
        return _OWN
    person = view.person(session.person)
    mine = person is not None and session.recipient in (person.id, *person.teams)
    return "" if mine else _LATE


def _parcel(session: Session, view: View) -> KnownParcel | None:
    return view.parcels.get(session.parcel)


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    assert session.place is not None
    parcel = _parcel(session, view)
    fields: dict[str, str | int] = {
        "number": view.number_of(session.place),
        "receipt": receipt_of(session.parcel),
        "count": 0 if parcel is None else len(parcel.papers),
        "recipient": view.name_of(session.recipient),
    }
    manner = _manner(session, view)
    answers = _answers(manner) if state == CHECK else ()
    cancel = {CHECK: Text("take_in.left"), DONE: Text("session.end")}
    return Prompt(
        headline=Text(f"take_in.{state}.headline{manner if state == CHECK else ''}", fields),
        next=Text(f"take_in.{state}.next{manner if state != OPEN else ''}", fields),
        colour=colour,
        lit=session.place,
        choices=tuple(Choice(one, Text(f"take_in.{one}{manner}")) for one in answers),
        cancel=cancel.get(state),
    )


FLOW = Flow(
    name="take_in",
    order=25,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.STAFF}),
    states=(OPENING, OPEN, CHECK, NOT_OPENED, DONE),
    held=frozenset({OPENING, OPEN}),
    over=frozenset({DONE}),
    table={
        (START, Began): Row((OPENING, START), _begin),
        **parcels.rows(OPEN, may=_may, other=_other),
        (OPEN, DoorClosed): Row((OPEN, CHECK), _closed),
        (CHECK, Chosen): Row((CHECK, DONE, START), _checked),
    },
    prompts={
        OPENING: opening_prompt,
        OPEN: lambda session, view: _prompt(OPEN, Colour.TURN, session, view),
        CHECK: lambda session, view: _prompt(CHECK, Colour.TURN, session, view),
        NOT_OPENED: partial(not_opened_prompt, other=_other),
        DONE: lambda session, view: _prompt(DONE, Colour.DONE, session, view),
    },
    patience={OPENING: 30, OPEN: 90, CHECK: 60, NOT_OPENED: 45, DONE: 8},
    offers=lambda person, view: len(_waiting(person, view)) or None,
    claims=lambda person, volume, view: False,
    also=(
        *(
            Text(f"take_in.{key}{manner}", dict.fromkeys(("receipt", "count", "recipient"), ""))
            for key in ("check.headline", "check.next", "done.next")
            for manner in ("", _OWN, _LATE)
        ),
        *(Text(f"take_in.{answer}{manner}") for manner in ("", _OWN, _LATE) for answer in _answers(manner)),
    ),
)
