"""Whose keys are believed, on whose word: the root by fingerprint, the hub on the root's, stations on the hub's."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.bad import BadError
from custody import envelope, wire
from custody.entries import Entry, entry_id
from custody.events import KeyAnnounced, StationEnrolled, StationRevoked
from custody.identifiers import CourtId
from custody.messages import Keys, Purpose, Recovery
from custody.roots import Roots

__all__ = ["Keyring"]


@dataclass(slots=True)
class Keyring:
    """``logs``: the hub's epochs in order, each named by the root. ``recoveries``: what the root has said of them."""

    court: str = ""
    hub: str = ""
    logs: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    recoveries: list[Recovery] = field(default_factory=list)
    _roots: Roots | None = None
    _keys: dict[str, tuple[str, Ed25519PublicKey]] = field(default_factory=dict)  # key id -> whose, key
    _words: dict[str, list[tuple[int, int, bool]]] = field(default_factory=dict)  # of a station: when, and if it is in

    def take_root(self, public_key: str) -> None:
        key = envelope.public_key(public_key)
        if key is None or envelope.raw(key).hex() != public_key:
            raise BadError("root_key")
        self._roots = Roots((public_key,))

    def take_next_root(self, message: str, countersigned: str) -> None:
        """A root names the next, and that one names it in turn."""
        assert self._roots is not None
        read = self._roots.followed((message.encode(), countersigned.encode()), court=CourtId(self.court))
        if isinstance(read, envelope.Rejected):
            raise BadError("next_root", detail=read.why)
        self._roots = read

    def believe_root(self, *, fingerprint: str, line: int) -> None:
        """One of those roots is the one whose fingerprint is known; ``line``: where they end."""
        assert self._roots is not None
        if not self._roots.have(fingerprint):
            key = envelope.public_key(self._roots.keys[-1])
            raise BadError("root_fingerprint", detail="" if key is None else envelope.fingerprint(key), line=line)

    def take_keys(self, message: str) -> None:
        """The root names the hub's key in one hub epoch."""
        header, signer = self._by_root(message, Purpose.KEYS)
        keys = wire.decode(header, Keys)
        if isinstance(keys, wire.Malformed):
            raise BadError("malformed", detail=keys.why)
        self._counts(signer, message, epoch=keys.hub_epoch)
        key = envelope.public_key(keys.public_key)
        if keys.court != self.court:  # the root has signed: it is the first line that is wrong
            raise BadError("court", detail=keys.court, line=1)
        if key is None or keys.hub_epoch in self.logs or self.hub not in ("", keys.hub):
            raise BadError("hub_key", detail=keys.hub_epoch)
        self.hub, self.logs[keys.hub_epoch] = keys.hub, key
        self._keys[envelope.key_id(key)] = (keys.hub, key)

    def take_recovery(self, message: str) -> None:
        """The root has opened a log after another."""
        header, signer = self._by_root(message, Purpose.RECOVERY)
        read = wire.decode(header, Recovery)
        if isinstance(read, wire.Malformed):
            raise BadError("malformed", detail=read.why)
        self._counts(signer, message, epoch=read.hub_epoch)
        known = list(self.logs)
        if read.court != self.court or not {read.hub_epoch, read.before_epoch} <= set(known):
            raise BadError("recovery", detail=read.hub_epoch)
        if known.index(read.before_epoch) + 1 != known.index(read.hub_epoch):
            raise BadError("recovery", detail=read.hub_epoch)
        self.recoveries.append(read)

    def check_logs(self) -> None:
        """Every log but the first was opened by the root."""
        opened = {one.hub_epoch for one in self.recoveries}
        for log in list(self.logs)[1:]:
            if log not in opened:
                raise BadError("unrecovered", detail=log)

    def learn(self, entry: Entry, *, log: str, index: int) -> None:
        """The hub enrols a station's key, and revokes it; anybody names a next key under the present one."""
        match entry.fact:
            case StationEnrolled(station=station, public_key=text) if entry.station == self.hub:
                self._add(station, text, entry)
                self._words.setdefault(station, []).append((*self._when(log, index), True))
            case StationRevoked(station=station) if entry.station == self.hub:
                self._words.setdefault(station, []).append((*self._when(log, index), False))
            case KeyAnnounced(public_key=text):
                self._add(entry.station, text, entry)
            case _:
                pass

    def revoked(self, station: str, *, log: str, index: int) -> bool:
        """Whether the hub had revoked a station when this place of a log was written."""
        now, words = self._when(log, index), sorted(self._words.get(station, ()))
        said = [enrolled for position, place, enrolled in words if (position, place) < now]
        return bool(said) and not said[-1]

    def signed(self, message: str, purpose: Purpose) -> tuple[bytes, str]:
        """The header of a properly signed message and whose key signed it."""
        signed = envelope.verify(message.encode(), purpose=purpose, key_of=self._key_of)
        if isinstance(signed, envelope.Rejected):
            raise BadError(signed.why)
        if signed.lines:
            raise BadError("shape")
        return signed.header, self._keys[signed.key_id][0]

    def hub_keys(self) -> list[Ed25519PublicKey]:
        return [key for owner, key in self._keys.values() if owner == self.hub]

    def _when(self, log: str, index: int) -> tuple[int, int]:
        return list(self.logs).index(log), index

    def _key_of(self, name: str) -> Ed25519PublicKey | None:
        known = self._keys.get(name)
        return None if known is None else known[1]

    def _add(self, station: str, text: str, entry: Entry) -> None:
        key = envelope.public_key(text)
        if key is None:
            raise BadError("station_key", entry=entry_id(entry.station, entry.epoch, entry.sequence))
        self._keys.setdefault(envelope.key_id(key), (station, key))

    def _by_root(self, message: str, purpose: Purpose) -> tuple[bytes, str]:
        """The header, and the id of the root that has signed it."""
        assert self._roots is not None
        signed = envelope.verify(message.encode(), purpose=purpose, key_of=self._root_of)
        if isinstance(signed, envelope.Rejected):
            raise BadError(signed.why)
        return signed.header, signed.key_id

    def _root_of(self, key_id: str) -> Ed25519PublicKey | None:
        text = None if self._roots is None else self._roots.key_of(key_id)
        return None if text is None else envelope.public_key(text)

    def _counts(self, signer: str, message: str, *, epoch: str) -> None:
        assert self._roots is not None
        if not self._roots.has_said(signer, message.encode()):
            raise BadError("root_succeeded", detail=epoch)
