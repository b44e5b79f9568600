"""The one gate of the hub: who is asking, whether the table lets them, and whether another site made them ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.accounts import SignedIn, Visitor
from hub.api.problems import Problem, language_of, problem_response
from hub.core.access import ACCESS, EVERYBODY, may
from hub.core.patience import ABSOLUTE
from hub.core.spreadsheet import MOST_BYTES
from hub.face import Parts
from hub.telling import Telling
from hub.texts import texts

__all__ = [
    "Asking",
    "address_of",
    "admit",
    "cookie_name",
    "forget",
    "install_guard",
    "parts_of",
    "remember",
    "require",
    "telling",
    "visitor_of",
]

_MOST_BYTES = MOST_BYTES + 64 * 1024  # the largest list, and the form around it
_CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})

# NiceGUI's pages need inline scripts and Vue's compiler; nothing they need comes from elsewhere.
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)


def parts_of(request: Request) -> Parts:
    """What the application is built on; pages live in an application mounted below, so it travels with the request."""
    parts = request.scope["yungui.parts"]
    assert isinstance(parts, Parts)
    return parts


def cookie_name(parts: Parts) -> str:
    """With the ``__Host-`` prefix a browser takes the cookie from this host over HTTPS only."""
    return "__Host-yungui" if parts.secure else "yungui"


def visitor_of(request: Request) -> Visitor | None:
    """Whoever is signed in."""
    parts = parts_of(request)
    return parts.accounts.visitor(request.cookies.get(cookie_name(parts)))


def address_of(request: Request) -> str:
    """Where a request comes from, as the connection says: headers can be made up."""
    return "" if request.client is None else request.client.host


def telling(request: Request) -> Telling:
    """Values in the reader's language, as of now."""
    parts = parts_of(request)
    return Telling(texts(language_of(request)), parts.clock(), ZoneInfo(parts.zone))


def admit(request: Request) -> Visitor | None:
    """Let a request to an API route pass, or raise the problem. The table must list the route."""
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    what = f"{request.method} {route.path}"
    if ACCESS[what] is EVERYBODY:
        return None
    visitor = visitor_of(request)
    if visitor is None:
        raise Problem(401, "api.sign_in")
    if not may(visitor.roles, what):
        raise Problem(403, "api.not_allowed", {"name": visitor.name})
    return visitor


def require(visitor: Annotated[Visitor | None, Depends(admit)]) -> Visitor:
    """The person behind a request that only people who are signed in may make."""
    assert visitor is not None
    return visitor


Asking = Annotated[Visitor, Depends(require)]


def remember(response: Response, signed_in: SignedIn, *, parts: Parts) -> None:
    """Set the session cookie: unreadable for scripts, never sent from another site."""
    response.set_cookie(
        cookie_name(parts),
        signed_in.token,
        max_age=ABSOLUTE // 1000,
        path="/",
        httponly=True,
        secure=parts.secure,
        samesite="strict",
    )


def forget(response: Response, *, parts: Parts) -> None:
    response.delete_cookie(cookie_name(parts), path="/", httponly=True, secure=parts.secure, samesite="strict")


def install_guard(app: FastAPI, parts: Parts) -> None:
    """Hand ``parts`` to every request, refuse changes that another site asks for, and say what browsers may load."""

    app.add_middleware(_OwnSockets)

    @app.middleware("http")
    async def _guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        request.scope["yungui.parts"] = parts
        if request.method not in _CHANGES_NOTHING and _from_elsewhere(request):
            return problem_response(request, Problem(403, "api.other_site"))
        if not _fits(request):
            return problem_response(request, Problem(413, "api.too_large", {"megabytes": _MOST_BYTES >> 20}))
        response = await answer(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Content-Security-Policy"] = _POLICY
        if not request.url.path.startswith(("/_nicegui", "/office-assets")):
            response.headers["Cache-Control"] = "no-store"
        return response


class _OwnSockets:
    """Pages keep a socket open, and a browser opens one for any site: this site's pages alone get it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and _from_elsewhere(HTTPConnection(scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)


def _fits(request: Request) -> bool:
    """Whether a body is of a size that can be asked of us; one that does not say its size is none of ours."""
    length = request.headers.get("content-length")
    if length is None:
        return "transfer-encoding" not in request.headers
    return length.isdigit() and int(length) <= _MOST_BYTES


def _from_elsewhere(request: HTTPConnection) -> bool:
    """Browsers say where a request comes from; what says nothing is no browser and carries no stolen cookie."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
