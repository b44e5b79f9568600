"""How the journal stands: what waits, since when, and for how many days there is room."""

from __future__ import annotations

from edge.clocks import Clocks
from edge.core.gauge import room_days
from edge.journal import Journal

__all__ = ["RoomGauge"]

_EVERY = 60_000  # ms between looks at the disk
_SPAN = 7 * 24 * 60 * 60 * 1000  # ms of records that tell how many are usual


class RoomGauge:
    """Days of room, measured now and then."""

    def __init__(self, journal: Journal, clocks: Clocks) -> None:
        self._journal, self._clocks = journal, clocks
        self._at = clocks.uptime()
        self._days: float | None = None

    def days(self) -> float | None:
        """None while nothing tells how much is written a day."""
        uptime = self._clocks.uptime()
        if uptime >= self._at:
            self._at = uptime + _EVERY
            self._days = self._measure()
        return self._days

    def _measure(self) -> float | None:
        now, first = self._clocks.wall(), self._journal.first_time()
        if first is None:
            return None
        span = min(max(now - first, 0), _SPAN)
        return room_days(self._journal.room(), written=self._journal.size_between(now - span, now), over=span)
