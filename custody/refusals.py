"""Why not: a closed set of reasons with fields. The sentences, with the remedy in each, live in the catalogues.

The catalogue key of a refusal is ``refusal.<code>``; its fields are the ones the sentence may name. A field is text
that a person can read (a number on a door, a case number, a name the reader may see), except that ``step`` and
``expected`` are codes with sentences of their own, and ``_ms`` fields are milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, get_args

__all__ = ["REFUSALS", "Refusal", "fields_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownBadge:
    code: ClassVar[str] = "unknown_badge"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeNotRead:
    """The reader of badges told something that is no badge, or only a part of one."""

    code: ClassVar[str] = "badge_not_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelNotRead:
    """The reader of labels told something that is no label, or only a part of one."""

    code: ClassVar[str] = "label_not_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsStale:
    """The station has had no valid grants from the hub for too long."""

    code: ClassVar[str] = "grants_stale"
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoGrantsYet:
    """The station has never heard from the hub who may do what."""

    code: ClassVar[str] = "no_grants_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAllowed:
    code: ClassVar[str] = "not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLabel:
    """A well-formed label that no volume is known by here."""

    code: ClassVar[str] = "unknown_label"
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCheckCharacter:
    code: ClassVar[str] = "wrong_check_character"
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOurLabel:
    """A code, but not one of our labels."""

    code: ClassVar[str] = "not_our_label"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAVolumeLabel:
    """A good label of ours, but of a place or a badge."""

    code: ClassVar[str] = "not_a_volume_label"
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldByOther:
    """The volume is recorded with somebody else."""

    code: ClassVar[str] = "held_by_other"
    volume: str
    person: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForSomebodyElse:
    """The volume waits for another recipient."""

    code: ClassVar[str] = "for_somebody_else"
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiesElsewhere:
    """The volume is recorded in a place other than where it is asked for."""

    code: ClassVar[str] = "lies_elsewhere"
    volume: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHeldByYou:
    code: ClassVar[str] = "not_held_by_you"
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingForYou:
    code: ClassVar[str] = "nothing_for_you"


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetFull:
    """Nothing here will do, and no cabinet is known that has room."""

    code: ClassVar[str] = "cabinet_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomElsewhere:
    """Nothing here will do. ``cabinet``: the nearest one with room, as last known, and how many are free there."""

    code: ClassVar[str] = "room_elsewhere"
    cabinet: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorsNotRead:
    """Whether there is room is not known: of the doors that may do, none was read since the start or an outage."""

    code: ClassVar[str] = "doors_not_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoNotMix:
    """One compartment never holds both 正卷 and 副卷, nor volumes for different recipients."""

    code: ClassVar[str] = "do_not_mix"
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidential:
    """A confidential volume in the hands of somebody who may not see it."""

    code: ClassVar[str] = "confidential"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyScanned:
    code: ClassVar[str] = "already_scanned"
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorNotOpened:
    """Unlocked, and not seen to open."""

    code: ClassVar[str] = "door_not_opened"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorStandsOpen:
    """The door is open already: it must be shut before it can be opened for somebody."""

    code: ClassVar[str] = "door_stands_open"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentFull:
    """More volumes than one compartment can hold were scanned for it."""

    code: ClassVar[str] = "compartment_full"
    number: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSilent:
    code: ClassVar[str] = "board_silent"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeNotKnown:
    """The station stopped between unlocking and seeing: the compartment must be looked into."""

    code: ClassVar[str] = "outcome_not_known"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFull:
    """The fact cannot be put on disk, so the door stays shut."""

    code: ClassVar[str] = "journal_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSlow:
    """The fact is not on disk yet, so nothing happens yet."""

    code: ClassVar[str] = "journal_slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """A scan or touch that means nothing at this point; nothing was lost by it."""

    code: ClassVar[str] = "not_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongStep:
    """The volume is not at this step of the archive line. ``expected`` is a step's code."""

    code: ClassVar[str] = "wrong_step"
    volume: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyShelved:
    code: ClassVar[str] = "already_shelved"
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FourEyes:
    """The same person did an earlier step of the same volume. ``step`` is that step's code."""

    code: ClassVar[str] = "four_eyes"
    volume: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReceivedHere:
    code: ClassVar[str] = "not_received_here"
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesDiffer:
    code: ClassVar[str] = "pages_differ"
    volume: str
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadNumber:
    """A page count that cannot be one."""

    code: ClassVar[str] = "bad_number"
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyPages:
    """More page numbers than one note holds."""

    code: ClassVar[str] = "too_many_pages"
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAShelf:
    code: ClassVar[str] = "not_a_shelf"
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandNotFresh:
    """A command for another session of the station, or too late."""

    code: ClassVar[str] = "command_not_fresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchCompartment:
    code: ClassVar[str] = "no_such_compartment"
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """Somebody stands at the cabinet."""

    code: ClassVar[str] = "in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutFirst:
    """A badge while somebody's door is open, or may be."""

    code: ClassVar[str] = "shut_first"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAPlace:
    """A text that names no place known here."""

    code: ClassVar[str] = "not_a_place"
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingScanned:
    """The receiver's badge before any volume."""

    code: ClassVar[str] = "nothing_scanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAllScanned:
    """Volumes of the list have not been scanned yet."""

    code: ClassVar[str] = "not_all_scanned"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotForReceiver:
    """The receiver may not handle one of the volumes."""

    code: ClassVar[str] = "not_for_receiver"
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyVolumes:
    """More volumes than one list holds."""

    code: ClassVar[str] = "too_many_volumes"
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLarger:
    """No larger compartment is free."""

    code: ClassVar[str] = "no_larger"


