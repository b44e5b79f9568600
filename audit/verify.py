"""Checks an export record by record and replays it into holdings. Pure: records in, a verdict out.

Order of trust: the root key by its fingerprint, the hub's key by the root's signature, each station's key by an entry
in the hub's chain, each entry by the links that a signed head closes, its place in the log by signed checkpoints, and
those by what stations and auditors have seen of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit.bad import BadError
from audit.export import FORMATS, LAST, Record, records
from audit.keyring import Keyring
from audit.log import Leaves
from audit.replay import standings
from audit.who import Answer, Kept, Question, answer
from audit.witnesses import Named, Seen, check_named, check_notes, check_seen, read_note, read_seen
from custody import checkpoints, wire
from custody.archiving import Standing
from custody.chain import leaf, link, origin
from custody.checkpoints import Checkpoint
from custody.entries import Entry, entry_id
from custody.events import EpochOpened, Step, Unrecognised
from custody.holding import AtPlace, Disputed, Unaccounted, WithPerson
from custody.identifiers import CourtId, StationId
from custody.messages import Ack, Head, Purpose, Verdict

__all__ = ["Consistent", "Inconsistent", "Question", "Result", "Seen", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistent:
    """Everything that was signed is there and unchanged.

    ``uncovered``: entries after the newest checkpoint. ``lost``: leaves that a recovery says are gone. ``newest``: the
    newest checkpoint, as it was signed; ``answer``: to the question, if there was one.
    """

    court: str
    stations: int
    epochs: int
    heads: int
    acks: int
    events: int
    unrecognised: int
    logs: int
    checkpoints: int
    witnessed: int
    uncovered: int
    lost: int
    volumes: int
    shelved: int
    holdings: Mapping[str, int]
    contradictions: int
    breaches: int
    newest: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistent:
    """The first bad line. ``why`` is a code (``bad.<why>`` in the catalogues); ``entry`` names the entry, if any."""

    line: int
    why: str
    entry: str = ""
    detail: str = ""


Result = Consistent | Inconsistent


def verify(lines: Iterable[bytes], *, root: str, seen: Sequence[Seen] = (), question: Question | None = None) -> Result:
    """Check an export given line by line against the fingerprint of its root key, and what was seen of it before."""
    verifier = _Verifier(root, None if question is None else Kept(question))
    at = 0
    try:
        for number, record in records(lines):
            at = number
            if isinstance(record, wire.Malformed):
                raise BadError("malformed", detail=record.why)
            verifier.take(record, number)
        if not verifier.ended:
            raise BadError("cut_off", detail=LAST)
        verifier.close(seen)
    except BadError as bad:
        return Inconsistent(line=bad.line or at, why=bad.why, entry=bad.entry, detail=bad.detail)
    return verifier.conclude()


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
    """A head whose events are being read: the message, its log, and the index of its next event there."""

    head: Head
    epoch: _Epoch
    message: str
    log: str
    leaves: Leaves
    index: int
    doubt: BadError | None = None


class _Verifier:
    def __init__(self, root: str, kept: Kept | None) -> None:
        self._root, self._kept = root, kept
        self._expect: tuple[str, ...] = ("export",)
        self._keyring = Keyring()
        self._epochs: dict[tuple[str, str], _Epoch] = {}
        self._logs: dict[str, Leaves] = {}
        self._firsts: dict[tuple[str, int], str] = {}
        self._notes: list[Named] = []
        self._named: list[Named] = []
        self._newest: dict[str, str] = {}
        self._open: _Open | None = None
        self._heads = self._acks = self._events = self._unrecognised = 0
        self._strings: dict[str, str] = {}
        self._left: set[tuple[str, str | None]] = set()  # epochs that a later one says it left behind
        self.ended = False

    def take(self, record: Record, line: int) -> None:
        """Check one record against all before it."""
        if self.ended:
            raise BadError("after_end")
        if record.record == "event":
            self._take_event(record, line)
            return
        if self._expect and record.record not in self._expect:
            raise BadError("order", detail=f"{record.record} / {', '.join(self._expect)}")
        self._close_head()
        match record.record:
            case "export":
                self._take_export(record)
            case "root":
                self._keyring.take_root(record.public_key)
                self._expect = ("next_root", "keys")
            case "next_root":
                self._keyring.take_next_root(record.message, record.countersigned)
            case "keys":
                if "next_root" in self._expect:
                    self._keyring.believe_root(fingerprint=self._root, line=line - 1)
                self._keyring.take_keys(record.message)
                self._expect = ("keys", "recovery", "head", LAST)
            case "recovery":
                self._keyring.take_recovery(record.message)
            case "head":
                self._take_head(record, line)
            case "ack":
                self._take_ack(record)
            case "checkpoint":
                self._take_checkpoint(record, line)
            case _:
                self._take_end(record)

    def close(self, seen: Sequence[Seen]) -> None:
        """What can be said only of the whole: the logs, and what others have seen of them."""
        for log, leaves in self._logs.items():
            hole = leaves.hole
            if hole is not None:
                raise BadError("log_hole", entry=f"{log}.{hole}")
        check_notes(self._notes, self._logs, self._firsts)
        check_named(self._named, self._logs, self._keyring)
        for one in seen:
            check_seen(read_seen(one, self._keyring), self._logs, self._keyring)

    def _take_export(self, record: Record) -> None:
        if record.format not in FORMATS:
            raise BadError("format", detail=str(record.format))
        self._keyring.court, self._expect = record.court, ("root",)

    def _take_head(self, record: Record, line: int) -> None:
        if not self._heads:
            self._keyring.check_logs()
            self._expect = ("head", "ack", "checkpoint", LAST)
        header, owner = self._keyring.signed(record.message, Purpose.EVENTS)
        head = wire.decode(header, Head)
        if isinstance(head, wire.Malformed):
            raise BadError("malformed", detail=head.why)
        if head.court != self._keyring.court or head.station != owner:
            raise BadError("wrong_station", detail=f"{head.station} / {owner}")
        epoch = self._epochs.get((head.station, head.epoch))
        if epoch is None:
            if (head.station, head.epoch) in self._left:
                raise BadError("epoch_order", entry=entry_id(head.station, head.epoch, 1))
            epoch = _Epoch(head.station, head.epoch, [origin(head.station, head.epoch)])
            self._epochs[(head.station, head.epoch)] = epoch
        first = entry_id(head.station, head.epoch, head.first)
        if not 1 <= head.first <= head.last:
            raise BadError("sequence", entry=first)
        if head.first > epoch.tip + 1:
            raise BadError("missing", entry=entry_id(head.station, head.epoch, epoch.tip + 1))
        if epoch.links[head.first - 1].hex() != head.before:
            raise BadError("link", entry=first)
        self._heads += 1
        self._place(record, head, epoch)
        self._remember(head, line, entry_id(head.station, head.epoch, head.last))

    def _place(self, record: Record, head: Head, epoch: _Epoch) -> None:
        """Where in which log its events stand."""
        new = entry_id(head.station, head.epoch, epoch.tip + 1)
        if record.log not in self._keyring.logs or record.index < 0:
            raise BadError("log_unknown", entry=new, detail=record.log)
        if self._keyring.revoked(head.station, log=record.log, index=record.index):
            raise BadError("revoked", entry=new, detail=head.station)
        leaves = self._logs.setdefault(record.log, Leaves())
        self._firsts[(record.log, record.index)] = new
        self._open = _Open(head, epoch, record.message, record.log, leaves, record.index)

    def _remember(self, head: Head, line: int, entry: str) -> None:
        """The station has signed for a checkpoint of the hub's."""
        if head.checkpoint is None:
            return
        found = checkpoints.named(head.checkpoint)
        if found is None:
            raise BadError("malformed", entry=entry, detail=head.checkpoint)
        self._named.append(Named(found, line, entry))

    def _take_event(self, record: Record, number: int) -> None:
        if self._open is None:
            raise BadError("no_head")
        head, epoch = self._open.head, self._open.epoch
        sequence = epoch.tip + 1
        expected = entry_id(head.station, head.epoch, sequence)
        try:
            line = record.event
        except ValueError as error:
            raise BadError("malformed", entry=expected, detail=str(error)) from error
        if sequence > head.last:
            raise BadError("no_head", entry=expected)
        court, station = CourtId(self._keyring.court), head.station
        entry, wrong = wire.entry_at(line, court=court, station=station, epoch=head.epoch, sequence=sequence)
        if wrong is not None and self._open.doubt is None:
            # Signed so, it is kept as unrecognised; if the head does not sign it, this is where the export was changed.
            self._open.doubt = BadError("malformed", entry=expected, detail=wrong.why, line=number)
        if sequence == 1 and not isinstance(entry.fact, EpochOpened | Unrecognised):
            raise BadError("epoch_start", entry=entry.id)
        if isinstance(entry.fact, EpochOpened):
            self._left.add((entry.station, entry.fact.before_epoch))
        leaf_hash = leaf(line)
        epoch.links.append(link(epoch.links[-1], leaf_hash))
        epoch.entries.append(self._slim(entry))
        index = self._open.index
        if not self._open.leaves.put(index, leaf_hash):
            raise BadError("log_twice", entry=entry.id, detail=f"{self._open.log}.{index}")
        self._open.index = index + 1
        self._events += 1
        self._keyring.learn(entry, log=self._open.log, index=index)
        if self._kept is not None:
            self._kept.take(entry, line=record.line, head=self._open.message, log=self._open.log, index=index)

    def _slim(self, entry: Entry) -> Entry:
        """What later steps read of an entry, its repeated texts kept once: an export has millions."""
        fact = entry.fact
        if isinstance(fact, Unrecognised):
            self._unrecognised += 1
        elif fact.kind.startswith(_UNREAD):
            fact = _NOTHING
        one = self._strings.setdefault
        return Entry(
            court=CourtId(one(entry.court, entry.court)),
            station=StationId(one(entry.station, entry.station)),
            epoch=one(entry.epoch, entry.epoch),
            sequence=entry.sequence,
            boot=one(entry.boot, entry.boot),
            uptime=entry.uptime,
            time=entry.time,
            clock=entry.clock,
            fact=fact,
        )

    def _close_head(self) -> None:
        """The links must arrive where the signed head says: this is what proves the events under it."""
        if self._open is None:
            return
        head, epoch, doubt = self._open.head, self._open.epoch, self._open.doubt
        self._open = None
        if epoch.tip < head.last:
            raise BadError("missing", entry=entry_id(head.station, head.epoch, epoch.tip + 1))
        if epoch.links[head.last].hex() != head.after:
            if doubt is not None:
                raise doubt
            raise BadError("changed", entry=entry_id(head.station, head.epoch, head.last), detail=_span(head))

    def _take_ack(self, record: Record) -> None:
        header, owner = self._keyring.signed(record.message, Purpose.ACK)
        ack = wire.decode(header, Ack)
        if isinstance(ack, wire.Malformed):
            raise BadError("malformed", detail=ack.why)
        if owner != self._keyring.hub or ack.court != self._keyring.court:
            raise BadError("wrong_station", detail=self._keyring.hub)
        epoch = self._epochs.get((ack.station, ack.epoch))
        tip = 0 if epoch is None else epoch.tip
        if ack.verdict is Verdict.COMMITTED and ack.upto > tip:
            raise BadError("acknowledged", entry=entry_id(ack.station, ack.epoch, tip + 1), detail=str(ack.upto))
        self._acks += 1

    def _take_checkpoint(self, record: Record, line: int) -> None:
        self._expect = ("checkpoint", LAST)
        found = read_note(record.note, self._keyring)
        earlier = [one.checkpoint.size for one in self._notes if one.checkpoint.log == found.log][-1:]
        if earlier and found.size <= earlier[0]:
            raise BadError("order", detail=f"{found.log}.{found.size}")
        self._notes.append(Named(found, line))
        self._newest[found.log] = record.note

    def _take_end(self, record: Record) -> None:
        said = (record.events, record.heads, record.checkpoints)
        if said != (self._events, self._heads, len(self._notes)):
            raise BadError("counts", detail=f"{self._events} / {record.events}")
        self.ended = True

    def conclude(self) -> Consistent:
        """The numbers of an export that was read to its end."""
        found = list(standings(self._entries()))
        covered = {one.checkpoint.log: one.checkpoint for one in self._notes}
        return Consistent(
            court=self._keyring.court,
            stations=len({epoch.station for epoch in self._epochs.values()}),
            epochs=len(self._epochs),
            heads=self._heads,
            acks=self._acks,
            events=self._events,
            unrecognised=self._unrecognised,
            logs=len(self._keyring.logs),
            checkpoints=len(self._notes),
            witnessed=max((one.checkpoint.size for one in self._named), default=0),
            uncovered=sum(leaves.size - _size(covered.get(log)) for log, leaves in self._logs.items()),
            lost=self._lost(),
            volumes=len(found),
            shelved=sum(one.progress.done is Step.SHELVED for one in found),
            holdings=dict(sorted(Counter(_kind(one) for one in found).items())),
            contradictions=sum(len(one.held.contradictions) for one in found),
            breaches=sum(len(one.breaches) for one in found),
            newest=next((self._newest[log] for log in reversed(self._keyring.logs) if log in self._newest), ""),
            answer=None
            if self._kept is None
            else answer(self._kept, self._entries(), self._logs, list(covered.values())),
        )

    def _entries(self) -> Iterable[Entry]:
        return (entry for epoch in self._epochs.values() for entry in epoch.entries)

    def _lost(self) -> int:
        """Leaves of older logs that somebody had seen, and that are not here."""
        most: dict[str, int] = {}
        for one in self._keyring.recoveries:
            most[one.before_epoch] = max(one.size - one.kept, most.get(one.before_epoch, 0))
        return sum(most.values())


_NOTHING = Unrecognised(type="", why="")
_UNREAD = ("door", "grants.", "command.", "station.started", "checkpoint.")
"""Kinds of entries, by their beginnings, that say nothing of volumes or of time."""


def _size(checkpoint: Checkpoint | None) -> int:
    return 0 if checkpoint is None else checkpoint.size


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
