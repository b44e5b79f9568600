"""Sets up a court's hub, and enrols its stations: keys, certificates, and the first entries of the hub's own chain."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope, wire
from custody.events import EpochOpened, EpochReason, PlaceKind, StationEnrolled, StationKind
from custody.identifiers import CourtId, PlaceId, StationId, check_id
from custody.messages import Keys, Purpose
from hub.acting import Acting
from hub.certificates import Authority, Identity, load_authority, new_authority
from hub.errors import HubError
from hub.keys import HubKeys, private_bytes, write_secret
from hub.registering import enter_place
from hub.settings import FILE, Settings, write_settings
from hub.station_folder import StationFolder, write_station_folder
from hub.store.tables import CourtRow, LogRow, PlaceRow, StationRow

__all__ = ["Enrolment", "enrol_station", "found_court", "make_keys", "needs_founding"]

_SERVERS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A station to be enrolled. ``court_staffed``: confidential volumes may be known there."""

    station: StationId
    kind: StationKind
    name: str
    court_staffed: bool
    broker_host: str
    broker_port: int


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


def enrol_station(acting: Acting, settings: Settings, enrolment: Enrolment, *, out: Path) -> None:
    """Accept a new station from here on, and write the folder it is run with."""
    station = enrolment.station
    if not check_id(station) or station == settings.hub or "." in station:
        raise HubError(
            f"站点编号“{station}”不可用。请用小写字母、数字和 - _,例如 cab-1。\n"
            f"{station!r} cannot be a station's id. Use a-z, 0-9, dash, underscore, such as cab-1."
        )
    if (out / "station.toml").exists():
        raise HubError(
            f"{out / 'station.toml'} 已存在。请换一个文件夹。· {out / 'station.toml'} exists. Choose another folder."
        )
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    public, sealed_to = envelope.raw(signing.public_key()).hex(), envelope.raw(sealing.public_key()).hex()
    authority = _authority(settings.folder)
    with acting.act() as act:
        if act.session.get(StationRow, (settings.court, station)) is not None:
            raise HubError(
                f"站点 {station} 已登记。请换一个编号。· Station {station} is enrolled already. Choose another id."
            )
        act.session.add(
            StationRow(
                court=settings.court,
                station=station,
                kind=enrolment.kind.value,
                name=enrolment.name,
                place=station,
                public_key=public,
                sealing_key=sealed_to,
                court_staffed=enrolment.court_staffed,
                enrolled_at=acting.own.clock(),
            )
        )
        act.say(StationEnrolled(station=station, station_kind=enrolment.kind, public_key=public, sealing_key=sealed_to))
        if act.session.get(PlaceRow, (settings.court, station)) is None:
            enter_place(
                act,
                CourtId(settings.court),
                place=PlaceId(station),
                kind=PlaceKind.STATION,
                name=enrolment.name,
                station=station,
            )
        folder = StationFolder(
            settings={
                "court": settings.court,
                "station": station,
                "kind": enrolment.kind.value,
                "name": enrolment.name,
                "place": station,
                "broker_host": enrolment.broker_host,
                "broker_port": enrolment.broker_port,
                "hub_key": envelope.raw(acting.own.key.public_key()).hex(),
                "root_fingerprint": _fingerprint(settings.root_key),
                "court_name": settings.name,
            },
            signing=private_bytes(signing),
            sealing=private_bytes(sealing),
            authority=authority.identity.certificate,
            identity=authority.issue(station, now=datetime.now(UTC)),
        )
        write_station_folder(out, folder)


def _authority(folder: Path) -> Authority:
    try:
        return load_authority((folder / "tls" / "ca.crt").read_bytes(), (folder / "tls" / "ca.key").read_bytes())
    except OSError as error:
        raise HubError(
            f"{error.filename} 无法读取({error.strerror})。登记站点需要本院的证书密钥,请放回后再试。\n"
            f"{error.filename} cannot be read ({error.strerror}). Enrolling needs the authority's key: put it back."
        ) from None


def _fingerprint(root_key: str) -> str:
    key = envelope.public_key(root_key)
    if key is None:
        raise HubError(f"{FILE}: root_key = {root_key}: 不是密钥。请从备份恢复。· is no key. Restore it from a backup.")
    return envelope.fingerprint(key)


def _write_identity(folder: Path, name: str, identity: Identity) -> None:
    write_secret(folder / f"{name}.key", identity.key)
    (folder / f"{name}.crt").write_bytes(identity.certificate)
