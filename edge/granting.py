"""Grants as they arrive and as they are kept: the hub's signed, sealed message, believed only after it is verified."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope, wire
from custody.envelope import Rejected
from custody.grants import Grants
from custody.messages import GrantsMessage, Purpose
from custody.wire import Malformed
from edge.believing import Belief

__all__ = ["Unopened", "open_grants"]

Unopened = Rejected | Malformed


def open_grants(message: bytes, *, belief: Belief, sealing: X25519PrivateKey, kept: bool = False) -> Grants | Unopened:
    """The grants inside, or why there are none for us. ``kept``: they were accepted before and come from disk."""
    header = belief.read(message, purpose=Purpose.GRANTS, kind=GrantsMessage, kept=kept)
    if header is None:
        return Rejected("signature")
    packed = envelope.unseal(header.sealed, key=sealing)
    if isinstance(packed, Rejected):
        return packed
    grants = wire.unpack_grants(packed)
    if isinstance(grants, Malformed):
        return grants
    if (grants.hub_epoch, grants.version) != (header.hub_epoch, header.version):
        return Malformed("the grants inside are of another version than the message says")
    return grants
