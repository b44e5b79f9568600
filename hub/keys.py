"""The hub's secrets: its signing key, and the key that keeps badges from whoever finds a copy of the database."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from custody.identifiers import StationId
from hub.errors import HubError

__all__ = ["BadgeBox", "HubKeys", "load_keys", "private_bytes", "replace_secret", "write_secret"]

_NONCE = 12


@dataclass(frozen=True, slots=True)
class BadgeBox:
    """Badge texts at rest: encrypted under a secret of this hub that is in no database and no backup of one.

    The text itself is needed to make each station's own digest of it.
    """

    secret: bytes

    def seal(self, text: str, *, nonce: bytes) -> bytes:
        """``nonce``: 12 random bytes."""
        return nonce + ChaCha20Poly1305(self._key("seal")).encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        return ChaCha20Poly1305(self._key("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()

    def mark(self, text: str) -> str:
        """The same for the same badge, and nothing else."""
        return hmac.new(self._key("mark"), text.encode(), hashlib.sha256).hexdigest()

    def station_key(self, station: StationId) -> str:
        """The key of one station's badge digests, hex."""
        return self._key(f"station {station}").hex()

    def sealing_key(self) -> X25519PrivateKey:
        """The key that stations seal private values to; made from the secret, so that it is backed up with it."""
        return X25519PrivateKey.from_private_bytes(self._key("private"))

    def _key(self, use: str) -> bytes:
        return hmac.new(self.secret, f"yungui/v1/badges/{use}".encode(), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class HubKeys:
    signing: Ed25519PrivateKey
    badges: BadgeBox


def load_keys(folder: Path) -> HubKeys:
    """The keys in a folder ``keys``; the root's is not needed to run."""
    signing = load_pem_private_key(_read(folder / "hub.pem"), None)
    if not isinstance(signing, Ed25519PrivateKey):
        raise HubError(
            f"{folder / 'hub.pem'} 不是 Ed25519 私钥。请从备份恢复。\n"
            f"{folder / 'hub.pem'} is not an Ed25519 key. Restore it from a backup."
        )
    return HubKeys(signing, BadgeBox(_read(folder / "badges.key")))


def private_bytes(key: PrivateKeyTypes) -> bytes:
    """A private key as PKCS8 PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first byte on; an existing one is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def replace_secret(path: Path, content: bytes) -> None:
    """Put a file in the place of another as a whole, with the rights of that one; a new one is its owner's alone."""
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        partial.chmod(path.stat().st_mode & 0o777)
    partial.replace(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HubError(
            f"密钥 {path} 无法读取({error.strerror})。请从备份恢复,或检查权限。\n"
            f"The key {path} cannot be read ({error.strerror}). Restore it from a backup, or check its permissions."
        ) from None
