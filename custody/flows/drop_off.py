"""Drop off (交材料): a party without a badge leaves papers for a judge or team, and gets a receipt."""

from __future__ import annotations

from dataclasses import replace

from custody.events import StationKind
from custody.flows import leaving, parcels
from custody.flows.grammar import (
    CANCEL,
    START,
    Began,
    Choice,
    Chosen,
    Colour,
    Flow,
    LabelScanned,
    Move,
    Prompt,
    Row,
    Session,
    Sound,
    Text,
)
from custody.flows.leaving import PHONE
from custody.grants import KnownVolume, Role, stale
from custody.knowledge import View
from custody.refusals import GrantsStale, NotNow, NotTakingPapers, NoWayToRecipient

__all__ = ["FLOW"]

WHOM = "whom"
_FOR, _MORE = "for:", "more"
_SHOWN = 2


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


def _pages(view: View) -> int:
    return max(1, -(-len(_recipients(view)) // _SHOWN))


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


FLOW = Flow(
    name="drop_off",
    order=240,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset(),
    states=(WHOM, *leaving.STATES),
    held=leaving.HELD,
    table={
        (START, Began): Row((WHOM, START), _begin),
        (WHOM, Chosen): Row((WHOM, PHONE, START), _whom),
        (WHOM, LabelScanned): Row((WHOM, PHONE), _slip),
        **leaving.table(),
    },
    prompts={WHOM: _whom_prompt, **leaving.prompts("drop_off")},
    patience={WHOM: 45, **leaving.PATIENCE},
    offers=lambda person, view: None,
    claims=lambda person, volume, view: False,
    open_to_all=_open_to_all,
    also=(Text("drop_off.whom.one", {"recipient": ""}), *leaving.texts()),
)
