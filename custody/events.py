"""Every fact that can be recorded: a closed union, past tense, frozen.

A fact says what was sensed, scanned or stated, by ids only: no free text, no personal data. ``kind`` is a permanent
string; fields only grow. A fact is never judged here: what contradicts the record is still a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, get_args

from custody.identifiers import ActId, PersonId, PlaceId, StationId, VolumeId

__all__ = ["FACTS", "Counting", "Fact", "subject_of"]


class Part(StrEnum):
    """Which of a dossier's two sets a volume belongs to."""

    MAIN = "main"  # 正卷
    CONFIDENTIAL = "confidential"  # 副卷


class Step(StrEnum):
    """The steps of the archive line, in order."""

    COLLECTED = "collected"
    RECEIVED = "received"
    PREPARED = "prepared"
    SCANNED = "scanned"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    BOUND = "bound"
    SHELVED = "shelved"


class Grade(StrEnum):
    """How good the evidence for a claim is."""

    SENSED = "sensed"
    SCANNED = "scanned"
    STATED = "stated"


class EpochReason(StrEnum):
    FIRST = "first"
    HISTORY_LOST = "history_lost"
    FORK = "fork"


class Doubt(StrEnum):
    """Why a station does not believe a checkpoint that the hub has signed."""

    NOT_EXTENDING = "not_extending"  # it does not continue the one accepted last
    ROLLED_BACK = "rolled_back"  # the hub knew what was accepted and has less
    UNRECOVERED = "unrecovered"  # another log, and no statement of the root that opens it
    RECOVERED_BEFORE = "recovered_before"  # the root's statement names less than what was accepted


class CorrectionReason(StrEnum):
    """Why the record of a volume is corrected by a counter-entry."""

    WRONG_VOLUME = "wrong_volume"
    WRONG_PERSON = "wrong_person"
    WRONG_PLACE = "wrong_place"
    NOT_DONE = "not_done"
    FOUND = "found"


class StationKind(StrEnum):
    CABINET = "cabinet"
    STATION = "station"
    HUB = "hub"


class PlaceKind(StrEnum):
    COMPARTMENT = "compartment"
    STATION = "station"
    SHELF = "shelf"
    TROLLEY = "trolley"
    COUNTER = "counter"
    CUPBOARD = "cupboard"


class ReturnReason(StrEnum):
    """Why a volume comes back to the cabinet."""

    FINISHED = "finished"
    WRONG_VOLUME = "wrong_volume"
    INCOMPLETE = "incomplete"


class SendBackReason(StrEnum):
    """Why a volume goes back to an earlier step."""

    MISSING_PAGE = "missing_page"
    SKEWED = "skewed"
    UNREADABLE = "unreadable"
    WRONG_ORDER = "wrong_order"
    COUNT_DIFFERS = "count_differs"
    PAPER_DIFFERS = "paper_differs"


class RefuseReason(StrEnum):
    """Why a volume that was brought is not accepted."""

    NOT_FOR_US = "not_for_us"
    DAMAGED = "damaged"
    NOT_IN_ORDER = "not_in_order"


class Gap(StrEnum):
    """What a volume lacks that is accepted all the same (缺少案件材料说明)."""

    PAGES = "pages"
    EXHIBITS = "exhibits"
    CATALOGUE = "catalogue"


class InspectReason(StrEnum):
    """Why an administrator opens a compartment that nothing of theirs lies in."""

    MISLAID = "mislaid"
    REPAIR = "repair"
    URGENT = "urgent"


class PrivateKind(StrEnum):
    """What a private value is."""

    PHONE = "phone"
    NAME = "name"
    TITLE = "title"  # of a paper, in somebody's own words


class PaperKind(StrEnum):
    """What a party's paper is, as they list it."""

    PLEADING = "pleading"
    EVIDENCE = "evidence"
    IDENTITY = "identity"
    OTHER = "other"


class ParcelFault(StrEnum):
    """Why what a party left is not accepted."""

    DIFFERS = "differs"  # from the list
    NOT_FOR_US = "not_for_us"


# --- a station about itself ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochOpened:
    """The first entry of every epoch; names the tip of the branch it leaves behind, if there is one."""

    kind: ClassVar[str] = "epoch.opened"
    reason: EpochReason
    before_epoch: str | None = None
    before_sequence: int = 0
    before_link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationStarted:
    """A process of the station began; whatever happened since its last entry was not watched."""

    kind: ClassVar[str] = "station.started"
    software: str
    wiring: str  # SHA-256 of wiring.toml, hex; empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeHeard:
    """The hub signed its time and said up to where it has committed this station's chain.

    Milliseconds since 1970, UTC. It bounds the entries before ``upto`` from above and those after this one from below.
    """

    kind: ClassVar[str] = "time.heard"
    hub_time: int
    epoch: str
    upto: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsAccepted:
    kind: ClassVar[str] = "grants.accepted"
    hub_epoch: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointAccepted:
    """The hub's log at this size, checked to extend the one accepted before. Once a day; ``note``: base64."""

    kind: ClassVar[str] = "checkpoint.accepted"
    hub_epoch: str
    size: int
    root: str  # hex
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerContradicted:
    """The hub signed a checkpoint that this station does not believe: its ``note`` in base64 is the evidence."""

    kind: ClassVar[str] = "ledger.contradicted"
    why: Doubt
    accepted: str  # the checkpoint accepted last, by name
    note: str


