"""The pattern of taking volumes out of compartments: a door opens, what is taken is scanned out, the rest is asked for.

A door proves access, not contents: a volume counts as taken when its label is scanned, or when the person states that
all is taken. The rest stays where it was recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from custody.events import Grade, StationKind, VolumeCollected
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
    recorded,
    second_prompt,
)
from custody.flows.grammar import (
    CANCEL,
    START,
    Began,
    Carried,
    Choice,
    Chosen,
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
from custody.flows.scanning import listed, read
from custody.grants import KnownVolume, Person, Role, may_take, waits_for
from custody.identifiers import PlaceId
from custody.knowledge import View
from custody.refusals import (
    AlreadyScanned,
    CompartmentFull,
    ForSomebodyElse,
    LiesElsewhere,
    NothingForYou,
    NotNow,
)

__all__ = ["taking_flow"]

TAKING, CONFIRM, NEXT, DONE = "taking", "confirm", "next", "done"
Places = Callable[[Person, View], tuple[PlaceId, ...]]
Claims = Callable[[Person, KnownVolume, View], bool]
_BRING = ("collect.bring.to", "collect.bring.nobody")
_ALL_TAKEN, _STILL_INSIDE, _OPEN_NEXT = "all_taken", "still_inside", "open_next"


@dataclass(frozen=True, slots=True)
class _Line:
    """What one taking flow's file says of it."""

    places: Places
    access: Access


def _begin(line: _Line, session: Session, stimulus: Began, view: View) -> Move:
    person = view.person(session.person)
    places = () if person is None else line.places(person, view)
    if not places:
        return Move(None, (), NothingForYou())
    return _open(line, session, view.ready_first(places), view)


def _begin_with(line: _Line, session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(None, (), found)
    person, volume = found
    places = line.places(person, view)
    if volume.place is None or volume.place not in places:
        return Move(None, (), ForSomebodyElse(volume=volume.title))
    return _open(line, session, (volume.place, *(one for one in places if one != volume.place)), view)


def _open(line: _Line, session: Session, places: tuple[PlaceId, ...], view: View) -> Move:
    place, *rest = places
    lying = tuple(recorded(one) for one in view.lying_in(place))
    move = _ask(line, replace(session, volumes=lying, places=tuple(rest)), place, view)
    return move if move.refusal is None else Move(session, (), move.refusal)


def _ask(line: _Line, session: Session, place: PlaceId, view: View) -> Move:
    return open_place(session, place, view, access=line.access, asks=True)


def _other(line: _Line, session: Session, view: View) -> Move | None:
    """The next of the compartments; the one that does not open comes last, and is asked for again."""
    rest = _waiting(line, session, view)
    if session.place is None or not rest or not view.shut(rest[0]):
        return None
    return _open(line, session, (*rest, session.place), view)


def _waiting(line: _Line, session: Session, view: View) -> tuple[PlaceId, ...]:
    """Those still to be opened, but for what was given to somebody else meanwhile."""
    person = view.person(session.person)
    takeable = () if person is None else line.places(person, view)
    return view.ready_first(one for one in session.places if one in takeable)


def _scanned(line: _Line, session: Session, stimulus: LabelScanned, view: View) -> Move:
    """A label at the open door (or just after): that volume is in the person's hands."""
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    person, volume = found
    card = listed(session, volume)
    if card is not None and card.ticked:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    if card is None and volume.place is not None:
        return Move(session, (), LiesElsewhere(volume=volume.title, place=view.name_of(volume.place)))
    if card is None and line.access is Access.TAKE and not may_take(person, volume.part, waits_for(volume)):
        return Move(session, (), ForSomebodyElse(volume=volume.title))
    if card is None and len(session.volumes) >= MOST_VOLUMES:
        return Move(session, (), CompartmentFull(number=view.number_of(_place(session)), most=MOST_VOLUMES))
    taken = carried(volume, stimulus.text, ticked=True)
    others = tuple(taken if one.volume == volume.id else one for one in session.volumes)
    volumes = others if card is not None else (*others, taken)
    after = replace(session, volumes=volumes)
    if session.state == CONFIRM and _all_ticked(after):
        after = _finished(after)
    return Move(after, (Record(_fact(session, taken, view, Grade.SCANNED)), Sound(good=True)))


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    if stimulus.place != session.place:
        return Move(session)
    return Move(_finished(session) if _all_ticked(session) else replace(session, state=CONFIRM))


def _confirmed(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == _ALL_TAKEN:
        left = [one for one in session.volumes if not one.ticked]
        ticked = replace(session, volumes=tuple(replace(one, ticked=True) for one in session.volumes))
        facts = (Record(_fact(session, one, view, Grade.STATED)) for one in left)
        return Move(_finished(ticked), (*facts, Sound(good=True)))
    if stimulus.choice in (_STILL_INSIDE, CANCEL):
        return Move(_finished(session))
    return Move(session, (), NotNow())


def _next(line: _Line, session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice != _OPEN_NEXT:
        return Move(session, (), NotNow())
    places = _waiting(line, session, view)
    if not places:
        return Move(replace(session, state=DONE, places=()), (), NothingForYou())
    return _open(line, session, places, view)


def _finished(session: Session) -> Session:
    return replace(session, state=NEXT if session.places else DONE)


def _all_ticked(session: Session) -> bool:
    return all(one.ticked for one in session.volumes)


def _fact(session: Session, carried: Carried, view: View, grade: Grade) -> VolumeCollected:
    assert session.act is not None
    volume = view.volumes.get(carried.volume)
    waited_for = None if volume is None else waits_for(volume)
    return VolumeCollected(
        volume=carried.volume,
        label=carried.label if grade is Grade.SCANNED else None,
        place=_place(session),
        person=session.person,
        recipient=waited_for or session.person,
        grade=grade,
        act=session.act,
    )


def _place(session: Session) -> PlaceId:
    assert session.place is not None
    return session.place


def _door(session: Session, view: View) -> dict[str, str | int]:
    return {
        "number": view.number_of(_place(session)),
        "count": sum(one.ticked for one in session.volumes),
        "of": len(session.volumes),
        "left": sum(not one.ticked for one in session.volumes),
        "more": len(session.places),
        "next": view.number_of(view.ready_first(session.places)[0]) if session.places else "",
    }


def _taking_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("collect.taking.headline", _door(session, view)),
        next=Text("collect.taking.next", _door(session, view)),
        colour=Colour.TURN,
        lit=session.place,
        cards=cards(session),
    )


def _confirm_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("collect.confirm.headline", _door(session, view)),
        next=Text("collect.confirm.next", _door(session, view)),
        colour=Colour.TURN,
        lit=session.place,
        cards=cards(session),
        choices=(
            Choice(_ALL_TAKEN, Text("collect.confirm.all_taken")),
            Choice(_STILL_INSIDE, Text("collect.confirm.still_inside")),
        ),
        cancel=Text("collect.confirm.cancel"),
    )


def _next_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("collect.next.headline", _door(session, view)),
        next=Text("collect.next.next", _door(session, view)),
        colour=Colour.TURN,
        lit=view.ready_first(session.places)[0],
        choices=(Choice(_OPEN_NEXT, Text("collect.next.open_next", _door(session, view))),),
        cancel=Text("session.end"),
    )


