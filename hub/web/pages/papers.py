"""Papers of parties: the clerk's list of what waits for whom, and which code to tell which number."""

from __future__ import annotations

from fastapi import Request, Response
from nicegui import ui

from hub.telling import Telling
from hub.web.desk import Desk, open_page
from hub.web.drawing.papers import draw_papers
from hub.web.live import Changes
from hub.web.markup import Markup, join
from hub.web.pieces import page_head

__all__ = ["install"]


def install(changes: Changes) -> None:
    @ui.page("/papers")
    async def papers(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /papers", build=_papers)


async def _papers(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        rows = desk.parts.queries.papers()
        return join(page_head(tell.say("nav.papers"), tell.say("papers.beside")), draw_papers(rows, tell))

    await desk.live(draw)
