"""The certificates of hub and broker, made anew for the same names when a third of their time is left."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from hub.certificates import Authority

__all__ = ["is_due", "renew_own"]

_OWN = ("hub", "broker")
_LEFT = 3  # a third


def renew_own(folder: Path, authority: Authority, *, now: datetime) -> tuple[str, ...]:
    """Replace what is due in ``tls`` of a data folder; which it was."""
    tls = folder / "tls"
    due = [name for name in _OWN if is_due(_read(tls / f"{name}.crt"), now=now)]
    for name in due:
        old = _read(tls / f"{name}.crt")
        made = authority.issue(_name(old), now=now, hosts=_hosts(old))
        # Whoever loads both in between finds a pair that does not fit, and tries again; the key goes first because
        # a certificate alone can always be made again.
        _replace(tls / f"{name}.key", made.key)
        _replace(tls / f"{name}.crt", made.certificate)
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


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.chmod(path.stat().st_mode & 0o777)
    partial.replace(path)
