"""Rows of the register: names, case numbers, badges, places. Personal data lives here, outside every chain."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.columns import blob, large, text

__all__ = [
    "CodeRow",
    "CommandRow",
    "CounterRow",
    "DossierRow",
    "GrantRow",
    "LabelRow",
    "LiftingRow",
    "PersonRow",
    "PlaceRow",
    "TeamRow",
    "VolumeRow",
]


class DossierRow(SQLModel, table=True):
    """A case. Erasing it leaves the chain's commitment, which says nothing without ``salt``."""

    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("court", "case_key", name="uq_dossier_case"),)

    court: str = Field(primary_key=True)
    dossier: str = Field(primary_key=True)
    case_key: str
    year: int
    court_code: str | None = None
    case_type: str | None = None
    legacy: bool = False
    salt: str


class VolumeRow(SQLModel, table=True):
    """A registered volume. ``recipient``: for whom it is to be deposited."""

    __tablename__ = "volume"
    __table_args__ = (UniqueConstraint("court", "dossier", "part", "number", name="uq_volume_number"),)

    court: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    dossier: str
    part: str
    number: int
    of: int
    pages: int | None = None
    recipient: str | None = None
    registered_at: int = large()


class LabelRow(SQLModel, table=True):
    """A label and the volume it leads to, attached or retired."""

    __tablename__ = "label"
    __table_args__ = (Index("ix_label_volume", "court", "volume"),)

    court: str = Field(primary_key=True)
    label: str = Field(primary_key=True)
    volume: str
    attached: bool
    at: int = large()


class PersonRow(SQLModel, table=True):
    """Somebody with a name. The badge's text is encrypted; ``badge_mark`` tells whether two are the same.

    ``pin_sealed``: the number keyed in after the badge, encrypted as the badge is; none where the badge is enough.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("court", "badge_mark", name="uq_person_badge"),)

    court: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    name: str
    roles: str
    badge_mark: str | None = None
    badge_sealed: bytes | None = blob(nullable=True)
    pin_sealed: bytes | None = blob(nullable=True)
    registered_at: int = large()
    erased_at: int | None = large(nullable=True)


class PlaceRow(SQLModel, table=True):
    """A place that can hold volumes. ``row`` and ``column`` count from 0, top left; compartments only."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_station", "court", "station"),)

    court: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    kind: str
    name: str
    station: str | None = None
    label: str | None = None
    number: str = ""
    size: str = ""
    row: int = large(default=0)
    column: int = large(default=0)


class TeamRow(SQLModel, table=True):
    """The name of a team; who belongs to it is folded from the entries."""

    __tablename__ = "team"

    court: str = Field(primary_key=True)
    team: str = Field(primary_key=True)
    name: str


class LiftingRow(SQLModel, table=True):
    """Somebody asked that one person be enough for this volume again; another confirms it, or nobody does."""

    __tablename__ = "lifting"

    court: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    reason: str
    asked_by: str
    asked_at: int = large()


class CodeRow(SQLModel, table=True):
    """The digits of a code, encrypted as badges are; gone when it is revoked. ``mark``: equal for equal digits."""

    __tablename__ = "code"
    __table_args__ = (UniqueConstraint("court", "mark", name="uq_code_mark"),)

    court: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    mark: str
    sealed: bytes = blob()


class CounterRow(SQLModel, table=True):
    """The next number of a series."""

    __tablename__ = "counter"

    court: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    next: int = large()


class GrantRow(SQLModel, table=True):
    """The grants last issued to a station, sealed as they are published. ``content``: digest of what they grant."""

    __tablename__ = "grants"

    court: str = Field(primary_key=True)
    station: str = Field(primary_key=True)
    hub_epoch: str
    version: int = large()
    issued: int = large()
    expires: int = large()
    content: str
    digest: str
    message: bytes = blob()


class CommandRow(SQLModel, table=True):
    """A command and its one answer. ``outcome`` none: not answered yet, which is never shown as opened."""

    __tablename__ = "command"
    __table_args__ = (Index("ix_command_sent", "court", "sent"),)

    court: str = Field(primary_key=True)
    command: str = Field(primary_key=True)
    station: str
    place: str
    person: str
    reason: str = text()
    sent: int = large()
    expires: int = large()
    message: bytes = blob()
    outcome: str | None = None
    refusal: str = ""
    entry: str = ""
    answered: int | None = large(nullable=True)
