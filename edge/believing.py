"""Messages of the hub: believed only if its key signed them, for this purpose, this court and this station."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from custody import envelope, wire
from custody.checkpoints import Checkpoint, origin_line, read_text
from custody.envelope import Rejected
from custody.identifiers import CourtId, StationId
from custody.messages import NextKey, NextRoot, Purpose, Recovery
from custody.roots import Handed, Roots, read_roots
from custody.wire import Malformed

__all__ = ["Belief"]

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Belief:
    """What this station believes: one hub's key. ``root``: the fingerprint of the key that may open another log.

    The hub names its next key under the present one; ``follow`` goes on to it, and the one before is believed no more,
    except of grants that are on disk already.
    """

    def __init__(self, hub: Ed25519PublicKey, *, court: CourtId, station: StationId, root: str = "") -> None:
        self._hub, self._court, self._station, self._root = hub, court, station, root
        self._key_id = envelope.key_id(hub)
        self._past: dict[str, Ed25519PublicKey] = {}

    def follow(self, announced: bytes) -> bool:
        """Go on to the hub's next keys, as far as each is named under the one before; whether that changed anything."""
        before = self._key_id
        for message in announced.split(b"\n\n"):
            signed = envelope.verify(message, purpose=Purpose.NEXT_KEY, key_of=self._key_of)
            read = None if isinstance(signed, Rejected) else wire.decode(signed.header, NextKey)
            key = envelope.public_key(read.public_key) if isinstance(read, NextKey) else None
            if isinstance(read, NextKey) and key is not None and read.court == self._court:
                self._past[self._key_id] = self._hub
                self._hub, self._key_id = key, envelope.key_id(key)
        if self._key_id != before:
            _log.warning("the hub signs with its next key: key=%s", self._key_id)
        return self._key_id != before

    def read(self, message: bytes, *, purpose: Purpose, kind: type[T], kept: bool = False) -> T | None:
        """The header; none, and a line in the log, for anything that is not to be believed.

        ``kept``: it was believed when it came, and an earlier key of the hub may have signed it.
        """
        signed = envelope.verify(message, purpose=purpose, key_of=self._ever if kept else self._key_of)
        if isinstance(signed, Rejected):
            _log.warning("a message was not believed: purpose=%s why=%s", purpose, signed.why)
            return None
        header = wire.decode(signed.header, kind)
        if isinstance(header, Malformed):
            _log.warning("a message could not be read: purpose=%s why=%s", purpose, header.why)
            return None
        meant = (getattr(header, "court", None), getattr(header, "station", self._station))
        if meant != (self._court, self._station):
            _log.warning("a message was meant for somebody else: purpose=%s for=%s", purpose, meant)
            return None
        return header

    def checkpoint(self, note: bytes) -> Checkpoint | None:
        """The checkpoint in a note that the hub has signed, maybe with an earlier key: its offer is proven before."""
        text = envelope.open_note(note, name=origin_line(self._court), keys=[self._hub, *self._past.values()])
        if isinstance(text, Rejected):
            _log.warning("a checkpoint was not believed: why=%s", text.why)
            return None
        return read_text(text, court=self._court)

    def roots(self, handed: Sequence[Handed]) -> Roots | None:
        """How the root was handed down, if it is so and the root whose fingerprint this station was given is in it."""
        split = envelope.split(handed[0][0]) if handed else Rejected("shape")
        said = None if isinstance(split, Rejected) else wire.decode(split.header, NextRoot)
        read = read_roots(said.before, handed, court=self._court) if isinstance(said, NextRoot) else None
        return read if isinstance(read, Roots) and read.have(self._root) else None

    def recovery(self, message: bytes, roots: Roots | None = None) -> Recovery | None:
        """What the offline root has signed, if it is the root whose fingerprint this station was given, or one that
        followed it, or one before it that had said this very thing."""
        signed = envelope.split(message)
        read = None if isinstance(signed, Rejected) else wire.decode(signed.header, Recovery)
        key = None if not isinstance(read, Recovery) else envelope.public_key(read.root_key)
        if not isinstance(read, Recovery) or key is None or read.court != self._court:
            return None
        known = roots or Roots((read.root_key,))
        if not known.have(self._root) or not known.has_said(envelope.key_id(key), message):
            return None
        proven = envelope.verify(message, purpose=Purpose.RECOVERY, key_of=lambda _: key)
        return None if isinstance(proven, Rejected) else read

    def _ever(self, key: str) -> Ed25519PublicKey | None:
        return self._key_of(key) or self._past.get(key)

    def _key_of(self, key: str) -> Ed25519PublicKey | None:
        return self._hub if key == self._key_id else None
