"""The pattern of leaving papers in a compartment: phone number, list, size, the door opens and shuts, recorded.

A party leaves papers for the court and the court for a party by this pattern. The phone number goes to the hub under a
seal the moment it is keyed in; a session remembers only its id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from custody.events import PaperKind, ParcelDeposited, PrivateKind
from custody.flows import parcels
from custody.flows.doors import NOT_OPENED, OPENING, not_opened_prompt, opening_prompt
from custody.flows.grammar import (
    CANCEL,
    START,
    Choice,
    Chosen,
    Colour,
    Confide,
    DoorClosed,
    Move,
    NumberEntered,
    Prompt,
    Record,
    Row,
    Session,
    Sheet,
    Sound,
    Stimulus,
    Text,
)
from custody.identifiers import PlaceId
from custody.knowledge import SIZES, View
from custody.parcels import MOST_OF_A_KIND, PARTY, receipt_of
from custody.private import phone_number
from custody.refusals import DoorsNotRead, NotAPhoneNumber, NothingListed, NotNow, TooManyPapers

__all__ = ["HELD", "PATIENCE", "PHONE", "STATES", "prompts", "table", "texts"]

PHONE, LIST, SIZE, PLACING, UNDOING, DONE = "phone", "list", "size", "placing", "undoing", "done"
STATES = (PHONE, LIST, SIZE, OPENING, PLACING, UNDOING, NOT_OPENED, DONE)
HELD = frozenset({OPENING, PLACING, UNDOING})
PATIENCE = {
    PHONE: 60,
    LIST: 60,
    SIZE: 45,
    OPENING: 30,
    PLACING: 90,
    UNDOING: 60,
    NOT_OPENED: 45,
    DONE: 30,
}
_SIZE = "size:"
_KINDS = tuple(PaperKind)


def table() -> dict[tuple[str, type[Stimulus]], Row]:
    """The rows from the phone number on; the recipient is in the session."""
    return {
        (PHONE, NumberEntered): Row((PHONE, LIST), _phone),
        (LIST, NumberEntered): Row((LIST, SIZE), _listed),
        (SIZE, Chosen): Row((SIZE, OPENING, START), _sized),
        **parcels.rows(PLACING, may=_may, other=_other),
        (PLACING, DoorClosed): Row((PLACING, DONE), _closed),
        (PLACING, Chosen): Row((PLACING, UNDOING), _nothing_put_in),
        (UNDOING, DoorClosed): Row((UNDOING, START), _undone),
    }


def prompts(name: str) -> dict[str, Callable[[Session, View], Prompt]]:
    """The prompts of those states; what differs between the flows stands under ``<name>.…`` in the catalogues."""
    return {
        PHONE: lambda session, view: _keyed(name, f"{name}.phone", f"{name}.phone.next", session, view),
        LIST: lambda session, view: _keyed(name, f"leaving.list.{_kind(session)}", "leaving.list.next", session, view),
        SIZE: lambda session, view: _size_prompt(name, session, view),
        OPENING: opening_prompt,
        PLACING: lambda session, view: _at_door("leaving.placing", Colour.TURN, session, view),
        UNDOING: lambda session, view: replace(
            _at_door("leaving.undoing", Colour.WAIT, session, view), next=Text(f"{name}.undoing.next")
        ),
        NOT_OPENED: partial(not_opened_prompt, other=_other),
        DONE: lambda session, view: replace(
            _at_door(f"{name}.done", Colour.DONE, session, view), sheet=_receipt(session, view)
        ),
    }


def texts() -> tuple[Text, ...]:
    """Those that are shown only for some lists and cabinets."""
    kinds = (Text(f"leaving.list.{kind}.headline") for kind in PaperKind)
    return (*kinds, *(Text(f"size.{one}") for one in SIZES))


def _phone(session: Session, stimulus: NumberEntered, view: View) -> Move:
    phone = phone_number(stimulus.number)
    if phone is None:
        return Move(session, (), NotAPhoneNumber())
    parcel, value = f"pc-{view.new_id}", f"pv-{view.new_id}"
    kept = Confide(value=value, what=PrivateKind.PHONE, about=parcel, text=phone)
    return Move(replace(session, state=LIST, parcel=parcel, confided=(value,), counts=()), (kept, Sound(good=True)))


def _listed(session: Session, stimulus: NumberEntered, view: View) -> Move:
    if not 0 <= stimulus.number <= MOST_OF_A_KIND:
        return Move(session, (), TooManyPapers(most=MOST_OF_A_KIND))
    counts = (*session.counts, stimulus.number)
    if len(counts) < len(_KINDS):
        return Move(replace(session, counts=counts), (Sound(good=True),))
    if not any(counts):
        return Move(replace(session, counts=()), (), NothingListed())
    if not _sizes(session, view):
        unread = bool(_sizes(session, view.once_read()))
        return Move(session, (), DoorsNotRead() if unread else view.no_room())
    return Move(replace(session, state=SIZE, counts=counts), (Sound(good=True),))


def _sizes(session: Session, view: View) -> dict[str, PlaceId]:
    """A vacant compartment of each size there is."""
    found = {view.compartments[one].size: one for one in reversed(_vacant(session, view))}  # the first one stands
    return {size: found[size] for size in SIZES if size in found}


def _vacant(session: Session, view: View) -> tuple[PlaceId, ...]:
    """The recipient's own before others; those whose locks failed lately last."""
    vacant = (one for one in view.compartments if parcels.vacant(one, view, session.recipient))
    return view.willing_first(sorted(vacant, key=lambda one: view.kept_for(one) is None))


