"""The station's folder: do its files agree, can the agent write, are keys closed, how long do certificates hold."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from cryptography import x509

from custody.events import StationStarted
from edge.doctor.facts import Certificate, Station, User
from edge.errors import EdgeError
from edge.keys import load_keys
from edge.settings import load_settings
from hardware.wiring import Wiring, WiringError, load_wiring

__all__ = ["station"]


def station(folder: Path, user: User, *, ports: Path) -> tuple[Station, Wiring | None]:
    """The folder as it is, and its wiring where it can be read."""
    mistakes: list[tuple[str, str]] = []
    wiring = _wiring(folder, ports, mistakes)
    _settings(folder, wiring, mistakes)
    file = folder / "wiring.toml"
    found = Station(
        folder=str(folder),
        mistakes=tuple(mistakes),
        wiring=hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "",
        running=_running(folder / "journal.sqlite"),
        unwritable=tuple(str(one) for one in _ours(folder) if not _may_write(one, user)),
        open_keys=tuple(str(one) for one in _secrets(folder) if one.stat().st_mode & 0o077),
        certificates=tuple(_certificates(folder)),
        pins=wiring is not None and bool(wiring.gpio or wiring.parts),
    )
    return found, wiring


def _wiring(folder: Path, ports: Path, mistakes: list[tuple[str, str]]) -> Wiring | None:
    try:
        return load_wiring(folder / "wiring.toml", ports=ports)
    except WiringError as error:
        mistakes.append(_pair(str(error)))
        return None


def _settings(folder: Path, wiring: Wiring | None, mistakes: list[tuple[str, str]]) -> None:
    try:
        settings = load_settings(folder)
        if wiring is not None and wiring.kind != settings.kind:
            raise EdgeError("wiring.kind", file=str(folder / "wiring.toml"), wired=wiring.kind, kind=settings.kind)
        load_keys(folder)
    except EdgeError as error:
        mistakes.append(_pair(error.sentence()))


def _pair(sentence: str) -> tuple[str, str]:
    """Chinese and English, as errors are told: half the lines each."""
    lines = sentence.splitlines()
    middle = (len(lines) + 1) // 2
    return " ".join(lines[:middle]), " ".join(lines[middle:])


def _running(journal: Path) -> str:
    """The wiring as the agent read it when it started last."""
    with suppress(sqlite3.Error, ValueError, KeyError, TypeError):
        with closing(sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute(
                "SELECT line FROM events WHERE kind = ? ORDER BY position DESC LIMIT 1", (StationStarted.kind,)
            ).fetchone()
        return str(json.loads(row[0])["data"]["wiring"])
    return ""


def _ours(folder: Path) -> Iterator[Path]:
    yield folder
    yield from sorted(folder.glob("journal.sqlite*"))


def _secrets(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("keys/*.pem"))
    yield from sorted(folder.glob("tls/*.key"))


def _may_write(path: Path, user: User) -> bool:
    """SQLite's files must belong to the agent: one made by root locks it out, and is not mended by a group."""
    status = path.stat()
    return user.uid in (0, status.st_uid) and bool(status.st_mode & 0o200)


def _certificates(folder: Path) -> Iterator[Certificate]:
    for file in sorted(folder.glob("tls/*.crt")):
        with suppress(OSError, ValueError):
            for one in x509.load_pem_x509_certificates(file.read_bytes()):
                begins, ends = one.not_valid_before_utc.timestamp(), one.not_valid_after_utc.timestamp()
                yield Certificate(file=str(file), begins=int(begins * 1000), ends=int(ends * 1000))
