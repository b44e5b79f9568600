"""Checks an export record by record and replays it into holdings. Pure: records in, a verdict out.

Order of trust: the root key by its fingerprint, the hub's key by the root's signature, each station's key by an entry
in the hub's chain, each entry by the links that a signed head closes, each acknowledged tip by the hub's signature.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.export import LAST, Record, records
from custody import envelope, wire
from custody.archiving import Standing, stand
from custody.chain import leaf, link, origin
from custody.entries import Entry, entry_id
from custody.events import Counting, EpochOpened, StationEnrolled, Step, Unrecognised
from custody.holding import AtPlace, Disputed, Unaccounted, WithPerson
from custody.identifiers import VolumeId
from custody.messages import Ack, Head, Keys, Purpose, Verdict
from custody.timing import Located, locate_all

__all__ = ["Consistent", "Inconsistent", "Result", "normal_fingerprint", "verify"]

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistent:
    """Everything that was signed is there and unchanged."""

    court: str
    stations: int
    epochs: int
    heads: int
    acks: int
    events: int
    unrecognised: int
    volumes: int
    shelved: int
    holdings: Mapping[str, int]
    contradictions: int
    breaches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistent:
    """The first bad line. ``why`` is a code (``bad.<why>`` in the catalogues); ``entry`` names the entry, if any."""

    line: int
    why: str
    entry: str = ""
    detail: str = ""


Result = Consistent | Inconsistent


class _BadError(Exception):
    def __init__(self, why: str, *, entry: str = "", detail: str = "") -> None:
        super().__init__(why)
        self.why, self.entry, self.detail = why, entry, detail


@dataclass(slots=True)
class _Epoch:
    """One station's epoch as far as it has been read: every link, so that overlapping heads can be compared."""

    station: str
    epoch: str
    links: list[bytes]
    entries: list[Entry] = field(default_factory=list)

    @property
    def tip(self) -> int:
        return len(self.links) - 1


@dataclass(slots=True)
class _Open:
    """A head whose events are being read."""

    head: Head
    epoch: _Epoch


