"""The folder a station is run with: who it is, its keys, whom it believes. The technician adds wiring.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.certificates import Identity
from hub.keys import write_secret

__all__ = ["StationFolder", "write_station_folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFolder:
    """``settings``: the lines of station.toml; keys are PEM."""

    settings: Mapping[str, str | int]
    signing: bytes
    sealing: bytes
    authority: bytes
    identity: Identity


def write_station_folder(folder: Path, content: StationFolder) -> None:
    """Write it; keys can be read by their owner alone, and none is ever overwritten."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secret(folder / "keys" / "signing.pem", content.signing)
    write_secret(folder / "keys" / "sealing.pem", content.sealing)
    write_secret(folder / "tls" / "station.key", content.identity.key)
    (folder / "tls" / "station.crt").write_bytes(content.identity.certificate)
    (folder / "tls" / "ca.crt").write_bytes(content.authority)
    lines = [f"{name} = {_toml(value)}" for name, value in content.settings.items()]
    (folder / "station.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
