"""What pages and the programming interface show: frozen values, filled by the hub's queries, drawn by functions.

Times are milliseconds since 1970. Names are those the reader may see; nothing here is an id a person must decode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from custody.events import Grade, Part, PolicyRule, StationKind, Step
from custody.grants import Role
from custody.identifiers import EventId, PersonId, PlaceId, StationId, VolumeId
from custody.messages import DoorState

__all__ = [
    "AccountChange",
    "AloneView",
    "ArrangementsView",
    "CabinetView",
    "ClosureView",
    "CodeView",
    "CommandView",
    "CompartmentView",
    "DelegationView",
    "Discrepancy",
    "EntryProof",
    "GuardedView",
    "Happening",
    "Hit",
    "HitKind",
    "Incident",
    "KeptView",
    "LabelRow",
    "LiftingView",
    "Lying",
    "Moved",
    "OverdueView",
    "Overview",
    "PastDecision",
    "PersonView",
    "PinView",
    "PolicyView",
    "QueueRow",
    "RuleView",
    "SetMember",
    "StationView",
    "TeamView",
    "VolumeView",
    "Where",
    "WhereKind",
]


class WhereKind(StrEnum):
    """The kinds of holding."""

    PLACE = "place"
    PERSON = "person"
    DISPUTED = "disputed"
    UNACCOUNTED = "unaccounted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A compartment was opened after the evidence for what lies in it. ``person``: empty where no lock was fired."""

    person: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A holding as a sentence needs it. ``name``: of the place or the person; ``claims``: both sides of a dispute;
    ``opened``: since its evidence, so that what lies there is not confirmed."""

    kind: WhereKind
    name: str = ""
    place: PlaceId | None = None
    station: StationId | None = None
    person: PersonId | None = None
    on_behalf: str | None = None
    grade: Grade | None = None
    since: int | None = None
    entry: EventId | None = None
    claims: tuple[Where, ...] = ()
    unwatched: tuple[tuple[int, int | None], ...] = ()  # (from, until); none: still
    opened: Opened | None = None


class HitKind(StrEnum):
    """What a search can find."""

    VOLUME = "volume"
    PERSON = "person"
    PLACE = "place"
    STATION = "station"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    kind: HitKind
    id: str
    name: str
    where: Where | None = None
    holds: int | None = None  # volumes lying there or with this person


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of a timeline. ``key`` names the sentence (``happened.<kind>``), ``fields`` what it may say."""

    entry: EventId
    key: str
    fields: Mapping[str, str | int]
    grade: Grade | None
    time: int
    earliest: int
    latest: int | None
    synchronised: bool
    place: str = ""
    person: str = ""
    trouble: bool = False
    moves: bool = False  # whether it says something about where the volume is


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMember:
    """One volume of the case's set, or the gap where one is missing (``id`` none)."""

    id: VolumeId | None
    part: Part
    number: int
    of: int
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeView:
    id: VolumeId
    case: str
    part: Part
    number: int
    of: int
    where: Where
    done: Step | None
    next: Step | None
    finished: Mapping[Step, str] = field(default_factory=dict)  # step -> who
    counts: tuple[tuple[str, int], ...] = ()  # (point, pages): declared, prepared, scanned, checked, bound
    pages_differ: bool = False
    released: bool = False
    sent_back: int = 0
    rank: Mapping[str, str | int] | None = None
    labels: tuple[str, ...] = ()  # the attached one first
    recipient: str = ""
    set: tuple[SetMember, ...] = ()
    timeline: tuple[Happening, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()
    guarded_by: str = ""  # who decided that two people open together for it; empty where one is enough
    lifting: str = ""  # who asked that it end, while that waits for somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """How a station is. ``since``: of being online or offline; ``room_days``: days of journal room left."""

    id: StationId
    kind: StationKind
    name: str
    online: bool
    since: int | None
    waiting: int = 0
    oldest_waiting: int | None = None
    room_days: float | None = None
    synchronised: bool = True
    free: int | None = None
    of: int | None = None
    open: int = 0
    unknown: int = 0
    holds: int = 0
    software: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One hand-over for the list on the overview."""

    entry: EventId
    volume: VolumeId
    title: str
    key: str
    person: str
    place: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """``waiting``: volumes that came to lie for the line and were not collected yet; ``after``: step -> volumes
    whose latest finished step it is; ``overdue``: volumes that lie in a compartment longer than the court allows."""

    waiting: int
    after: Mapping[Step, int]
    registered: int
    discrepancies: int
    overdue: int
    moved_today: int
    moved_usual: int | None
    with_people: int
    stations: tuple[StationView, ...]
    latest: tuple[Moved, ...]
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A volume in a compartment; ``opened``: since its evidence."""

    volume: VolumeId
    title: str
    part: Part
    recipient: str
    since: int
    opened: Opened | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentView:
    """Row and column count from 0, top left."""

    place: PlaceId
    number: str
    size: str
    row: int
    column: int
    door: DoorState
    since: int | None = None
    blocked: bool = False
    contents: tuple[Lying, ...] = ()
    hidden: int = 0  # volumes that this reader may not see


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetView:
    station: StationView
    compartments: tuple[CompartmentView, ...]
    contents: tuple[Lying, ...] = ()  # of a station or shelf without compartments


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandView:
    """A command's honest progress. ``outcome`` none: sent and not answered yet."""

    id: str
    station: StationId
    place: PlaceId
    number: str
    person: str
    reason: str
    sent: int
    outcome: str | None = None
    answered: int | None = None
    expires: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One volume of the archive queue, in order of rank. ``why``: (sentence key, fields) that explain the rank."""

    position: int
    volume: VolumeId
    title: str
    part: Part
    next: Step
    where: Where
    waiting_since: int
    why: tuple[tuple[str, Mapping[str, str | int]], ...] = ()
    sent_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """Something a person must resolve. ``kind`` names the sentence (``discrepancy.<kind>``)."""

    id: str
    kind: str
    volume: VolumeId | None
    title: str
    fields: Mapping[str, str | int]
    entry: EventId
    against: EventId | None
    time: int
    resolved: int | None = None
    decision: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Messages not accepted: of which station (as the topic named it), why (``incident.<code>``), how often.

    Times are milliseconds since 1970.
    """

    station: str
    code: str
    first: int
    latest: int
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    id: PersonId
    name: str
    roles: frozenset[Role]
    badge: bool
    holds: int = 0
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """One thing that was done to an account (``kind``: ``account.<kind>``), or by it where ``by`` is empty.

    ``user``: empty where the account is gone; ``at_machine``: done at the hub's own machine, by nobody who signed in.
    """

    entry: EventId
    time: int
    kind: str
    user: str
    person: str
    by: str = ""
    at_machine: bool = False
    roles: tuple[str, ...] = ()
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """A volume and the label attached to it."""

    volume: VolumeId
    label: str
    case: str
    part: Part
    number: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """An entry as it stands in the ledger, the signed head that proves it, and the links it was checked with (hex)."""

    id: EventId
    line: str
    head: str
    leaf: str
    link: str
    volume: VolumeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    """``members``: person -> name."""

    id: str
    name: str
    members: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    """A compartment that takes volumes for one recipient alone."""

    place: PlaceId
    name: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedView:
    """A volume that two people open for together; ``by``: who decided it."""

    volume: VolumeId
    title: str
    by: str
    lifting: str = ""  # who asked that it end, while that waits for somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingView:
    """Asked for: that one person opens for this volume again. A second person confirms or declines."""

    volume: VolumeId
    title: str
    guarded_by: str
    reason: str
    asked_by: str
    asked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A pickup code without its digits, which nobody is told a second time."""

    id: str
    person: str
    volumes: tuple[str, ...]
    since: int
    until: int
    uses: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationView:
    """``to`` collects for ``name`` until then."""

    person: PersonId
    name: str
    to: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule of the court, in days. ``since`` none: never decided, it is as in the settings."""

    rule: PolicyRule
    value: int
    least: int
    most: int
    since: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureView:
    first: date
    last: date
    days: int
    by: str
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AloneView:
    """Until when a station may work alone (ms since 1970); none: it was granted nothing yet."""

    id: PlaceId
    name: str
    until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueView:
    """A volume that has lain in a compartment too long."""

    volume: VolumeId
    title: str
    place: PlaceId
    station: str
    where: str
    recipient: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    time: int
    by: str
    key: str
    fields: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    rules: tuple[RuleView, ...]
    closures: tuple[ClosureView, ...] = ()
    stations: tuple[AloneView, ...] = ()
    overdue: tuple[OverdueView, ...] = ()
    history: tuple[PastDecision, ...] = ()
    closed_until: int | None = None  # what is older is corrected by two people only
    closed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinView:
    """Somebody who keys in a number after the badge; ``by``: who gave it."""

    person: str
    name: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementsView:
    """What stands now, and what more can be arranged: ``compartments`` and ``recipients`` by id -> name."""

    teams: tuple[TeamView, ...] = ()
    kept: tuple[KeptView, ...] = ()
    guarded: tuple[GuardedView, ...] = ()
    codes: tuple[CodeView, ...] = ()
    delegations: tuple[DelegationView, ...] = ()
    pins: tuple[PinView, ...] = ()
    compartments: Mapping[str, str] = field(default_factory=dict)
    recipients: Mapping[str, str] = field(default_factory=dict)
