"""One example of every kind of fact, and the golden file of each: permanent, like the kinds.

Run it (``python -m tests.custody.facts``) to write the files of new kinds; what is there is never written again.
"""

from pathlib import Path

from custody.entries import Entry
from custody.events import (
    AuthorityChanged,
    AuthorityStage,
    BoardLost,
    CaseClosed,
    CaseOpened,
    CheckpointAccepted,
    ClosureAnnounced,
    ClosureWithdrawn,
    CodeIssued,
    CodeRevoked,
    CodeUsed,
    CommandAnswered,
    CommandIssued,
    CompartmentFreed,
    CompartmentInspected,
    CompartmentKept,
    CompartmentVerified,
    CorrectionReason,
    DelegationEnded,
    DelegationGiven,
    DifferenceReleased,
    DiscrepancyResolved,
    DoorClosed,
    DoorForced,
    DoorLeftOpen,
    DoorOpened,
    DoorsSensed,
    Doubt,
    EpochOpened,
    EpochReason,
    Fact,
    Gap,
    GapNoted,
    Grade,
    GrantsAccepted,
    GrantsIssued,
    InspectReason,
    KeyAnnounced,
    LabelAttached,
    LabelRetired,
    LedgerContradicted,
    LedgerRecovered,
    OutcomeUnknown,
    PaperKind,
    ParcelAccepted,
    ParcelDeposited,
    ParcelFault,
    ParcelRefused,
    ParcelTaken,
    Part,
    PeriodClosed,
    PersonErased,
    PersonRegistered,
    PinEnded,
    PinGiven,
    PlaceCounted,
    PlaceKind,
    PlaceRegistered,
    PolicyDecided,
    PolicyRule,
    PowerLost,
    PowerRestored,
    PrivateKind,
    PulseFailed,
    PulseSent,
    RefuseReason,
    ReturnReason,
    SealedAccountUsed,
    SendBackReason,
    SentBack,
    StationEnrolled,
    StationKind,
    StationRevoked,
    StationStarted,
    Step,
    StepFinished,
    TeamJoined,
    TeamLeft,
    TeamRegistered,
    TimeHeard,
    UnlockIntended,
    UnlockLapsed,
    ValueConfided,
    ValueErased,
    VolumeCollected,
    VolumeCorrected,
    VolumeDeposited,
    VolumeGuarded,
    VolumeHandedOver,
    VolumePlaced,
    VolumeReceived,
    VolumeRefused,
    VolumeRegistered,
    VolumeReturned,
    VolumeUnguarded,
)
from custody.identifiers import ActId, PersonId, PlaceId, StationId, VolumeId
from custody.wire import encode_event
from tests.custody.court import chain

FOLDER = Path(__file__).parents[1] / "vectors" / "events"

_TEAM = "team:7f3a"
_DOOR, _ACT, _WANG, _LI = PlaceId("cab-1.07"), ActId("act-7f3a"), PersonId("wang"), PersonId("li")
_VOLUME, _LABEL, _QUEUE, _DESK = VolumeId("vol-0001"), "V9TN8UVE", "queue:scanning", PlaceId("sta-1")
_STATION, _HEX = StationId("cab-1"), "9f" * 32

