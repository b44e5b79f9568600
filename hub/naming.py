"""How volumes and places are called where a whole title must fit on one line."""

from __future__ import annotations

from custody.events import Part, PlaceKind
from hub.store.tables import PlaceRow
from hub.texts import Texts

__all__ = ["place_name", "title"]


def place_name(row: PlaceRow, *, station: str) -> str:
    """A compartment by its cabinet and number, any other place by its own name. ``station``: the name of its own."""
    return f"{station} {row.number}" if row.kind == PlaceKind.COMPARTMENT else row.name or row.place


def title(say: Texts, case: str, part: Part, *, number: int, of: int) -> str:
    """（2026）辽0802民初123号 正卷 1/2."""
    return f"{case} {say(f'part.{part}')} {number}/{of}"
