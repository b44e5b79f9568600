"""A real PostgreSQL on loopback with a database for each test.

Durability is switched off: tests kill processes, never the machine, so what it has acknowledged survives anyway.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.ports import LOOPBACK, free_port
from tests.support.processes import Process, program

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": LOOPBACK,
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum_naptime": "1h",
    "jit": "off",
    "log_min_messages": "warning",
}


class Postgres:
    """One database cluster in a temporary folder."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="yungui-postgres-"))
        self._folder = self._root / "cluster"
        self._user = _owner()
        if self._user:
            shutil.chown(self._root, user=self._user)
        self.port = 0
        self.process: Process | None = None
        self._databases = 0

    def start(self) -> "Postgres":
        self._initialise()
        for last in (False, False, True):
            self.port = free_port()
            settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": str(self._root)}
            self.process = Process(
                [_server("postgres"), "-D", str(self._folder), *(f"--{name}={settings[name]}" for name in settings)],
                log=self._root.with_suffix(".log"),
                user=self._user,
                folder=Path("/"),
                # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
                stop_signal=signal.SIGINT,
            )
            self.process.start()
            try:
                self.process.wait_ready(self._accepts)
            except AssertionError:
                self.process.stop()
                if last or "Address already in use" not in self.process.output:
                    raise
            else:
                break
        return self

    def new_database(self) -> str:
        """The SQLAlchemy URL of a database that nobody has used before."""
        self._databases += 1
        name = f"test_{self._databases}"
        with self._connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Forget it, whoever is still connected."""
        name = url.rpartition("/")[2]
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()
            self.process.log.unlink(missing_ok=True)
        shutil.rmtree(self._root, ignore_errors=True)

    def _initialise(self) -> None:
        command = [_server("initdb"), "-D", str(self._folder), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd="/",
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=LOOPBACK, port=self.port, user="postgres", dbname="postgres", autocommit=True, connect_timeout=2
        )

    def _accepts(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


def _server(name: str) -> str:
    """Debian keeps PostgreSQL's own programs off the path, one folder a version; the newest is taken."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(folders, key=lambda folder: float(folder.parent.name), reverse=True)
    return program(name, *map(str, newest_first))


def _owner() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it another name."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
