"""Sets up a court's hub: keys, certificates, and the first entries of the hub's own chain."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import envelope, wire
from custody.events import EpochOpened, EpochReason, StationEnrolled, StationKind
from custody.identifiers import check_id
from custody.messages import Keys, Purpose
from hub.acting import Acting
from hub.certificates import Identity, new_authority
from hub.enrolment import write_revocations
from hub.errors import HubError
from hub.keys import HubKeys, private_bytes, write_secret
from hub.settings import FILE, Settings, write_settings
from hub.store.tables import CourtRow, LogRow, StationRow

__all__ = ["check_epoch", "found_court", "make_keys", "needs_founding"]

_SERVERS = ("localhost", "127.0.0.1", "::1")


def make_keys(settings: Settings, *, hosts: Sequence[str]) -> Settings:
    """Make every key and certificate of a new court and write its folder; nothing that exists is overwritten."""
    folder = settings.folder
    if (folder / FILE).exists():
        raise HubError(
            f"{folder / FILE} 已存在。请换一个文件夹,或直接运行 yungui-hub run。\n"
            f"{folder / FILE} exists. Choose another folder, or run yungui-hub run."
        )
    if not check_id(settings.court):
        raise HubError(
            f"法院编号“{settings.court}”不可用。请用小写字母、数字和 . - _,例如 yk0802。\n"
            f"{settings.court!r} cannot be a court's id. Use a-z, 0-9, dot, dash, underscore, such as yk0802."
        )
    root, hub = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    now = datetime.now(UTC)
    authority = new_authority(f"Yungui {settings.court}", now=now)
    names = tuple(dict.fromkeys((*_SERVERS, *hosts)))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # names and case numbers are nobody else's business
    write_secret(folder / "keys" / "root.pem", private_bytes(root))
    write_secret(folder / "keys" / "hub.pem", private_bytes(hub))
    write_secret(folder / "keys" / "badges.key", secrets.token_bytes(32))
    _write_identity(folder / "tls", "ca", authority.identity)
    _write_identity(folder / "tls", "hub", authority.issue(settings.hub, now=now, hosts=names))
    _write_identity(folder / "tls", "broker", authority.issue("broker", now=now, hosts=names))
    write_revocations(folder, ())
    made = Settings(
        **{
            **{name: getattr(settings, name) for name in Settings.__dataclass_fields__},
            "root_key": envelope.raw(root.public_key()).hex(),
            "hub_epoch": secrets.token_hex(8),
        }
    )
    keys = Keys(
        court=made.court, hub=made.hub, hub_epoch=made.hub_epoch, public_key=envelope.raw(hub.public_key()).hex()
    )
    (folder / "keys" / "keys.signed").write_bytes(envelope.sign(wire.encode(keys), purpose=Purpose.KEYS, key=root))
    write_settings(made)
    return made


def needs_founding(acting: Acting) -> bool:
    """Whether this database does not know the court yet."""
    with acting.database.read() as session:
        return session.get(CourtRow, acting.own.court) is None


def check_epoch(acting: Acting, settings: Settings) -> None:
    """A database from before a recovery is not gone on with as if nothing had happened."""
    with acting.database.read() as session:
        court = session.get(CourtRow, settings.court)
    if court is not None and court.hub_epoch != settings.hub_epoch:
        raise HubError(
            f"数据库是恢复之前的备份({FILE} 的 hub_epoch 较新)。请运行 yungui-hub recover。\n"
            f"The database is a backup from before a recovery ({FILE} names a later hub_epoch). Run yungui-hub recover."
        )


def found_court(acting: Acting, settings: Settings, keys: HubKeys) -> None:
    """Write the court and the first entries of the hub's own chain into an empty database."""
    public = envelope.raw(keys.signing.public_key()).hex()
    signed = (settings.folder / "keys" / "keys.signed").read_bytes()
    with acting.act() as act:
        act.session.add(
            CourtRow(
                court=settings.court,
                name=settings.name,
                hub=settings.hub,
                hub_epoch=settings.hub_epoch,
                root_key=settings.root_key,
                keys=signed,
            )
        )
        act.session.add(LogRow(court=settings.court, log=settings.hub_epoch, position=0, keys=signed))
        act.session.add(
            StationRow(
                court=settings.court,
                station=settings.hub,
                kind=StationKind.HUB.value,
                name=settings.name,
                place=settings.hub,
                public_key=public,
                sealing_key="",
                court_staffed=True,
                enrolled_at=acting.own.clock(),
            )
        )
        act.say(
            EpochOpened(reason=EpochReason.FIRST),
            StationEnrolled(station=settings.hub, station_kind=StationKind.HUB, public_key=public, sealing_key=""),
        )


def _write_identity(folder: Path, name: str, identity: Identity) -> None:
    write_secret(folder / f"{name}.key", identity.key)
    (folder / f"{name}.crt").write_bytes(identity.certificate)
