"""Signing in and out of the programming interface."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from hub.accounts import AccountRefusal, OwnSession
from hub.api.accounts import STATUS, done
from hub.api.guard import Asking, address_of, cookie_name, forget, parts_of, remember
from hub.api.problems import Problem
from hub.api.shapes import Login, NewPassword, Session
from hub.core.access import API

__all__ = ["sessions"]

sessions = APIRouter(prefix=API, tags=["session"])


@sessions.post("/session")
def sign_in(request: Request, response: Response, body: Login) -> Session:
    """Sign in; the session travels in a cookie."""
    parts = parts_of(request)
    answer = parts.accounts.sign_in(body.user, body.password, address=address_of(request))
    if isinstance(answer, AccountRefusal):
        raise Problem(STATUS.get(answer.key, 401), answer.key, answer.fields)
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


@sessions.get("/sessions")
def own_sessions(request: Request, asking: Asking) -> Sequence[OwnSession]:
    """Where the person who asks is signed in."""
    parts = parts_of(request)
    return parts.accounts.sessions(request.cookies.get(cookie_name(parts), ""))


@sessions.delete("/sessions/{session}", status_code=204)
def end_session(request: Request, asking: Asking, session: str) -> Response:
    """End one of the person's own sessions."""
    if not parts_of(request).accounts.end_session(asking.user, session):
        raise Problem(404, "api.no_session", {"id": session})
    return Response(status_code=204)


@sessions.put("/password", status_code=204)
def change_password(request: Request, asking: Asking, body: NewPassword) -> Response:
    """Change one's own password; one is then signed out everywhere."""
    refused = parts_of(request).accounts.change_password(
        asking.user, before=body.before, after=body.after, address=address_of(request)
    )
    return done(refused)


@sessions.get("/health")
def health() -> dict[str, str]:
    """Whether the hub answers."""
    return {"status": "ok"}
