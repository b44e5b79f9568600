"""Volumes, stations, queue, discrepancies, people: looking things up, and what the office may do about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from custody.identifiers import PlaceId, StationId, VolumeId
from hub.api.guard import Asking, parts_of, telling
from hub.api.problems import Problem
from hub.api.shapes import NewPerson, OpenCompartment, Release, Resolve, Started
from hub.core.access import API
from hub.face import Refused
from hub.queue_csv import queue_csv
from hub.views import (
    CabinetView,
    CommandView,
    CompartmentView,
    Discrepancy,
    EntryProof,
    Hit,
    Incident,
    PersonView,
    QueueRow,
    StationView,
    VolumeView,
)

__all__ = ["routes"]

routes = APIRouter(prefix=API)
Value = TypeVar("Value")


@routes.get("/volumes", tags=["volumes"])
def search_volumes(
    request: Request,
    asking: Asking,
    search: Annotated[str, Query(max_length=120)],
    most: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Sequence[Hit]:
    """Find volumes, people and places by case number, label, name or id; each hit with its holding and age."""
    return parts_of(request).queries.search(search, roles=asking.roles, most=most)


@routes.get("/volumes/{volume}", tags=["volumes"])
def one_volume(request: Request, asking: Asking, volume: str) -> VolumeView:
    """Where a volume is and on what evidence, how far it is, its set, and everything that happened to it."""
    found = parts_of(request).queries.volume(VolumeId(volume), roles=asking.roles)
    return _found(found, "api.no_volume", volume)


@routes.post("/volumes/{volume}/release", tags=["volumes"], status_code=204)
def release_difference(request: Request, asking: Asking, volume: str, body: Release) -> Response:
    """Accept a difference of page counts, with a reason, so that the volume may be bound."""
    one_volume(request, asking, volume)  # what may not be seen cannot be released either
    refused = parts_of(request).acts.release(VolumeId(volume), by=asking.person, reason=body.reason)
    return _done(refused)


@routes.get("/stations", tags=["stations"])
def all_stations(request: Request, asking: Asking) -> Sequence[StationView]:
    """Every cabinet and station, and how it is."""
    return parts_of(request).queries.stations()


@routes.get("/stations/{station}", tags=["stations"])
def one_station(request: Request, asking: Asking, station: str) -> CabinetView:
    """One cabinet or station with its compartments as sensed and what lies there."""
    found = parts_of(request).queries.cabinet(StationId(station), roles=asking.roles)
    return _found(found, "api.no_station", station)


@routes.get("/stations/{station}/compartments", tags=["stations"])
def compartments(request: Request, asking: Asking, station: str) -> Sequence[CompartmentView]:
    """The compartments of one cabinet: doors as sensed, and contents."""
    return one_station(request, asking, station).compartments


@routes.post("/stations/{station}/compartments/{place}/open", tags=["stations"], status_code=202)
def open_compartment(request: Request, asking: Asking, station: str, place: str, body: OpenCompartment) -> Started:
    """Ask a cabinet to open one compartment now. *Sent* is all that is known until the cabinet answers."""
    acts = parts_of(request).acts
    sent = acts.open_compartment(StationId(station), PlaceId(place), by=asking.person, reason=body.reason)
    if isinstance(sent, Refused):
        raise Problem(409, sent.key, sent.fields)
    return Started(command=sent)


@routes.get("/commands/{command}", tags=["stations"])
def one_command(request: Request, asking: Asking, command: str) -> CommandView:
    """What became of a command: nothing yet, or its one answer."""
    return _found(parts_of(request).queries.command(command), "api.no_command", command)


@routes.get("/queue", tags=["archive line"])
def queue(request: Request, asking: Asking) -> Sequence[QueueRow]:
    """The archive queue by rank, each with the reasons for its rank."""
    return parts_of(request).queries.queue(roles=asking.roles)


@routes.get("/queue.csv", tags=["archive line"], response_class=Response)
def queue_as_csv(request: Request, asking: Asking) -> Response:
    """The archive queue for a spreadsheet."""
    content = queue_csv(parts_of(request).queries.queue(roles=asking.roles), tell=telling(request))
    headers = {"Content-Disposition": 'attachment; filename="queue.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@routes.get("/discrepancies", tags=["discrepancies"])
def discrepancies(request: Request, asking: Asking, resolved: bool = False) -> Sequence[Discrepancy]:  # noqa: FBT001, FBT002  # a query parameter
    """What contradicts the record and waits for a person; or what was resolved."""
    return parts_of(request).queries.discrepancies(resolved=resolved)


@routes.post("/discrepancies/{discrepancy}/resolve", tags=["discrepancies"], status_code=204)
def resolve(request: Request, asking: Asking, discrepancy: str, body: Resolve) -> Response:
    """Decide a discrepancy."""
    return _done(parts_of(request).acts.resolve(discrepancy, by=asking.person, decision=body.decision))


@routes.get("/incidents", tags=["discrepancies"])
def incidents(request: Request, asking: Asking) -> Sequence[Incident]:
    """Messages that were not accepted, those of one station for one reason together, the latest first."""
    return parts_of(request).queries.incidents()


@routes.get("/people", tags=["people"])
def people(request: Request, asking: Asking) -> Sequence[PersonView]:
    """Everybody known to the court's cabinets, with their accounts."""
    return parts_of(request).queries.people()


@routes.post("/people", tags=["people"], status_code=201)
def add_person(request: Request, asking: Asking, body: NewPerson) -> dict[str, str]:
    """Add a person with roles and, if there is one, a badge."""
    acts = parts_of(request).acts
    added = acts.add_person(name=body.name, roles=body.roles, badge=body.badge, by=asking.person)
    if isinstance(added, Refused):
        raise Problem(409, added.key, added.fields)
    return {"person": added}


@routes.get("/entries/{entry}", tags=["proof"])
def one_entry(request: Request, asking: Asking, entry: str) -> EntryProof:
    """An entry byte for byte as its station signed it, with the signed head."""
    return _found(parts_of(request).queries.entry(entry, roles=asking.roles), "api.no_entry", entry)


@routes.get("/export", tags=["proof"], response_class=StreamingResponse)
def export(request: Request, asking: Asking) -> StreamingResponse:
    """The whole ledger for an auditor's own verifier."""
    parts = parts_of(request)
    lines: Iterator[bytes] = parts.queries.export()
    headers = {"Content-Disposition": f'attachment; filename="{parts.court}.yungui.jsonl"'}
    return StreamingResponse(lines, media_type="application/jsonl", headers=headers)


def _found(value: Value | None, key: str, name: str) -> Value:
    if value is None:
        raise Problem(404, key, {"id": name})
    return value


def _done(refused: Refused | None) -> Response:
    if refused is not None:
        raise Problem(409, refused.key, refused.fields)
    return Response(status_code=204)
