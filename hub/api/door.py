"""The stations' door: enrolling, and the next certificate. Each message proves who sends it; there is no session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from custody import wire
from custody.enrolment import Answer, Invitation, Reply, Rotated, invitation_text
from custody.identifiers import StationId
from hub.api.guard import Asking, parts_of
from hub.api.problems import Problem
from hub.api.shapes import Invited, NewStation, Revoke
from hub.core.access import API
from hub.face import Refused

__all__ = ["door", "stations"]

_SIGNED = "application/octet-stream"
_MOST_BYTES = 16 * 1024
_STATUS = {"enrol.request_malformed": 422, "enrol.taken": 409, "enrol.id_malformed": 422}

door = APIRouter(prefix=API, tags=["stations' door"])
"""What stations may ask for; also served on a port of its own, where no page is."""

stations = APIRouter(prefix=API, tags=["stations"])

_Message = Annotated[bytes, Body(media_type=_SIGNED)]


@door.get("/authority", response_class=Response)
def authority(request: Request) -> Response:
    """The court's certificate authority. Compare its fingerprint with the invitation before believing it."""
    certificate = parts_of(request).door.authority_certificate()
    return Response(certificate, media_type="application/x-pem-file")


@door.post("/enrolment", response_class=Response)
def enrol(request: Request, message: _Message) -> Response:
    """Enrol the station that proves an invitation: its certificate and what it needs to know."""
    return _told(parts_of(request).door.enrol(_small(message)))


@door.post("/renewal", response_class=Response)
def renew(request: Request, message: _Message) -> Response:
    """The next certificate of the station that signed the request."""
    return _told(parts_of(request).door.renew(_small(message)))


@door.post("/rotation", response_class=Response)
def rotate(request: Request, message: _Message) -> Response:
    """Believe the next signing key of the station that signed the request with its present one."""
    return _told(parts_of(request).door.rotate(_small(message)))


@stations.post("/invitations", status_code=201)
def invite(request: Request, asking: Asking, body: NewStation) -> Invited:
    """Invite a station: the text of its QR code, good once and for some minutes."""
    found = parts_of(request).door.invite_here(
        StationId(body.station),
        kind=body.kind,
        name=body.name,
        court_staffed=body.court_staffed,
        floor=body.floor,
    )
    return Invited(text=invitation_text(_given(found)))


@stations.post("/stations/{station}/revoke", status_code=204)
def revoke(request: Request, asking: Asking, station: str, body: Revoke) -> Response:
    """Accept nothing of a station any more."""
    refused = parts_of(request).door.revoke(StationId(station), by=asking.person, reason=body.reason)
    if refused is not None:
        raise _problem(refused)
    return Response(status_code=204)


def _small(message: bytes) -> bytes:
    if len(message) > _MOST_BYTES:
        raise Problem(413, "api.too_large", {"megabytes": 0})
    return message


def _told(answer: Answer | Reply | Rotated | Refused) -> Response:
    if isinstance(answer, Refused):
        raise _problem(answer)
    return Response(wire.encode(answer), media_type="application/json")


def _given(found: Invitation | Refused) -> Invitation:
    if isinstance(found, Refused):
        raise _problem(found)
    return found


def _problem(refused: Refused) -> Problem:
    return Problem(_STATUS.get(refused.key, 403), refused.key, refused.fields)
