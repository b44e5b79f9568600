"""What the court decides for itself: how long cabinets work alone, what is overdue, when it is closed."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request, Response

from custody.events import PolicyRule
from custody.identifiers import PersonId
from hub.api.guard import Asking, parts_of
from hub.api.problems import Problem
from hub.api.shapes import NewClosure, RuleValue
from hub.core.access import API
from hub.orders import Announce, Decide, Decision, Withdraw
from hub.views import PolicyView

__all__ = ["policy"]

policy = APIRouter(prefix=API, tags=["policy"])


@policy.get("/policy")
def standing(request: Request, asking: Asking) -> PolicyView:
    """What holds, until when each cabinet works alone by it, what is overdue, and every decision."""
    return parts_of(request).queries.policy(roles=asking.roles)


@policy.put("/policy/{rule}", status_code=204)
def decide(request: Request, asking: Asking, rule: PolicyRule, body: RuleValue) -> Response:
    """Decide a rule, in days. Grants follow at once."""
    return _done(request, asking.person, Decide(rule=rule, value=body.value))


@policy.post("/closures", status_code=204)
def announce(request: Request, asking: Asking, body: NewClosure) -> Response:
    """Announce days on which the court is closed: they do not count among those a cabinet may work alone."""
    return _done(request, asking.person, Announce(first=body.first, last=body.last))


@policy.delete("/closures/{first}/{last}", status_code=204)
def withdraw(request: Request, asking: Asking, first: date, last: date) -> Response:
    """Take them back."""
    return _done(request, asking.person, Withdraw(first=first, last=last))


def _done(request: Request, by: PersonId, decision: Decision) -> Response:
    refused = parts_of(request).acts.decide(decision, by=by)
    if refused is not None:
        raise Problem(409, refused.key, refused.fields)
    return Response(status_code=204)
