"""Runs a hub: ingest, grants, programming interface and pages in one process, until it is asked to end."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import logging
import signal
import socket

import uvicorn

from hub.bootstrap import assemble
from hub.errors import HubError
from hub.settings import Settings, load_settings

__all__ = ["run"]

_LOG = logging.getLogger(__name__)


def run(options: argparse.Namespace) -> None:
    """Blocks until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = load_settings(options.data)
    listener = _listen(settings)
    with listener, assemble(settings) as hub:
        from hub.web.app import build_app  # pages take a second to load; other commands do without them

        server = uvicorn.Server(_configuration(settings, build_app(hub.parts)))
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server hands the signal on when it is done; by then there is more to end than the server.
            signal.signal(number, lambda *_: None)
        hub.start()
        _LOG.info("office pages at %s://%s:%d", _scheme(settings), settings.listen_host, settings.listen_port)
        try:
            server.run(sockets=[listener])
        finally:
            hub.stop()


def _configuration(settings: Settings, app: object) -> uvicorn.Config:
    tls = settings.folder / "tls"
    secure = {"ssl_certfile": str(tls / "hub.crt"), "ssl_keyfile": str(tls / "hub.key")} if settings.secure else {}
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # FastAPI's application, which is one for uvicorn
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
        **secure,  # type: ignore[arg-type]
    )


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else begins, so that a taken one is said at once."""
    host, port = settings.listen_host, settings.listen_port
    if not settings.secure and not _is_loopback(host):
        raise HubError(
            f"{host} 不是本机地址,不能不用 HTTPS。请在 hub.toml 设 secure = true。\n"
            f"{host} is not loopback: pages must be served over HTTPS there. Set secure = true in hub.toml."
        )
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise HubError(
                f"端口 {host}:{port} 已被占用。请停止占用它的程序,或在 hub.toml 改 listen_port。\n"
                f"Port {host}:{port} is taken. Stop what uses it, or change listen_port in hub.toml."
            ) from None
        raise HubError(
            f"无法监听 {host}:{port}({error.strerror})。请检查 hub.toml 的 listen_host。\n"
            f"Cannot listen on {host}:{port} ({error.strerror}). Check listen_host in hub.toml."
        ) from None
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _scheme(settings: Settings) -> str:
    return "https" if settings.secure else "http"
