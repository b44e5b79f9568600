"""Papers of parties: the clerk's list of what waits for whom, and which code to tell which number."""

from __future__ import annotations

from fastapi import Request, Response
from nicegui import ui

from hub.core.access import API
from hub.telling import Telling
from hub.web.desk import Desk, open_page
from hub.web.dialogs import asking, buttons
from hub.web.drawing.papers import draw_papers
from hub.web.live import Changes
from hub.web.markup import Markup, join
from hub.web.pieces import page_head

__all__ = ["install"]

_ERASE = f"DELETE {API}/private/{{value}}"


def install(changes: Changes) -> None:
    @ui.page("/papers")
    async def papers(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /papers", build=_papers)


async def _papers(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        rows = desk.parts.queries.papers()
        head = page_head(tell.say("nav.papers"), tell.say("papers.beside"))
        return join(head, draw_papers(rows, tell, erase=desk.may(_ERASE)))

    await desk.live(draw)
    ui.on("erase", lambda event: _ask_erase(desk, str(event.args)))


def _ask_erase(desk: Desk, value: str) -> None:
    say = desk.say
    with asking(say("papers.erase"), say("papers.erase_sentence")) as dialog:

        async def erase() -> bool:
            await desk.carry_out(
                _ERASE, lambda who: desk.parts.acts.erase_private(value, by=who.person), done="papers.erased"
            )
            return True  # what could not be erased is not asked for once more

        buttons(desk, dialog, say("papers.erase"), erase)
