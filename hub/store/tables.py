"""Every table of the hub: rows, never domain objects, each with its court. Migrations and tests read them here."""

from __future__ import annotations

from sqlmodel import SQLModel

from hub.store.account_tables import AccountRow, GuessRow, LoginRow
from hub.store.chain_tables import (
    AckRow,
    ContentRow,
    CourtRow,
    EntryRow,
    EpochRow,
    HeadRow,
    IncidentRow,
    StationRow,
)
from hub.store.identity_tables import CertificateRow, InvitationRow
from hub.store.log_tables import CheckpointRow, CorrectionRow, LogRow, PeriodRow, TileRow, WitnessRow
from hub.store.private_tables import PrivateRow
from hub.store.register_tables import (
    CodeRow,
    CommandRow,
    CounterRow,
    DossierRow,
    GrantRow,
    LabelRow,
    LiftingRow,
    PersonRow,
    PlaceRow,
    TeamRow,
    VolumeRow,
)
from hub.store.standing_tables import DiscrepancyRow, DoorRow, ResolutionRow, StandingRow, StateRow

__all__ = [
    "METADATA",
    "AccountRow",
    "AckRow",
    "CertificateRow",
    "CheckpointRow",
    "CodeRow",
    "CommandRow",
    "ContentRow",
    "CorrectionRow",
    "CounterRow",
    "CourtRow",
    "DiscrepancyRow",
    "DoorRow",
    "DossierRow",
    "EntryRow",
    "EpochRow",
    "GrantRow",
    "GuessRow",
    "HeadRow",
    "IncidentRow",
    "InvitationRow",
    "LabelRow",
    "LiftingRow",
    "LogRow",
    "LoginRow",
    "PeriodRow",
    "PersonRow",
    "PlaceRow",
    "PrivateRow",
    "ResolutionRow",
    "StandingRow",
    "StateRow",
    "StationRow",
    "TeamRow",
    "TileRow",
    "VolumeRow",
    "WitnessRow",
]

METADATA = SQLModel.metadata
