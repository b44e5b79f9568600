"""What a station records about itself and its dealings with the hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custody.events.words import Doubt, EpochReason
from custody.identifiers import PersonId, PlaceId

__all__ = [
    "CheckpointAccepted",
    "CodeUsed",
    "CommandAnswered",
    "EpochOpened",
    "GrantsAccepted",
    "LedgerContradicted",
    "StationFact",
    "StationStarted",
    "TimeHeard",
    "TriesExceeded",
]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUsed:
    """A pickup code or ticket let somebody in; ``code`` is its id. Each use counts."""

    kind: ClassVar[str] = "code.used"
    code: str
    person: PersonId
    place: PlaceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswered:
    """The one and only answer a station gives to a command, for ever."""

    kind: ClassVar[str] = "command.answered"
    command: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriesExceeded:
    """Codes or numbers were wrong so often that the station waits. ``person``: whose badge was tapped before them."""

    kind: ClassVar[str] = "tries.exceeded"
    place: PlaceId
    tries: int
    person: PersonId | None = None


StationFact = (
    EpochOpened
    | StationStarted
    | TimeHeard
    | GrantsAccepted
    | CheckpointAccepted
    | LedgerContradicted
    | CodeUsed
    | TriesExceeded
    | CommandAnswered
)
