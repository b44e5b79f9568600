"""Drop off (交材料): a party without a badge leaves papers for a judge or team, and gets a receipt.

The phone number goes to the hub under a seal the moment it is keyed in; this flow remembers only its id.
"""

from __future__ import annotations

from dataclasses import replace

from custody.events import PaperKind, ParcelDeposited, PrivateKind, StationKind
from custody.flows import parcels
from custody.flows.doors import NOT_OPENED, OPENING, not_opened_prompt, opening_prompt
from custody.flows.grammar import (
    CANCEL,
    START,
    Began,
    Choice,
    Chosen,
    Colour,
    Confide,
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
from custody.grants import KnownVolume, Role, stale
from custody.identifiers import PlaceId
from custody.knowledge import SIZES, View
from custody.parcels import MOST_OF_A_KIND, receipt_of
from custody.private import phone_number
from custody.refusals import (
    CabinetFull,
    GrantsStale,
    NotAPhoneNumber,
    NothingListed,
    NotNow,
    NotTakingPapers,
    NoWayToRecipient,
    TooManyPapers,
)

__all__ = ["FLOW"]

WHOM, PHONE, LIST, SIZE, PLACING, UNDOING, DONE = "whom", "phone", "list", "size", "placing", "undoing", "done"
_FOR, _MORE = "for:", "more"
_SIZE = "size:"
_SHOWN = 2
_KINDS = tuple(PaperKind)


def _open_to_all(view: View) -> bool:
    """Papers are taken in where a phone number can be sealed, somebody can be chosen and a compartment is vacant."""
    sealing = view.grants is not None and bool(view.grants.sealing_key)
    return sealing and bool(_recipients(view)) and any(parcels.vacant(one, view, "") for one in view.compartments)


def _recipients(view: View) -> tuple[str, ...]:
    if view.grants is None:
        return ()
    teams = (one for one in view.grants.names if not one.startswith("queue:"))
    staff = (one.id for one in view.grants.people if Role.STAFF in one.roles)
    return tuple(dict.fromkeys((*teams, *staff)))


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    if view.grants is not None and stale(view.grants, now=view.now):
        return Move(None, (), GrantsStale(until_ms=view.grants.expires))
    if not _open_to_all(view):
        return Move(None, (), NotTakingPapers())
    return Move(replace(session, state=WHOM))


def _whom(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice == _MORE:
        return Move(replace(session, page=(session.page + 1) % _pages(view)))
    recipient = stimulus.choice.removeprefix(_FOR)
    if stimulus.choice == recipient or recipient not in _recipients(view):
        return Move(session, (), NotNow())
    return Move(replace(session, state=PHONE, recipient=recipient, page=0))


def _slip(session: Session, stimulus: LabelScanned, view: View) -> Move:
    """The label on what the court sent: it leads to whoever the case is with, and shows nothing else of it."""
    found = view.by_label(stimulus.text)
    if not isinstance(found, KnownVolume):
        return Move(session, (), found)
    if found.recipient not in _recipients(view):
        return Move(session, (), NoWayToRecipient())
    return Move(replace(session, state=PHONE, recipient=found.recipient, page=0), (Sound(good=True),))


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
        return Move(session, (), CabinetFull(elsewhere=view.elsewhere()))
    return Move(replace(session, state=SIZE, counts=counts), (Sound(good=True),))


def _sizes(session: Session, view: View) -> dict[str, PlaceId]:
    """A vacant compartment of each size there is, the recipient's own before others."""
    vacant = [one for one in view.compartments.values() if parcels.vacant(one.place, view, session.recipient)]
    preferred = sorted(vacant, key=lambda one: view.kept_for(one.place) is None)
    found = {one.size: one.place for one in reversed(preferred)}  # of each size the first stands
    return {size: found[size] for size in SIZES if size in found}


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


def _stay(session: Session, stimulus: TimeUp, view: View) -> Move:
    return Move(session)


def _pages(view: View) -> int:
    return max(1, -(-len(_recipients(view)) // _SHOWN))


# --- prompts --------------------------------------------------------------------------------------------------------


def _whom_prompt(session: Session, view: View) -> Prompt:
    offered, pages = _recipients(view), _pages(view)
    at = _SHOWN * (session.page % pages)
    named = ((one, Text("drop_off.whom.one", {"recipient": view.name_of(one)})) for one in offered[at : at + _SHOWN])
    more = (Choice(_MORE, Text("home.more")),) if pages > 1 else ()
    return Prompt(
        headline=Text("drop_off.whom.headline"),
        next=Text("drop_off.whom.next"),
        colour=Colour.TURN,
        choices=(*(Choice(f"{_FOR}{one}", text) for one, text in named), *more),
        cancel=Text("session.end"),
    )


def _keyed(state: str, session: Session, view: View) -> Prompt:
    kind = _KINDS[min(len(session.counts), len(_KINDS) - 1)]
    key = f"drop_off.list.{kind}" if state == LIST else f"drop_off.{state}"
    return Prompt(
        headline=Text(f"{key}.headline"),
        next=Text(f"drop_off.{state}.next", {"recipient": view.name_of(session.recipient), "most": MOST_OF_A_KIND}),
        colour=Colour.TURN,
        keypad=True,
        cancel=Text("drop_off.cancel"),
    )


def _size_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("drop_off.size.headline"),
        next=Text("drop_off.size.next", {"count": sum(session.counts), "recipient": view.name_of(session.recipient)}),
        colour=Colour.TURN,
        choices=tuple(Choice(f"{_SIZE}{one}", Text(f"drop_off.size.{one}")) for one in _sizes(session, view)),
        cancel=Text("drop_off.cancel"),
    )


def _at_door(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    assert session.place is not None
    fields: dict[str, str | int] = {
        "number": view.number_of(session.place),
        "count": sum(session.counts),
        "recipient": view.name_of(session.recipient),
        "receipt": receipt_of(session.parcel),
    }
    cancel = {PLACING: Text("drop_off.undo"), DONE: Text("session.end")}
    return Prompt(
        headline=Text(f"drop_off.{state}.headline", fields),
        next=Text(f"drop_off.{state}.next", fields),
        colour=colour,
        lit=session.place,
        cancel=cancel.get(state),
    )


FLOW = Flow(
    name="drop_off",
    order=240,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset(),
    states=(WHOM, PHONE, LIST, SIZE, OPENING, PLACING, UNDOING, NOT_OPENED, DONE),
    held=frozenset({OPENING, PLACING, UNDOING}),
    table={
        (START, Began): Row((WHOM, START), _begin),
        (WHOM, Chosen): Row((WHOM, PHONE, START), _whom),
        (WHOM, LabelScanned): Row((WHOM, PHONE), _slip),
        (PHONE, NumberEntered): Row((PHONE, LIST), _phone),
        (LIST, NumberEntered): Row((LIST, SIZE), _listed),
        (SIZE, Chosen): Row((SIZE, OPENING, START), _sized),
        **parcels.rows(PLACING, may=_may),
        (PLACING, DoorClosed): Row((PLACING, DONE), _closed),
        (PLACING, Chosen): Row((PLACING, UNDOING), _nothing_put_in),
        (PLACING, TimeUp): Row((PLACING,), _stay),
        (UNDOING, DoorClosed): Row((UNDOING, START), _undone),
    },
    prompts={
        WHOM: _whom_prompt,
        PHONE: lambda session, view: _keyed(PHONE, session, view),
        LIST: lambda session, view: _keyed(LIST, session, view),
        SIZE: _size_prompt,
        OPENING: opening_prompt,
        PLACING: lambda session, view: _at_door(PLACING, Colour.TURN, session, view),
        UNDOING: lambda session, view: _at_door(UNDOING, Colour.WAIT, session, view),
        NOT_OPENED: not_opened_prompt,
        DONE: lambda session, view: _at_door(DONE, Colour.DONE, session, view),
    },
    patience={
        WHOM: 45,
        PHONE: 60,
        LIST: 60,
        SIZE: 45,
        OPENING: 30,
        PLACING: 90,
        UNDOING: 60,
        NOT_OPENED: 45,
        DONE: 30,
    },
    offers=lambda person, view: None,
    claims=lambda person, volume, view: False,
    open_to_all=_open_to_all,
    also=(
        Text("drop_off.whom.one", {"recipient": ""}),
        *(Text(f"drop_off.list.{kind}.headline") for kind in PaperKind),
        *(Text(f"drop_off.size.{one}") for one in SIZES),
    ),
)
