"""Find (查找): a scan tells where a volume belongs, who waits for it and what to do. It changes nothing.

It claims whatever no other flow claims, so a wrong volume at a wrong place is answered at once.
"""

from __future__ import annotations

from dataclasses import replace

from custody.archiving import next_step
from custody.events import StationKind
from custody.flows.doors import cards, carried
from custody.flows.grammar import (
    START,
    Began,
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
from custody.flows.scanning import WHEREABOUTS, compartment_of, read, whereabouts
from custody.grants import Role, waits_for
from custody.knowledge import View

__all__ = ["FLOW"]

SCAN, FOUND = "scan", "found"


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(replace(session, state=SCAN), (), found)
    _, volume = found
    return Move(replace(session, state=FOUND, volumes=(carried(volume, stimulus.text),)), (Sound(good=True),))


def _scan_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("find.scan.headline"),
        next=Text("find.scan.next"),
        colour=Colour.TURN,
        cancel=Text("session.end"),
    )


def _found_prompt(session: Session, view: View) -> Prompt:
    volume = view.volumes.get(session.volumes[0].volume) if session.volumes else None
    where, fields = whereabouts(volume, view)
    step = None if volume is None else next_step(volume.progress)
    recipient = None if volume is None else waits_for(volume)
    said = {"recipient": view.name_of(recipient) if recipient else "", "step": step or ""}
    todo = "shelved" if volume is not None and step is None else "waits" if recipient else "nobody"
    return Prompt(
        headline=Text(f"find.found.{where}", fields),
        next=Text(f"find.todo.{todo}", said),
        colour=Colour.DONE,
        lit=None if volume is None else compartment_of(volume, view),
        cards=cards(session),
        cancel=Text("session.end"),
    )


FLOW = Flow(
    name="find",
    order=900,
    at=frozenset({StationKind.CABINET, StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=(SCAN, FOUND),
    held=frozenset(),
    over=frozenset({FOUND}),
    table={
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((SCAN, FOUND), _scanned),
        (SCAN, LabelScanned): Row((SCAN, FOUND), _scanned),
    },
    prompts={SCAN: _scan_prompt, FOUND: _found_prompt},
    patience={SCAN: 45, FOUND: 20},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: True,
    also=(
        *(Text(f"find.found.{where}", fields) for where, fields in WHEREABOUTS.items()),
        Text("find.todo.waits", {"recipient": "", "step": ""}),
        Text("find.todo.shelved"),
    ),
)
