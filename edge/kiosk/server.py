"""The kiosk's web server on loopback: one page, and a WebSocket that pushes a worded picture whenever one changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, tzinfo
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from edge.kiosk.agent_line import AgentLine
from edge.kiosk.catalogues import LANGUAGES, sentences
from edge.kiosk.picture import Picture, away, picture
from edge.kiosk.sentences import Language
from edge.kiosk.sheet import sheet_of
from edge.kiosk.shown import Show, parse_touch

__all__ = ["kiosk_app"]

_PAGE = Path(__file__).parent / "page"
_MINUTE = 60_000
_LONGEST_TOUCH = 1000  # characters
_HEADERS = {
    "Cache-Control": "no-store",
    # The demo shows this page beside a drawn cabinet; nothing else on the machine may frame it.
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
    "X-Content-Type-Options": "nosniff",
}


def kiosk_app(*, socket: Path, language: str, zone: tzinfo | None = None) -> Starlette:
    """The application. ``language`` is the one at rest; ``zone`` is the machine's own unless given."""
    local = zone or datetime.now().astimezone().tzinfo
    assert local is not None
    languages = {code: Language(code=code, sentences=sentences(code), zone=local) for code in LANGUAGES}
    desk = _Desk(languages, language)
    line = AgentLine(socket, desk.hear)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(line.run()), asyncio.create_task(desk.tick())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def live(websocket: WebSocket) -> None:
        if not _same_origin(websocket):
            await websocket.close(code=1008)
            return
        await websocket.accept()
        await _serve(websocket, desk, line)

    async def sheet(request: Request) -> Response:
        printed = await asyncio.to_thread(desk.sheet, request.query_params.get("language", language))
        if printed is None:
            return Response(status_code=404, headers=_HEADERS)
        return Response(printed, media_type="application/pdf", headers=_HEADERS)

    return Starlette(
        routes=[
            Route("/", _index),
            Route("/sheet.pdf", sheet),
            WebSocketRoute("/live", live),
            Mount("/page", StaticFiles(directory=_PAGE)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        lifespan=lifespan,
    )


class _Screen:
    """One browser looking at the kiosk. ``sounded``: how many sounds it has been given."""

    def __init__(self, language: str, sounded: int) -> None:
        self.language = language
        self.sounded = sounded
        self.changed = asyncio.Event()
        self.changed.set()


class _Desk:
    """What the agent last showed, and who looks at it."""

    def __init__(self, languages: Mapping[str, Language], language: str) -> None:
        self._languages = languages
        self._language = language
        self._screens: set[_Screen] = set()
        self._show: Show | None = None
        self._heard_at = 0.0
        self._sounds = 0
        self._sounded_turn: int | None = None

    def hear(self, show: Show | None) -> None:
        """A new picture, or none: the agent has gone."""
        if show is not None and show.sound is not None and show.turn != self._sounded_turn:
            self._sounds += 1
            self._sounded_turn = show.turn
        left = self._show is not None and self._show.person is not None and (show is None or show.person is None)
        self._show, self._heard_at = show, time.monotonic()
        for screen in self._screens:
            if left:
                screen.language = self._language
            screen.changed.set()

    async def tick(self) -> None:
        """Draw again at every full minute: clocks and ages."""
        while True:
            await asyncio.sleep((_MINUTE - self._now() % _MINUTE) / 1000 + 0.05)
            for screen in self._screens:
                screen.changed.set()

    def join(self) -> _Screen:
        screen = _Screen(self._language, self._sounds)
        self._screens.add(screen)
        return screen

    def leave(self, screen: _Screen) -> None:
        self._screens.discard(screen)

    def speak(self, screen: _Screen, code: str) -> None:
        if code in self._languages:
            screen.language = code
            screen.changed.set()

    def draw(self, screen: _Screen) -> Picture:
        language = self._languages[screen.language]
        other = next(code for code in self._languages if code != screen.language)
        if self._show is None:
            return away(language, now=self._now(), other=other)
        sound, screen.sounded = screen.sounded != self._sounds, self._sounds
        return picture(self._show, language, now=self._now(), other=other, sound=sound)

    def sheet(self, code: str) -> bytes | None:
        """The list that the screen offers to print, if it does."""
        show = self._show
        return (
            None
            if show is None
            else sheet_of(show, self._languages.get(code, self._languages[self._language]), now=self._now())
        )

    def _now(self) -> int:
        if self._show is None:
            return int(time.time() * 1000)
        return self._show.time_ms + int((time.monotonic() - self._heard_at) * 1000)


async def _serve(websocket: WebSocket, desk: _Desk, line: AgentLine) -> None:
    screen = desk.join()
    showing = asyncio.create_task(_show(websocket, desk, screen))
    try:
        while True:
            text = await websocket.receive_text()
            try:
                touch = parse_touch(text[:_LONGEST_TOUCH])
            except ValueError:
                continue  # only our own page speaks here: nothing to answer
            if touch.language is not None:
                desk.speak(screen, touch.language)
            elif not line.tell(touch):
                screen.changed.set()
    except WebSocketDisconnect:
        pass
    finally:
        desk.leave(screen)
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _show(websocket: WebSocket, desk: _Desk, screen: _Screen) -> None:
    while True:
        await screen.changed.wait()
        screen.changed.clear()
        await websocket.send_text(msgspec.json.encode(desk.draw(screen)).decode())


def _same_origin(websocket: WebSocket) -> bool:
    origin, host = websocket.headers.get("origin"), websocket.headers.get("host")
    return origin is None or origin == f"http://{host}"


async def _index(_: Request) -> Response:
    return FileResponse(_PAGE / "index.html", headers=_HEADERS)
