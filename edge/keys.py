"""A station's own keys, from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edge.errors import EdgeError

__all__ = ["Keys", "load_keys"]


@dataclass(frozen=True, slots=True)
class Keys:
    """``signing``: every message of ours; ``sealing``: grants are encrypted to it."""

    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey


def load_keys(folder: Path) -> Keys:
    """The keys that enrolment made. ``EdgeError`` names a missing or foreign file."""
    signing = _load(folder / "keys" / "signing.pem")
    sealing = _load(folder / "keys" / "sealing.pem")
    if not isinstance(signing, Ed25519PrivateKey):
        raise EdgeError("keys.foreign", file=str(folder / "keys" / "signing.pem"), expected="Ed25519")
    if not isinstance(sealing, X25519PrivateKey):
        raise EdgeError("keys.foreign", file=str(folder / "keys" / "sealing.pem"), expected="X25519")
    return Keys(signing, sealing)


def _load(file: Path) -> object:
    try:
        return load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as error:
        raise EdgeError("keys.unreadable", file=str(file), why=str(error)) from error
