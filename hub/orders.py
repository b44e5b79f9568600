"""What the office can be asked to arrange: a closed union of orders, and what they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from custody.events import PolicyRule
from custody.identifiers import PersonId, PlaceId, VolumeId

__all__ = [
    "Announce",
    "Code",
    "Decide",
    "Decision",
    "EndDelegations",
    "EndPin",
    "Free",
    "GivePin",
    "Guard",
    "IssueCode",
    "Join",
    "Keep",
    "Leave",
    "Lift",
    "NewTeam",
    "Order",
    "Pin",
    "RevokeCode",
    "StayGuarded",
    "Unguard",
    "Withdraw",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeam:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    person: PersonId
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    person: PersonId
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """``recipient``: a person, a team or a queue."""

    place: PlaceId
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    place: PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Two people open together for this volume. ``reason``: a code."""

    volume: VolumeId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unguard:
    """Ask that one person be enough again; it waits for another person."""

    volume: VolumeId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """By another person than who asked: one is enough again."""

    volume: VolumeId


@dataclass(frozen=True, slots=True, kw_only=True)
class StayGuarded:
    """What was asked for is not done, or taken back."""

    volume: VolumeId


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCode:
    """Times in milliseconds since 1970."""

    person: PersonId
    volumes: tuple[VolumeId, ...]
    since: int
    until: int
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCode:
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDelegations:
    """Nobody collects for this person any more."""

    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePin:
    """A number that this person keys in after the badge; another one, if there is one."""

    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPin:
    person: PersonId


Order = (
    GivePin
    | EndPin
    | NewTeam
    | Join
    | Leave
    | Keep
    | Free
    | Guard
    | Unguard
    | Lift
    | StayGuarded
    | IssueCode
    | RevokeCode
    | EndDelegations
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """A rule of the court, in days."""

    rule: PolicyRule
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """The court will be closed on these days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """It will not."""

    first: date
    last: date


Decision = Decide | Announce | Withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code just issued. Its digits are told this once, and to nobody else."""

    code: str
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A number just given. It is told this once, and to nobody else."""

    digits: str
