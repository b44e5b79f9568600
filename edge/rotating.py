"""The station's next signing key: named under the present one, believed by the hub, and only then put in its place."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from custody import envelope, wire
from custody.enrolment import Rotated, rotation_bytes
from custody.messages import Purpose, Rotation
from edge.certificate import write_file
from edge.errors import EdgeError
from edge.hub_door import HubDoor
from edge.keys import load_keys
from edge.settings import load_settings

__all__ = ["rotate"]


def rotate(folder: Path) -> str:
    """Rotate the signing key of a station whose agent does not run; the id of the new one.

    The next key is on disk before the hub hears of it, so that a lost answer is asked for again with the same.
    """
    settings, keys = load_settings(folder), load_keys(folder)
    if not settings.hub_host:
        raise EdgeError("rotate.no_hub", file=str(folder / "station.toml"))
    kept = folder / "keys" / "signing.next.pem"
    if not kept.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_file(kept, made, mode=0o600)
    following = load_pem_private_key(kept.read_bytes(), None)
    if not isinstance(following, Ed25519PrivateKey):
        raise EdgeError("keys.foreign", file=str(kept), expected="Ed25519")
    before, after = (envelope.raw(key.public_key()).hex() for key in (keys.signing, following))
    shown = following.sign(rotation_bytes(court=settings.court, station=settings.station, before=before))
    asked = Rotation(court=settings.court, station=settings.station, public_key=after, proof=shown)
    message = envelope.sign(wire.encode(asked), purpose=Purpose.ROTATION, key=keys.signing)
    door = HubDoor(settings.hub_host, settings.hub_port, authority=folder / "tls" / "ca.crt")
    told = wire.decode(door.ask("rotation", message), Rotated)
    if not isinstance(told, Rotated) or told.public_key != after:
        raise EdgeError("enrol.answer", host=settings.hub_host, why="rotation")
    kept.replace(folder / "keys" / "signing.pem")
    return envelope.key_id(following.public_key())
