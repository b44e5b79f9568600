"""Teams, reserved compartments, guarded volumes, codes, delegations: what is arranged, and how it is undone."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from custody.identifiers import PersonId, PlaceId, VolumeId
from hub.api.guard import Asking, parts_of
from hub.api.problems import Problem
from hub.api.shapes import GivenPin, Issued, KeptFor, NewCode, Release, TeamName
from hub.core.access import API
from hub.face import Refused
from hub.orders import (
    Code,
    EndDelegations,
    EndPin,
    Free,
    GivePin,
    Guard,
    IssueCode,
    Join,
    Keep,
    Leave,
    Lift,
    NewTeam,
    Order,
    Pin,
    RevokeCode,
    StayGuarded,
    Unguard,
)
from hub.views import ArrangementsView, LiftingView

__all__ = ["arranging"]

arranging = APIRouter(prefix=API)
_HOUR = 3_600_000


@arranging.get("/arrangements", tags=["arrangements"])
def arrangements(request: Request, asking: Asking) -> ArrangementsView:
    """What stands now, and what more can be arranged."""
    return parts_of(request).queries.arrangements()


@arranging.post("/teams", tags=["arrangements"], status_code=201)
def new_team(request: Request, asking: Asking, body: TeamName) -> dict[str, str]:
    """Register a team."""
    return {"team": str(_carried_out(request, asking.person, NewTeam(name=body.name)))}


@arranging.put("/teams/{team}/members/{person}", tags=["arrangements"], status_code=204)
def join(request: Request, asking: Asking, team: str, person: str) -> Response:
    """Let a person collect for a team."""
    return _done(request, asking.person, Join(person=PersonId(person), team=team))


@arranging.delete("/teams/{team}/members/{person}", tags=["arrangements"], status_code=204)
def leave(request: Request, asking: Asking, team: str, person: str) -> Response:
    """Let a person collect for a team no more."""
    return _done(request, asking.person, Leave(person=PersonId(person), team=team))


@arranging.put("/compartments/{place}/kept", tags=["arrangements"], status_code=204)
def keep(request: Request, asking: Asking, place: str, body: KeptFor) -> Response:
    """Keep a compartment for one recipient."""
    return _done(request, asking.person, Keep(place=PlaceId(place), recipient=body.recipient))


@arranging.delete("/compartments/{place}/kept", tags=["arrangements"], status_code=204)
def free(request: Request, asking: Asking, place: str) -> Response:
    """Let a compartment take volumes for anybody again."""
    return _done(request, asking.person, Free(place=PlaceId(place)))


@arranging.post("/volumes/{volume}/guard", tags=["arrangements"], status_code=204)
def guard(request: Request, asking: Asking, volume: str, body: Release) -> Response:
    """Decide that two people open together for a volume."""
    return _done(request, asking.person, Guard(volume=VolumeId(volume), reason=body.reason))


@arranging.get("/unguardings", tags=["arrangements"])
def unguardings(request: Request, asking: Asking) -> Sequence[LiftingView]:
    """What waits for a second person: that one is enough for a volume again."""
    return parts_of(request).queries.liftings(roles=asking.roles)


@arranging.post("/volumes/{volume}/unguard", tags=["arrangements"], status_code=202)
def unguard(request: Request, asking: Asking, volume: str, body: Release) -> Response:
    """Ask that one person be enough again. It waits for another person to confirm it; until then it takes two."""
    _carried_out(request, asking.person, Unguard(volume=VolumeId(volume), reason=body.reason))
    return Response(status_code=202)


@arranging.post("/volumes/{volume}/unguard/confirm", tags=["arrangements"], status_code=204)
def confirm_unguard(request: Request, asking: Asking, volume: str) -> Response:
    """Confirm that, as another person than who asked."""
    return _done(request, asking.person, Lift(volume=VolumeId(volume)))


@arranging.delete("/volumes/{volume}/unguard", tags=["arrangements"], status_code=204)
def stay_guarded(request: Request, asking: Asking, volume: str) -> Response:
    """Let it go on taking two, or take back what one asked for."""
    return _done(request, asking.person, StayGuarded(volume=VolumeId(volume)))


@arranging.post("/codes", tags=["arrangements"], status_code=201)
def issue_code(request: Request, asking: Asking, body: NewCode) -> Issued:
    """Issue a pickup code for a person and some volumes. Its digits are in this answer and nowhere else."""
    now = parts_of(request).clock()
    order = IssueCode(
        person=PersonId(body.person),
        volumes=tuple(map(VolumeId, body.volumes)),
        since=now,
        until=now + body.hours * _HOUR,
        uses=body.uses,
    )
    made = _carried_out(request, asking.person, order)
    assert isinstance(made, Code)
    return Issued(code=made.code, digits=made.digits)


@arranging.delete("/codes/{code}", tags=["arrangements"], status_code=204)
def revoke_code(request: Request, asking: Asking, code: str) -> Response:
    """Let a code open nothing any more."""
    return _done(request, asking.person, RevokeCode(code=code))


@arranging.post("/people/{person}/pin", tags=["arrangements"], status_code=201)
def give_pin(request: Request, asking: Asking, person: str) -> GivenPin:
    """Give a person a number to key in after the badge, or another one. It is in this answer and nowhere else."""
    made = _carried_out(request, asking.person, GivePin(person=PersonId(person)))
    assert isinstance(made, Pin)
    return GivenPin(digits=made.digits)


@arranging.delete("/people/{person}/pin", tags=["arrangements"], status_code=204)
def end_pin(request: Request, asking: Asking, person: str) -> Response:
    """Let the badge alone be enough again."""
    return _done(request, asking.person, EndPin(person=PersonId(person)))


@arranging.delete("/people/{person}/delegations", tags=["arrangements"], status_code=204)
def end_delegations(request: Request, asking: Asking, person: str) -> Response:
    """Let nobody collect for this person any more."""
    return _done(request, asking.person, EndDelegations(person=PersonId(person)))


def _carried_out(request: Request, by: PersonId, order: Order) -> Code | Pin | str | None:
    made = parts_of(request).acts.arrange(order, by=by)
    if isinstance(made, Refused):
        raise Problem(409, made.key, made.fields)
    return made


def _done(request: Request, by: PersonId, order: Order) -> Response:
    _carried_out(request, by, order)
    return Response(status_code=204)