# --- doors ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockIntended:
    """Committed before the lock is energised. Without an outcome after it, the outcome is unknown."""

    kind: ClassVar[str] = "door.unlock_intended"
    place: PlaceId
    act: ActId
    person: PersonId
    reason: str  # a flow's name or "command"
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseSent:
    """The unlock frame left for the lock board. Not an opening."""

    kind: ClassVar[str] = "door.pulse_sent"
    place: PlaceId
    act: ActId
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseFailed:
    """The lock board could not be reached: nothing was energised."""

    kind: ClassVar[str] = "door.pulse_failed"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened:
    kind: ClassVar[str] = "door.opened"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorClosed:
    kind: ClassVar[str] = "door.closed"
    place: PlaceId
    act: ActId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorForced:
    """A door opened that nobody had unlocked: lever, key or force."""

    kind: ClassVar[str] = "door.forced"
    place: PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockLapsed:
    """Unlocked, and in the time given the door was not seen to open."""

    kind: ClassVar[str] = "door.unlock_lapsed"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLeftOpen:
    kind: ClassVar[str] = "door.left_open"
    place: PlaceId
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown:
    """An intent was found without an outcome after a restart; the compartment is under verification."""

    kind: ClassVar[str] = "door.outcome_unknown"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorsSensed:
    """All doors as first read after a start or after a board came back: ends an unwatched interval."""

    kind: ClassVar[str] = "doors.sensed"
    open: tuple[PlaceId, ...]
    closed: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLost:
    """A lock board stopped answering: its doors are not watched from here on."""

    kind: ClassVar[str] = "board.lost"
    places: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLost:
    """The supply of a cabinet's locks and lights failed, by its own sensor."""

    kind: ClassVar[str] = "power.lost"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRestored:
    """The supply is there again."""

    kind: ClassVar[str] = "power.restored"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """Somebody opened the case in which machine and boards stand, or was found to have."""

    kind: ClassVar[str] = "case.opened"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    """The case is shut again."""

    kind: ClassVar[str] = "case.closed"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentVerified:
    """A person looked into a compartment under verification and scanned what lies there."""

    kind: ClassVar[str] = "compartment.verified"
    place: PlaceId
    person: PersonId
    act: ActId
    contents: tuple[VolumeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentInspected:
    """An administrator had a compartment opened for a reason; ``witness``: the second badge, where one is needed."""

    kind: ClassVar[str] = "compartment.inspected"
    place: PlaceId
    person: PersonId
    witness: PersonId | None
    reason: InspectReason
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCounted:
    """A stock-take: a person scanned every volume found in a place. What is recorded there and not named is gone."""

    kind: ClassVar[str] = "place.counted"
    place: PlaceId
    person: PersonId
    act: ActId
    contents: tuple[VolumeId, ...]


# --- volumes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeDeposited:
    """Label scanned, door opened, door closed: the volume was put into a compartment for ``recipient``."""

    kind: ClassVar[str] = "volume.deposited"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    recipient: str  # a person's id or a queue's ("queue:scanning")
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeReturned:
    """As a deposit, but brought back by its holder, with a reason."""

    kind: ClassVar[str] = "volume.returned"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    recipient: str
    reason: ReturnReason
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeCollected:
    """Taken out of a compartment: its label scanned at the open door, or only stated ("all taken")."""

    kind: ClassVar[str] = "volume.collected"
    volume: VolumeId
    label: str | None
    place: PlaceId
    person: PersonId
    recipient: str
    grade: Grade
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeReceived:
    """Label scanned at a station by the person who takes it in there."""

    kind: ClassVar[str] = "volume.received"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeHandedOver:
    """From hand to hand: the giver's badge, the label, the receiver's badge. ``place``: the station where it was."""

    kind: ClassVar[str] = "volume.handed_over"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId  # who gave it
    receiver: PersonId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePlaced:
    """Laid on a place with a label of its own (shelf, trolley, counter, cupboard): both labels scanned."""

    kind: ClassVar[str] = "volume.placed"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRefused:
    """Brought to a station and not accepted there; it stays with, or goes back to, whoever brought it, if known."""

    kind: ClassVar[str] = "volume.refused"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    back_to: PersonId | None
    reason: RefuseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNoted:
    """Accepted at a station although something is missing."""

    kind: ClassVar[str] = "volume.gap_noted"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationGiven:
    """A person lets another collect what waits for them, until then (milliseconds since 1970, UTC). Both badges."""

    kind: ClassVar[str] = "delegation.given"
    person: PersonId
    delegate: PersonId
    until_ms: int
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEnded:
    """From here on nobody collects for this person."""

    kind: ClassVar[str] = "delegation.ended"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step of the archive line was finished at a station. ``place`` is where the volume is now."""

    kind: ClassVar[str] = "archive.step_finished"
    volume: VolumeId
    label: str
    step: Step
    place: PlaceId
    person: PersonId
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    kind: ClassVar[str] = "archive.sent_back"
    volume: VolumeId
    label: str
    found_at: Step
    back_to: Step
    reason: SendBackReason
    place: PlaceId
    person: PersonId
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueConfided:
    """Somebody keyed in a value that only the hub may read; it was sealed at once. ``value``: its id.

    ``about``: the id of what it belongs to. ``commitment`` says nothing of it to whoever lacks the salt sealed with it.
    """

    kind: ClassVar[str] = "private.confided"
    value: str
    what: PrivateKind
    about: str
    commitment: str  # hex, see ``custody.private.commitment``


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueErased:
    """A private value is gone from whoever records this. Its commitment stays, and says nothing any more."""

    kind: ClassVar[str] = "private.erased"
    value: str


# --- parcels: papers on their way between a party and the court -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDeposited:
    """Papers were listed, a vacant compartment opened and was shut again. ``person`` is ``party`` without a badge."""

    kind: ClassVar[str] = "parcel.deposited"
    parcel: str
    place: PlaceId
    person: PersonId
    recipient: str  # a person's id or a team's
    papers: tuple[PaperKind, ...]  # one for each paper, as stated
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTaken:
    """Taken out of its compartment, as the person stated after the door was shut."""

    kind: ClassVar[str] = "parcel.taken"
    parcel: str
    place: PlaceId
    person: PersonId
    recipient: str
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelAccepted:
    """What was in it is what the list says, states the person who took it."""

    kind: ClassVar[str] = "parcel.accepted"
    parcel: str
    place: PlaceId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRefused:
    """Taken out, and not accepted: the party is to be told."""

    kind: ClassVar[str] = "parcel.refused"
    parcel: str
    place: PlaceId
    person: PersonId
    reason: ParcelFault


# --- what the hub records in a chain of its own -----------------------------------------------------------------------


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
class SealedAccountUsed:
    """Somebody came in by the account that lies sealed for emergencies."""

    kind: ClassVar[str] = "account.sealed_used"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUsed:
    """A pickup code or ticket let somebody in; ``code`` is its id. Each use counts."""

    kind: ClassVar[str] = "code.used"
    code: str
    person: PersonId
    place: PlaceId | None = None


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
class CommandAnswered:
    """The one and only answer a station gives to a command, for ever."""

    kind: ClassVar[str] = "command.answered"
    command: str
    result: str


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
    """One person opens for this volume again."""

    kind: ClassVar[str] = "volume.unguarded"
    volume: VolumeId
    by: PersonId
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
class Unrecognised:
    """A correctly signed entry of a kind, or with data, that this version cannot read. Kept, shown, never dropped."""

    kind: ClassVar[str] = "unrecognised"
    type: str
    why: str


Fact = (
    EpochOpened
    | StationStarted
    | TimeHeard
    | GrantsAccepted
    | CheckpointAccepted
    | LedgerContradicted
    | UnlockIntended
    | PulseSent
    | PulseFailed
    | DoorOpened
    | DoorClosed
    | DoorForced
    | UnlockLapsed
    | DoorLeftOpen
    | OutcomeUnknown
    | DoorsSensed
    | BoardLost
    | PowerLost
    | PowerRestored
    | CaseOpened
    | CaseClosed
    | CompartmentVerified
    | CompartmentInspected
    | PlaceCounted
    | VolumeDeposited
    | VolumeReturned
    | VolumeCollected
    | VolumeReceived
    | VolumeHandedOver
    | VolumePlaced
    | VolumeRefused
    | GapNoted
    | DelegationGiven
    | DelegationEnded
    | StepFinished
    | SentBack
    | ValueConfided
    | ValueErased
    | ParcelDeposited
    | ParcelTaken
    | ParcelAccepted
    | ParcelRefused
    | DifferenceReleased
    | VolumeRegistered
    | LabelAttached
    | LabelRetired
    | PlaceRegistered
    | PersonRegistered
    | StationEnrolled
    | StationRevoked
    | KeyAnnounced
    | SealedAccountUsed
    | CodeUsed
    | GrantsIssued
    | CommandIssued
    | CommandAnswered
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
    | CodeIssued
    | CodeRevoked
)

FACTS: Mapping[str, type[Fact]] = {kind.kind: kind for kind in get_args(Fact)}
"""Permanent kind -> class, in the order of this file."""

Counting = CompartmentVerified | PlaceCounted
"""Facts that count up everything a place holds."""

_SUBJECTS = ("volume", "parcel", "place", "command", "station", "label", "person", "discrepancy", "code", "team")


def subject_of(fact: Fact) -> str | None:
    """What the fact is about, as ``<noun>/<id>``; none for a station's facts about itself."""
    for noun in _SUBJECTS:
        value = getattr(fact, noun, None)
        if isinstance(value, str):
            return f"{noun}/{value}"
    return None
