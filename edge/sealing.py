"""Seals a private value to the hub before it touches the disk: from then on this station cannot read it either."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from custody import envelope, wire
from custody.grants import Grants
from custody.private import Confided

__all__ = ["sealed"]


def sealed(kept: Confided, grants: Grants | None) -> bytes:
    """What only the hub can open. The flows ask for nothing private before the hub has named its key."""
    assert grants is not None and grants.sealing_key
    recipient = X25519PublicKey.from_public_bytes(bytes.fromhex(grants.sealing_key))
    return envelope.seal(wire.encode(kept), recipient=recipient, ephemeral=X25519PrivateKey.generate())
