"""Which private values are sent, and when again: each until it is answered, a few at a time, ever less often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Asked", "asked_again", "due", "wanted"]

_FIRST = 15_000
_LONGEST = 600_000
_MOST_UNDER_WAY = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A value was sent ``times`` times on this connection; without an answer it is due again at ``again`` (uptime)."""

    times: int
    again: int


def wanted(here: Sequence[str], asked: Mapping[str, Asked], uptime: int) -> tuple[str, ...]:
    """The values to send now, in the order they were confided."""
    ready = [one for one in here if one not in asked or uptime >= asked[one].again]
    return tuple(ready[: max(0, _MOST_UNDER_WAY - (len(here) - len(ready)))])


def asked_again(before: Asked | None, uptime: int) -> Asked:
    """After one more sending: the next wait is twice as long, up to ten minutes."""
    times = 0 if before is None else before.times
    return Asked(times + 1, uptime + min(_FIRST << min(times, 10), _LONGEST))


def due(here: Sequence[str], asked: Mapping[str, Asked]) -> int | None:
    """When the first of those under way is due again (uptime, ms)."""
    return min((asked[one].again for one in here if one in asked), default=None)
