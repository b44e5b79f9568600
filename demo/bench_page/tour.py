"""A short tour for a newcomer: what to press next, and what shows that it was done. Pure.

The page shows the sentence ``bench.tour.<key>``, points at ``here``, and goes on by itself when ``done`` is felt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custody.grants import Role
from custody.identifiers import StationId
from demo.court import CABINET, PEOPLE, STATION, Member, papers

__all__ = ["TOUR", "Step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``done``: what is to be felt: a badge or label by its text, a door by what becomes of it, power, a stand, a page.

    ``here``: what the page points at, as kind and value; ``stand``: where it stands.
    """

    key: str
    done: tuple[str, str]
    here: tuple[str, str]
    stand: StationId = CABINET


def _who(role: Role) -> Member:
    return next(one for one in PEOPLE if one.roles == (role,))


_CLERK, _PORTER = _who(Role.STAFF), _who(Role.OPERATOR)
_VOLUME = next(one for one in papers() if not one.confidential).label

TOUR: Sequence[Step] = (
    Step(key="badge", done=("badge", _CLERK.badge), here=("badge", _CLERK.badge)),
    Step(key="label", done=("label", _VOLUME), here=("label", _VOLUME)),
    Step(key="open", done=("door", "open"), here=("steel", "")),
    Step(key="shut", done=("door", "shut"), here=("steel", "")),
    Step(key="porter", done=("badge", _PORTER.badge), here=("badge", _PORTER.badge)),
    Step(key="collect", done=("door", "open"), here=("screen", "")),
    Step(key="take", done=("label", _VOLUME), here=("label", _VOLUME)),
    Step(key="away", done=("door", "shut"), here=("steel", "")),
    Step(key="dark", done=("power", "off"), here=("power", "")),
    Step(key="light", done=("power", "on"), here=("power", "")),
    Step(key="station", done=("stand", STATION), here=("stand", STATION)),
    Step(key="receive", done=("badge", _PORTER.badge), here=("badge", _PORTER.badge), stand=STATION),
    Step(key="hub", done=("hub", ""), here=("hub", ""), stand=STATION),
)
