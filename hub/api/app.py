"""The programming interface put together."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from hub.api.files import files
from hub.api.guard import admit, install_guard
from hub.api.problems import install_problems
from hub.api.routes import routes
from hub.api.sessions import sessions
from hub.core.access import ACCESS, API
from hub.face import Parts

__all__ = ["build_api"]


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
    for router in (sessions, routes, files):
        app.include_router(router)
    install_problems(app)
    install_guard(app, parts)
    unlisted = [
        what
        for route in app.routes
        if isinstance(route, APIRoute)
        for what in (f"{method} {route.path}" for method in route.methods or ())
        if what not in ACCESS
    ]
    if unlisted:
        raise ValueError(f"hub.core.access.ACCESS does not list {', '.join(unlisted)}; say who may use each")
    return app
