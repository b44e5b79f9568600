"""The hub's next signing key: named under the present one, to stations and in the hub's chain, then put in place.

A station that was off hears it later: every announcement is kept and said again, so it can follow from key to key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlmodel import col, select

from custody import envelope, wire
from custody.events import KeyAnnounced
from custody.identifiers import CourtId
from custody.messages import NextKey, Purpose
from custody.topics import CourtChannel, court_topic
from hub.acting import Acting
from hub.errors import HubError
from hub.keys import private_bytes, write_secret
from hub.outgoing import Outgoing
from hub.settings import Settings
from hub.store.tables import GrantRow, StationRow

__all__ = ["Announcing", "rotate_hub_key"]

_FILE = "announced.signed"


@dataclass(slots=True)
class Announcing:
    """``publish`` is set when there is a link."""

    court: CourtId
    folder: Path
    publish: Callable[[Outgoing], object] = lambda _: None

    def publish_all(self) -> None:
        """Say every next key there ever was once more: the broker may have forgotten it."""
        path = self.folder / "keys" / _FILE
        if path.exists():
            self.publish(Outgoing(court_topic(self.court, CourtChannel.KEYS), path.read_bytes(), retain=True))


def rotate_hub_key(acting: Acting, settings: Settings) -> str:
    """Make the next key and name it; the hub signs with it from its next start. The id of the new key.

    Called again after it was interrupted, it goes on with the key it had made.
    """
    folder = settings.folder / "keys"
    kept = folder / "hub.next.pem"
    if not kept.exists():
        write_secret(kept, private_bytes(Ed25519PrivateKey.generate()))
    following = load_pem_private_key(kept.read_bytes(), None)
    if not isinstance(following, Ed25519PrivateKey):
        raise HubError(
            f"{kept} 不是 Ed25519 私钥,请移走后再试。· {kept} is not an Ed25519 key; move it away and try again."
        )
    text = envelope.raw(following.public_key()).hex()
    announced = NextKey(court=settings.court, hub=settings.hub, public_key=text)
    message = envelope.sign(wire.encode(announced), purpose=Purpose.NEXT_KEY, key=acting.own.key)
    with acting.act() as act:
        act.say(KeyAnnounced(public_key=text))
        row = act.session.get(StationRow, (settings.court, settings.hub))
        assert row is not None, "the hub is in its own database"
        row.public_key = text
        for grants in act.session.exec(select(GrantRow).where(col(GrantRow.court) == settings.court)):
            grants.content = ""  # to be issued anew, under the next key
    path = folder / _FILE
    partial = path.with_suffix(".part")
    partial.write_bytes(path.read_bytes() + b"\n\n" + message if path.exists() else message)
    partial.replace(path)
    kept.replace(folder / "hub.pem")
    return envelope.key_id(following.public_key())
