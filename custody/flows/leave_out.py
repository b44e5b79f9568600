"""Leave out (留给当事人): staff leave papers for a party, who comes for them with a code and no badge."""

from __future__ import annotations

from dataclasses import replace

from custody.events import StationKind
from custody.flows import leaving, parcels
from custody.flows.grammar import START, Began, Flow, Move, Row, Session
from custody.flows.leaving import PHONE
from custody.grants import Person, Role
from custody.knowledge import View
from custody.parcels import PARTY
from custody.refusals import NotTakingPapers

__all__ = ["FLOW"]


def _offered(person: Person, view: View) -> int | None:
    return 0 if _possible(view) else None


def _possible(view: View) -> bool:
    sealing = view.grants is not None and bool(view.grants.sealing_key)
    return sealing and any(parcels.vacant(one, view, PARTY) for one in view.compartments)


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    if not _possible(view):
        return Move(None, (), NotTakingPapers())
    return Move(replace(session, state=PHONE, recipient=PARTY))


FLOW = Flow(
    name="leave_out",
    order=27,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.STAFF}),
    states=leaving.STATES,
    held=leaving.HELD,
    table={(START, Began): Row((PHONE, START), _begin), **leaving.table()},
    prompts=leaving.prompts("leave_out"),
    patience=leaving.PATIENCE,
    offers=_offered,
    claims=lambda person, volume, view: False,
    also=leaving.texts(),
)
