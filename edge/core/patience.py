"""How long is waited: for the broker, doubling, bounded, never by all stations at once; for a record, not too long."""

from __future__ import annotations

__all__ = ["reconnect_after", "still_expected"]

_FIRST = 500
_LONGEST = 30_000
_RECORD = 5_000


def reconnect_after(tries: int, *, chance: float) -> int:
    """Milliseconds before attempt ``tries`` (from 0). ``chance`` in [0, 1) spreads the stations of a court."""
    most = min(_FIRST << min(tries, 10), _LONGEST)
    return int(most * (0.5 + chance / 2))


def still_expected(waited: int) -> bool:
    """Whether somebody still stands at the door whose opening took ``waited`` ms to be recorded. Else it lapses."""
    return waited <= _RECORD
