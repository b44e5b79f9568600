"""Verify (核对): the next authorised person looks into a compartment whose last opening has no known outcome."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from custody.events import CompartmentVerified, StationKind
from custody.flows.doors import (
    MOST_VOLUMES,
    NOT_OPENED,
    OPENING,
    SECOND,
    Access,
    cards,
    carried,
    not_opened_prompt,
    open_place,
    opening_prompt,
    opening_rows,
    second_prompt,
)
from custody.flows.grammar import (
    START,
    Began,
    Colour,
    DoorClosed,
    Flow,
    LabelScanned,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Text,
)
from custody.flows.scanning import read
from custody.grants import Role
from custody.identifiers import ActId, PlaceId
from custody.knowledge import View
from custody.messages import DoorState
from custody.refusals import AlreadyScanned, CompartmentFull, NothingForYou

__all__ = ["FLOW"]

LOOKING, DONE = "looking", "done"
_ORDER = (DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN)


def _blocked(view: View) -> tuple[PlaceId, ...]:
    """The compartments to be looked into: an open door first, those whose lock board is silent last."""
    blocked = view.ready_first(one.place for one in view.compartments.values() if one.blocked)
    return tuple(sorted(blocked, key=lambda place: _ORDER.index(view.compartments[place].door)))


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    blocked = _blocked(view)
    if not blocked:
        return Move(None, (), NothingForYou())
    place = blocked[0]
    if view.compartments[place].door is DoorState.OPEN:  # it was left open: nothing needs to be unlocked
        return Move(replace(session, state=LOOKING, place=place, act=ActId(view.new_id)))
    return _ask(session, place, view)


def _ask(session: Session, place: PlaceId, view: View) -> Move:
    return open_place(session, place, view, access=Access.VERIFY, asks=True)


def _other(session: Session, view: View) -> Move | None:
    """The next one that is shut."""
    shut = [one for one in _blocked(view) if one != session.place and view.shut(one)]
    return _ask(session, shut[0], view) if shut else None


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    _, volume = found
    if any(one.volume == volume.id for one in session.volumes):
        return Move(session, (), AlreadyScanned(volume=volume.title))
    if len(session.volumes) >= MOST_VOLUMES:
        return Move(session, (), CompartmentFull(number=view.number_of(_place(session)), most=MOST_VOLUMES))
    card = carried(volume, stimulus.text, ticked=True)
    return Move(replace(session, volumes=(*session.volumes, card)), (Sound(good=True),))


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    if stimulus.place != session.place or session.act is None:
        return Move(session)
    fact = CompartmentVerified(
        place=stimulus.place,
        person=session.person,
        act=session.act,
        contents=tuple(one.volume for one in session.volumes),
    )
    return Move(replace(session, state=DONE), (Record(fact), Sound(good=True)))


def _place(session: Session) -> PlaceId:
    assert session.place is not None
    return session.place


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {"number": view.number_of(_place(session)), "count": len(session.volumes)}
    return Prompt(
        headline=Text(f"verify.{state}.headline", fields),
        next=Text(f"verify.{state}.next", fields),
        colour=colour,
        lit=session.place,
        cards=cards(session),
        cancel=None if state == LOOKING else Text("session.end"),
    )


FLOW = Flow(
    name="verify",
    order=60,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    states=(SECOND, OPENING, LOOKING, NOT_OPENED, DONE),
    held=frozenset({OPENING, LOOKING}),
    over=frozenset({DONE}),
    table={
        (START, Began): Row((SECOND, OPENING, LOOKING, START), _begin),
        **opening_rows(LOOKING, ask=_ask, asks=True, other=_other),
        (LOOKING, LabelScanned): Row((LOOKING,), _scanned),
        (LOOKING, DoorClosed): Row((LOOKING, DONE), _closed),
    },
    prompts={
        SECOND: partial(second_prompt, other=_other),
        OPENING: opening_prompt,
        LOOKING: lambda session, view: _prompt(LOOKING, Colour.TURN, session, view),
        NOT_OPENED: partial(not_opened_prompt, other=_other),
        DONE: lambda session, view: _prompt(DONE, Colour.DONE, session, view),
    },
    patience={SECOND: 45, OPENING: 30, LOOKING: 60, NOT_OPENED: 45, DONE: 8},
    offers=lambda person, view: len(_blocked(view)) or None,
    claims=lambda person, volume, view: False,
)
