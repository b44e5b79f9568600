"""What pages and the programming interface need from the rest of the hub: ports, and nothing about how they are met."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from custody.enrolment import Answer, Invitation, Reply, Rotated
from custody.events import CorrectionReason, StationKind
from custody.grants import Role
from custody.identifiers import CourtId, PersonId, PlaceId, StationId, VolumeId
from hub.accounts import Accounts
from hub.core.importing import KnownRow, VolumeKey, VolumeRow
from hub.core.papers import PapersView
from hub.oidc import SingleSignOn
from hub.orders import Code, Decision, Order, Pin
from hub.views import (
    AccountChange,
    ArrangementsView,
    CabinetView,
    CommandView,
    Discrepancy,
    EntryProof,
    Hit,
    Incident,
    LabelRow,
    LiftingView,
    Overview,
    PersonView,
    PolicyView,
    QueueRow,
    StationView,
    VolumeView,
    Where,
)

__all__ = ["Acts", "Correction", "Door", "Feed", "Parts", "Queries", "Refused"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the office does not do something. ``key`` is the sentence's key in the catalogues."""

    key: str
    fields: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A counter-entry in a closed period that waits for a second person."""

    id: str
    volume: VolumeId
    entry: str
    reason: CorrectionReason
    place: str | None
    holder: str | None
    asked_by: str
    asked_at: int
    title: str = ""
    to: str = ""  # where it really is, or who has it, by name
    now: Where | None = None  # where the record says it is


class Queries(Protocol):
    """Looking things up. Safe to call from any thread. ``roles``: the reader's; what they may not see is left out."""

    def overview(self, *, roles: Collection[Role]) -> Overview: ...
    def meant(self, text: str, *, roles: Collection[Role]) -> Sequence[Hit]: ...
    def search(self, text: str, *, roles: Collection[Role], most: int) -> Sequence[Hit]: ...
    def volume(self, volume: VolumeId, *, roles: Collection[Role]) -> VolumeView | None: ...
    def stations(self) -> Sequence[StationView]: ...
    def cabinet(self, station: StationId, *, roles: Collection[Role]) -> CabinetView | None: ...
    def queue(self, *, roles: Collection[Role]) -> Sequence[QueueRow]: ...
    def discrepancies(self, *, resolved: bool) -> Sequence[Discrepancy]: ...
    def open_discrepancies(self) -> int: ...
    def incidents(self) -> Sequence[Incident]: ...
    def papers(self) -> Sequence[PapersView]: ...
    def arrangements(self) -> ArrangementsView: ...
    def policy(self, *, roles: Collection[Role]) -> PolicyView: ...
    def people(self) -> Sequence[PersonView]: ...
    def account_history(self) -> Sequence[AccountChange]: ...
    def places(self) -> Mapping[str, str]: ...
    def entry(self, entry: str, *, roles: Collection[Role]) -> EntryProof | None: ...
    def command(self, command: str) -> CommandView | None: ...
    def known_rows(self) -> Mapping[VolumeKey, KnownRow]: ...
    def recipients(self) -> Mapping[str, Sequence[str]]: ...
    def labels(self, *, roles: Collection[Role]) -> Sequence[LabelRow]: ...
    def export(self) -> Iterator[bytes]: ...
    def checkpoint(self) -> str | None: ...
    def liftings(self, *, roles: Collection[Role]) -> Sequence[LiftingView]: ...
    def corrections(self, *, roles: Collection[Role]) -> Sequence[Correction]: ...


class Acts(Protocol):
    """What people do in the office; each is a fact in the hub's own chain. Safe to call from any thread."""

    def register(self, rows: Sequence[VolumeRow], *, by: PersonId) -> Mapping[VolumeKey, VolumeId]: ...
    def release(self, volume: VolumeId, *, by: PersonId, reason: str) -> Refused | None: ...
    def resolve(self, discrepancy: str, *, by: PersonId, decision: str) -> Refused | None: ...
    def add_person(
        self, *, name: str, roles: Collection[Role], badge: str | None, by: PersonId
    ) -> PersonId | Refused: ...
    def open_compartment(self, station: StationId, place: PlaceId, *, by: PersonId, reason: str) -> str | Refused: ...
    def correct(
        self,
        volume: VolumeId,
        *,
        entry: str,
        reason: CorrectionReason,
        place: PlaceId | None,
        holder: PersonId | None,
        by: PersonId,
    ) -> str | Refused | None: ...
    def confirm_correction(self, correction: str, *, by: PersonId) -> Refused | None: ...
    def decline_correction(self, correction: str, *, by: PersonId) -> Refused | None: ...
    def close_period(self, until: int, *, by: PersonId) -> Refused | None: ...
    def arrange(self, order: Order, *, by: PersonId) -> Code | Pin | Refused | str | None: ...
    def decide(self, decision: Decision, *, by: PersonId) -> Refused | None: ...
    def erase_person(self, person: PersonId, *, by: PersonId) -> Refused | None: ...
    def erase_private(self, value: str, *, by: PersonId) -> Refused | None: ...


class Door(Protocol):
    """How stations come in and are shut out. Safe to call from any thread."""

    def authority_certificate(self) -> bytes: ...
    def enrol(self, message: bytes) -> Answer | Refused: ...
    def renew(self, message: bytes) -> Reply | Refused: ...
    def rotate(self, message: bytes) -> Rotated | Refused: ...
    def invite_here(
        self, station: StationId, *, kind: StationKind, name: str, court_staffed: bool, floor: int | None = None
    ) -> Invitation | Refused: ...
    def revoke(self, station: StationId, *, by: PersonId, reason: str) -> Refused | None: ...


class Feed(Protocol):
    """Says that something changed. ``subscribe`` gives back the way to end it; callbacks come from any thread."""

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the face is built on. ``secure``: served over HTTPS, so cookies say so; ``zone``: an IANA name."""

    court: CourtId
    court_name: str
    queries: Queries
    acts: Acts
    feed: Feed
    accounts: Accounts
    door: Door
    clock: Callable[[], int]
    secure: bool = False
    sign_on: SingleSignOn | None = None
    zone: str = "Asia/Shanghai"
