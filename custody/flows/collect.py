"""Collect (取出): a compartment opens for someone who may take everything in it; what is taken is scanned out.

Whoever collects for another by delegation, or for a team, collects here like anybody else.
"""

from __future__ import annotations

from custody.flows.taking import taking_flow
from custody.grants import KnownVolume, Person, Role
from custody.knowledge import View

__all__ = ["FLOW"]


def _claims(person: Person, volume: KnownVolume, view: View) -> bool:
    return volume.place is not None and volume.place in view.takeable(person)


FLOW = taking_flow(
    "collect",
    20,
    frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    places=lambda person, view: view.takeable(person),
    claims=_claims,
    by_code=True,
)
