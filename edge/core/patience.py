"""How long to wait before trying the broker again: doubling, bounded, and never for all stations at once."""

from __future__ import annotations

__all__ = ["reconnect_after"]

_FIRST = 500
_LONGEST = 30_000


def reconnect_after(tries: int, *, chance: float) -> int:
    """Milliseconds before attempt ``tries`` (from 0). ``chance`` in [0, 1) spreads the stations of a court."""
    most = min(_FIRST << min(tries, 10), _LONGEST)
    return int(most * (0.5 + chance / 2))
