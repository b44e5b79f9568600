"""The closed sets of words that facts are made of."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AuthorityStage",
    "CorrectionReason",
    "Doubt",
    "EpochReason",
    "Gap",
    "Grade",
    "InspectReason",
    "PaperKind",
    "ParcelFault",
    "Part",
    "PlaceKind",
    "PolicyRule",
    "PrivateKind",
    "RefuseReason",
    "ReturnReason",
    "SendBackReason",
    "StationKind",
    "Step",
]


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


class AuthorityStage(StrEnum):
    """How far another certificate authority has come."""

    ANNOUNCED = "announced"  # believed beside the present one, signs nothing yet
    TOOK_OVER = "took_over"  # signs from here on; the one before is still believed
    RETIRED = "retired"  # the one before is believed no more


class PolicyRule(StrEnum):
    """What a court decides for itself, in days."""

    GRANTS_DAYS = "grants_days"  # how long a station may work alone
    OVERDUE_DAYS = "overdue_days"  # how long a volume may lie in a compartment


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
