"""What the office has arranged: teams, compartments kept for somebody, guarded volumes, codes: a fold of its acts.

Who may open what follows from entries alone; names and the digits of codes stay in erasable tables. What may be
arranged is said here too: a refusal is the key of its sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from custody.entries import Entry
from custody.events import (
    CodeIssued,
    CodeRevoked,
    CodeUsed,
    CompartmentFreed,
    CompartmentKept,
    PersonErased,
    TeamJoined,
    TeamLeft,
    TeamRegistered,
    VolumeGuarded,
    VolumeUnguarded,
)
from custody.grants import Code
from custody.identifiers import PersonId, PlaceId, StationId, VolumeId

__all__ = ["ARRANGING", "LONGEST_CODE", "MOST_USES", "Arranged", "arranged", "code_refusal", "granted_code"]

ARRANGING = (
    TeamRegistered,
    TeamJoined,
    TeamLeft,
    CompartmentKept,
    CompartmentFreed,
    VolumeGuarded,
    VolumeUnguarded,
    CodeIssued,
    CodeRevoked,
    CodeUsed,
    PersonErased,
)
"""The kinds that arrange something. Of stations other than the hub only the use of a code counts."""

LONGEST_CODE = 30 * 24 * 3_600_000
MOST_USES = 20
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """``members``: person -> teams; ``guarded``: volume -> who decided it; ``used``: code -> how often, anywhere."""

    teams: tuple[str, ...] = ()
    members: Mapping[PersonId, frozenset[str]] = field(default_factory=dict)
    kept: Mapping[PlaceId, str] = field(default_factory=dict)
    guarded: Mapping[VolumeId, PersonId] = field(default_factory=dict)
    codes: Mapping[str, CodeIssued] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)


def arranged(entries: Iterable[Entry], *, hub: StationId) -> Arranged:
    """What stands after these entries, which come in their order."""
    now = Arranged()
    for entry in entries:
        if isinstance(entry.fact, CodeUsed):
            now = replace(now, used={**now.used, entry.fact.code: now.used.get(entry.fact.code, 0) + 1})
        elif entry.station == hub:
            now = _after(now, entry)
    return now


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


def _after(now: Arranged, entry: Entry) -> Arranged:
    match entry.fact:
        case TeamRegistered(team=team):
            return replace(now, teams=(*now.teams, team))
        case TeamJoined(person=person, team=team):
            return _with(now, person, now.members.get(person, frozenset()) | {team})
        case TeamLeft(person=person, team=team):
            return _with(now, person, now.members.get(person, frozenset()) - {team})
        case CompartmentKept(place=place, recipient=recipient):
            return replace(now, kept={**now.kept, place: recipient})
        case CompartmentFreed(place=place):
            return replace(now, kept=_without(now.kept, {place}))
        case VolumeGuarded(volume=volume, by=by):
            return replace(now, guarded={**now.guarded, volume: by})
        case VolumeUnguarded(volume=volume):
            return replace(now, guarded=_without(now.guarded, {volume}))
        case CodeIssued() as issued:
            return replace(now, codes={**now.codes, issued.code: issued})
        case CodeRevoked(code=code):
            return replace(now, codes=_without(now.codes, {code}))
        case PersonErased(person=person):
            return _forget(now, person)
        case _:
            return now


def _with(now: Arranged, person: PersonId, teams: frozenset[str]) -> Arranged:
    others = _without(now.members, {person})
    return replace(now, members={**others, person: teams} if teams else others)


def _forget(now: Arranged, person: PersonId) -> Arranged:
    """Nothing is kept for, or opens for, somebody who was erased."""
    return replace(
        now,
        members=_without(now.members, {person}),
        kept={place: one for place, one in now.kept.items() if one != person},
        codes={code: one for code, one in now.codes.items() if one.person != person},
    )


def _without(table: Mapping[Key, Value], gone: Collection[Key]) -> dict[Key, Value]:
    return {key: value for key, value in table.items() if key not in gone}
