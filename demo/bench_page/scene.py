"""What stands and lies on the bench, as the page needs it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from custody.events import StationKind
from custody.flows.grammar import Flow
from demo.bench_page.tour import Step
from hardware.wiring import Compartment

__all__ = ["Badge", "Label", "Order", "Stand", "scene"]

_COLUMNS = 6
_HEIGHTS = {"S": 1.0, "M": 1.4, "L": 2.0}


class Stand(NamedTuple):
    """One cabinet or station: ``control`` is its simulated hardware's socket, ``kiosk`` the address of its screen.

    ``layout``: where its doors stand in the steel; doors that it does not name follow in rows of six.
    """

    name: str
    control: str
    kiosk: str
    title: str = ""
    layout: Sequence[Compartment] = ()
    kind: StationKind = StationKind.CABINET


class Badge(NamedTuple):
    """``roles``: all that this person is; nobody's for a badge that is not registered."""

    name: str
    role: str
    text: str
    roles: tuple[str, ...] = ()


class Label(NamedTuple):
    text: str
    title: str
    kind: str = "volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a hand does. ``door`` or ``text`` says with what."""

    stand: str
    do: str
    door: str = ""
    text: str = ""
    on: bool = True


def scene(
    words: Mapping[str, str],
    *,
    stands: Sequence[tuple[Stand, Sequence[str]]],
    badges: Sequence[Badge],
    labels: Sequence[Label],
    flows: Iterable[Flow] = (),
    tour: Sequence[Step] = (),
    hub: str = "",
) -> dict[str, Any]:
    """The whole bench, worded. Each stand comes with the names of its doors; ``hub`` is the address of its pages."""
    return {
        "words": {key: text for key, text in words.items() if key.startswith("bench.")},
        "stands": [
            {"name": one.name, "title": one.title, "kiosk": one.kiosk, "kind": one.kind, **_steel(doors, one.layout)}
            for one, doors in stands
        ],
        "flows": [_way(flow, words, badges) for flow in flows],
        "tour": [asdict(one) for one in tour],
        "hub": hub,
        "badges": [
            {"name": one.name, "role": words.get(f"role.{one.role}", one.role), "text": one.text} for one in badges
        ],
        "labels": [one._asdict() for one in labels],
    }


def _way(flow: Flow, words: Mapping[str, str], badges: Sequence[Badge]) -> dict[str, Any]:
    """How a flow is begun from here: where, and by whose badge; nobody's where it is open to all."""
    who = [one.text for one in badges if flow.open_to_all is None and set(one.roles) & flow.rights]
    return {"name": flow.name, "title": words[f"flow.{flow.name}"], "at": sorted(flow.at), "who": who}


def _steel(doors: Sequence[str], layout: Sequence[Compartment]) -> dict[str, Any]:
    known = {one.name: one for one in layout if one.name in doors}
    below = max((one.row for one in known.values()), default=0)
    placed = [
        {"name": one.name, "row": one.row, "column": one.column, "height": _HEIGHTS.get(one.size, 1.0)}
        for one in known.values()
    ]
    for number, name in enumerate(one for one in doors if one not in known):
        row, column = below + 1 + number // _COLUMNS, 1 + number % _COLUMNS
        placed.append({"name": name, "row": row, "column": column, "height": 1.0})
    return {"doors": placed}
