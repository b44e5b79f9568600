"""Enrolling this machine: it makes its own keys, proves the invitation, and is told who it is.

The keys are on disk before the hub hears of them, so that an answer which is lost can be asked for again. The folder is
a station's once ``station.toml`` is in it, and that is written last.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from custody import envelope, wire
from custody.enrolment import Answer, Invitation, Misread, proof, read_invitation
from custody.messages import Application, Purpose
from edge.certificate import check, new_key, private_pem, request, write_file
from edge.errors import EdgeError
from edge.hub_door import HubDoor, fetch_authority
from edge.keys import Keys, load_keys
from edge.settings import load_settings

__all__ = ["enrol"]

_MISREAD = {"mark": "invitation.mark", "shape": "invitation.shape", "check": "invitation.check"}


def enrol(text: str, folder: Path) -> str:
    """Enrol the machine whose station folder this is to be; its id. ``EdgeError`` says why not, and nothing is lost."""
    invitation = read_invitation(text)
    if isinstance(invitation, Misread):
        raise EdgeError(_MISREAD[invitation.why], text=text.strip()[:24])
    if (folder / "station.toml").exists():
        raise EdgeError("enrol.folder_taken", file=str(folder / "station.toml"))
    authority = _authority(invitation)
    keys, tls_key = _keys(folder)
    asked = request(tls_key, station=invitation.station)
    door = HubDoor(invitation.host, invitation.port, authority=authority)
    answer = wire.decode(door.ask("enrolment", _application(invitation, keys, asked)), Answer)
    if isinstance(answer, wire.Malformed):
        raise EdgeError("enrol.answer", host=invitation.host, why=answer.why)
    _accept(folder, answer, invitation, tls_key)
    return invitation.station


def _authority(invitation: Invitation) -> str:
    """The authority's certificate, if it is the one the invitation speaks of. What follows it is not believed yet."""
    found = fetch_authority(invitation.host, invitation.port)
    try:
        read = x509.load_pem_x509_certificate(found.encode())
    except ValueError:
        read = None
    if read is None or hashlib.sha256(read.public_bytes(Encoding.DER)).digest() != invitation.authority:
        raise EdgeError("enrol.other_authority", host=invitation.host, port=invitation.port)
    return read.public_bytes(Encoding.PEM).decode()


def _keys(folder: Path) -> tuple[Keys, ec.EllipticCurvePrivateKey]:
    """This machine's own keys, made now unless an earlier try made them."""
    for part in (folder, folder / "keys", folder / "tls"):
        part.mkdir(parents=True, exist_ok=True, mode=0o700)
    signing, sealing, tls = (
        folder / "keys" / "signing.pem",
        folder / "keys" / "sealing.pem",
        folder / "tls" / "station.key",
    )
    if not signing.exists():
        write_file(signing, _pem(Ed25519PrivateKey.generate()), mode=0o600)
    if not sealing.exists():
        write_file(sealing, _pem(X25519PrivateKey.generate()), mode=0o600)
    if not tls.exists():
        write_file(tls, private_pem(new_key()), mode=0o600)
    key = load_pem_private_key(tls.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise EdgeError("keys.foreign", file=str(tls), expected="P-256")
    return load_keys(folder), key


def _application(invitation: Invitation, keys: Keys, asked: bytes) -> bytes:
    public = envelope.raw(keys.signing.public_key()).hex()
    sealing = envelope.raw(keys.sealing.public_key()).hex()
    shown = proof(invitation.code, station=invitation.station, public_key=public, sealing_key=sealing, request=asked)
    message = Application(
        station=invitation.station, public_key=public, sealing_key=sealing, request=asked, proof=shown
    )
    return envelope.sign(wire.encode(message), purpose=Purpose.ENROLMENT, key=keys.signing)


def _accept(folder: Path, answer: Answer, invitation: Invitation, key: ec.EllipticCurvePrivateKey) -> None:
    pair = check(answer.certificate, key=key, authorities=answer.authority, station=invitation.station)
    if pair is None or answer.settings.get("station") != invitation.station:
        raise EdgeError("enrol.answer", host=invitation.host, why="certificate")
    settings = {**answer.settings, "hub_host": invitation.host, "hub_port": invitation.port}
    write_file(folder / "tls" / "ca.crt", answer.authority)
    write_file(folder / "tls" / "station.crt", pair.certificate)
    lines = [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in settings.items()]
    toml = folder / "station.toml"
    write_file(toml, ("\n".join(lines) + "\n").encode())
    try:
        load_settings(folder)  # what the agent will read; a setting it does not know stops here, not at midnight
    except EdgeError:
        toml.unlink()
        raise


def _pem(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
