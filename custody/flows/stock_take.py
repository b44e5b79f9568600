"""Stock-take (盘点): every volume found in a place is scanned; what differs from the record is told on the spot.

At a cabinet a compartment is opened by its number; at a station the label of the shelf, trolley or counter is scanned.
One with papers of parties is not opened: they are counted by nobody but whom they are for. A count under way is not
dropped by a badge or by waiting alone: it asks once, because an unfinished one is worth nothing on record.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from custody.events import PlaceCounted, StationKind
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
    BadgeTapped,
    Began,
    Carried,
    Choice,
    Chosen,
    Colour,
    DoorClosed,
    Flow,
    LabelScanned,
    Move,
    NumberEntered,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Text,
    TimeUp,
)
from custody.flows.scanning import WHEREABOUTS, listed, read, whereabouts, without
from custody.grants import Role, may_see, waits_for
from custody.identifiers import ActId, PlaceId
from custody.knowledge import View, label_text
from custody.refusals import (
    AlreadyScanned,
    Confidential,
    NoSuchCompartment,
    NotAllowed,
    NotAPlace,
    NotNow,
    TooManyVolumes,
)

__all__ = ["FLOW"]

CHOOSE, WHERE, LOOKING, COUNTING, LEAVING, DONE = "choose", "where", "looking", "counting", "leaving", "done"
_FINISH, _ANOTHER, _GO_ON = "finish", "another", "go_on"
_MOST_ON_A_PLACE = 400
_SHOWN = 40  # of a text that is none of our labels


def _begin(session: Session, stimulus: Began | Chosen, view: View) -> Move:
    state = CHOOSE if view.kind is StationKind.CABINET else WHERE
    return Move(replace(session, state=state, volumes=(), place=None, act=None, second=None, count=0))


def _numbered(session: Session, stimulus: NumberEntered, view: View) -> Move:
    compartment = view.by_number(stimulus.number)
    if compartment is None:
        return Move(session, (), NoSuchCompartment(place=str(stimulus.number)))
    expecting = replace(session, volumes=_expected(compartment.place, view))
    move = open_place(expecting, compartment.place, view, access=Access.LOOK, asks=True)
    return move if move.refusal is None else Move(session, (), move.refusal)


def _where(session: Session, stimulus: LabelScanned, view: View) -> Move:
    person, place = view.person(session.person), view.place_by_label(stimulus.text)
    if person is None:
        return Move(session, (), NotAllowed())
    if place is None:
        return Move(session, (), NotAPlace(label=label_text(stimulus.text)[:_SHOWN]))
    if not all(may_see(person, one.part) for one in view.lying_in(place.id)):
        return Move(session, (), Confidential())
    counting = replace(session, state=COUNTING, place=place.id, act=ActId(view.new_id))
    return Move(replace(counting, volumes=_expected(place.id, view)), (Sound(good=True),))


def _expected(place: PlaceId, view: View) -> tuple[Carried, ...]:
    return tuple(recorded(one) for one in view.lying_in(place))


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    _, volume = found
    card = listed(session, volume)
    if card is not None and card.ticked:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    most = MOST_VOLUMES if session.state == LOOKING else _MOST_ON_A_PLACE
    if card is None and len(session.volumes) >= most:
        return Move(session, (), TooManyVolumes(most=most))
    volumes = (*without(session, volume), carried(volume, stimulus.text, ticked=True))
    state = COUNTING if session.state == LEAVING else session.state
    counted = replace(session, state=state, volumes=volumes, count=session.count + (card is None))
    return Move(counted, (Sound(good=True),))


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    return _counted(session) if stimulus.place == session.place else Move(session)


def _chosen(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    return _counted(session) if stimulus.choice == _FINISH else Move(session, (), NotNow())


def _asked(session: Session, stimulus: BadgeTapped, view: View) -> Move:
    """The badge once more then does what a badge does anywhere."""
    return Move(replace(session, state=LEAVING))


def _left(session: Session, stimulus: TimeUp, view: View) -> Move:
    """Whoever counts may have turned away for a moment."""
    return Move(replace(session, state=LEAVING) if any(one.ticked for one in session.volumes) else None)


def _stayed(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == _GO_ON:
        return Move(replace(session, state=COUNTING))
    return _chosen(session, stimulus, view)


def _another(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    return _begin(session, stimulus, view) if stimulus.choice == _ANOTHER else Move(session, (), NotNow())


def _counted(session: Session) -> Move:
    assert session.place is not None and session.act is not None
    contents = tuple(one.volume for one in session.volumes if one.ticked)
    fact = PlaceCounted(place=session.place, person=session.person, act=session.act, contents=contents)
    return Move(replace(session, state=DONE), (Record(fact), Sound(good=True)))


def _asking(state: str, *, keypad: bool) -> Prompt:
    return Prompt(
        headline=Text(f"stock_take.{state}.headline"),
        next=Text(f"stock_take.{state}.next"),
        colour=Colour.TURN,
        keypad=keypad,
        cancel=Text("session.end"),
    )


def _fields(session: Session, view: View) -> dict[str, str | int]:
    assert session.place is not None
    found = sum(one.ticked for one in session.volumes)
    return {
        "place": view.name_of(session.place),
        "count": found,
        "missing": len(session.volumes) - found,
        "extra": session.count,
    }


def _next(session: Session, view: View) -> tuple[Text, Colour]:
    """What to scan next; or where a volume belongs that is not recorded here and was just found."""
    last = view.volumes.get(session.volumes[-1].volume) if session.volumes and session.volumes[-1].ticked else None
    if last is None or last.place == session.place:
        return Text(f"stock_take.{session.state}.next", _fields(session, view)), Colour.TURN
    where, fields = whereabouts(last, view)
    recipient = waits_for(last)
    waits, who = ("", "") if recipient is None else (".waits", view.name_of(recipient))
    return Text(f"stock_take.extra.{where}{waits}", {**fields, "recipient": who}), Colour.PERSON


def _looking_prompt(session: Session, view: View) -> Prompt:
    said, colour = _next(session, view)
    return Prompt(
        headline=Text("stock_take.looking.headline", _fields(session, view)),
        next=said,
        colour=colour,
        lit=session.place,
        cards=cards(session),
    )


def _leaving_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("stock_take.leaving.headline", _fields(session, view)),
        next=Text("stock_take.leaving.next", _fields(session, view)),
        colour=Colour.PERSON,
        cards=cards(session),
        choices=(
            Choice(_GO_ON, Text("still.go_on")),
            Choice(_FINISH, Text("stock_take.counting.finish", _fields(session, view))),
        ),
        cancel=Text("stock_take.counting.cancel"),
    )


def _counting_prompt(session: Session, view: View) -> Prompt:
    said, colour = _next(session, view)
    return Prompt(
        headline=Text("stock_take.looking.headline", _fields(session, view)),
        next=said,
        colour=colour,
        cards=cards(session),
        choices=(Choice(_FINISH, Text("stock_take.counting.finish", _fields(session, view))),),
        cancel=Text("stock_take.counting.cancel"),
    )


def _done_prompt(session: Session, view: View) -> Prompt:
    differs = session.count or any(not one.ticked for one in session.volumes)
    return Prompt(
        headline=Text("stock_take.done.headline", _fields(session, view)),
        next=Text("stock_take.done.next.differs" if differs else "stock_take.done.next", _fields(session, view)),
        colour=Colour.PERSON if differs else Colour.DONE,
        cards=cards(session),
        choices=(Choice(_ANOTHER, Text("stock_take.done.another")),),
        cancel=Text("session.end"),
    )


FLOW = Flow(
    name="stock_take",
    order=70,
    at=frozenset({StationKind.CABINET, StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    states=(CHOOSE, WHERE, SECOND, OPENING, LOOKING, COUNTING, LEAVING, NOT_OPENED, DONE),
    held=frozenset({OPENING, LOOKING}),
    table={
        (START, Began): Row((CHOOSE, WHERE), _begin),
        (CHOOSE, NumberEntered): Row((CHOOSE, SECOND, OPENING), _numbered),
        (WHERE, LabelScanned): Row((WHERE, COUNTING), _where),
        **opening_rows(LOOKING, ask=partial(open_place, access=Access.LOOK, asks=True), asks=True),
        (LOOKING, LabelScanned): Row((LOOKING,), _scanned),
        (LOOKING, DoorClosed): Row((LOOKING, DONE), _closed),
        (COUNTING, LabelScanned): Row((COUNTING,), _scanned),
        (COUNTING, Chosen): Row((COUNTING, DONE, START), _chosen),
        (COUNTING, BadgeTapped): Row((LEAVING,), _asked),
        (COUNTING, TimeUp): Row((LEAVING, START), _left),
        (LEAVING, LabelScanned): Row((COUNTING, LEAVING), _scanned),
        (LEAVING, Chosen): Row((COUNTING, LEAVING, DONE, START), _stayed),
        (DONE, Chosen): Row((CHOOSE, WHERE, DONE, START), _another),
    },
    prompts={
        CHOOSE: lambda session, view: _asking(CHOOSE, keypad=True),
        WHERE: lambda session, view: _asking(WHERE, keypad=False),
        SECOND: second_prompt,
        OPENING: opening_prompt,
        LOOKING: _looking_prompt,
        COUNTING: _counting_prompt,
        LEAVING: _leaving_prompt,
        NOT_OPENED: not_opened_prompt,
        DONE: _done_prompt,
    },
    patience={
        CHOOSE: 45,
        WHERE: 45,
        SECOND: 45,
        OPENING: 30,
        LOOKING: 120,
        COUNTING: 600,
        LEAVING: 60,
        NOT_OPENED: 45,
        DONE: 60,
    },
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
    also=tuple(
        Text(f"stock_take.extra.{where}{waits}", {**fields, "recipient": ""})
        for where, fields in WHEREABOUTS.items()
        for waits in ("", ".waits")
    ),
)
