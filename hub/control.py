"""The way from a shell to a hub that runs: a socket in its data folder, which only the folder's owner may open.

One line of JSON each way. What may be asked is what the commands of ``yungui-hub`` do; nobody else speaks it.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hub.errors import HubError

__all__ = ["Control", "ask"]

_LOG = logging.getLogger(__name__)
_FILE = "control.sock"
_MOST = 1024 * 1024
_PATIENCE = 60.0
_LONGEST = 100
"""A socket's path has little room; a data folder deeper than this has none, and its commands want the hub stopped."""

Asked = Mapping[str, Any]


class Control:
    """``answer`` does what is asked, from a thread of its own; a ``HubError`` it raises is told to who asked."""

    def __init__(self, folder: Path, answer: Callable[[Asked], Asked]) -> None:
        self._path = folder / _FILE
        self._answer = answer
        self._listener: socket.socket | None = None

    def start(self) -> None:
        if len(str(self._path)) > _LONGEST:
            _LOG.warning("commands want the hub stopped: the path is too long for a socket: %s", self._path)
            return
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            listener.bind(str(self._path))
        finally:
            os.umask(before)
        listener.listen()
        self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), name="control", daemon=True).start()

    def stop(self) -> None:
        if self._listener is not None:
            self._path.unlink(missing_ok=True)
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # stopped
            with connection:
                try:
                    connection.settimeout(_PATIENCE)
                    connection.sendall(json.dumps(self._answered(_line(connection))).encode() + b"\n")
                except (OSError, ValueError) as error:
                    _LOG.warning("a command was not answered: why=%s", error)

    def _answered(self, line: bytes) -> Asked:
        try:
            return {"done": self._answer(json.loads(line))}
        except HubError as error:
            return {"refused": str(error)}
        except Exception:  # noqa: BLE001  # one command that fails must not end the hub
            _LOG.exception("a command failed")
            return {"refused": "中心处理出错,详情见日志。· The hub failed at it; its log says more."}


def ask(folder: Path, asked: Asked) -> Asked | None:
    """What a running hub did; none where none runs. Raises the ``HubError`` it answers with."""
    path = folder / _FILE
    if len(str(path)) > _LONGEST or not path.exists():
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(str(path))
        except ConnectionRefusedError:
            return None  # left behind by a hub that was killed
        except PermissionError:
            raise HubError(
                f"无权操作 {path}。请以运行中心的用户执行。· You may not use {path}; run this as the hub's own user."
            ) from None
        connection.sendall(json.dumps(dict(asked)).encode() + b"\n")
        told = json.loads(_line(connection) or b"{}")
    if "done" not in told:
        raise HubError(str(told.get("refused", "中心没有答复。· The hub did not answer.")))
    done: Asked = told["done"]
    return done


def _line(connection: socket.socket) -> bytes:
    read = b""
    while not read.endswith(b"\n") and len(read) < _MOST:
        more = connection.recv(65536)
        if not more:
            break
        read += more
    return read
