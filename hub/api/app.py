"""The programming interface put together."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from hub.api.accounts import accounts
from hub.api.arranging import arranging
from hub.api.door import door, stations
from hub.api.files import files
from hub.api.guard import admit, install_guard
from hub.api.policy import policy
from hub.api.problems import install_problems
from hub.api.proving import proving
from hub.api.routes import routes
from hub.api.sessions import sessions
from hub.core.access import ACCESS, API
from hub.face import Parts

__all__ = ["build_api", "build_door", "include", "routes_of"]


def build_api(parts: Parts) -> FastAPI:
    """The application without its pages. A route that the table of rights does not list stops it here.

    FastAPI's own documentation pages load scripts from elsewhere, which a court's network does not reach; the
    description itself is at ``/api/v1/openapi.json``.
    """
    app = FastAPI(
        title="Yungui",
        version="1",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(admit)],
    )
    for router in (sessions, accounts, routes, arranging, policy, proving, files, door, stations):
        include(app, router)
    install_problems(app)
    install_guard(app, parts)
    return app


def build_door(parts: Parts) -> FastAPI:
    """The stations' door alone, for a port of its own: no page, no session."""
    app = FastAPI(
        title="Yungui", version="1", openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(admit)]
    )
    include(app, door)
    install_problems(app)
    install_guard(app, parts)
    return app


def include(app: FastAPI, router: APIRouter) -> None:
    """Add a router whose every route the table of rights lists."""
    unlisted = sorted(routes_of(router) - ACCESS.keys())
    if unlisted:
        raise ValueError(f"hub.core.access.ACCESS does not list {', '.join(unlisted)}; say who may use each")
    app.include_router(router)


def routes_of(router: APIRouter) -> set[str]:
    """What a router answers, as the table of rights names it."""
    found = [route for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}" for route in found for method in route.methods or ()}