class _Verifier:
    def __init__(self, root: str) -> None:
        self._root = root
        self._expect = "export"
        self._court = ""
        self._root_key: Ed25519PublicKey | None = None
        self._hub: Keys | None = None
        self._keys: dict[str, tuple[str, Ed25519PublicKey]] = {}  # key id -> station, key
        self._epochs: dict[tuple[str, str], _Epoch] = {}
        self._open: _Open | None = None
        self._heads = self._acks = self._events = 0
        self.ended = False

    def take(self, record: Record) -> None:
        """Check one record against all before it."""
        if self.ended:
            raise _BadError("after_end")
        if self._expect not in ("", record.record):
            raise _BadError("order", detail=f"{record.record} / {self._expect}")
        if record.record != "event":
            self._close_head()
        match record.record:
            case "export":
                self._take_export(record)
            case "root":
                self._take_root(record)
            case "keys":
                self._take_keys(record)
            case "head":
                self._take_head(record)
            case "event":
                self._take_event(record)
            case "ack":
                self._take_ack(record)
            case _:
                self._take_end(record)

    def _take_export(self, record: Record) -> None:
        if record.format != FORMAT:
            raise _BadError("format", detail=str(record.format))
        self._court, self._expect = record.court, "root"

    def _take_root(self, record: Record) -> None:
        key = envelope.public_key(record.public_key)
        if key is None:
            raise _BadError("root_key")
        actual = normal_fingerprint(envelope.fingerprint(key))
        if not hmac.compare_digest(actual.encode(), self._root.encode()):
            raise _BadError("root_fingerprint", detail=envelope.fingerprint(key))
        self._root_key, self._expect = key, "keys"

    def _take_keys(self, record: Record) -> None:
        assert self._root_key is not None
        root, root_id = self._root_key, envelope.key_id(self._root_key)
        header, _ = self._signed(record, Purpose.KEYS, {root_id: ("", root)})
        keys = wire.decode(header, Keys)
        if isinstance(keys, wire.Malformed):
            raise _BadError("malformed", detail=keys.why)
        key = envelope.public_key(keys.public_key)
        if key is None or keys.court != self._court:
            raise _BadError("hub_key")
        self._hub, self._expect = keys, ""
        self._keys[envelope.key_id(key)] = (keys.hub, key)

    def _take_head(self, record: Record) -> None:
        header, owner = self._signed(record, Purpose.EVENTS, self._keys)
        head = wire.decode(header, Head)
        if isinstance(head, wire.Malformed):
            raise _BadError("malformed", detail=head.why)
        if head.court != self._court or head.station != owner:
            raise _BadError("wrong_station", detail=f"{head.station} / {owner}")
        epoch = self._epochs.get((head.station, head.epoch))
        if epoch is None:
            epoch = _Epoch(head.station, head.epoch, [origin(head.station, head.epoch)])
            self._epochs[(head.station, head.epoch)] = epoch
        first = entry_id(head.station, head.epoch, head.first)
        if not 1 <= head.first <= head.last:
            raise _BadError("sequence", entry=first)
        if head.first > epoch.tip + 1:
            raise _BadError("missing", entry=entry_id(head.station, head.epoch, epoch.tip + 1))
        if epoch.links[head.first - 1].hex() != head.before:
            raise _BadError("link", entry=first)
        self._heads += 1
        self._open = _Open(head, epoch)

    def _take_event(self, record: Record) -> None:
        if self._open is None:
            raise _BadError("no_head")
        head, epoch = self._open.head, self._open.epoch
        line, sequence = record.line.encode(), epoch.tip + 1
        expected = entry_id(head.station, head.epoch, sequence)
        if sequence > head.last:
            raise _BadError("no_head", entry=expected)
        entry = wire.decode_event(line)
        if isinstance(entry, wire.Malformed):
            raise _BadError("malformed", entry=expected, detail=entry.why)
        if entry.id != expected or entry.court != self._court:
            raise _BadError("sequence", entry=entry.id, detail=expected)
        if sequence == 1 and not isinstance(entry.fact, EpochOpened | Unrecognised):
            raise _BadError("epoch_start", entry=entry.id)
        epoch.links.append(link(epoch.links[-1], leaf(line)))
        epoch.entries.append(entry)
        self._events += 1
        self._enrol(entry)

    def _enrol(self, entry: Entry) -> None:
        fact = entry.fact
        if isinstance(fact, StationEnrolled) and self._hub is not None and entry.station == self._hub.hub:
            key = envelope.public_key(fact.public_key)
            if key is None:
                raise _BadError("station_key", entry=entry.id)
            self._keys[envelope.key_id(key)] = (fact.station, key)

    def _close_head(self) -> None:
        """The links must arrive where the signed head says: this is what proves the events under it."""
        if self._open is None:
            return
        head, epoch = self._open.head, self._open.epoch
        self._open = None
        if epoch.tip < head.last:
            raise _BadError("missing", entry=entry_id(head.station, head.epoch, epoch.tip + 1))
        if epoch.links[head.last].hex() != head.after:
            raise _BadError("changed", entry=entry_id(head.station, head.epoch, head.last), detail=_span(head))

    def _take_ack(self, record: Record) -> None:
        assert self._hub is not None
        header, owner = self._signed(record, Purpose.ACK, self._keys)
        ack = wire.decode(header, Ack)
        if isinstance(ack, wire.Malformed):
            raise _BadError("malformed", detail=ack.why)
        if owner != self._hub.hub or ack.court != self._court:
            raise _BadError("wrong_station", detail=self._hub.hub)
        epoch = self._epochs.get((ack.station, ack.epoch))
        tip = 0 if epoch is None else epoch.tip
        if ack.verdict is Verdict.COMMITTED and ack.upto > tip:
            raise _BadError("acknowledged", entry=entry_id(ack.station, ack.epoch, tip + 1), detail=str(ack.upto))
        self._acks += 1

    def _take_end(self, record: Record) -> None:
        if (record.events, record.heads) != (self._events, self._heads):
            raise _BadError("counts", detail=f"{self._events} / {record.events}")
        self.ended = True

    def _signed(
        self, record: Record, purpose: Purpose, keys: Mapping[str, tuple[str, Ed25519PublicKey]]
    ) -> tuple[bytes, str]:
        """The header of a properly signed message and the station whose key signed it."""

        def key_of(name: str) -> Ed25519PublicKey | None:
            known = keys.get(name)
            return None if known is None else known[1]

        signed = envelope.verify(record.message.encode(), purpose=purpose, key_of=key_of)
        if isinstance(signed, envelope.Rejected):
            raise _BadError(signed.why)
        return signed.header, keys[signed.key_id][0]

    def conclude(self) -> Consistent:
        """The numbers of an export that was read to its end."""
        standings = self._standings()
        every = [entry for epoch in self._epochs.values() for entry in epoch.entries]
        return Consistent(
            court=self._court,
            stations=len({epoch.station for epoch in self._epochs.values()}),
            epochs=len(self._epochs),
            heads=self._heads,
            acks=self._acks,
            events=self._events,
            unrecognised=sum(isinstance(entry.fact, Unrecognised) for entry in every),
            volumes=len(standings),
            shelved=sum(one.progress.done is Step.SHELVED for one in standings),
            holdings=dict(sorted(Counter(_kind(one) for one in standings).items())),
            contradictions=sum(len(one.held.contradictions) for one in standings),
            breaches=sum(len(one.breaches) for one in standings),
        )

    def _standings(self) -> list[Standing]:
        located = locate_all(entry for epoch in self._epochs.values() for entry in epoch.entries)
        counted = [one for one in located if isinstance(one.entry.fact, Counting)]
        of_volume: dict[str, list[Located]] = {}
        for one in located:
            about = getattr(one.entry.fact, "volume", None)
            if about is not None:
                of_volume.setdefault(about, list(counted)).append(one)
        return [stand(VolumeId(volume), of_volume[volume]) for volume in sorted(of_volume)]


def verify(lines: Iterable[bytes], *, root: str) -> Result:
    """Check an export given line by line against the fingerprint of its root key."""
    verifier = _Verifier(normal_fingerprint(root))
    at = 0
    try:
        for number, record in records(lines):
            at = number
            if isinstance(record, wire.Malformed):
                raise _BadError("malformed", detail=record.why)
            verifier.take(record)
        if not verifier.ended:
            raise _BadError("cut_off", detail=LAST)
    except _BadError as bad:
        return Inconsistent(line=at, why=bad.why, entry=bad.entry, detail=bad.detail)
    return verifier.conclude()


def normal_fingerprint(text: str) -> str:
    """A fingerprint as a person may type it (colons, spaces, capitals) in its one form."""
    return "".join(text.lower().replace(":", "").split())


def _span(head: Head) -> str:
    return f"{head.first}-{head.last}"


def _kind(standing: Standing) -> str:
    match standing.held.holding:
        case AtPlace():
            return "at_place"
        case WithPerson():
            return "with_person"
        case Disputed():
            return "disputed"
        case Unaccounted():
            return "unaccounted"
