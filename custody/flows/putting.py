"""The pattern of putting volumes into a compartment: scan, the door opens, more scans, close, recorded.

Deposit and return are this pattern with a check and a fact of their own. Facts are recorded when the door is sensed
closed: before that, nothing was put in. Where a sensor in the compartment then says that it is empty, the person is
asked, and may state that the volumes were kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from custody.events import Fact, Grade, VolumeCollected
from custody.flows.doors import (
    MOST_VOLUMES,
    NOT_OPENED,
    OPENING,
    cards,
    carried,
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
    Carried,
    Choice,
    Chosen,
    Colour,
    DoorClosed,
    LabelScanned,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Stimulus,
    Text,
    TimeUp,
)
from custody.flows.scanning import listed, read
from custody.grants import KnownVolume, Person
from custody.knowledge import SIZES, View
from custody.refusals import (
    AlreadyScanned,
    CompartmentFull,
    DoNotMix,
    DoorsNotRead,
    NotAllowed,
    NotForReceiver,
    NotNow,
    Refusal,
)

__all__ = ["HELD", "OVER", "PATIENCE", "prompts", "states", "table", "texts"]

SCAN, PLACING, WHOM, UNDOING, SWAPPING, DONE = "scan", "placing", "whom", "undoing", "swapping", "done"
HELD = frozenset({OPENING, PLACING, WHOM, UNDOING, SWAPPING})
OVER = frozenset({DONE})
PATIENCE = {SCAN: 45, OPENING: 30, PLACING: 60, WHOM: 45, UNDOING: 60, SWAPPING: 60, NOT_OPENED: 45, DONE: 15}
_DOES_NOT_FIT, _FOR_WHOM, _MORE = "does_not_fit", "for_whom", "more"
_FOR, _SIZE = "for:", "size:"  # before a recipient's id, or a size, in a choice
_KEPT = "kept"
_SIZED = "putting.size.next"
_SHOWN = 2  # recipients a page

Check = Callable[[Person, KnownVolume, View], Refusal | None]
RecipientOf = Callable[[Person, KnownVolume], str]
FactOf = Callable[[Session, Carried], Fact]


def states(reasons: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The states of a putting flow, in order."""
    whom = () if reasons else (WHOM,)
    return (SCAN, OPENING, PLACING, *whom, SWAPPING, UNDOING, NOT_OPENED, DONE)


