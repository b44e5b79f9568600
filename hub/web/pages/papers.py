"""Papers of parties: the clerk's list of what waits for whom, and which code to tell which number."""

from __future__ import annotations

from fastapi import Request, Response
from nicegui import ui

from hub.core.access import API
from hub.face import Refused
from hub.telling import Telling
from hub.web.desk import Desk, open_page
from hub.web.drawing.papers import draw_papers
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
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
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        ui.html(h("h2", say("papers.erase")) + h("p", say("papers.erase_sentence"), class_="soft"), sanitize=False)

        async def erase() -> None:
            refused = await desk.act(_ERASE, lambda who: desk.parts.acts.erase_private(value, by=who.person))
            if isinstance(refused, Refused):
                desk.tell_refused(refused)
            else:
                desk.tell_done("papers.erased")
            dialog.close()

        with ui.row().style("align-self:flex-end;gap:8px"):
            ui.button(say("dialog.cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(say("papers.erase"), on_click=erase).props("unelevated no-caps")
    dialog.open()
