"""The court's own certificate authority: who a station is on the network. Who said what is proven by signatures.

A station keeps its key to itself and sends a request; the name in the certificate is ours to say, never the request's.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.errors import HubError
from hub.keys import private_bytes

__all__ = [
    "Authority",
    "Identity",
    "Issued",
    "authorities_of",
    "authority_by",
    "authority_of",
    "believed",
    "believed_fingerprints",
    "new_authority",
]

_CRL_END = b"-----END X509 CRL-----\n"
_AUTHORITY_YEARS = 20
_SERVER_DAYS = 398
_OTHER_KEYS = ("ca.next.key", "ca.old.key")
_EARLIER = timedelta(days=1)  # a station whose clock is a little behind must believe us too


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate for somebody else's key. ``key``: SHA-256 of the public key, hex; times in ms since 1970."""

    certificate: bytes
    serial: str
    key: str
    expires: int


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def identity(self) -> Identity:
        return Identity(self.certificate.public_bytes(Encoding.PEM), private_bytes(self.key))

    @property
    def made(self) -> int:
        """When it was made, ms since 1970, in whole seconds."""
        return int((self.certificate.not_valid_before_utc + _EARLIER).timestamp() * 1000)

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the certificate as it travels."""
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).digest()

    def has_issued(self, certificate: x509.Certificate) -> bool:
        """By the names, which no two authorities of a court share."""
        return certificate.issuer == self.certificate.subject

    def issue(self, name: str, *, now: datetime, hosts: Sequence[str] = (), days: int = _SERVER_DAYS) -> Identity:
        """A certificate for CN ``name`` and a key made here; with ``hosts`` it is good for a server too."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._signed(name, key.public_key(), now=now, hosts=hosts, days=days)
        return Identity(signed.public_bytes(Encoding.PEM), private_bytes(key))

    def answer(self, request: bytes, *, name: str, now: datetime, days: int) -> Issued | None:
        """A certificate for CN ``name`` and the key of a request (DER); none if it is not signed by that P-256 key."""
        key = _requested(request)
        if key is None:
            return None
        signed = self._signed(name, key, now=now, hosts=(), days=days)
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Issued(
            signed.public_bytes(Encoding.PEM),
            f"{signed.serial_number:x}",
            hashlib.sha256(spki).hexdigest(),
            int(signed.not_valid_after_utc.timestamp() * 1000),
        )

    def revocations(self, serials: Iterable[str], *, now: datetime, before: bytes | None = None) -> bytes:
        """The list of certificates that are worth nothing any more, PEM. It holds as long as the authority does.

        ``before``: the lists it replaces. A broker that holds both takes the later one, so this one is later.
        """
        said = now - _EARLIER
        for earlier in _lists(before or b""):
            if earlier.issuer == self.certificate.subject:
                said = max(said, earlier.last_update_utc + timedelta(seconds=1))
        draft = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(said)
            .next_update(self.certificate.not_valid_after_utc)
        )
        for serial in serials:
            gone = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(now).build()
            draft = draft.add_revoked_certificate(gone)
        return draft.sign(self.key, SHA256()).public_bytes(Encoding.PEM)

    def _signed(
        self, name: str, key: ec.EllipticCurvePublicKey, *, now: datetime, hosts: Sequence[str], days: int
    ) -> x509.Certificate:
        uses = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if hosts else [])]
        draft = _draft(_name(name), self.certificate.subject, key, now, days=days)
        draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        draft = draft.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        draft = draft.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        if hosts:
            draft = draft.add_extension(x509.SubjectAlternativeName([_host(one) for one in hosts]), critical=False)
        return draft.sign(self.key, SHA256())


def new_authority(name: str, *, now: datetime) -> Authority:
    """A new authority that signs nothing but ends of connections."""
    key = ec.generate_private_key(ec.SECP256R1())
    draft = _draft(_name(name), _name(name), key.public_key(), now, days=365 * _AUTHORITY_YEARS)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    signing_only = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return Authority(draft.add_extension(signing_only, critical=True).sign(key, SHA256()), key)


def authority_of(folder: Path) -> Authority:
    """The authority of a hub's data folder: of all that are believed, the one whose key is ``ca.key``."""
    try:
        signing = authority_by(folder, "ca.key")
    except OSError as error:
        raise HubError(
            f"{error.filename} 无法读取({error.strerror})。登记站点需要本院的证书密钥,请放回后再试。\n"
            f"{error.filename} cannot be read ({error.strerror}). Enrolling needs the authority's key: put it back."
        ) from None
    if signing is None:
        raise HubError(
            f"{folder / 'tls' / 'ca.key'} 与 ca.crt 中的证书都不匹配。请从同一份备份放回这两个文件。\n"
            f"{folder / 'tls' / 'ca.key'} fits no certificate in ca.crt. Put both back from the same backup."
        )
    return signing


def authorities_of(folder: Path) -> tuple[Authority, ...]:
    """Every authority whose key is here: the one that signs, then the one that comes or the one before."""
    signing = authority_of(folder)
    others = (authority_by(folder, name) for name in _OTHER_KEYS if (folder / "tls" / name).exists())
    return signing, *(one for one in others if one is not None and one.certificate != signing.certificate)


def authority_by(folder: Path, name: str) -> Authority | None:
    """Of all authorities that are believed, the one whose key is in this file; OSError where it cannot be read."""
    tls = folder / "tls"
    key = load_pem_private_key((tls / name).read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise HubError(
            f"{tls / name} 不是证书机构的密钥,请移走后再试。\n"
            f"{tls / name} is not the key of an authority. Move it away and try again."
        )
    public = key.public_key()
    found = x509.load_pem_x509_certificates((tls / "ca.crt").read_bytes())
    return next((Authority(one, key) for one in found if one.public_key() == public), None)


def believed(folder: Path) -> bytes:
    """The certificates of all authorities that are believed, PEM; the one that signs is the first."""
    signing = authority_of(folder).certificate
    found = x509.load_pem_x509_certificates((folder / "tls" / "ca.crt").read_bytes())
    ordered = [signing, *(one for one in found if one != signing)]
    return b"".join(one.public_bytes(Encoding.PEM) for one in ordered)


def believed_fingerprints(folder: Path) -> frozenset[str]:
    """SHA-256 of the certificate of each authority that is believed, hex."""
    found = x509.load_pem_x509_certificates((folder / "tls" / "ca.crt").read_bytes())
    return frozenset(one.fingerprint(SHA256()).hex() for one in found)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, *, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + timedelta(days=days))
    )


def _lists(pem: bytes) -> list[x509.CertificateRevocationList]:
    parts = pem.split(_CRL_END)[:-1]
    return [x509.load_pem_x509_crl(part + _CRL_END) for part in parts]


def _requested(request: bytes) -> ec.EllipticCurvePublicKey | None:
    try:
        read = x509.load_der_x509_csr(request)
        key = read.public_key()
        sound = read.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        return None
    p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if p256 and sound and isinstance(key, ec.EllipticCurvePublicKey) else None


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
