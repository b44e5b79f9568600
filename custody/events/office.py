"""What the hub records in a chain of its own: the register, decisions of the office, keys, grants and commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custody.events.words import AuthorityStage, CorrectionReason, Part, PlaceKind, PolicyRule, StationKind
from custody.identifiers import PersonId, PlaceId, StationId, VolumeId

__all__ = [
    "AuthorityChanged",
    "ClosureAnnounced",
    "ClosureWithdrawn",
    "CodeIssued",
    "CodeRevoked",
    "CommandIssued",
    "CompartmentFreed",
    "CompartmentKept",
    "DelegationWithdrawn",
    "DifferenceReleased",
    "DiscrepancyResolved",
    "GrantsIssued",
    "GuardLifted",
    "KeyAnnounced",
    "LabelAttached",
    "LabelRetired",
    "LedgerRecovered",
    "OfficeFact",
    "PeriodClosed",
    "PersonErased",
    "PersonRegistered",
    "PinEnded",
    "PinGiven",
    "PlaceRegistered",
    "PolicyDecided",
    "RootSucceeded",
    "SealedAccountUsed",
    "StationEnrolled",
    "StationRevoked",
    "TeamJoined",
    "TeamLeft",
    "TeamRegistered",
    "VolumeCorrected",
    "VolumeGuarded",
    "VolumeRegistered",
    "VolumeUnguarded",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceReleased:
    """Court staff accepted a difference of page counts, with a reason, so that the volume may be bound."""

    kind: ClassVar[str] = "archive.difference_released"
    volume: VolumeId
    person: PersonId
    reason: str  # a reason code


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRegistered:
    """A volume became known. ``dossier`` is an opaque id; the case number stays in erasable tables."""

    kind: ClassVar[str] = "volume.registered"
    volume: VolumeId
    dossier: str
    commitment: str  # SHA-256 of salt and case number, hex
    part: Part
    number: int
    of: int
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAttached:
    kind: ClassVar[str] = "label.attached"
    label: str
    volume: VolumeId


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRetired:
    kind: ClassVar[str] = "label.retired"
    label: str
    volume: VolumeId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRegistered:
    kind: ClassVar[str] = "place.registered"
    place: PlaceId
    place_kind: PlaceKind
    station: StationId | None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    kind: ClassVar[str] = "person.registered"
    person: PersonId
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationEnrolled:
    """From here on the hub accepts entries signed by this Ed25519 key (hex of the 32 raw bytes)."""

    kind: ClassVar[str] = "station.enrolled"
    station: StationId
    station_kind: StationKind
    public_key: str
    sealing_key: str  # X25519, hex of the 32 raw bytes; grants are encrypted to it


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRevoked:
    """From here on the hub accepts nothing of this station: no entry, no renewal, no upload."""

    kind: ClassVar[str] = "station.revoked"
    station: StationId
    person: PersonId
    reason: str  # a reason code


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnnounced:
    """The next key of whoever records this, named under the present one. Hex of the 32 raw Ed25519 bytes."""

    kind: ClassVar[str] = "key.announced"
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSucceeded:
    """Another root speaks for the court from here on. ``statement``: a ``NextRoot`` signed by the one before, base64;
    ``countersigned``: the same by the one that follows; ``fingerprint``: of that one, hex."""

    kind: ClassVar[str] = "root.succeeded"
    fingerprint: str
    statement: str
    countersigned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityChanged:
    """``fingerprint``: SHA-256 of the certificate of the authority that comes, hex."""

    kind: ClassVar[str] = "authority.changed"
    stage: AuthorityStage
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAccountUsed:
    """Somebody came in by the account that lies sealed for emergencies."""

    kind: ClassVar[str] = "account.sealed_used"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsIssued:
    kind: ClassVar[str] = "grants.issued"
    station: StationId
    hub_epoch: str
    version: int
    digest: str  # SHA-256 of the grants before encryption, hex


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandIssued:
    kind: ClassVar[str] = "command.issued"
    command: str
    station: StationId
    place: PlaceId
    person: PersonId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyResolved:
    kind: ClassVar[str] = "discrepancy.resolved"
    discrepancy: str
    person: PersonId
    decision: str  # a reason code


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecovered:
    """The first entry of a log after a recovery. What the old one had beyond ``kept`` leaves is gone here.

    ``size`` and ``root`` (hex): the last checkpoint of ``before_epoch`` that anybody had seen, as the root has signed.
    """

    kind: ClassVar[str] = "ledger.recovered"
    hub_epoch: str
    before_epoch: str
    size: int
    root: str
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """Name and badge of a person were erased everywhere. The id stays, and says nothing of anybody."""

    kind: ClassVar[str] = "person.erased"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClosed:
    """What happened before ``until_ms`` is corrected by two people only."""

    kind: ClassVar[str] = "period.closed"
    until_ms: int
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeCorrected:
    """A counter-entry: ``entry`` was mistaken, and the volume is said to be at ``place`` or with ``holder``.

    The entry stays as it is. ``second``: who confirmed it; in a closed period somebody must.
    """

    kind: ClassVar[str] = "volume.corrected"
    volume: VolumeId
    entry: str
    reason: CorrectionReason
    person: PersonId
    second: PersonId | None = None
    place: PlaceId | None = None
    holder: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRegistered:
    """A team whose members collect for each other. Its name stays in the register. ``by``: who did it at the hub."""

    kind: ClassVar[str] = "team.registered"
    team: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamJoined:
    """From here on this person may collect what waits for the team."""

    kind: ClassVar[str] = "team.joined"
    person: PersonId
    team: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLeft:
    """From here on this person may not collect for the team any more."""

    kind: ClassVar[str] = "team.left"
    person: PersonId
    team: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentKept:
    """A compartment takes volumes for ``recipient`` alone: a person, a team or a queue. The latest one counts."""

    kind: ClassVar[str] = "compartment.kept"
    place: PlaceId
    recipient: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentFreed:
    """A compartment takes volumes for anybody again."""

    kind: ClassVar[str] = "compartment.freed"
    place: PlaceId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeGuarded:
    """From here on two people open together for this volume. ``by``: who decided it; they do not end it themselves."""

    kind: ClassVar[str] = "volume.guarded"
    volume: VolumeId
    by: PersonId
    reason: str  # a reason code


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeUnguarded:
    """One person opens for this volume again: as one person could decide before it took two. Not recorded any more."""

    kind: ClassVar[str] = "volume.unguarded"
    volume: VolumeId
    by: PersonId
    reason: str  # a reason code


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLifted:
    """One person opens for this volume again, as ``person`` asked and ``second`` confirmed."""

    kind: ClassVar[str] = "volume.guard_lifted"
    volume: VolumeId
    person: PersonId
    second: PersonId
    reason: str  # a reason code


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssued:
    """A pickup code for ``person`` and these volumes only. Its digits are in no record. Times: ms since 1970, UTC."""

    kind: ClassVar[str] = "code.issued"
    code: str
    person: PersonId
    volumes: tuple[VolumeId, ...]
    since_ms: int
    until_ms: int
    uses: int
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRevoked:
    """The code lets nobody in any more."""

    kind: ClassVar[str] = "code.revoked"
    code: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PinGiven:
    """A number to key in after the badge, or another one. It is nowhere in the chain, not even as a digest."""

    kind: ClassVar[str] = "pin.given"
    person: PersonId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PinEnded:
    """The badge alone is enough again."""

    kind: ClassVar[str] = "pin.ended"
    person: PersonId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationWithdrawn:
    """The office decided that from here on nobody collects for this person."""

    kind: ClassVar[str] = "delegation.withdrawn"
    person: PersonId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDecided:
    """A rule of the court holds from here on. ``before``: what held until then."""

    kind: ClassVar[str] = "policy.decided"
    rule: PolicyRule
    value: int
    before: int
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureAnnounced:
    """The court will be closed on these days, first and last included: dates of its own calendar, 2026-02-16."""

    kind: ClassVar[str] = "closure.announced"
    first: str
    last: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureWithdrawn:
    kind: ClassVar[str] = "closure.withdrawn"
    first: str
    last: str
    by: PersonId


OfficeFact = (
    DifferenceReleased
    | VolumeRegistered
    | LabelAttached
    | LabelRetired
    | PlaceRegistered
    | PersonRegistered
    | StationEnrolled
    | StationRevoked
    | KeyAnnounced
    | AuthorityChanged
    | RootSucceeded
    | SealedAccountUsed
    | GrantsIssued
    | CommandIssued
    | DiscrepancyResolved
    | LedgerRecovered
    | PersonErased
    | PeriodClosed
    | VolumeCorrected
    | TeamRegistered
    | TeamJoined
    | TeamLeft
    | CompartmentKept
    | CompartmentFreed
    | VolumeGuarded
    | VolumeUnguarded
    | GuardLifted
    | CodeIssued
    | CodeRevoked
    | PinGiven
    | PinEnded
    | DelegationWithdrawn
    | PolicyDecided
    | ClosureAnnounced
    | ClosureWithdrawn
)