def table(
    *, check: Check, recipient_of: RecipientOf, fact_of: FactOf, reasons: tuple[str, ...] = ()
) -> dict[tuple[str, type[Stimulus]], Row]:
    """The rows of a putting flow. ``check`` says why a volume may not be put in by this person.

    Without ``reasons`` the person may say for whom the volumes are instead.
    """

    def scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
        found = _scanned(session, stimulus.text, view, check)
        if not isinstance(found, tuple):
            return Move(session, (), found)
        person, volume = found
        recipient = recipient_of(person, volume)
        place = view.allocate(person, volume.part, recipient, at_least=session.size)
        if place is None:
            unread = view.once_read().allocate(person, volume.part, recipient, at_least=session.size) is not None
            full = view.no_larger(session.size) if session.size else view.no_room()
            return Move(session, (), DoorsNotRead() if unread else full)
        begun = replace(session, volumes=(carried(volume, stimulus.text),), recipient=recipient, reason="", size="")
        move = open_place(begun, place, view)
        return _with_sound(move) if move.refusal is None else Move(session, (), move.refusal)

    def another(session: Session, stimulus: LabelScanned, view: View) -> Move:
        found = _scanned(session, stimulus.text, view, check)
        if not isinstance(found, tuple):
            return Move(session, (), found)
        person, volume = found
        if len(session.volumes) >= MOST_VOLUMES:
            return Move(session, (), CompartmentFull(number=_door(session, view)["number"], most=MOST_VOLUMES))
        first = view.volumes.get(session.volumes[0].volume)
        chosen = session.count > 0  # for whom it all is was said by the person: nothing mixes by that
        alike = chosen or recipient_of(person, volume) == session.recipient
        if first is None or first.part is not volume.part or not alike:
            return Move(session, (), DoNotMix(volume=volume.title))
        return Move(replace(session, volumes=(*session.volumes, carried(volume, stimulus.text))), (Sound(good=True),))

    def closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
        if stimulus.place != session.place:
            return Move(session)
        done = replace(session, state=DONE, page=0, volumes=tuple(replace(one, ticked=True) for one in session.volumes))
        return Move(done, (*(Record(fact_of(session, one)) for one in session.volumes), Sound(good=True)))

    def chosen(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice == CANCEL:
            return Move(replace(session, state=UNDOING))
        if stimulus.choice == _DOES_NOT_FIT:
            return Move(replace(session, state=SWAPPING))
        if stimulus.choice == _FOR_WHOM and not reasons:
            return Move(replace(session, state=WHOM, page=0))
        if stimulus.choice in reasons:
            return Move(replace(session, reason=stimulus.choice))
        return Move(session, (), NotNow())

    whom: dict[tuple[str, type[Stimulus]], Row] = {
        (WHOM, Chosen): Row((WHOM, PLACING), _for_whom),
        (WHOM, BadgeTapped): Row((WHOM, PLACING), _tapped),
        (WHOM, TimeUp): Row((PLACING,), _back),
        (WHOM, DoorClosed): Row((DONE, WHOM), closed),
    }

    return {
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((OPENING, SCAN), lambda s, e, v: scanned(replace(s, state=SCAN), e, v)),
        (SCAN, LabelScanned): Row((OPENING, SCAN), scanned),
        (SCAN, Chosen): Row((SCAN, START), _sized),
        **opening_rows(PLACING, other=_other),
        (OPENING, LabelScanned): Row((OPENING,), another),
        (PLACING, LabelScanned): Row((PLACING,), another),
        (PLACING, DoorClosed): Row((DONE, PLACING), closed),
        (PLACING, Chosen): Row((UNDOING, PLACING, SWAPPING, *(() if reasons else (WHOM,))), chosen),
        (DONE, Chosen): Row((DONE, START), _kept),
        (UNDOING, DoorClosed): Row((START, UNDOING), _undone),
        (SWAPPING, DoorClosed): Row((OPENING, START, SWAPPING), _swapped),
        **({} if reasons else whom),
    }


def prompts(name: str, reasons: tuple[str, ...] = ()) -> dict[str, Callable[[Session, View], Prompt]]:
    """The prompts of a putting flow; texts under ``<name>.<state>.…`` in the catalogues.

    The first of ``reasons`` is meant until another is chosen.
    """

    def chosen(session: Session) -> str:
        return f".{session.reason or reasons[0]}" if reasons else ""

    def scan(session: Session, view: View) -> Prompt:
        sizes = _sizes(session, view)
        return Prompt(
            headline=Text(f"{name}.scan.headline"),
            next=Text(f"{_SIZED}.{session.size or 'any'}" if sizes else f"{name}.scan.next"),
            colour=Colour.TURN,
            choices=tuple(Choice(f"{_SIZE}{one}", Text(f"size.{one}")) for one in sizes),
            cancel=Text("session.end"),
        )

    def placing(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text(f"{name}.placing.headline", {**_door(session, view), "count": len(session.volumes)}),
            next=Text(f"{name}.placing.next{chosen(session)}", _door(session, view)),
            colour=Colour.TURN,
            lit=session.place,
            cards=cards(session),
            choices=(
                *(
                    Choice(one, Text(f"{name}.reason.{one}"))
                    for one in reasons
                    if one != (session.reason or reasons[0])
                ),
                *(() if reasons else (Choice(_FOR_WHOM, Text("putting.for_whom")),)),
                Choice(_DOES_NOT_FIT, Text("putting.does_not_fit")),
            ),
            cancel=Text("putting.undo"),
        )

    def undoing(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text("putting.undoing.headline", _door(session, view)),
            next=Text("putting.undoing.next", _door(session, view)),
            colour=Colour.WAIT,
            lit=session.place,
            cards=cards(session),
        )

    def swapping(session: Session, view: View) -> Prompt:
        return replace(
            undoing(session, view),
            headline=Text("putting.swapping.headline", _door(session, view)),
            next=Text("putting.swapping.next", _door(session, view)),
        )

    def done(session: Session, view: View) -> Prompt:
        if _seems_empty(session, view):
            return Prompt(
                headline=Text("putting.empty.headline", _door(session, view)),
                next=Text("putting.empty.next", {**_door(session, view), "count": len(session.volumes)}),
                colour=Colour.PERSON,
                lit=session.place,
                cards=cards(session),
                choices=(Choice(_KEPT, Text("putting.empty.kept")),),
                cancel=Text("putting.empty.inside"),
            )
        return Prompt(
            headline=Text(f"{name}.done.headline", {**_door(session, view), "count": len(session.volumes)}),
            next=Text(f"{name}.done.next", {"recipient": view.name_of(session.recipient)}),
            colour=Colour.DONE,
            lit=session.place,
            cards=cards(session),
            cancel=Text("session.end"),
        )

    return {
        SCAN: scan,
        OPENING: opening_prompt,
        PLACING: placing,
        **({} if reasons else {WHOM: _whom_prompt}),
        UNDOING: undoing,
        SWAPPING: swapping,
        NOT_OPENED: partial(not_opened_prompt, other=_other),
        DONE: done,
    }


def texts() -> tuple[Text, ...]:
    """Those that are shown only at cabinets with several sizes, or with sensors for what lies inside."""
    empty = (
        Text("putting.empty.headline", {"number": ""}),
        Text("putting.empty.next", {"number": "", "count": 1}),
        Text("putting.empty.kept"),
        Text("putting.empty.inside"),
    )
    return (*empty, *(Text(f"{key}.{size}") for size in SIZES for key in ("size", _SIZED)), Text(f"{_SIZED}.any"))


def _seems_empty(session: Session, view: View) -> bool:
    return session.place is not None and view.items.get(session.place) is False


def _kept(session: Session, stimulus: Chosen, view: View) -> Move:
    """They are in hand after all: what was recorded as put in is stated to be taken out."""
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice != _KEPT or not _seems_empty(session, view) or session.place is None or session.act is None:
        return Move(session, (), NotNow())
    facts = (
        VolumeCollected(
            volume=one.volume,
            label=None,
            place=session.place,
            person=session.person,
            recipient=session.recipient,
            grade=Grade.STATED,
            act=session.act,
        )
        for one in session.volumes
    )
    return Move(None, (*(Record(fact) for fact in facts), Sound(good=True)))


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _sizes(session: Session, view: View) -> tuple[str, ...]:
    """The sizes to choose from, where compartments differ."""
    built = {one.size for one in view.compartments.values()}
    return tuple(one for one in SIZES if one in built and one != session.size) if len(built) > 1 else ()


def _sized(session: Session, stimulus: Chosen, view: View) -> Move:
    """At least that large; otherwise the first that is free."""
    size = stimulus.choice.removeprefix(_SIZE)
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice == size or size not in _sizes(session, view):
        return Move(session, (), NotNow())
    return Move(replace(session, size=size))


def _undone(session: Session, stimulus: DoorClosed, view: View) -> Move:
    return Move(None if stimulus.place == session.place else session)


def _swapped(session: Session, stimulus: DoorClosed, view: View) -> Move:
    """The volumes are in hand again: a larger compartment, as the person asked for. Nothing was put in so far."""
    person, first = view.person(session.person), view.volumes.get(session.volumes[0].volume)
    tried = view.compartments.get(stimulus.place)
    if stimulus.place != session.place:
        return Move(session)
    if person is None or first is None or tried is None:
        return Move(None, (), NotAllowed())
    larger = SIZES[SIZES.find(tried.size) + 1 :][:1]
    place = view.allocate(person, first.part, session.recipient, at_least=larger) if larger else None
    move = Move(None, (), view.no_larger(larger)) if place is None else open_place(session, place, view)
    return move if move.refusal is None else Move(None, (), move.refusal)


def _other(session: Session, view: View) -> Move | None:
    """Another compartment that will do, of the same size or larger if there is one."""
    person, first = view.person(session.person), view.volumes.get(session.volumes[0].volume)
    tried = None if session.place is None else view.compartments.get(session.place)
    if person is None or first is None or tried is None:
        return None
    for size in (tried.size, ""):
        found = view.allocate(person, first.part, session.recipient, at_least=size, besides=tried.place)
        if found is not None:
            return open_place(session, found, view)
    return None


def _for_whom(session: Session, stimulus: Chosen, view: View) -> Move:
    """Another recipient, unless something for the first lies there already."""
    if stimulus.choice == CANCEL:
        return Move(replace(session, state=PLACING, page=0))
    if stimulus.choice == _MORE:
        return Move(replace(session, page=(session.page + 1) % _pages(session, view)))
    recipient = stimulus.choice.removeprefix(_FOR)
    if stimulus.choice == recipient or recipient not in _offered(session, view):
        return Move(session, (), NotNow())
    return _left_for(recipient, session, view)


def _tapped(session: Session, stimulus: BadgeTapped, view: View) -> Move:
    """Whoever it is for stands there: their badge is quicker than leafing through the names."""
    receiver = view.by_badge(stimulus.text)
    if not isinstance(receiver, Person):
        return Move(session, (), receiver)
    if receiver.id not in (session.recipient, *_offered(session, view)):
        return Move(session, (), NotForReceiver(person=receiver.name))
    return _left_for(receiver.id, session, view)


def _left_for(recipient: str, session: Session, view: View) -> Move:
    assert session.place is not None
    if view.lying_in(session.place) or view.kept_for(session.place) not in (None, recipient):
        return Move(session, (), DoNotMix(volume=session.volumes[0].title))
    return Move(replace(session, state=PLACING, recipient=recipient, count=1, page=0))


def _back(session: Session, stimulus: TimeUp, view: View) -> Move:
    return Move(replace(session, state=PLACING, page=0))


def _offered(session: Session, view: View) -> tuple[str, ...]:
    first = view.volumes.get(session.volumes[0].volume)
    everybody = () if first is None else view.recipients(first)
    return tuple(one for one in everybody if one != session.recipient)


def _pages(session: Session, view: View) -> int:
    return max(1, -(-len(_offered(session, view)) // _SHOWN))


def _whom_prompt(session: Session, view: View) -> Prompt:
    offered, pages = _offered(session, view), _pages(session, view)
    at = _SHOWN * (session.page % pages)
    named = ((one, Text("putting.whom.one", {"recipient": view.name_of(one)})) for one in offered[at : at + _SHOWN])
    more = (Choice(_MORE, Text("home.more")),) if pages > 1 else ()
    return Prompt(
        headline=Text("putting.whom.headline"),
        next=Text("putting.whom.next", {"recipient": view.name_of(session.recipient)}),
        colour=Colour.TURN,
        lit=session.place,
        cards=cards(session),
        choices=(*(Choice(f"{_FOR}{one}", text) for one, text in named), *more),
        cancel=Text("step.back"),
    )


def _scanned(session: Session, text: str, view: View, check: Check) -> tuple[Person, KnownVolume] | Refusal:
    found = read(session, text, view)
    if not isinstance(found, tuple):
        return found
    person, volume = found
    if listed(session, volume) is not None:
        return AlreadyScanned(volume=volume.title)
    refusal = check(person, volume, view)
    return found if refusal is None else refusal


def _with_sound(move: Move) -> Move:
    return Move(move.session, (*move.effects, Sound(good=True)), move.refusal)


def _door(session: Session, view: View) -> dict[str, str]:
    assert session.place is not None
    return {"number": view.number_of(session.place), "recipient": view.name_of(session.recipient)}
