"""The whole face put together: programming interface, forms, pages, and what is said when something is not there."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from nicegui import app as pages
from nicegui import ui

from hub.api.app import build_api, include
from hub.api.guard import telling
from hub.api.problems import Problem, problem_response
from hub.core.access import API
from hub.face import Parts
from hub.web.assets import FOLDER, MOUNT, style_link
from hub.web.live import Changes
from hub.web.markup import Markup, h
from hub.web.pages import arrangements, cabinet, deciding, entering, login, looking, papers, paperwork, policy, volume
from hub.web.pieces import empty

__all__ = ["build_app"]

_LOG = logging.getLogger(__name__)


def build_app(parts: Parts) -> FastAPI:
    """The application of one hub, once a process: NiceGUI keeps its pages in the process."""
    app = build_api(parts)
    include(app, login.forms)
    app.mount(MOUNT, StaticFiles(directory=FOLDER), name="office-assets")
    changes = Changes()
    login.install()
    for page in (looking, volume, cabinet, deciding, arrangements, entering, papers, paperwork, policy):
        page.install(changes)
    pages.on_startup(lambda: changes.start(parts.feed))
    pages.on_shutdown(changes.stop)
    pages.add_exception_handler(404, _nothing_here)
    pages.on_page_exception(_failed)
    ui.run_with(
        app,
        title=parts.court_name,
        favicon=_FAVICON,
        dark=False,
        tailwind=False,
        reconnect_timeout=10,
        show_welcome_message=False,
    )
    return app


_FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#9e2a2b"/>'
    '<text x="16" y="22" font-size="18" text-anchor="middle" fill="#fff" font-family="sans-serif">云</text></svg>'
)


def _nothing_here(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API):
        return problem_response(request, Problem(404, "api.not_found", {"path": request.url.path}))
    tell = telling(request)
    drawn = empty(tell.say("page.not_found"), tell.say("page.not_found_next"), drawing="search")
    back = h("a", tell.say("page.back"), href="/", class_="button")
    style = style_link()
    body = h(
        "body",
        h(
            "main",
            h("div", drawn, h("p", back, style="text-align:center")),
            class_="login",
            style="align-content:center",
        ),
    )
    document = h("html", h("head", h("meta", charset="utf-8"), h("title", tell.say("brand")), style), body)
    return HTMLResponse(Markup("<!doctype html>") + document, 404)


def _failed(error: Exception) -> None:
    """A page that could not be drawn: say so, and what to do."""
    _LOG.error("a page could not be drawn", exc_info=error)
    tell = telling(ui.context.client.request)
    ui.add_head_html(style_link())
    drawn = empty(tell.say("page.failed"), tell.say("page.failed_next"), drawing="discrepancy")
    ui.html(h("main", drawn, class_="login", style="align-content:center"), sanitize=False)
