"""Clear overdue (取回清理): the court's staff take out what has lain too long, whoever it waits for."""

from __future__ import annotations

from custody.flows.doors import Access
from custody.flows.taking import taking_flow
from custody.grants import Role

__all__ = ["FLOW"]

FLOW = taking_flow(
    "clear",
    90,
    frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    places=lambda person, view: view.overdue(person),
    claims=lambda person, volume, view: False,
    access=Access.LOOK,
)
