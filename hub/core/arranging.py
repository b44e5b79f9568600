"""What the office has arranged: teams, compartments kept for somebody, guarded volumes, codes, numbers.

A fold of its acts: who may open what follows from entries alone; names and digits stay in erasable tables. What may be
arranged is said here too: a refusal is the key of its sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from custody.entries import Entry
from custody.events import (
    CodeIssued,
    CodeRevoked,
    CodeUsed,
    CompartmentFreed,
    CompartmentKept,
    GuardLifted,
    PersonErased,
    PinEnded,
    PinGiven,
    TeamJoined,
    TeamLeft,
    TeamRegistered,
    VolumeGuarded,
    VolumeUnguarded,
)
from custody.grants import Code
from custody.identifiers import PersonId, PlaceId, StationId, VolumeId

__all__ = [
    "ARRANGING",
    "LONGEST_CODE",
    "MOST_USES",
    "Arranged",
    "arranged",
    "code_digits",
    "code_refusal",
    "end_pin_refusal",
    "granted_code",
    "lift_refusal",
    "pin_digits",
    "unguard_refusal",
]

ARRANGING = (
    TeamRegistered,
    TeamJoined,
    TeamLeft,
    CompartmentKept,
    CompartmentFreed,
    VolumeGuarded,
    VolumeUnguarded,
    GuardLifted,
    CodeIssued,
    CodeRevoked,
    CodeUsed,
    PinGiven,
    PinEnded,
    PersonErased,
)
"""The kinds that arrange something. Of stations other than the hub only the use of a code counts."""

LONGEST_CODE = 30 * 24 * 3_600_000
MOST_USES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """``members``: person -> teams; ``guarded``: volume -> who decided it; ``used``: code -> how often, anywhere.

    ``pins``: who keys in a number after the badge -> who gave it.
    """

    teams: tuple[str, ...] = ()
    members: Mapping[PersonId, frozenset[str]] = field(default_factory=dict)
    kept: Mapping[PlaceId, str] = field(default_factory=dict)
    guarded: Mapping[VolumeId, PersonId] = field(default_factory=dict)
    codes: Mapping[str, CodeIssued] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    pins: Mapping[PersonId, PersonId] = field(default_factory=dict)


def arranged(entries: Iterable[Entry], *, hub: StationId) -> Arranged:
    """What stands after these entries, which come in their order."""
    fold = _Fold()
    for entry in entries:
        if isinstance(entry.fact, CodeUsed):
            fold.used[entry.fact.code] += 1
        elif entry.station == hub:
            fold.take(entry.fact)
    return Arranged(
        teams=tuple(fold.teams),
        members={person: frozenset(teams) for person, teams in fold.members.items() if teams},
        kept=fold.kept,
        guarded=fold.guarded,
        codes=fold.codes,
        used=fold.used,
        pins=fold.pins,
    )


def unguard_refusal(stands: Arranged, volume: VolumeId, *, asked: bool) -> str | None:
    """Why it cannot be asked for that the rule for two ends. ``asked``: somebody has asked already."""
    if volume not in stands.guarded:
        return "guard.not_guarded"
    return "guard.asked_already" if asked else None


def lift_refusal(stands: Arranged, volume: VolumeId, *, asked_by: PersonId | None, by: PersonId) -> str | None:
    """Why this person may not confirm that it ends: the rule for two is ended by two."""
    if asked_by is None or volume not in stands.guarded:
        return "guard.not_asked"
    return "guard.same_person" if asked_by == by else None


def code_digits(chance: int) -> str:
    """Eight digits from a large random number. None begins with 0, for a keypad tells a number, not its digits."""
    return str(10_000_000 + chance % 90_000_000)


def pin_digits(chance: int) -> str:
    """Six digits from a large random number; none begins with 0 either."""
    return str(100_000 + chance % 900_000)


def end_pin_refusal(stands: Arranged, person: PersonId, *, by: PersonId) -> str | None:
    """Why this person may not end it: nobody makes their own badge enough."""
    if person not in stands.pins:
        return "pin.none"
    return "pin.own" if person == by else None


def code_refusal(volumes: Collection[VolumeId], *, since: int, until: int, uses: int, now: int) -> str | None:
    """Why a code cannot be issued so. Times in milliseconds since 1970."""
    if not volumes:
        return "code.no_volumes"
    if not 1 <= uses <= MOST_USES:
        return "code.too_many_uses"
    if until <= max(since, now):
        return "code.over_already"
    if until - max(since, now) > LONGEST_CODE:
        return "code.too_long"
    return None


def granted_code(issued: CodeIssued, digest: str, *, used: int) -> Code:
    """A code as a station is told of it."""
    return Code(
        id=issued.code,
        digest=digest,
        person=issued.person,
        volumes=frozenset(issued.volumes),
        since=issued.since_ms,
        until=issued.until_ms,
        uses=issued.uses,
        used=used,
    )


@dataclass(slots=True)
class _Fold:
    """What stands so far. It grows in place: there may be years of entries."""

    teams: list[str] = field(default_factory=list)
    members: dict[PersonId, set[str]] = field(default_factory=lambda: defaultdict(set))
    kept: dict[PlaceId, str] = field(default_factory=dict)
    guarded: dict[VolumeId, PersonId] = field(default_factory=dict)
    codes: dict[str, CodeIssued] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    pins: dict[PersonId, PersonId] = field(default_factory=dict)

    def take(self, fact: object) -> None:
        match fact:
            case TeamRegistered(team=team):
                self.teams.append(team)
            case TeamJoined(person=person, team=team):
                self.members[person].add(team)
            case TeamLeft(person=person, team=team):
                self.members[person].discard(team)
            case CompartmentKept(place=place, recipient=recipient):
                self.kept[place] = recipient
            case CompartmentFreed(place=place):
                self.kept.pop(place, None)
            case VolumeGuarded(volume=volume, by=by):
                self.guarded[volume] = by
            case VolumeUnguarded(volume=volume) | GuardLifted(volume=volume):
                self.guarded.pop(volume, None)
            case CodeIssued() as issued:
                self.codes[issued.code] = issued
            case CodeRevoked(code=code):
                self.codes.pop(code, None)
            case PinGiven(person=person, by=by):
                self.pins[person] = by
            case PinEnded(person=person):
                self.pins.pop(person, None)
            case PersonErased(person=person):
                self._forget(person)
            case _:
                pass

    def _forget(self, person: PersonId) -> None:
        """Nothing is kept for, or opens for, somebody who was erased."""
        self.members.pop(person, None)
        self.pins.pop(person, None)
        self.kept = {place: one for place, one in self.kept.items() if one != person}
        self.codes = {code: one for code, one in self.codes.items() if one.person != person}
