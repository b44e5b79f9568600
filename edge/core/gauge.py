"""How long the room on disk lasts, and whether there is enough of it to begin something."""

from __future__ import annotations

__all__ = ["RESERVE", "room_days", "room_to_act"]

RESERVE = 4 * 1024 * 1024
"""Bytes kept for what must be recorded in any case: doors that move, answers, endings. Nothing new begins on them."""

_MOST_DAYS = 3650.0
_DAY = 24 * 60 * 60 * 1000


def room_to_act(room: int) -> bool:
    """Whether a lock may be fired with ``room`` bytes left for its record and all that may follow from it."""
    return room > RESERVE


def room_days(room: int, *, written: int, over: int) -> float | None:
    """Days until only the reserve is left, if ``written`` bytes in ``over`` ms are usual; none if not known."""
    if written <= 0 or over <= 0:
        return None
    days = max(room - RESERVE, 0) / (written * _DAY / over)
    return round(min(days, _MOST_DAYS), 1)
