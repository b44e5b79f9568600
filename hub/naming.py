"""How volumes are called where a whole title must fit on one line."""

from __future__ import annotations

from custody.events import Part
from hub.texts import Texts

__all__ = ["title"]


def title(say: Texts, case: str, part: Part, *, number: int, of: int) -> str:
    """（2026）辽0802民初123号 正卷 1/2."""
    return f"{case} {say(f'part.{part}')} {number}/{of}"
