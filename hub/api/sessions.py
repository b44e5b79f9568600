"""Signing in and out of the programming interface."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hub.accounts import AccountRefusal
from hub.api.guard import Asking, cookie_name, forget, parts_of, remember
from hub.api.problems import Problem
from hub.api.shapes import Login, Session
from hub.core.access import API

__all__ = ["sessions"]

sessions = APIRouter(prefix=API, tags=["session"])

_STATUS = {"login.locked": 429, "login.busy": 503}


@sessions.post("/session")
def sign_in(request: Request, response: Response, body: Login) -> Session:
    """Sign in; the session travels in a cookie."""
    parts = parts_of(request)
    answer = parts.accounts.sign_in(body.user, body.password)
    if isinstance(answer, AccountRefusal):
        raise Problem(_STATUS.get(answer.key, 401), answer.key, answer.fields)
    remember(response, answer, parts=parts)
    visitor = answer.visitor
    return Session(user=visitor.user, person=visitor.person, name=visitor.name, roles=tuple(sorted(visitor.roles)))


@sessions.get("/session")
def who_am_i(asking: Asking) -> Session:
    """Whose session this is."""
    return Session(user=asking.user, person=asking.person, name=asking.name, roles=tuple(sorted(asking.roles)))


@sessions.delete("/session", status_code=204)
def sign_out(request: Request, asking: Asking) -> Response:
    """End the session."""
    parts = parts_of(request)
    parts.accounts.sign_out(request.cookies.get(cookie_name(parts)))
    response = Response(status_code=204)
    forget(response, parts=parts)
    return response


@sessions.get("/health")
def health() -> dict[str, str]:
    """Whether the hub answers."""
    return {"status": "ok"}
