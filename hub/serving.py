"""The hub's ports: the office pages, and a port for stations alone where there is one; and their certificate.

The certificate is renewed here when a third of its time is left, and new connections get the new one at once.
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import uvicorn

from hub.certificates import authority_of
from hub.enrolment import tell
from hub.errors import HubError
from hub.own_certificates import renew_own
from hub.settings import Settings

__all__ = ["Freshness", "configuration", "listen", "serve_beside"]

_LOG = logging.getLogger(__name__)
_HOUR, _AGAIN = 3600.0, 60.0
_IDLE = 30
"""Seconds an idle connection is kept. Programs keep theirs for 5 as a rule: who hangs up first must be the one that
asks, or a request meets a connection that is just being closed and has no answer."""


def configuration(settings: Settings, app: object, *, secure: bool) -> uvicorn.Config:
    """How one port is served."""
    tls = settings.folder / "tls"
    chain = {"ssl_certfile": str(tls / "hub.crt"), "ssl_keyfile": str(tls / "hub.key")} if secure else {}
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # FastAPI's application, which is one for uvicorn
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=_IDLE,
        server_header=False,
        **chain,  # type: ignore[arg-type]
    )
    config.load()
    return config


def listen(settings: Settings, *, setting: str, secure: bool) -> socket.socket:
    """Take a port before anything else begins, so that a taken one is said at once. ``setting`` names it."""
    host, port = settings.listen_host, int(getattr(settings, setting))
    if not secure and not _is_loopback(host):
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
                f"端口 {host}:{port} 已被占用。请停止占用它的程序,或在 hub.toml 改 {setting}。\n"
                f"Port {host}:{port} is taken. Stop what uses it, or change {setting} in hub.toml."
            ) from None
        raise HubError(
            f"无法监听 {host}:{port}({error.strerror})。请检查 hub.toml 的 listen_host。\n"
            f"Cannot listen on {host}:{port} ({error.strerror}). Check listen_host in hub.toml."
        ) from None
    return listener


def serve_beside(config: uvicorn.Config, listener: socket.socket) -> uvicorn.Server:
    """Serve a second port from a thread of its own, until the server's ``should_exit`` is set."""
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="stations' door", daemon=True)
    thread.start()
    return server


class Freshness:
    """Looks every hour whether the hub's own certificates are to be renewed, and every minute while it cannot be done.

    ``go_on``: whether another authority has come a step further; ``renewed``: tells the connection to the broker.
    """

    def __init__(
        self,
        settings: Settings,
        configs: Sequence[uvicorn.Config],
        *,
        go_on: Callable[[], bool] = lambda: False,
        renewed: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings, self._configs = settings, configs
        self._go_on, self._renewed = go_on, renewed
        self._stopping, self._due = threading.Event(), threading.Event()
        self._changed, self._well = False, True  # whether files changed that are not loaded; how the last look went
        self._thread = threading.Thread(target=self._work, name="certificates", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._due.set()

    def wake(self) -> None:
        """Look now, and not in an hour."""
        self._due.set()

    def look(self) -> bool:
        """Renew what is due; whether anything was, and is in use."""
        try:
            done = self._look()
        except Exception:  # noqa: BLE001  # the database may be away; this thread is the only one that tries again
            _LOG.exception("the hub's own certificates could not be renewed; trying again")
            self._well = False
            return False
        self._well = True
        return done

    def _look(self) -> bool:
        self._changed |= self._go_on()
        renewed = renew_own(self._settings.folder, authority_of(self._settings.folder), now=datetime.now(UTC))
        self._changed |= bool(renewed)
        if not self._changed:
            return False
        tls = self._settings.folder / "tls"
        for config in self._configs:
            if config.ssl is not None:
                config.ssl.load_cert_chain(tls / "hub.crt", tls / "hub.key")
        tell(self._settings.broker_pid_file)
        self._renewed()
        self._changed = False
        _LOG.info("certificates renewed: %s", ", ".join(renewed))
        return True

    def _work(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._due.wait(_HOUR if self._well else _AGAIN)
            self._due.clear()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
