"""Who may do what until when: everything a station needs to decide alone, signed by the hub.

A badge is known only by its keyed digest, so that a stolen grants file does not open anything. The rules here are the
only ones: every flow and the hub ask them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from custody.archiving import SCANNING_QUEUE, Progress
from custody.events import Part, PlaceKind
from custody.identifiers import PersonId, PlaceId, VolumeId

__all__ = [
    "Code",
    "Delegation",
    "Grants",
    "KnownCabinet",
    "KnownPlace",
    "KnownVolume",
    "Person",
    "Role",
    "badge_digest",
    "may_see",
    "may_take",
    "newer",
    "stale",
    "unproven",
    "waits_for",
]


class Role(StrEnum):
    """What a person is to the court. An operator may be a contractor's."""

    ADMINISTRATOR = "administrator"
    STAFF = "staff"
    OPERATOR = "operator"
    MANAGER = "manager"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: PersonId
    name: str
    roles: frozenset[Role]
    badge: str | None = None  # ``badge_digest`` of the badge's text; none without a badge
    teams: frozenset[str] = frozenset()  # recipients this person may collect for at any time
    pin: str | None = None  # ``custody.codes.code_digest`` of the number this person keys in after the badge


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A pickup code, or a ticket shown as a QR code, that lets ``person`` in without a badge.

    ``digest``: keyed, as a badge's. ``uses``: how often in all, ``used``: how often by ``Grants.upto``. ``volumes``:
    the only ones it is for. A code that is in no newer grants is revoked. Times are milliseconds since 1970, UTC.
    """

    id: str
    digest: str
    person: PersonId
    volumes: frozenset[VolumeId]
    since: int
    until: int
    uses: int = 1
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """``delegate`` may collect what waits for ``person`` until then (milliseconds since 1970, UTC)."""

    person: PersonId
    delegate: PersonId
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVolume:
    """A volume as the hub knew it when it issued the grants."""

    id: VolumeId
    labels: tuple[str, ...]  # the attached one first, retired ones after it
    title: str  # case number and what it is: "（2026）辽0802民初123号 正卷 1/2"
    part: Part
    recipient: str | None  # for whom it is to be deposited: a person, a queue, or not decided
    place: PlaceId | None = None  # where it lies
    lying_for: str | None = None
    holder: PersonId | None = None  # or with whom it is
    held_for: str | None = None
    since: int = 0  # of the latest evidence, milliseconds since 1970
    progress: Progress = Progress()
    sensitive: bool = False  # two people open for it, see ``custody.codes.together``


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    id: PlaceId
    kind: PlaceKind
    name: str
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCabinet:
    """Another cabinet, and how many free compartments of each size it had when the hub last heard."""

    name: str
    free: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What one station may do alone until ``expires`` (milliseconds since 1970, UTC).

    ``upto``: how far the hub had committed this station's own chain, as (epoch, sequence), ("", 0) for nothing yet:
    facts after it are newer than what is said here, and codes wait until it is of this epoch. ``badge_key``: hex key of
    the station's badge digests.
    """

    hub_epoch: str
    version: int
    issued: int
    expires: int
    badge_key: str
    upto: tuple[str, int]
    people: tuple[Person, ...] = ()
    volumes: tuple[KnownVolume, ...] = ()
    places: tuple[KnownPlace, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # display names of recipients that are not people
    delegations: tuple[Delegation, ...] = ()
    codes: tuple[Code, ...] = ()
    named: Mapping[PlaceId, str] = field(default_factory=dict)  # compartments kept for one recipient
    overdue_after: int = 7 * 86_400_000  # milliseconds a volume may lie in a compartment before it may be cleared
    elsewhere: tuple[KnownCabinet, ...] = ()  # other cabinets with room, the nearest first
    sealing_key: str = ""  # hex of the X25519 key that private values are sealed to; none: nothing can be confided


def badge_digest(badge: str, *, key: str) -> str:
    """The keyed digest of what a badge reader reads: HMAC-SHA-256, hex. ``key`` is hex."""
    return hmac.new(bytes.fromhex(key), badge.encode(), hashlib.sha256).hexdigest()


def newer(candidate: Grants, held: Grants | None, *, hub_epoch: str | None = None, left: Collection[str] = ()) -> bool:
    """Whether a station may replace what it holds: a higher version of the same hub epoch, or grants of a later epoch.

    Which epoch is the later one, the root's word of a recovery says: ``hub_epoch`` is the one whose log the station
    accepts, none if it has seen no log yet; ``left`` are those that it has left by that word, and never goes back to.
    """
    if candidate.hub_epoch in left:
        return False
    if held is None:
        return True
    if candidate.hub_epoch == held.hub_epoch:
        return candidate.version > held.version
    if hub_epoch is not None:
        return candidate.hub_epoch == hub_epoch
    return candidate.issued > held.issued


def unproven(candidate: Grants, held: Grants | None, *, hub_epoch: str | None, left: Collection[str]) -> bool:
    """Whether grants are to wait for the root's word: of an epoch that is neither held, nor accepted, nor left."""
    known = (hub_epoch, *left)
    return held is not None and hub_epoch is not None and candidate.hub_epoch not in (held.hub_epoch, *known)


def stale(grants: Grants, *, now: int) -> bool:
    """Whether the grants have run out at ``now``, the station's best lower bound of the time (ms since 1970)."""
    return now >= grants.expires


def may_see(person: Person, part: Part) -> bool:
    """Whether a person may handle volumes of this part at all: confidential ones are for the court's own staff."""
    if part is Part.CONFIDENTIAL:
        return bool(person.roles & {Role.STAFF, Role.ADMINISTRATOR})
    return bool(person.roles & {Role.STAFF, Role.ADMINISTRATOR, Role.OPERATOR})


def may_take(person: Person, part: Part, recipient: str | None) -> bool:
    """Whether a person may take a volume that waits for ``recipient``."""
    if not may_see(person, part):
        return False
    if recipient == SCANNING_QUEUE:
        return True
    if recipient is None:  # found where nobody expected it: the court's own staff see to it
        return bool(person.roles & {Role.STAFF, Role.ADMINISTRATOR})
    return recipient == person.id or recipient in person.teams


def waits_for(volume: KnownVolume) -> str | None:
    """For whom a volume waits: as it was deposited, else as the case proposes; none if neither says."""
    return volume.lying_for or volume.recipient
