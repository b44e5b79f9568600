"""Which root keys speak for a court, one after the other: each names the next, and the next names it in turn.

Both sign the same words. The present one vouches for the next, so whoever knows an old fingerprint can follow; the next
vouches for what the one before had said until then, message by message, so whoever knows the new one can look back. Any
other word of a root that was succeeded is worth nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from custody import envelope, wire
from custody.envelope import Rejected
from custody.identifiers import CourtId
from custody.messages import NextRoot, Purpose

__all__ = ["Handed", "Roots", "digest", "normal_fingerprint", "read_roots"]

Handed = tuple[bytes, bytes]
"""A ``NextRoot`` as the root before has signed it, and the same words signed by the root that follows."""


@dataclass(frozen=True, slots=True)
class Roots:
    """``keys``: the first root and those that followed, hex; ``said``: of each but the last, digests of what counts."""

    keys: tuple[str, ...]
    said: tuple[frozenset[str], ...] = ()

    def have(self, fingerprint: str) -> bool:
        """Whether one of them has this fingerprint, however it is written."""
        known = (envelope.public_key(one) for one in self.keys)
        written = {normal_fingerprint(envelope.fingerprint(one)) for one in known if one is not None}
        return normal_fingerprint(fingerprint) in written

    def key_of(self, key_id: str) -> str | None:
        """The root of this id, hex."""
        known = ((one, envelope.public_key(one)) for one in self.keys)
        return next((text for text, key in known if key is not None and envelope.key_id(key) == key_id), None)

    def has_said(self, key_id: str, message: bytes) -> bool:
        """Whether a message of the root of this id counts; its signature is for others to check."""
        text = self.key_of(key_id)
        if text is None:
            return False
        at = self.keys.index(text)
        return at == len(self.said) or digest(message) in self.said[at]

    def followed(self, handed: Handed, *, court: CourtId) -> Roots | Rejected:
        """With one root more; ``Rejected`` if the link to it does not hold."""
        by_before, by_after = handed
        words = _signed(by_before, self.keys[-1])
        if isinstance(words, Rejected):
            return words
        read = wire.decode(words, NextRoot)
        if isinstance(read, wire.Malformed) or (read.court, read.before) != (court, self.keys[-1]):
            return Rejected("shape")
        returned = _signed(by_after, read.after)
        if isinstance(returned, Rejected):
            return returned
        if returned != words or read.after in self.keys:
            return Rejected("shape")
        return Roots((*self.keys, read.after), (*self.said, frozenset(read.said)))


def digest(message: bytes) -> str:
    """SHA-256 of a signed message as it stands, hex."""
    return hashlib.sha256(message).hexdigest()


def normal_fingerprint(fingerprint: str) -> str:
    """A fingerprint as a person may type it (colons, spaces, capitals) in its one form."""
    return "".join(fingerprint.lower().replace(":", "").split())


def read_roots(first: str, handed: Sequence[Handed], *, court: CourtId) -> Roots | Rejected:
    """Follow from the first root, hex; ``Rejected`` as soon as one link does not hold."""
    roots: Roots | Rejected = Roots((first,))
    for one in handed:
        roots = roots if isinstance(roots, Rejected) else roots.followed(one, court=court)
    return roots


def _signed(message: bytes, by: str) -> bytes | Rejected:
    """The words of a message that this root has signed. A key is written in one way only."""
    key = envelope.public_key(by)
    if key is None or envelope.raw(key).hex() != by:
        return Rejected("shape")
    signed = envelope.verify(message, purpose=Purpose.NEXT_ROOT, key_of=lambda _: key)
    return signed if isinstance(signed, Rejected) else signed.header
