"""Signing in and out of the programming interface."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from hub.accounts import AccountRefusal, OwnSession
from hub.api.guard import Asking, address_of, cookie_name, forget, parts_of, remember
from hub.api.problems import Problem
from hub.api.shapes import Login, NewPassword, NewRoles, Session, Subject
from hub.core.access import API

__all__ = ["sessions"]

sessions = APIRouter(prefix=API, tags=["session"])

_STATUS = {"login.locked": 429, "login.busy": 503, "account.unknown": 404, "login.wrong": 401}


@sessions.post("/session")
def sign_in(request: Request, response: Response, body: Login) -> Session:
    """Sign in; the session travels in a cookie."""
    parts = parts_of(request)
    answer = parts.accounts.sign_in(body.user, body.password, address=address_of(request))
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
    return _done(refused)


@sessions.put("/accounts/{user}/roles", status_code=204)
def change_roles(request: Request, asking: Asking, user: str, body: NewRoles) -> Response:
    """Give an account other roles; whoever uses it is signed out everywhere."""
    return _done(parts_of(request).accounts.change_roles(user, body.roles))


@sessions.put("/accounts/{user}/subject", status_code=204)
def bind(request: Request, asking: Asking, user: str, body: Subject) -> Response:
    """Say who an account is to the court's single sign-on."""
    return _done(parts_of(request).accounts.bind(user, body.subject))


@sessions.delete("/accounts/{user}", status_code=204)
def disable(request: Request, asking: Asking, user: str) -> Response:
    """Let nobody in by this account any more. It is kept, so that what it did keeps its name."""
    return _done(parts_of(request).accounts.disable(user))


def _done(refused: AccountRefusal | None) -> Response:
    if refused is not None:
        raise Problem(_STATUS.get(refused.key, 409), refused.key, refused.fields)
    return Response(status_code=204)


@sessions.get("/health")
def health() -> dict[str, str]:
    """Whether the hub answers."""
    return {"status": "ok"}
