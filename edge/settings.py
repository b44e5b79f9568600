"""What a station is told about itself: ``station.toml``, read once and strictly. This class is its manual.

An unknown key stops the start: a typing error must not leave a lock unwatched.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from custody.envelope import public_key
from custody.events import StationKind
from custody.identifiers import CourtId, PlaceId, StationId, check_id
from edge.errors import EdgeError

__all__ = ["Settings", "load_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every key of ``station.toml``. The folder also holds ``keys/``, ``tls/``, ``wiring.toml`` and the journal."""

    court: CourtId
    station: StationId
    kind: StationKind
    name: str
    place: PlaceId
    broker_host: str
    broker_port: int
    hub_key: str
    """The hub's Ed25519 key, hex of 32 raw bytes. Grants, commands and acknowledgements are believed from it alone."""
    root_fingerprint: str
    """The court's root key, to compare by eye."""
    root_key: str = ""
    """That key itself, hex of 32 raw bytes: what it names as the hub's next key is believed."""
    hub_host: str = ""
    hub_port: int = 0
    """Where the hub answers over HTTPS; certificates are renewed there. Without it nothing is renewed."""
    court_name: str = ""
    """The court as people call it, for the screen; its id where none is given."""
    time_heard_seconds: int = 60
    """At most so often the hub's signed time is recorded."""
    unlock_seconds: int = 10
    """So long a door may take to open after its lock has fired."""
    left_open_seconds: int = 60
    """A door open for longer is said to be left open."""
    keep_days: int = 90
    """Records that the hub has are kept so long, in case it loses them."""


def load_settings(folder: Path) -> Settings:
    """The settings of a station's folder. ``EdgeError`` names file, line and remedy."""
    file = folder / "station.toml"
    if not folder.is_dir():
        raise EdgeError("folder.missing", folder=str(folder))
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EdgeError("folder.empty", file=str(file)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EdgeError("settings.unreadable", file=str(file), why=str(error)) from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EdgeError("settings.syntax", file=str(file), why=str(error)) from error
    return _checked(found, text, file)


def _checked(found: dict[str, Any], text: str, file: Path) -> Settings:
    known = {one.name: one for one in fields(Settings)}
    for key in found:
        if key not in known:
            raise EdgeError(
                "settings.unknown", file=str(file), line=_line(text, key), found=key, known=", ".join(known)
            )
    values: dict[str, Any] = {}
    for name, one in known.items():
        if name in found:
            values[name] = _value(name, found[name], text, file)
        elif one.default is MISSING:
            raise EdgeError("settings.missing", file=str(file), name=name)
    return Settings(**values)


def _value(name: str, value: object, text: str, file: Path) -> object:
    accept, expected = _RULES[name]
    try:
        accepted = accept(value)
    except (TypeError, ValueError):
        accepted = None
    if accepted is None:
        line = _line(text, name)
        raise EdgeError("settings.value", file=str(file), line=line, name=name, value=repr(value), expected=expected)
    return accepted


def _line(text: str, key: str) -> int:
    wanted = re.compile(rf"\s*\[?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if wanted.match(line)), 1)


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and check_id(value) else None


def _words(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


def _key(value: object) -> str | None:
    return value if isinstance(value, str) and public_key(value) is not None else None


def _kind(value: object) -> StationKind | None:
    kind = StationKind(str(value))
    return kind if kind is not StationKind.HUB else None


def _number(least: int, most: int) -> tuple[Callable[[object], int | None], str]:
    def accept(value: object) -> int | None:
        return value if type(value) is int and least <= value <= most else None

    return accept, f"{least}–{most}"


_ID = (_id, "a-z 0-9 . - _")
_WORDS = (_words, '"…"')
_RULES: dict[str, tuple[Callable[[object], object], str]] = {
    "court": _ID,
    "station": _ID,
    "kind": (_kind, '"cabinet", "station"'),
    "name": _WORDS,
    "place": _ID,
    "broker_host": _WORDS,
    "broker_port": _number(1, 65535),
    "hub_key": (_key, "64 × 0-9 a-f"),
    "root_fingerprint": _WORDS,
    "root_key": (_key, "64 × 0-9 a-f"),
    "hub_host": _WORDS,
    "hub_port": _number(1, 65535),
    "court_name": _WORDS,
    "time_heard_seconds": _number(1, 3600),
    "unlock_seconds": _number(1, 120),
    "left_open_seconds": _number(5, 3600),
    "keep_days": _number(7, 3650),
}
