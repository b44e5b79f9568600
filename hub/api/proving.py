"""Proof and counter-entries: the newest checkpoint to print, corrections, closed periods, erasure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from custody.events import CorrectionReason
from custody.identifiers import PersonId, PlaceId, VolumeId
from hub.anchor import anchor_sheet
from hub.api.guard import Asking, parts_of
from hub.api.problems import Problem, language_of
from hub.core.access import API
from hub.face import Correction, Refused

__all__ = ["proving"]

proving = APIRouter(prefix=API)
_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewCorrection(BaseModel):
    """``place`` or ``holder``: where the volume really is, or who has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    entry: _Id
    reason: CorrectionReason
    place: _Id | None = None
    holder: _Id | None = None


class Corrected(BaseModel):
    """``waiting``: the id under which a second person confirms it; none where it is recorded already."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    waiting: str | None


class ClosePeriod(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    until_ms: Annotated[int, Field(ge=0, le=2**53)]


@proving.get("/checkpoint.pdf", tags=["proof"], response_class=Response)
def checkpoint(request: Request, asking: Asking) -> Response:
    """The newest checkpoint of the ledger, as text and QR code, to keep in the paper register."""
    sheet = anchor_sheet(parts_of(request), language=language_of(request))
    if isinstance(sheet, Refused):
        raise Problem(404, sheet.key, sheet.fields)
    headers = {"Content-Disposition": 'inline; filename="checkpoint.pdf"'}
    return Response(sheet, media_type="application/pdf", headers=headers)


@proving.post("/volumes/{volume}/corrections", tags=["proof"], status_code=201)
def correct(request: Request, asking: Asking, volume: str, body: NewCorrection) -> Corrected:
    """Say by a counter-entry where a volume really is. In a closed period it waits for a second person."""
    parts = parts_of(request)
    if parts.queries.volume(VolumeId(volume), roles=asking.roles) is None:
        raise Problem(404, "api.no_volume", {"id": volume})
    done = parts.acts.correct(
        VolumeId(volume),
        entry=body.entry,
        reason=body.reason,
        place=None if body.place is None else PlaceId(body.place),
        holder=None if body.holder is None else PersonId(body.holder),
        by=asking.person,
    )
    if isinstance(done, Refused):
        raise Problem(409, done.key, done.fields)
    return Corrected(waiting=done)


@proving.get("/corrections", tags=["proof"])
def corrections(request: Request, asking: Asking) -> Sequence[Correction]:
    """Corrections that wait for a second person."""
    return parts_of(request).queries.corrections(roles=asking.roles)


@proving.post("/corrections/{correction}/confirm", tags=["proof"], status_code=204)
def confirm(request: Request, asking: Asking, correction: str) -> Response:
    """Stand for a correction that somebody else has asked for."""
    return _done(parts_of(request).acts.confirm_correction(correction, by=asking.person))


@proving.delete("/corrections/{correction}", tags=["proof"], status_code=204)
def decline(request: Request, asking: Asking, correction: str) -> Response:
    """Decline a correction that waits, or take one's own back. Nothing was recorded, and nothing is."""
    return _done(parts_of(request).acts.decline_correction(correction, by=asking.person))


@proving.post("/period", tags=["proof"], status_code=204)
def close_period(request: Request, asking: Asking, body: ClosePeriod) -> Response:
    """Close the record up to a moment: what is older is corrected by two people only."""
    return _done(parts_of(request).acts.close_period(body.until_ms, by=asking.person))


@proving.post("/people/{person}/erase", tags=["people"], status_code=204)
def erase(request: Request, asking: Asking, person: str) -> Response:
    """Erase name, badge and account of a person. Records keep the id; no proof changes."""
    return _done(parts_of(request).acts.erase_person(PersonId(person), by=asking.person))


@proving.delete("/private/{value}", tags=["people"], status_code=204)
def erase_private(request: Request, asking: Asking, value: str) -> Response:
    """Erase one private value, a party's phone number. Records keep its commitment; no proof changes."""
    return _done(parts_of(request).acts.erase_private(value, by=asking.person))


def _done(refused: Refused | None) -> Response:
    if refused is not None:
        raise Problem(409, refused.key, refused.fields)
    return Response(status_code=204)
