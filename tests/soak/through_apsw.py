"""apsw in the words of ``sqlite3``, as far as the journal and SQLAlchemy speak them.

So the real code can be put on a disk of ours. Nothing is begun by itself, as with ``isolation_level=None``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import apsw

# What SQLAlchemy asks of a module.
paramstyle = "qmark"
threadsafety = 1
apilevel = "2.0"
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(map(int, sqlite_version.split(".")))
PARSE_DECLTYPES, PARSE_COLNAMES = sqlite3.PARSE_DECLTYPES, sqlite3.PARSE_COLNAMES
Binary = sqlite3.Binary
Error, Warning, InterfaceError = sqlite3.Error, sqlite3.Warning, sqlite3.InterfaceError  # noqa: A001
DatabaseError, DataError, OperationalError = sqlite3.DatabaseError, sqlite3.DataError, sqlite3.OperationalError
IntegrityError, InternalError = sqlite3.IntegrityError, sqlite3.InternalError
ProgrammingError, NotSupportedError = sqlite3.ProgrammingError, sqlite3.NotSupportedError


def connect(file: str, *, vfs: str, pragmas: Sequence[str] = ()) -> sqlite3.Connection:
    """A connection through that file system. Exclusive, because a file system of Python's shares no memory."""
    connection = Connection(apsw.Connection(file, vfs=vfs))
    for pragma in ("locking_mode = EXCLUSIVE", *pragmas):
        connection.execute(f"PRAGMA {pragma}")
    return connection  # type: ignore[return-value]  # it speaks what is needed of it


class Connection:
    isolation_level: str | None = None
    text_factory: Any = str

    def __init__(self, real: apsw.Connection) -> None:
        self._real = real
        self.overrides: dict[str, str] = {}
        """Statements that are quietly replaced: for controls that must find something."""

    @property
    def in_transaction(self) -> bool:
        return bool(self._real.in_transaction)

    def cursor(self) -> Cursor:
        return Cursor(self._real, self.overrides)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        return self.cursor().executemany(statement, rows)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self._real.close()

    def create_function(self, name: str, count: int, function: Callable[..., Any], **_: Any) -> None:
        self._real.create_scalar_function(name, function, count)


class Cursor:
    arraysize = 1
    lastrowid: int | None = None
    rowcount = -1
    description: tuple[tuple[Any, ...], ...] | None = None

    def __init__(self, real: apsw.Connection, overrides: dict[str, str]) -> None:
        self._real, self._overrides = real, overrides
        self._rows: Iterator[Any] = iter(())

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        cursor = self._real.cursor()
        self.description = None

        def described(asked: apsw.Cursor, _sql: str, _values: Any) -> bool:
            columns = asked.get_description()
            self.description = tuple((name, *(None,) * 6) for name, _ in columns) or None
            return True

        cursor.exec_trace = described
        try:
            before = self._real.total_changes()
            rows = list(cursor.execute(self._overrides.get(statement, statement), tuple(values)))
        except apsw.Error as error:
            raise _translated(error) from error
        self._rows = iter(rows)
        self.rowcount = self._real.changes() if self._real.total_changes() != before else 0
        self.lastrowid = self._real.last_insert_rowid()
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        count = 0
        for row in rows:
            self.execute(statement, row)
            count += max(self.rowcount, 0)
        self.rowcount = count
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [row for row, _ in zip(self._rows, range(size or self.arraysize), strict=False)]

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def close(self) -> None:
        self._rows = iter(())

    def setinputsizes(self, *_: Any) -> None:
        return None


def _translated(error: apsw.Error) -> sqlite3.Error:
    kind = sqlite3.IntegrityError if isinstance(error, apsw.ConstraintError) else sqlite3.OperationalError
    translated = kind(str(error))
    translated.sqlite_errorcode = getattr(error, "extendedresult", getattr(error, "result", 0))
    return translated
