"""The station's TLS certificate: asked for with a key that never leaves this machine, swapped so that a pair fits.

Key and certificate are two files. Both new ones are on disk before either old one is replaced, and whatever a power cut
leaves behind is finished by ``settle``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from edge.errors import EdgeError

__all__ = ["Pair", "check", "fingerprints", "install", "is_due", "new_key", "request", "settle", "write_file"]

_LEFT = 3  # a certificate is renewed when a third of its time is left


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def request(key: ec.EllipticCurvePrivateKey, *, station: str) -> bytes:
    """A request for a certificate, DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, station)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return made.public_bytes(Encoding.DER)


def check(certificate: bytes, *, key: ec.EllipticCurvePrivateKey, authorities: bytes, station: str) -> Pair | None:
    """The pair, if the certificate is for this key and station and from one of these authorities (PEM)."""
    try:
        read = x509.load_pem_x509_certificate(certificate)
        known = x509.load_pem_x509_certificates(authorities)
        read.verify_directly_issued_by(next(one for one in known if one.subject == read.issuer))
        names = [one.value for one in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except Exception:  # noqa: BLE001  # whatever it is that came, it is no certificate for us
        return None
    if names != [station] or read.public_key() != key.public_key():
        return None
    return Pair(read.public_bytes(Encoding.PEM), private_pem(key))


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def install(tls: Path, pair: Pair) -> None:
    """Put a pair in the place of the one before."""
    write_file(tls / "station.key.new", pair.key, mode=0o600)
    write_file(tls / "station.crt.new", pair.certificate)
    settle(tls)


def settle(tls: Path) -> None:
    """Finish a swap that a power cut stopped; half of a new pair that never was one goes."""
    key, certificate = tls / "station.key.new", tls / "station.crt.new"
    if certificate.exists():
        if key.exists() and _fit(certificate, key):
            key.replace(tls / "station.key")
        if _fit(certificate, tls / "station.key"):
            certificate.replace(tls / "station.crt")
            _sync(tls)
    for left in (key, certificate):
        left.unlink(missing_ok=True)


def is_due(tls: Path, *, now: datetime) -> bool:
    """Whether a third of the certificate's time is left, or less, or none; or another authority asks for the next.

    The authority that signs is the first of those believed. While there are several, a certificate older than the
    newest of them does not tell the hub that this station has heard of it: one whose answer was lost is due still.
    """
    try:
        held = x509.load_pem_x509_certificate((tls / "station.crt").read_bytes())
        signing, *others = x509.load_pem_x509_certificates((tls / "ca.crt").read_bytes())
    except (OSError, ValueError) as error:
        raise EdgeError("tls.unreadable", folder=str(tls), why=str(error)) from error
    whole = held.not_valid_after_utc - held.not_valid_before_utc
    # The hub made all of these by one clock and dated all back alike, in whole seconds.
    unheard = any(held.not_valid_before_utc <= one.not_valid_before_utc for one in (signing, *others) if others)
    return unheard or not _is_by(signing, held) or held.not_valid_after_utc - now <= whole / _LEFT


def fingerprints(authorities: bytes) -> tuple[str, ...]:
    """SHA-256 of each of these certificates (PEM), hex; ValueError if there is none."""
    return tuple(one.fingerprint(SHA256()).hex() for one in x509.load_pem_x509_certificates(authorities))


def write_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all, with this mode from its first byte on."""
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    _sync(path.parent)


def _is_by(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _fit(certificate: Path, key: Path) -> bool:
    try:
        public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
        private = load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError):
        return False
    return _spki(public) == _spki(private.public_key())


def _spki(key: object) -> bytes:
    assert hasattr(key, "public_bytes")
    found: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
