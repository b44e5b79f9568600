"""Every fact that can be recorded: a closed union, past tense, frozen.

A fact says what was sensed, scanned or stated, by ids only: no free text, no personal data. ``kind`` is a permanent
string; fields only grow. A fact is never judged here: what contradicts the record is still a fact.

Each part of this package is one origin; a new kind is a class there and a line in the union at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, get_args

from custody.events.accounts import (
    AccountBound,
    AccountEnded,
    AccountFact,
    AccountInvited,
    AccountOpened,
    AccountPasswordChosen,
    AccountRolesChanged,
)
from custody.events.doors import (
    BoardLost,
    CaseClosed,
    CaseOpened,
    CompartmentInspected,
    CompartmentVerified,
    DoorClosed,
    DoorFact,
    DoorForced,
    DoorLeftOpen,
    DoorOpened,
    DoorsSensed,
    OutcomeUnknown,
    PlaceCounted,
    PowerLost,
    PowerRestored,
    PulseFailed,
    PulseSent,
    UnlockIntended,
    UnlockLapsed,
)
from custody.events.office import (
    AuthorityChanged,
    ClosureAnnounced,
    ClosureWithdrawn,
    CodeIssued,
    CodeRevoked,
    CommandIssued,
    CompartmentFreed,
    CompartmentKept,
    DelegationWithdrawn,
    DifferenceReleased,
    DiscrepancyResolved,
    GrantsIssued,
    GuardLifted,
    KeyAnnounced,
    LabelAttached,
    LabelRetired,
    LedgerRecovered,
    OfficeFact,
    PeriodClosed,
    PersonErased,
    PersonRegistered,
    PinEnded,
    PinGiven,
    PlaceRegistered,
    PolicyDecided,
    RootSucceeded,
    SealedAccountUsed,
    StationEnrolled,
    StationRevoked,
    TeamJoined,
    TeamLeft,
    TeamRegistered,
    VolumeCorrected,
    VolumeGuarded,
    VolumeRegistered,
    VolumeUnguarded,
)
from custody.events.parcels import (
    ParcelAccepted,
    ParcelDeposited,
    ParcelFact,
    ParcelRefused,
    ParcelTaken,
    ValueConfided,
    ValueErased,
)
from custody.events.stations import (
    CheckpointAccepted,
    CodeUsed,
    CommandAnswered,
    EpochOpened,
    GrantsAccepted,
    LedgerContradicted,
    StationFact,
    StationStarted,
    TimeHeard,
    TriesExceeded,
)
from custody.events.volumes import (
    DelegationEnded,
    DelegationGiven,
    GapNoted,
    SentBack,
    StepFinished,
    VolumeCollected,
    VolumeDeposited,
    VolumeFact,
    VolumeHandedOver,
    VolumePlaced,
    VolumeReceived,
    VolumeRefused,
    VolumeReturned,
)
from custody.events.words import (
    AuthorityStage,
    CorrectionReason,
    Doubt,
    EpochReason,
    Gap,
    Grade,
    InspectReason,
    PaperKind,
    ParcelFault,
    Part,
    PlaceKind,
    PolicyRule,
    PrivateKind,
    RefuseReason,
    ReturnReason,
    SendBackReason,
    StationKind,
    Step,
)

__all__ = [
    "FACTS",
    "AccountBound",
    "AccountEnded",
    "AccountInvited",
    "AccountOpened",
    "AccountPasswordChosen",
    "AccountRolesChanged",
    "AuthorityChanged",
    "AuthorityStage",
    "BoardLost",
    "CaseClosed",
    "CaseOpened",
    "CheckpointAccepted",
    "ClosureAnnounced",
    "ClosureWithdrawn",
    "CodeIssued",
    "CodeRevoked",
    "CodeUsed",
    "CommandAnswered",
    "CommandIssued",
    "CompartmentFreed",
    "CompartmentInspected",
    "CompartmentKept",
    "CompartmentVerified",
    "CorrectionReason",
    "Counting",
    "DelegationEnded",
    "DelegationGiven",
    "DelegationWithdrawn",
    "DifferenceReleased",
    "DiscrepancyResolved",
    "DoorClosed",
    "DoorForced",
    "DoorLeftOpen",
    "DoorOpened",
    "DoorsSensed",
    "Doubt",
    "EpochOpened",
    "EpochReason",
    "Fact",
    "Gap",
    "GapNoted",
    "Grade",
    "GrantsAccepted",
    "GrantsIssued",
    "GuardLifted",
    "InspectReason",
    "KeyAnnounced",
    "LabelAttached",
    "LabelRetired",
    "LedgerContradicted",
    "LedgerRecovered",
    "OutcomeUnknown",
    "PaperKind",
    "ParcelAccepted",
    "ParcelDeposited",
    "ParcelFault",
    "ParcelRefused",
    "ParcelTaken",
    "Part",
    "PeriodClosed",
    "PersonErased",
    "PersonRegistered",
    "PinEnded",
    "PinGiven",
    "PlaceCounted",
    "PlaceKind",
    "PlaceRegistered",
    "PolicyDecided",
    "PolicyRule",
    "PowerLost",
    "PowerRestored",
    "PrivateKind",
    "PulseFailed",
    "PulseSent",
    "RefuseReason",
    "ReturnReason",
    "RootSucceeded",
    "SealedAccountUsed",
    "SendBackReason",
    "SentBack",
    "StationEnrolled",
    "StationKind",
    "StationRevoked",
    "StationStarted",
    "Step",
    "StepFinished",
    "TeamJoined",
    "TeamLeft",
    "TeamRegistered",
    "TimeHeard",
    "TriesExceeded",
    "UnlockIntended",
    "UnlockLapsed",
    "Unrecognised",
    "ValueConfided",
    "ValueErased",
    "VolumeCollected",
    "VolumeCorrected",
    "VolumeDeposited",
    "VolumeGuarded",
    "VolumeHandedOver",
    "VolumePlaced",
    "VolumeReceived",
    "VolumeRefused",
    "VolumeRegistered",
    "VolumeReturned",
    "VolumeUnguarded",
    "subject_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """A correctly signed entry of a kind, or with data, that this version cannot read. Kept, shown, never dropped."""

    kind: ClassVar[str] = "unrecognised"
    type: str
    why: str


Fact = StationFact | DoorFact | VolumeFact | ParcelFact | OfficeFact | AccountFact

FACTS: Mapping[str, type[Fact]] = {kind.kind: kind for kind in get_args(Fact)}
"""Permanent kind -> class, in the order of the parts."""

Counting = CompartmentVerified | PlaceCounted
"""Facts that count up everything a place holds."""

_SUBJECTS = (
    "volume",
    "parcel",
    "place",
    "command",
    "station",
    "label",
    "account",
    "person",
    "discrepancy",
    "code",
    "team",
)


def subject_of(fact: Fact) -> str | None:
    """What the fact is about, as ``<noun>/<id>``; none for a station's facts about itself."""
    for noun in _SUBJECTS:
        value = getattr(fact, noun, None)
        if isinstance(value, str):
            return f"{noun}/{value}"
    return None
