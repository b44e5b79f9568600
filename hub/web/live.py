"""Parts of open pages that are drawn anew when the hub says that something changed. Nothing here asks on its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from nicegui import ui

from hub.face import Feed
from hub.web.markup import Markup

__all__ = ["Changes", "Live"]

_LOG = logging.getLogger(__name__)
_GATHER = 0.15
"""Seconds in which changes are gathered, so that a burst of entries draws each page once."""

Draw = Callable[[], Markup | None]


class Live:
    """One part of one open page. ``draw`` reads and draws in a thread; none: it is no longer for this person."""

    def __init__(self, draw: Draw, element: ui.html) -> None:
        self._draw = draw
        self._element = element
        self._drawing = asyncio.Lock()

    async def refresh(self) -> None:
        async with self._drawing:
            drawn = await asyncio.to_thread(self._draw)
            if drawn is None:
                with self._element:
                    ui.navigate.reload()  # to the page as it is for this person now, or to signing in
            elif drawn != self._element.content and not self._element.is_deleted:
                self._element.set_content(drawn)


class Changes:
    """The hub's change feed, carried to every open page."""

    def __init__(self) -> None:
        self._parts: set[Live] = set()
        self._changed = asyncio.Event()
        self._end: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, feed: Feed) -> None:
        """Call it on the event loop."""
        loop = asyncio.get_running_loop()

        def changed() -> None:
            loop.call_soon_threadsafe(self._changed.set)

        self._end = feed.subscribe(changed)
        self._task = asyncio.create_task(self._carry(), name="changes to pages")

    async def stop(self) -> None:
        if self._end is not None:
            self._end()
        if self._task is not None:
            self._task.cancel()

    async def add(self, draw: Draw) -> Live:
        """Draw a part of the page being built, and draw it anew whenever something changed, until the page is gone."""
        drawn = await asyncio.to_thread(draw)
        live = Live(draw, ui.html(drawn or "", sanitize=False))  # made of escaped text: see markup
        self._parts.add(live)
        ui.context.client.on_delete(lambda: self._parts.discard(live))
        return live

    async def _carry(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(_GATHER)
            self._changed.clear()
            for one in tuple(self._parts):
                try:
                    await one.refresh()
                except Exception:  # noqa: BLE001  # one page that cannot be drawn must not stop the others
                    _LOG.exception("a page could not be drawn anew")
