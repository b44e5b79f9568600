"""The hub's database: one writing connection guarded by one lock, and readers that see a moment of it undisturbed.

SQLite and PostgreSQL are held to the same conformance suite. A second hub process on the same database is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from hub.errors import HubError
from hub.store.claim import Claim
from hub.store.migrating import migrate

__all__ = ["Database", "Transaction", "reading"]

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a session; one made for writing commits when it is left without an error."""

_BUSY_SECONDS = 10


class Database:
    """``read`` and ``write`` open sessions; what ``write`` changes is committed when it is left without an error.

    Safe to call from any thread. ``write`` is not to be entered twice by one thread: the second would never see the
    first, so it is an error.
    """

    def __init__(self, url: str) -> None:
        """Claim the database for this process and bring its tables up to date."""
        self.url = url
        self._claim = Claim(url)
        try:
            self._writer, self._readers = _engines(url)
            migrate(self._writer)
        except OperationalError as error:
            self._claim.release()
            raise HubError(
                f"数据库无法打开:{_shown(url)}({error.orig})。请检查路径、磁盘空间或数据库服务。\n"
                f"The database {_shown(url)} cannot be opened ({error.orig}). Check its path, the disk, or the server."
            ) from error
        except BaseException:
            self._claim.release()
            raise
        self._lock = threading.Lock()
        self._owner: int | None = None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one transaction that may change anything; others wait for it."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a transaction is open in this thread already")
        with self._lock:
            self._owner = threading.get_ident()
            try:
                with Session(self._writer, expire_on_commit=False) as session, session.begin():
                    yield session
            finally:
                self._owner = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A moment of the database, the same until the session is left."""
        with Session(self._readers, expire_on_commit=False, autoflush=False) as session:
            yield session

    def reopen(self) -> None:
        """After a failed commit: begin again with fresh connections."""
        with self._lock:
            self._writer.dispose()
            self._readers.dispose()

    def close(self) -> None:
        self._writer.dispose()
        self._readers.dispose()
        self._claim.release()


def reading(url: str) -> Transaction:
    """Read a database beside the hub process that has claimed it. Its tables must be up to date."""
    _, readers = _engines(url)

    @contextmanager
    def read() -> Iterator[Session]:
        with Session(readers, expire_on_commit=False, autoflush=False) as session:
            yield session

    return read


def _engines(url: str) -> tuple[Engine, Engine]:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, writing=True), _sqlite(url, writing=False)
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    readers = create_engine(url, pool_pre_ping=True, isolation_level="REPEATABLE READ")
    readers = readers.execution_options(postgresql_readonly=True)
    return writer, readers


def _sqlite(url: str, *, writing: bool) -> Engine:
    # isolation_level None: the driver begins nothing by itself, so that what begins is ours to say.
    connect = {"check_same_thread": False, "timeout": _BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(url, connect_args=connect, poolclass=StaticPool if writing else None)

    @event.listens_for(engine, "connect")
    def _prepare(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in _PRAGMAS if writing else ("busy_timeout = 10000", "query_only = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")  # type: ignore[attr-defined]

    return engine


# EXTRA syncs the folder after the rollback journal of the change to WAL is gone; a power cut must not bring it back.
_PRAGMAS = (
    "synchronous = EXTRA",
    "journal_mode = WAL",
    "synchronous = FULL",
    "busy_timeout = 10000",
    "foreign_keys = ON",
)


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