def _done_prompt(line: _Line, session: Session, view: View) -> Prompt:
    """Green only for what was scanned out or stated: a door that was opened and shut proves nothing."""
    door = _door(session, view)
    what = "nothing" if not door["count"] else "some" if door["left"] else "all"
    key = f"collect.done.next.{what}"
    return Prompt(
        headline=Text("collect.nothing.headline" if what == "nothing" else "collect.done.headline", door),
        next=_bring(session, view) if what != "nothing" and line.access is Access.LOOK else Text(key, door),
        colour=Colour.UNKNOWN if what == "nothing" else Colour.DONE,
        cards=cards(session),
        cancel=Text("session.end"),
    )


def _bring(session: Session, view: View) -> Text:
    """Whoever takes out what waits for another reads for whom it is."""
    volume = next((view.volumes.get(one.volume) for one in session.volumes if one.ticked), None)
    recipient = None if volume is None else volume.held_for or waits_for(volume)
    known, nobody = _BRING
    return Text(nobody) if recipient is None else Text(known, {"recipient": view.name_of(recipient)})


def taking_flow(
    name: str,
    order: int,
    rights: frozenset[Role],
    *,
    places: Places,
    claims: Claims,
    access: Access = Access.TAKE,
    by_code: bool = False,
) -> Flow:
    """A flow that opens ``places`` one after another. With ``Access.LOOK`` they need not wait for the person.

    ``by_code``: whether a pickup code begins it.
    """
    line = _Line(places, access)
    return Flow(
        name=name,
        order=order,
        at=frozenset({StationKind.CABINET}),
        rights=rights,
        states=(SECOND, OPENING, TAKING, CONFIRM, NEXT, NOT_OPENED, DONE),
        held=frozenset({OPENING, TAKING}),
        over=frozenset({DONE}),
        table={
            (START, Began): Row((SECOND, OPENING, START), partial(_begin, line)),
            (START, LabelScanned): Row((SECOND, OPENING, START), partial(_begin_with, line)),
            **opening_rows(TAKING, ask=partial(_ask, line), asks=True, other=partial(_other, line)),
            (TAKING, LabelScanned): Row((TAKING,), partial(_scanned, line)),
            (TAKING, DoorClosed): Row((TAKING, CONFIRM, NEXT, DONE), _closed),
            (CONFIRM, LabelScanned): Row((CONFIRM, NEXT, DONE), partial(_scanned, line)),
            (CONFIRM, Chosen): Row((CONFIRM, NEXT, DONE), _confirmed),
            (NEXT, Chosen): Row((SECOND, OPENING, NEXT, DONE, START), partial(_next, line)),
        },
        prompts={
            SECOND: partial(second_prompt, other=partial(_other, line)),
            OPENING: opening_prompt,
            TAKING: _taking_prompt,
            CONFIRM: _confirm_prompt,
            NEXT: _next_prompt,
            NOT_OPENED: partial(not_opened_prompt, other=partial(_other, line)),
            DONE: partial(_done_prompt, line),
        },
        patience={SECOND: 45, OPENING: 30, TAKING: 60, CONFIRM: 45, NEXT: 30, NOT_OPENED: 45, DONE: 8},
        offers=lambda person, view: sum(len(view.lying_in(place)) for place in places(person, view)) or None,
        claims=claims,
        by_code=by_code,
        also=(
            *(Text(f"collect.done.next.{what}", {"number": "", "left": 1}) for what in ("all", "some")),
            *(Text(key, {"recipient": ""}) for key in _BRING if access is Access.LOOK),
        ),
    )