@dataclass(frozen=True, slots=True, kw_only=True)
class LargerElsewhere:
    """No larger compartment is free here. ``cabinet``: the nearest one that has such, as last known."""

    code: ClassVar[str] = "larger_elsewhere"
    cabinet: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAWitness:
    """The second badge must be another one of the court's staff."""

    code: ClassVar[str] = "not_a_witness"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCode:
    code: ClassVar[str] = "unknown_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNotNow:
    """A code before or after its time."""

    code: ClassVar[str] = "code_not_now"
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRevoked:
    """The code with which a session began was withdrawn meanwhile."""

    code: ClassVar[str] = "code_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSpent:
    """A code that was used as often as it may be."""

    code: ClassVar[str] = "code_spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLocked:
    """This station lost its history, so nobody here knows how often the code was used."""

    code: ClassVar[str] = "code_locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPin:
    code: ClassVar[str] = "wrong_pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyTries:
    """Codes and numbers were wrong too often; the station waits."""

    code: ClassVar[str] = "too_many_tries"
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpensForTwo:
    """What lies there takes two people at the door, so nobody opens it from afar."""

    code: ClassVar[str] = "opens_for_two"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPersonNeeded:
    """A sensitive volume: somebody else has to be there."""

    code: ClassVar[str] = "second_person_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPersonUnfit:
    """The second badge is the same person's, or of somebody who may not see the volume."""

    code: ClassVar[str] = "second_person_unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeFirst:
    """A label before any badge."""

    code: ClassVar[str] = "badge_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsPapers:
    """Papers of parties lie there, which open for whom they are."""

    code: ClassVar[str] = "holds_papers"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotADelegate:
    """Only the court's own staff collect for one another."""

    code: ClassVar[str] = "not_a_delegate"
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTakingPapers:
    """No compartment is vacant, nobody can be chosen, or the hub has not named the key for phone numbers."""

    code: ClassVar[str] = "not_taking_papers"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAPhoneNumber:
    code: ClassVar[str] = "not_a_phone_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingListed:
    """A list of no papers."""

    code: ClassVar[str] = "nothing_listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyPapers:
    code: ClassVar[str] = "too_many_papers"
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWayToRecipient:
    """The label is ours, and who its case is with takes no papers here."""

    code: ClassVar[str] = "no_way_to_recipient"


Refusal = (
    UnknownBadge
    | BadgeNotRead
    | LabelNotRead
    | GrantsStale
    | NoGrantsYet
    | NotAllowed
    | UnknownLabel
    | WrongCheckCharacter
    | NotOurLabel
    | NotAVolumeLabel
    | HeldByOther
    | ForSomebodyElse
    | LiesElsewhere
    | NotHeldByYou
    | NothingForYou
    | CabinetFull
    | RoomElsewhere
    | DoorsNotRead
    | DoNotMix
    | Confidential
    | AlreadyScanned
    | DoorNotOpened
    | DoorStandsOpen
    | CompartmentFull
    | BoardSilent
    | OutcomeNotKnown
    | JournalFull
    | JournalSlow
    | NotNow
    | BadgeFirst
    | NotADelegate
    | HoldsPapers
    | WrongStep
    | AlreadyShelved
    | FourEyes
    | NotReceivedHere
    | PagesDiffer
    | BadNumber
    | TooManyPages
    | NotAShelf
    | CommandNotFresh
    | NoSuchCompartment
    | UnknownCode
    | CodeNotNow
    | CodeSpent
    | CodeRevoked
    | CodeLocked
    | WrongPin
    | TooManyTries
    | OpensForTwo
    | SecondPersonNeeded
    | SecondPersonUnfit
    | InUse
    | ShutFirst
    | NotAPlace
    | NothingScanned
    | NotAllScanned
    | NotForReceiver
    | TooManyVolumes
    | NoLarger
    | LargerElsewhere
    | NotAWitness
    | NotTakingPapers
    | NotAPhoneNumber
    | NothingListed
    | TooManyPapers
    | NoWayToRecipient
)

REFUSALS: Mapping[str, type[Refusal]] = {reason.code: reason for reason in get_args(Refusal)}


def fields_of(refusal: Refusal) -> dict[str, str | int]:
    """The fields of a refusal by name, for its sentence."""
    return {one.name: getattr(refusal, one.name) for one in fields(refusal)}
