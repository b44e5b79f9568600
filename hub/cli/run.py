"""Runs a hub: ingest, grants, programming interface and pages in one process, until it is asked to end."""

from __future__ import annotations

import argparse
import logging
import signal
from contextlib import ExitStack
from functools import partial

import uvicorn

from hub.bootstrap import Hub, assemble
from hub.cli.verbs import perform
from hub.control import Control
from hub.serving import Freshness, configuration, listen, serve_beside
from hub.settings import Settings, load_settings

__all__ = ["run"]

_LOG = logging.getLogger(__name__)


def run(options: argparse.Namespace) -> None:
    """Blocks until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = load_settings(options.data)
    with ExitStack() as stack:
        listener = stack.enter_context(listen(settings, setting="listen_port", secure=settings.secure))
        beside = None
        if settings.stations_port:
            beside = stack.enter_context(listen(settings, setting="stations_port", secure=True))
        hub = stack.enter_context(assemble(settings))
        from hub.api.app import build_door
        from hub.web.app import build_app  # pages take a second to load; other commands do without them

        pages = configuration(settings, build_app(hub.parts), secure=settings.secure)
        door = None if beside is None else configuration(settings, build_door(hub.parts), secure=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server hands the signal on when it is done; by then there is more to end than the server.
            signal.signal(number, lambda *_: None)
        freshness = Freshness(
            settings,
            [one for one in (pages, door) if one is not None],
            go_on=hub.succession.go_on,
            renewed=hub.link.renewed,
        )
        hub.succession.moved = freshness.wake
        _start(hub, stack, freshness)
        if beside is not None and door is not None:
            server = serve_beside(door, beside)
            stack.callback(setattr, server, "should_exit", True)
        _LOG.info("office pages at %s://%s:%d", _scheme(settings), settings.listen_host, settings.listen_port)
        uvicorn.Server(pages).run(sockets=[listener])


def _start(hub: Hub, stack: ExitStack, freshness: Freshness) -> None:
    """Start what works beside the pages; the stack ends it, the last first."""
    hub.start()
    stack.callback(hub.stop)
    control = Control(hub.settings.folder, partial(perform, hub))
    control.start()
    stack.callback(control.stop)
    freshness.start()
    stack.callback(freshness.stop)


def _scheme(settings: Settings) -> str:
    return "https" if settings.secure else "http"
