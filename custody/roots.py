"""Which root keys speak for a court, one after the other: each names the next, and the next names it in turn.

Both sign the same words. The present one vouches for the next, so whoever knows an old fingerprint can follow; the next
vouches for what the one before had said until then, so whoever knows the new one can look back. What a root that was
succeeded says of any other hub epoch is worth nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custody import envelope, wire
from custody.envelope import Rejected
from custody.identifiers import CourtId
from custody.messages import NextRoot, Purpose

__all__ = ["Handed", "Roots", "plain", "read_roots"]

Handed = tuple[bytes, bytes]
"""A ``NextRoot`` as the root before has signed it, and the same words signed by the root that follows."""


@dataclass(frozen=True, slots=True)
class Roots:
    """``keys``: the first root and those that followed, hex; ``said``: of each but the last, the epochs it spoke of."""

    keys: tuple[str, ...]
    said: tuple[frozenset[str], ...] = ()

    def have(self, fingerprint: str) -> bool:
        """Whether one of them has this fingerprint, however it is written."""
        known = (envelope.public_key(one) for one in self.keys)
        return plain(fingerprint) in {plain(envelope.fingerprint(one)) for one in known if one is not None}

    def key_of(self, key_id: str) -> str | None:
        """The root of this id, hex."""
        known = ((one, envelope.public_key(one)) for one in self.keys)
        return next((text for text, key in known if key is not None and envelope.key_id(key) == key_id), None)

    def may_speak(self, key_id: str, *, epoch: str) -> bool:
        """Whether what the root of this id says of a hub epoch counts."""
        text = self.key_of(key_id)
        if text is None:
            return False
        at = self.keys.index(text)
        return at == len(self.said) or epoch in self.said[at]


def plain(fingerprint: str) -> str:
    """A fingerprint as a person may type it (colons, spaces, capitals) in its one form."""
    return "".join(fingerprint.lower().replace(":", "").split())


def read_roots(first: str, handed: Sequence[Handed], *, court: CourtId) -> Roots | Rejected:
    """Follow from the first root, hex; ``Rejected`` as soon as one link does not hold."""
    keys, said = [first], list[frozenset[str]]()
    for by_before, by_after in handed:
        words = _signed(by_before, keys[-1])
        if isinstance(words, Rejected):
            return words
        read = wire.decode(words, NextRoot)
        if isinstance(read, wire.Malformed) or (read.court, read.before) != (court, keys[-1]) or read.after in keys:
            return Rejected("shape")
        returned = _signed(by_after, read.after)
        if isinstance(returned, Rejected):
            return returned
        if returned != words:
            return Rejected("shape")
        keys.append(read.after)
        said.append(frozenset(read.epochs))
    return Roots(tuple(keys), tuple(said))


def _signed(message: bytes, by: str) -> bytes | Rejected:
    """The words of a message that this root has signed. A key is written in one way only."""
    key = envelope.public_key(by)
    if key is None or envelope.raw(key).hex() != by:
        return Rejected("shape")
    signed = envelope.verify(message, purpose=Purpose.NEXT_ROOT, key_of=lambda _: key)
    return signed if isinstance(signed, Rejected) else signed.header
