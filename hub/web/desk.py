"""One open page and the person before it: what pages need, and the one door they all come in by."""

from __future__ import annotations

import logging
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from hub.accounts import Visitor
from hub.api.guard import cookie_name, parts_of
from hub.api.problems import language_of
from hub.core.access import may
from hub.errors import HubError
from hub.face import Parts, Refused
from hub.telling import Telling
from hub.texts import Texts, texts
from hub.web.assets import head
from hub.web.frame import draw_side, draw_top
from hub.web.live import Changes, Live
from hub.web.markup import Markup
from hub.web.pieces import empty, note, page_head, sheet

__all__ = ["Desk", "open_page"]

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is at which page. ``token`` is the session's; every act asks again whether it still holds."""

    parts: Parts
    changes: Changes
    visitor: Visitor
    token: str
    language: str

    @property
    def say(self) -> Texts:
        return texts(self.language)

    def tell(self) -> Telling:
        """As of now: ask for it at each drawing."""
        return Telling(self.say, self.parts.clock(), ZoneInfo(self.parts.zone))

    def may(self, what: str) -> bool:
        return may(self.visitor.roles, what)

    async def live(self, draw: Callable[[Telling], Markup]) -> Live:
        """A part of the page that is drawn now and, while this person is signed in, whenever something changed."""

        last, drawn_at = Markup(), 0

        def drawn() -> Markup | None:
            nonlocal last, drawn_at
            if self.parts.accounts.visitor(self.token, watching=True) != self.visitor:
                return None
            tell = self.tell()
            try:
                last, drawn_at = draw(tell), tell.now
            except Exception:
                if not last:
                    raise  # there is nothing to show yet: the page says so
                _LOG.exception("a page could not be drawn anew")
                return note(tell.say("page.stale", time=tell.time(drawn_at)), "wait", "offline") + last
            return last

        return await self.changes.add(drawn)

    async def act(self, what: str, do: Callable[[Visitor], T | Refused]) -> T | Refused:
        """Do what the table lists under ``what``, if the session still holds and allows it."""
        visitor = await to_thread(self.parts.accounts.visitor, self.token)
        if visitor is None:
            ui.navigate.to("/login")
            return Refused("api.sign_in", {})
        if not may(visitor.roles, what):
            return Refused("api.not_allowed", {"name": visitor.name})
        try:
            return await to_thread(do, visitor)
        except HubError as error:
            return Refused("api.refused", {"why": str(error)})
        except Exception:  # noqa: BLE001  # whatever it was, the person at the page must be told
            _LOG.exception("%s failed", what)
            return Refused("api.act_failed", {})

    async def carry_out(self, what: str, do: Callable[[Visitor], object], *, done: str, **fields: str | int) -> bool:
        """``act`` and tell the person what came of it; whether it was done."""
        refused = await self.act(what, do)
        if isinstance(refused, Refused):
            self.tell_refused(refused)
            return False
        self.tell_done(done, **fields)
        return True

    def tell_missing(self, key: str, **fields: str | int) -> None:
        """Something was not filled in: the sentence says what."""
        ui.notify(self.say(key, **fields), type="warning", position="top")

    def tell_refused(self, refused: Refused) -> None:
        said = self.tell().sentence(refused.key, refused.fields)
        ui.notify(said, type="negative", position="top", timeout=12_000, multi_line=True)

    def tell_done(self, key: str, **fields: str | int) -> None:
        ui.notify(self.say(key, **fields), type="positive", position="top")


async def open_page(
    request: Request, changes: Changes, *, what: str, build: Callable[[Desk], Awaitable[None]]
) -> Response | None:
    """Let somebody in to the page listed as ``what`` and build it in the frame; or send them to sign in, or say no."""
    parts = parts_of(request)
    token = request.cookies.get(cookie_name(parts)) or ""
    visitor = await to_thread(parts.accounts.visitor, token)
    if visitor is None:
        return RedirectResponse("/login", status_code=303)
    desk = Desk(parts, changes, visitor, token, language_of(request))
    here = request.url.path
    ui.page_title(f"{desk.say('brand')} · {parts.court_name}")
    ui.add_head_html(head(desk.say))
    await desk.live(lambda tell: _side(desk, tell, here=here))
    top = draw_top(desk.tell(), searched=request.query_params.get("q", ""))
    ui.html(top, sanitize=False)
    with ui.element("main").classes("frame-main"):
        if desk.may(what):
            await build(desk)
        else:
            ui.html(_not_for_you(desk), sanitize=False)
    return None


def _side(desk: Desk, tell: Telling, *, here: str) -> Markup:
    count = desk.parts.queries.open_discrepancies() if desk.may("PAGE /discrepancies") else 0
    return draw_side(desk.visitor, tell, here=here, court_name=desk.parts.court_name, discrepancies=count)


def _not_for_you(desk: Desk) -> Markup:
    say = desk.say
    body = empty(say("page.not_for_you"), say("page.not_for_you_next"), drawing="person")
    return page_head(say("page.not_for_you_title")) + sheet(None, body)
