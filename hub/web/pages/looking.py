"""Overview, search, queue: pages to look at."""

from __future__ import annotations

from fastapi import Request, Response
from nicegui import ui

from hub.core.access import API
from hub.telling import Telling
from hub.web.desk import Desk, open_page
from hub.web.drawing.hits import draw_hits
from hub.web.drawing.overview import draw_overview
from hub.web.drawing.tables import draw_queue
from hub.web.icons import icon
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, page_head, sheet

__all__ = ["install"]


def install(changes: Changes) -> None:
    @ui.page("/")
    async def overview(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /", build=_overview)

    @ui.page("/search")
    async def search(request: Request, q: str = "") -> Response | None:
        async def build(desk: Desk) -> None:
            await desk.live(lambda tell: _found(desk, tell, q[:120]))

        return await open_page(request, changes, what="PAGE /search", build=build)

    @ui.page("/queue")
    async def queue(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /queue", build=_queue)


async def _overview(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        view = desk.parts.queries.overview(roles=desk.visitor.roles)
        head = page_head(tell.say("nav.overview"), tell.say("overview.as_of", time=tell.time(tell.now)))
        return join(head, draw_overview(view, tell, may=lambda page: desk.may(f"PAGE {page}")))

    await desk.live(draw)


async def _queue(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        rows = desk.parts.queries.queue(roles=desk.visitor.roles)
        export = h("a", icon("export"), tell.say("queue.export"), href=f"{API}/queue.csv", class_="button")
        return join(page_head(tell.say("nav.queue"), tell.say("queue.beside"), export), draw_queue(rows, tell))

    await desk.live(draw)


def _found(desk: Desk, tell: Telling, text: str) -> Markup:
    hits = desk.parts.queries.search(text, roles=desk.visitor.roles, most=100) if text.strip() else ()
    head = page_head(tell.say("search.title"), tell.say("search.beside", text=text, n=len(hits)))
    if not hits:
        return join(head, sheet(None, empty(tell.say("search.none"), tell.say("search.none_next"), drawing="search")))
    return join(head, sheet(None, draw_hits(hits, tell)))
