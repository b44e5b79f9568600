"""What one station is told in its grants: the people, volumes and places it needs to decide alone, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.archiving import Progress
from custody.codes import code_digest
from custody.events import CodeIssued, Part, PlaceKind, Step
from custody.grants import Delegation, Grants, KnownCabinet, KnownPlace, KnownVolume, Person, Role, badge_digest
from custody.holding import AtPlace, Holding, WithPerson
from custody.identifiers import PersonId, PlaceId, StationId, VolumeId
from hub.core.arranging import Arranged, granted_code

__all__ = [
    "KEPT_AFTER_SHELVING",
    "Badge",
    "Expiry",
    "Registered",
    "Roomy",
    "Shown",
    "grants_for",
    "known_volume",
    "nearest_first",
]

KEPT_AFTER_SHELVING = 30 * 24 * 3_600_000
"""Milliseconds for which stations still know a volume that was shelved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A person, what a badge reader reads of that person's badge, and the number keyed in after it."""

    person: PersonId
    name: str
    roles: frozenset[Role]
    text: str | None
    teams: frozenset[str] = frozenset()
    pin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A volume as the register and the fold have it. ``labels``: the attached one first."""

    volume: VolumeId
    title: str
    part: Part
    recipient: str | None
    labels: tuple[str, ...]
    holding: Holding
    progress: Progress
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A place by its name; a compartment by its cabinet's name and its number."""

    place: PlaceId
    kind: PlaceKind
    name: str
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roomy:
    """A cabinet with free compartments, by size. ``floor``: the storey it stands on; none if nobody said."""

    station: StationId
    name: str
    floor: int | None
    free: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """The frame of one issue of grants."""

    hub_epoch: str
    version: int
    issued: int
    expires: int


def grants_for(
    expiry: Expiry,
    *,
    badge_key: str,
    upto: tuple[str, int],
    court_staffed: bool,
    people: Iterable[Badge],
    volumes: Iterable[Registered],
    places: Iterable[Shown],
    names: Mapping[str, str],
    delegations: Iterable[Delegation] = (),
    elsewhere: Iterable[KnownCabinet] = (),
    codes: Iterable[tuple[CodeIssued, str]] = (),
    arranged: Arranged | None = None,
) -> Grants:
    """The grants of one station. Confidential volumes exist only where the court's own staff work.

    ``codes``: those issued, each with its digits.
    """
    stands = Arranged() if arranged is None else arranged
    told = tuple(
        known_volume(one)
        for one in volumes
        if (court_staffed or one.part is Part.MAIN) and not _long_shelved(one, expiry.issued)
    )
    known = {one.id for one in told}
    return Grants(
        hub_epoch=expiry.hub_epoch,
        version=expiry.version,
        issued=expiry.issued,
        expires=expiry.expires,
        badge_key=badge_key,
        upto=upto,
        people=tuple(_person(one, badge_key) for one in people),
        volumes=told,
        places=tuple(KnownPlace(id=one.place, kind=one.kind, name=one.name, label=one.label) for one in places),
        names=names,
        delegations=tuple(one for one in delegations if one.until > expiry.issued),
        elsewhere=tuple(elsewhere),
        codes=tuple(
            granted_code(one, code_digest(text, key=badge_key), used=stands.used.get(one.code, 0))
            for one, text in codes
            if one.until_ms > expiry.issued and known.intersection(one.volumes)
        ),
        named=stands.kept,
    )


def nearest_first(cabinets: Iterable[Roomy], *, station: StationId, floor: int | None) -> tuple[KnownCabinet, ...]:
    """The other cabinets as a station on that floor is told of them: fewest storeys away, then those with most room.

    How far one is that has no floor, nobody knows: it comes last.
    """

    def away(one: Roomy) -> tuple[bool, int, int, str]:
        storeys = None if floor is None or one.floor is None else abs(one.floor - floor)
        return storeys is None, storeys or 0, -sum(one.free.values()), one.name

    others = sorted((one for one in cabinets if one.station != station), key=away)
    return tuple(KnownCabinet(name=one.name, free=one.free) for one in others)


def known_volume(one: Registered) -> KnownVolume:
    """A volume as stations hear of it. Where the record disputes itself, they are told of no place and no holder."""
    place, lying_for, holder, held_for, since = _where(one.holding)
    return KnownVolume(
        id=one.volume,
        labels=one.labels,
        title=one.title,
        part=one.part,
        recipient=one.recipient,
        place=place,
        lying_for=lying_for,
        holder=holder,
        held_for=held_for,
        since=since,
        progress=one.progress,
        sensitive=one.sensitive,
    )


_Where = tuple[PlaceId | None, str | None, PersonId | None, str | None, int]


def _where(holding: Holding) -> _Where:
    match holding:
        case AtPlace(place=place, recipient=recipient, evidence=evidence):
            return (place, recipient, None, None, evidence.time)
        case WithPerson(person=person, on_behalf=on_behalf, evidence=evidence):
            return (None, None, person, on_behalf, evidence.time)
        case _:
            return (None, None, None, None, 0)


def _person(one: Badge, badge_key: str) -> Person:
    digest = None if one.text is None else badge_digest(one.text, key=badge_key)
    pin = None if one.pin is None else code_digest(one.pin, key=badge_key)
    return Person(id=one.person, name=one.name, roles=one.roles, badge=digest, teams=one.teams, pin=pin)


def _long_shelved(one: Registered, now: int) -> bool:
    if one.progress.done is not Step.SHELVED or not isinstance(one.holding, AtPlace):
        return False
    return one.holding.evidence.time < now - KEPT_AFTER_SHELVING
