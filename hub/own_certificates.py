"""The certificates of hub and broker, made anew for the same names when a third of their time is left.

Another authority makes them anew, too.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from hub.certificates import Authority
from hub.keys import replace_secret

__all__ = ["is_due", "renew_own"]

_OWN = ("hub", "broker")
_LEFT = 3  # a third


def renew_own(folder: Path, authority: Authority, *, now: datetime) -> tuple[str, ...]:
    """Replace what is due in ``tls`` of a data folder; which it was."""
    tls = folder / "tls"
    held = {name: _read(tls / f"{name}.crt") for name in _OWN}
    due = [name for name, one in held.items() if is_due(one, now=now) or not authority.has_issued(one)]
    for name in due:
        old = held[name]
        made = authority.issue(_name(old), now=now, hosts=_hosts(old))
        # Whoever loads both in between finds a pair that does not fit, and tries again; the key goes first because
        # a certificate alone can always be made again.
        replace_secret(tls / f"{name}.key", made.key)
        replace_secret(tls / f"{name}.crt", made.certificate)
    return tuple(due)


def is_due(certificate: x509.Certificate, *, now: datetime) -> bool:
    """Whether a third of its time is left, or less, or none."""
    whole = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return certificate.not_valid_after_utc - now <= whole / _LEFT


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _name(certificate: x509.Certificate) -> str:
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


def _hosts(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one.value) for one in names]
