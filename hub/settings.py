"""The settings of one hub process, parsed once from ``hub.toml``. This class is their manual."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from custody.identifiers import CourtId, StationId
from hub.errors import HubError

__all__ = ["FILE", "Settings", "load_settings", "write_settings"]

FILE = "hub.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``folder`` holds hub.toml, keys/ and tls/. An unknown key stops start-up, so that no slip goes unseen."""

    folder: Path = field(metadata={"outside": True})
    court: CourtId  # the court's id in topics and entries
    name: str  # its name as people read it
    hub: StationId = StationId("hub-1")
    hub_epoch: str  # 16 hex digits, random, new for each recovery
    root_key: str  # hex of the root's raw Ed25519 key; its private half may lie in a safe
    broker_host: str = "127.0.0.1"
    broker_port: int = 8883
    broker_tls: bool = True  # without it only for tests on loopback
    listen_host: str = "127.0.0.1"
    listen_port: int = 8443
    secure: bool = True  # HTTPS with tls/hub.crt; plain http only on loopback or behind a proxy
    database_url: str = ""  # empty: hub.sqlite in this folder
    public_host: str = ""  # how stations reach this machine; empty: listen_host
    stations_port: int = 0  # an HTTPS port for stations alone; 0: they use listen_port
    certificate_days: int = 30  # stations renew theirs when a third of it is left
    broker_pid_file: str = ""  # Mosquitto's pid_file: it is told (SIGHUP) when a certificate is revoked
    oidc_issuer: str = ""  # the court's single sign-on (OpenID Connect); empty: local accounts only
    oidc_client_id: str = ""
    oidc_secret_file: str = ""  # a file with the client's secret; empty for a public client
    oidc_name: str = ""  # what people call it
    zone: str = "Asia/Shanghai"
    grants_days: int = 7  # how long stations work alone, until the court decides on page /policy
    overdue_days: int = 7  # how long a volume may lie in a compartment, until the court decides
    checkpoint_seconds: int = 60  # so long at least between two checkpoints of the ledger
    debounce_ms: int = 1000  # changes are gathered so long before grants are issued

    @property
    def door(self) -> tuple[str, int]:
        """Where stations reach the hub over HTTPS: to enrol, and for their next certificates."""
        return self.public_host or self.listen_host, self.stations_port or self.listen_port

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'hub.sqlite'}"


def load_settings(folder: Path) -> Settings:
    """The settings of a data folder, or what is wrong with them: file, line, remedy."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
    except FileNotFoundError:
        raise HubError(
            f"没有找到 {path}。请先运行 yungui-hub init --data {folder} --court … --name …\n"
            f"{path} is not there. Run yungui-hub init --data {folder} --court … --name … first."
        ) from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise HubError(f"{path} 无法读取:{error}。请改正该文件。· {path} cannot be read ({error}). Mend it.") from None
    return Settings(folder=folder, **_checked(path, text, found))


def write_settings(settings: Settings) -> None:
    """Write hub.toml, each setting on a line of its own."""
    lines = [f"{one.name} = {_toml(getattr(settings, one.name))}" for one in _known()]
    (settings.folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _known() -> list[Any]:
    return [one for one in fields(Settings) if not one.metadata.get("outside")]


def _checked(path: Path, text: str, found: dict[str, Any]) -> dict[str, Any]:
    known = {one.name: one for one in _known()}
    for name, value in found.items():
        if name not in known:
            raise _wrong(path, text, name, f"不认识这个设置;可用的有 · unknown; known are {', '.join(known)}")
        kind = {"str": str, "int": int, "bool": bool}.get(str(known[name].type), str)
        if type(value) is not kind:
            raise _wrong(path, text, name, f"{value!r} 应为 · should be {kind.__name__}")
    for name, one in known.items():
        if name not in found and one.default is MISSING:
            raise HubError(f"{path}:缺少设置 {name}。请补上。· {path}: the setting {name} is missing. Add it.")
    return found


def _wrong(path: Path, text: str, name: str, why: str) -> HubError:
    line = next((n for n, one in enumerate(text.splitlines(), 1) if one.split("=")[0].strip() == name), 1)
    return HubError(f"{path}:{line}: {name}: {why}")


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case _:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
