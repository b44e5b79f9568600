"""The court's own certificate authority: who a station is on the network. Who said what is proven by signatures."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.keys import private_bytes

__all__ = ["Authority", "Identity", "load_authority", "new_authority"]

_YEAR = timedelta(days=365)
_AUTHORITY_YEARS, _YEARS = 20, 10
_EARLIER = timedelta(days=1)  # a station whose clock is a little behind must believe us too


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def identity(self) -> Identity:
        return Identity(self.certificate.public_bytes(Encoding.PEM), private_bytes(self.key))

    def issue(self, name: str, *, now: datetime, hosts: Sequence[str] = ()) -> Identity:
        """A certificate for CN ``name``; with ``hosts`` it is good for a server too."""
        key = ec.generate_private_key(ec.SECP256R1())
        uses = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if hosts else [])]
        draft = _draft(_name(name), self.certificate.subject, key.public_key(), now, years=_YEARS)
        draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        draft = draft.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        draft = draft.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        if hosts:
            draft = draft.add_extension(x509.SubjectAlternativeName([_host(one) for one in hosts]), critical=False)
        return Identity(draft.sign(self.key, SHA256()).public_bytes(Encoding.PEM), private_bytes(key))


def new_authority(name: str, *, now: datetime) -> Authority:
    """A new authority that signs nothing but ends of connections."""
    key = ec.generate_private_key(ec.SECP256R1())
    draft = _draft(_name(name), _name(name), key.public_key(), now, years=_AUTHORITY_YEARS)
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


def load_authority(certificate: bytes, key: bytes) -> Authority:
    loaded = load_pem_private_key(key, None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is not of an elliptic curve")
    return Authority(x509.load_pem_x509_certificate(certificate), loaded)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, *, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + years * _YEAR)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