SAMPLES: dict[str, Fact] = {
    one.kind: one
    for one in (
        EpochOpened(
            reason=EpochReason.HISTORY_LOST, before_epoch="00aa11bb22cc33dd", before_sequence=41, before_link=_HEX
        ),
        StationStarted(software="0.1.0", wiring=_HEX),
        TimeHeard(hub_time=1_790_000_000_123, epoch="0f1e2d3c4b5a6978", upto=17),
        GrantsAccepted(hub_epoch="5a5a5a5a5a5a5a5a", version=12),
        UnlockIntended(place=_DOOR, act=_ACT, person=_WANG, reason="command", command="cmd-19"),
        CheckpointAccepted(hub_epoch="5a5a5a5a5a5a5a5a", size=1234, root=_HEX, note="eXVuZ3VpL3lrCg=="),
        LedgerContradicted(why=Doubt.NOT_EXTENDING, accepted=f"5a5a5a5a5a5a5a5a.1200.{_HEX}", note="eXVuZ3VpL3lrCg=="),
        PulseSent(place=_DOOR, act=_ACT, acknowledged=True),
        PulseFailed(place=_DOOR, act=_ACT),
        DoorOpened(place=_DOOR, act=_ACT),
        DoorClosed(place=_DOOR, act=_ACT),
        DoorForced(place=_DOOR),
        UnlockLapsed(place=_DOOR, act=_ACT),
        DoorLeftOpen(place=_DOOR, seconds=120),
        OutcomeUnknown(place=_DOOR, act=_ACT),
        DoorsSensed(open=(_DOOR,), closed=(PlaceId("cab-1.08"), PlaceId("cab-1.09"))),
        BoardLost(places=(_DOOR, PlaceId("cab-1.08"))),
        PowerLost(place=PlaceId("cab-1"), sensor="mains"),
        PowerRestored(place=PlaceId("cab-1"), sensor="mains"),
        CaseOpened(place=PlaceId("cab-1"), sensor="case"),
        CaseClosed(place=PlaceId("cab-1"), sensor="case"),
        CompartmentVerified(place=_DOOR, person=_LI, act=_ACT, contents=(_VOLUME, VolumeId("vol-0002"))),
        VolumeDeposited(volume=_VOLUME, label=_LABEL, place=_DOOR, person=_WANG, recipient=_QUEUE, act=_ACT),
        VolumeReturned(
            volume=_VOLUME,
            label=_LABEL,
            place=_DOOR,
            person=_WANG,
            recipient=_QUEUE,
            reason=ReturnReason.INCOMPLETE,
            act=_ACT,
        ),
        VolumeCollected(
            volume=_VOLUME,
            label=_LABEL,
            place=_DOOR,
            person=_LI,
            recipient=_QUEUE,
            grade=Grade.SCANNED,
            act=_ACT,
        ),
        CompartmentInspected(place=_DOOR, person=_LI, witness=_WANG, reason=InspectReason.MISLAID, act=_ACT),
        PlaceCounted(place=_DESK, person=_LI, act=_ACT, contents=(_VOLUME, VolumeId("vol-0002"))),
        VolumeHandedOver(volume=_VOLUME, label=_LABEL, place=_DESK, person=_WANG, receiver=_LI, act=_ACT),
        VolumePlaced(volume=_VOLUME, label=_LABEL, place=PlaceId("trolley-1"), person=_LI),
        VolumeRefused(
            volume=_VOLUME, label=_LABEL, place=_DESK, person=_LI, back_to=_WANG, reason=RefuseReason.NOT_IN_ORDER
        ),
        GapNoted(volume=_VOLUME, label=_LABEL, place=_DESK, person=_LI, gap=Gap.EXHIBITS),
        DelegationGiven(person=_WANG, delegate=_LI, until_ms=1_790_000_000_000, act=_ACT),
        DelegationEnded(person=_WANG),
        VolumeReceived(volume=_VOLUME, label=_LABEL, place=_DESK, person=_LI),
        StepFinished(volume=_VOLUME, label=_LABEL, step=Step.SCANNED, place=_DESK, person=_LI, pages=87),
        SentBack(
            volume=_VOLUME,
            label=_LABEL,
            found_at=Step.CHECKED,
            back_to=Step.SCANNED,
            reason=SendBackReason.SKEWED,
            place=_DESK,
            person=_WANG,
            pages=(3, 17),
        ),
        ValueConfided(value="pv-7f3a", what=PrivateKind.PHONE, about="pc-7f3a", commitment=_HEX),
        ValueErased(value="pv-7f3a"),
        ParcelDeposited(
            parcel="pc-7f3a",
            place=_DOOR,
            person=PersonId("party"),
            recipient="wang",
            papers=(PaperKind.PLEADING, PaperKind.EVIDENCE, PaperKind.EVIDENCE),
            act=_ACT,
        ),
        ParcelTaken(parcel="pc-7f3a", place=_DOOR, person=_WANG, recipient="wang", act=_ACT),
        ParcelAccepted(parcel="pc-7f3a", place=_DOOR, person=_WANG),
        ParcelRefused(parcel="pc-7f3a", place=_DOOR, person=_WANG, reason=ParcelFault.DIFFERS),
        DifferenceReleased(volume=_VOLUME, person=_WANG, reason="blank_pages"),
        VolumeRegistered(
            volume=_VOLUME, dossier="dos-0001", commitment=_HEX, part=Part.CONFIDENTIAL, number=1, of=2, pages=88
        ),
        LabelAttached(label=_LABEL, volume=_VOLUME),
        LabelRetired(label=_LABEL, volume=_VOLUME),
        PlaceRegistered(place=_DOOR, place_kind=PlaceKind.COMPARTMENT, station=_STATION, label="PM2P32DY"),
        PersonRegistered(person=_WANG, roles=("staff", "administrator")),
        StationEnrolled(station=_STATION, station_kind=StationKind.CABINET, public_key=_HEX, sealing_key="8e" * 32),
        StationRevoked(station=_STATION, person=_WANG, reason="stolen"),
        KeyAnnounced(public_key=_HEX),
        AuthorityChanged(stage=AuthorityStage.TOOK_OVER, fingerprint=_HEX),
        SealedAccountUsed(person=_WANG),
        CodeUsed(code="code-7f3a", person=_LI, place=_DOOR),
        GrantsIssued(station=_STATION, hub_epoch="5a5a5a5a5a5a5a5a", version=12, digest=_HEX),
        CommandIssued(command="cmd-19", station=_STATION, place=_DOOR, person=_WANG, reason="jammed"),
        CommandAnswered(command="cmd-19", result="opened"),
        DiscrepancyResolved(discrepancy="not_found.vol-0001.cab-1.0f1e2d3c4b5a6978.9", person=_WANG, decision="found"),
        LedgerRecovered(hub_epoch="6b6b6b6b6b6b6b6b", before_epoch="5a5a5a5a5a5a5a5a", size=1234, root=_HEX, kept=1000),
        PersonErased(person=_LI),
        PeriodClosed(until_ms=1_790_000_000_000, person=_WANG),
        VolumeCorrected(
            volume=_VOLUME,
            entry="cab-1.0f1e2d3c4b5a6978.9",
            reason=CorrectionReason.WRONG_PLACE,
            person=_WANG,
            second=_LI,
            place=_DOOR,
        ),
        TeamRegistered(team=_TEAM, by=_WANG),
        TeamJoined(person=_LI, team=_TEAM, by=_WANG),
        TeamLeft(person=_LI, team=_TEAM, by=_WANG),
        CompartmentKept(place=_DOOR, recipient=_TEAM, by=_WANG),
        CompartmentFreed(place=_DOOR, by=_WANG),
        VolumeGuarded(volume=_VOLUME, by=_WANG, reason="state_secret"),
        VolumeUnguarded(volume=_VOLUME, by=_LI, reason="lifted"),
        CodeIssued(
            code="k-5c1d",
            person=_LI,
            volumes=(_VOLUME,),
            since_ms=1_790_000_000_000,
            until_ms=1_790_086_400_000,
            uses=1,
            by=_WANG,
        ),
        CodeRevoked(code="k-5c1d", by=_WANG),
        PinGiven(person=_LI, by=_WANG),
        PinEnded(person=_LI, by=_WANG),
        PolicyDecided(rule=PolicyRule.GRANTS_DAYS, value=10, before=7, by=_WANG),
        ClosureAnnounced(first="2026-02-16", last="2026-02-23", by=_WANG),
        ClosureWithdrawn(first="2026-02-16", last="2026-02-23", by=_WANG),
    )
}


def entry_of(fact: Fact) -> Entry:
    return chain([fact])[0]


def vector(kind: str) -> Path:
    return FOLDER / f"{kind}.json"


if __name__ == "__main__":
    for kind, fact in SAMPLES.items():
        if not vector(kind).exists():
            vector(kind).write_bytes(encode_event(entry_of(fact)) + b"\n")
