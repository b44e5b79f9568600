"""What the court decides for itself: how long grants hold, what is overdue, on which days it is closed. Pure.

A fold of the hub's own chain. What was never decided is as in the settings. A refusal is the key of its sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import assert_never

from custody.entries import Entry
from custody.events import ClosureAnnounced, ClosureWithdrawn, PolicyDecided, PolicyRule
from custody.identifiers import PersonId, StationId

__all__ = [
    "DECIDING",
    "LIMITS",
    "LONGEST_CLOSURE",
    "MOST_DAYS",
    "Closure",
    "Decided",
    "Policy",
    "announce_refusal",
    "decide_refusal",
    "held_days",
    "policy_of",
    "runs_out",
    "withdraw_refusal",
]

DECIDING = (PolicyDecided, ClosureAnnounced, ClosureWithdrawn)

LIMITS: Mapping[PolicyRule, tuple[int, int]] = {PolicyRule.GRANTS_DAYS: (1, 30), PolicyRule.OVERDUE_DAYS: (0, 365)}
"""The least and the most that may be decided."""

_DAY = 24 * 3_600_000
LONGEST_CLOSURE = 60
MOST_DAYS = 60
"""No station works alone for longer, however long the court is closed."""


@dataclass(frozen=True, slots=True, order=True)
class Closure:
    """The court is closed from the first day to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last

    def meets(self, other: Closure) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: when (ms since 1970), and the fact, which names who."""

    time: int
    fact: PolicyDecided | ClosureAnnounced | ClosureWithdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """``values``: only what was decided; ``closures``: in their order; ``history``: every decision, the first first."""

    values: Mapping[PolicyRule, int] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()
    history: tuple[Decided, ...] = ()

    def value(self, rule: PolicyRule, *, default: int) -> int:
        return self.values.get(rule, default)

    def by(self, closure: Closure) -> PersonId | None:
        """Who announced it."""
        announced = [one.fact for one in self.history if isinstance(one.fact, ClosureAnnounced)]
        return next((one.by for one in reversed(announced) if _closure(one) == closure), None)

    def latest(self, rule: PolicyRule) -> Decided | None:
        """The decision that holds."""
        about = (one for one in reversed(self.history) if isinstance(one.fact, PolicyDecided) and one.fact.rule is rule)
        return next(about, None)


def policy_of(entries: Iterable[Entry], *, hub: StationId) -> Policy:
    """What holds after these entries, which come in their order. Only the hub's own decide."""
    values: dict[PolicyRule, int] = {}
    closures: set[Closure] = set()
    history: list[Decided] = []
    for entry in entries:
        fact = entry.fact
        if entry.station != hub or not isinstance(fact, DECIDING):
            continue
        history.append(Decided(entry.time, fact))
        match fact:
            case PolicyDecided(rule=rule, value=value):
                values[rule] = value
            case ClosureAnnounced():
                closures.add(_closure(fact))
            case ClosureWithdrawn():
                closures.discard(_closure(fact))
            case _:
                assert_never(fact)
    return Policy(values=values, closures=tuple(sorted(closures)), history=tuple(history))


def decide_refusal(rule: PolicyRule, value: int, *, before: int) -> str | None:
    """Why this cannot be decided. ``before``: what holds now."""
    least, most = LIMITS[rule]
    if not least <= value <= most:
        return "policy.out_of_limits"
    return "policy.same" if value == before else None


def announce_refusal(closure: Closure, known: Collection[Closure], *, today: date) -> str | None:
    """Why these days cannot be announced."""
    if closure.last < closure.first:
        return "closure.backwards"
    if closure.last < today:
        return "closure.past"
    if closure.days > LONGEST_CLOSURE:
        return "closure.too_long"
    return "closure.overlaps" if any(closure.meets(one) for one in known) else None


def withdraw_refusal(closure: Closure, known: Collection[Closure], *, today: date) -> str | None:
    """Why these days cannot be taken back: what is over was so."""
    if closure not in known:
        return "closure.not_known"
    return "closure.past" if closure.last < today else None


def held_days(issued: int, *, days: int, closures: Collection[Closure], zone: tzinfo) -> int:
    """For how many days grants issued now hold, so that the court is open on ``days`` of them.

    ``issued``: milliseconds since 1970. Whoever is cut off on the eve of a long holiday has all its days after it.
    """
    today = datetime.fromtimestamp(issued / 1000, UTC).astimezone(zone).date()
    held = open_days = 0
    while open_days < days and held < MOST_DAYS:
        held += 1
        day = today + timedelta(days=held)
        open_days += not any(one.has(day) for one in closures)
    return held


def runs_out(issued: int, *, renewed_within: int, days: int, closures: Collection[Closure], zone: tzinfo) -> int:
    """Until when grants issued now hold (ms since 1970): ``held_days`` from when the next would come at the latest.

    So whoever is cut off just before they are renewed still has all the days that were decided.
    """
    cut_off = issued + renewed_within
    return cut_off + held_days(cut_off, days=days, closures=closures, zone=zone) * _DAY


def _closure(fact: ClosureAnnounced | ClosureWithdrawn) -> Closure:
    return Closure(date.fromisoformat(fact.first), date.fromisoformat(fact.last))