def _other(session: Session, view: View) -> Move | None:
    """Another vacant compartment, of the same size or a larger one."""
    tried = None if session.place is None else view.compartments.get(session.place)
    if tried is None:
        return None
    rest = (view.compartments[one] for one in _vacant(session, view) if one != tried.place)
    will_do = [one for one in rest if SIZES.find(one.size) >= SIZES.find(tried.size)]
    nearest = min(will_do, key=lambda one: SIZES.find(one.size), default=None)
    return None if nearest is None else parcels.ask(session, nearest.place, view, may=_may)


def _may(place: PlaceId, view: View, session: Session) -> bool:
    return parcels.vacant(place, view, session.recipient)


def _sized(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    place = _sizes(session, view).get(stimulus.choice.removeprefix(_SIZE))
    if place is None:
        return Move(session, (), NotNow())
    return parcels.ask(session, place, view, may=_may)


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    if stimulus.place != session.place or session.act is None:
        return Move(session)
    fact = ParcelDeposited(
        parcel=session.parcel,
        place=stimulus.place,
        person=session.person,
        recipient=session.recipient,
        papers=_papers(session),
        act=session.act,
    )
    return Move(replace(session, state=DONE, confided=()), (Record(fact), Sound(good=True)))


def _papers(session: Session) -> tuple[PaperKind, ...]:
    return tuple(kind for kind, count in zip(_KINDS, session.counts, strict=False) for _ in range(count))


def _nothing_put_in(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice != CANCEL:
        return Move(session, (), NotNow())
    return Move(replace(session, state=UNDOING))


def _undone(session: Session, stimulus: DoorClosed, view: View) -> Move:
    return Move(None if stimulus.place == session.place else session)


def _kind(session: Session) -> PaperKind:
    return _KINDS[min(len(session.counts), len(_KINDS) - 1)]


def _keyed(name: str, key: str, next_: str, session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text(f"{key}.headline"),
        next=Text(next_, {"recipient": view.name_of(session.recipient), "most": MOST_OF_A_KIND}),
        colour=Colour.TURN,
        keypad=True,
        cancel=Text(f"{name}.cancel"),
    )


def _size_prompt(name: str, session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("leaving.size.headline"),
        next=Text(f"{name}.size.next", {"count": sum(session.counts), "recipient": view.name_of(session.recipient)}),
        colour=Colour.TURN,
        choices=tuple(Choice(f"{_SIZE}{one}", Text(f"size.{one}")) for one in _sizes(session, view)),
        cancel=Text(f"{name}.cancel"),
    )


def _receipt(session: Session, view: View) -> Sheet:
    assert session.act is not None
    to = "" if session.recipient == PARTY else view.name_of(session.recipient)
    number = receipt_of(session.parcel)
    return Sheet(record=session.act, giver="", receiver=to, volumes=(), papers=_papers(session), receipt=number)


def _at_door(key: str, colour: Colour, session: Session, view: View) -> Prompt:
    assert session.place is not None
    fields: dict[str, str | int] = {
        "number": view.number_of(session.place),
        "count": sum(session.counts),
        "recipient": view.name_of(session.recipient),
        "receipt": receipt_of(session.parcel),
    }
    cancel = {PLACING: Text("leaving.undo"), DONE: Text("session.end")}
    return Prompt(
        headline=Text(f"{key}.headline", fields),
        next=Text(f"{key}.next", fields),
        colour=colour,
        lit=session.place,
        cancel=cancel.get(session.state),
    )
