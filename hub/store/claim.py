"""One hub process a database: a lock that the system itself gives back when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from hub.errors import HubError

__all__ = ["Claim"]

_ADVISORY = 0x79756E677569  # "yungui"


class Claim:
    """Held from when it is made until ``release``, or until the process ends."""

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        self._file: int | None = None
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        if parts.get_backend_name() == "sqlite":
            self._lock_file(parts)
        else:
            self._lock_server(url)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _lock_file(self, parts: URL) -> None:
        if not parts.database:
            raise HubError("sqlite:// 没有文件名。请写明数据库文件。· sqlite:// names no file; name one.")
        path = Path(parts.database + ".lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HubError(
                f"数据文件夹无法写入:{path}({error.strerror})。请检查路径和权限。\n"
                f"{path} cannot be written ({error.strerror}). Check the folder and its permissions."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise _taken(parts.database) from None

    def _lock_server(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)
        self._connection = self._engine.connect()
        held = self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}).scalar()
        if not held:
            self.release()
            raise _taken(make_url(url).render_as_string(hide_password=True))


def _taken(name: str) -> HubError:
    return HubError(
        f"数据库 {name} 正由另一个中心进程使用。请先停止它(yungui-hub run),再运行本命令。\n"
        f"The database {name} is in use by another hub process. Stop it (yungui-hub run), then run this command again."
    )
