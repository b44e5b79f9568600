"""What the programming interface takes in, beside the views it gives out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from custody.events import StationKind
from custody.grants import Role

__all__ = [
    "FirstPassword",
    "GivenPin",
    "ImportLine",
    "ImportOutcome",
    "Invited",
    "Issued",
    "KeptFor",
    "Login",
    "NewAccount",
    "NewClosure",
    "NewCode",
    "NewPassword",
    "NewPerson",
    "NewRoles",
    "NewStation",
    "OpenCompartment",
    "OpenedAccount",
    "Release",
    "Resolve",
    "Revoke",
    "RuleValue",
    "Session",
    "Started",
    "Subject",
    "TeamName",
]

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Login(_Shape):
    user: Annotated[str, StringConstraints(max_length=120)]
    password: Annotated[str, StringConstraints(max_length=1000)]


class Session(_Shape):
    user: str
    person: str
    name: str
    roles: tuple[Role, ...]


class NewPassword(_Shape):
    before: Annotated[str, StringConstraints(max_length=1000)]
    after: Annotated[str, StringConstraints(max_length=1000)]


class NewRoles(_Shape):
    roles: frozenset[Role]


class Subject(_Shape):
    """``issuer`` and ``sub`` of single sign-on with a space between."""

    subject: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^\S+ \S+$")
    ]


class Release(_Shape):
    reason: _Code


class Resolve(_Shape):
    decision: _Code


class OpenCompartment(_Shape):
    reason: _Code


class Started(_Shape):
    """A command was sent; ask for its answer under ``/commands/{command}``."""

    command: str


class NewStation(_Shape):
    """``court_staffed``: the court's own people work there, so that confidential volumes may be known there.

    ``floor``: the storey it stands on.
    """

    station: _Text
    kind: StationKind
    name: _Text
    court_staffed: bool
    floor: int | None = Field(default=None, ge=-20, le=200)


class Invited(_Shape):
    """``text``: what the QR code says."""

    text: str


class Revoke(_Shape):
    reason: _Code


class NewPerson(_Shape):
    name: _Text
    roles: frozenset[Role]
    badge: _Text | None = None


class NewAccount(_Shape):
    user: _Text
    person: _Text
    roles: frozenset[Role]


class OpenedAccount(_Shape):
    """``code`` is told this once: whoever has it chooses the account's password, until then."""

    user: str
    code: str
    until_ms: int


class FirstPassword(_Shape):
    """``code``: the one-time code that came with the account; ``password``: the person's own from now on."""

    user: Annotated[str, StringConstraints(max_length=120)]
    code: Annotated[str, StringConstraints(max_length=1000)]
    password: Annotated[str, StringConstraints(max_length=1000)]


class ImportLine(_Shape):
    """One row: ``accepted`` (registered now, or to be), ``known`` (there already) or ``refused`` with the reason."""

    line: int
    case: str
    verdict: str
    volume: str | None = None
    column: str | None = None
    value: str | None = None
    code: str | None = None
    reason: str | None = None


class ImportOutcome(_Shape):
    dry_run: bool
    accepted: int
    known: int
    refused: int
    unused_columns: tuple[str, ...]
    rows: tuple[ImportLine, ...]


class TeamName(_Shape):
    name: _Text


class KeptFor(_Shape):
    """``recipient``: the id of a person, team or queue."""

    recipient: _Text


class NewCode(_Shape):
    """``hours``: how long it holds from now."""

    person: _Text
    volumes: Annotated[tuple[_Text, ...], Field(min_length=1, max_length=50)]
    hours: Annotated[int, Field(ge=1, le=720)] = 24
    uses: Annotated[int, Field(ge=1, le=20)] = 1


class RuleValue(_Shape):
    """In days."""

    value: Annotated[int, Field(ge=0, le=10_000)]


class NewClosure(_Shape):
    """Dates of the court's own calendar, both included."""

    first: date
    last: date


class GivenPin(_Shape):
    """``digits`` are told this once."""

    digits: str


class Issued(_Shape):
    """``digits`` are told this once."""

    code: str
    digits: str
