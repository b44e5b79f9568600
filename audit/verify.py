"""Checks an export record by record and replays it into holdings. Pure: records in, a verdict out.

Order of trust: the root key by its fingerprint, the hub's key by the root's signature, each station's key by an entry
in the hub's chain, each entry by the links that a signed head closes, its place in the log by signed checkpoints, and
those by what stations and auditors have seen of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from audit.bad import BadError, Stretch
from audit.export import DIGEST, FORMATS, LAST, Record, records
from audit.keyring import Keyring
from audit.log import Leaves, Placed
from audit.replay import standings
from audit.who import Answer, Kept, Question, answer
from audit.witnesses import Named, Seen, Told, read_note, read_seen
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
    newest checkpoint, as it was signed; ``answer``: to the question, if there was one; ``note``: the one that covers
    what the answer rests on, as it was signed.
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
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistent:
    """The first bad place. ``why`` is a code (``bad.<why>`` in the catalogues).

    ``line`` to ``until``: the lines of which one was changed, or before which something was; more than one where one
    signature covers them all. ``entry`` names the entry there, ``after`` the last thing proven before it. ``places``:
    set where no line tells, only the log; what was changed stands, or stood, at one of these places.
    """

    line: int
    until: int
    why: str
    entry: str = ""
    after: str = ""
    detail: str = ""
    places: Stretch | None = None


Result = Consistent | Inconsistent


def verify(lines: Iterable[bytes], *, root: str, seen: Sequence[Seen] = (), question: Question | None = None) -> Result:
    """Check an export given line by line against the fingerprint of its root key, and what was seen of it before."""
    verifier = _Verifier(root, None if question is None else Kept(question))
    at = 0
    try:
        for number, record in records(lines):
            at = number
            if isinstance(record, wire.Malformed):
                entry = verifier.expected()
                if record.why == DIGEST:  # somewhere something was changed; where is told by the log, if by anything
                    verifier.close(seen)
                raise BadError("malformed", entry=entry, detail=record.why)
            verifier.take(record, number)
        if not verifier.ended:
            raise BadError("cut_off", detail=LAST)
        verifier.close(seen)
    except BadError as bad:
        line = bad.line or at
        return Inconsistent(
            line=line,
            until=bad.until or line,
            why=bad.why,
            entry=bad.entry,
            after=bad.after or verifier.proven,
            detail=bad.detail,
            places=bad.places,
        )
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
    """A head whose events are being read: the message, its log, and where in it they begin and the next one stands."""

    head: Head
    epoch: _Epoch
    message: str
    log: str
    leaves: Leaves
    start: Placed
    index: int
    doubt: BadError | None = None


class _Verifier:
    def __init__(self, root: str, kept: Kept | None) -> None:
        self._root, self._kept = root, kept
        self._expect: tuple[str, ...] = ("export",)
        self._keyring = Keyring()
        self._epochs: dict[tuple[str, str], _Epoch] = {}
        self._logs: dict[str, Leaves] = {}
        self._placed: dict[str, list[Placed]] = {}
        self._notes: list[Named] = []
        self._named: list[Named] = []
        self._newest: dict[str, str] = {}
        self._signed: dict[str, str] = {}
        self._open: _Open | None = None
        self._heads = self._acks = self._events = self._unrecognised = 0
        self._strings: dict[str, str] = {}
        self._left: dict[tuple[str, str | None], int] = {}  # epochs that a later one left behind: the line of that one
        self.proven = ""
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

    def expected(self) -> str:
        """The entry whose line is to come next, if one is; or else all before is proven."""
        if self._open is not None and self._open.epoch.tip < self._open.head.last:
            return entry_id(self._open.head.station, self._open.head.epoch, self._open.epoch.tip + 1)
        self._close_head()
        return ""

    def close(self, seen: Sequence[Seen]) -> None:
        """What can be said only of the whole: the logs, and what others have seen of them."""
        for log, leaves in self._logs.items():
            hole = leaves.hole
            if hole is not None:
                beyond = self._standing(log, hole[1])
                places = Stretch(log, *hole)
                raise BadError("log_hole", entry=beyond.at(hole[1]), line=beyond.line, places=places)
        told = Told(self._logs, self._keyring, lambda log, index: self._standing(log, index).at(index))
        told.check_notes(self._notes)
        told.check_named(self._named)
        for one in seen:
            told.check_seen(read_seen(one, self._keyring))

    def _standing(self, log: str, index: int) -> Placed:
        """The batch that stands at a place of a log."""
        return next(one for one in self._placed[log] if one.index <= index < one.end)

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
                first, since = entry_id(head.station, head.epoch, 1), self._left[(head.station, head.epoch)]
                raise BadError("epoch_order", entry=first, line=since, until=line)
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
        self._place(record, head, epoch, line=line)
        self._remember(head, line, entry_id(head.station, head.epoch, head.last))

    def _place(self, record: Record, head: Head, epoch: _Epoch, *, line: int) -> None:
        """Where in which log its events stand."""
        new = entry_id(head.station, head.epoch, epoch.tip + 1)
        if record.log not in self._keyring.logs or record.index < 0:
            raise BadError("log_unknown", entry=new, detail=record.log)
        if self._keyring.revoked(head.station, log=record.log, index=record.index):
            raise BadError("revoked", entry=new, detail=head.station)
        leaves = self._logs.setdefault(record.log, Leaves())
        placed = Placed(record.index, record.index, head.station, head.epoch, epoch.tip + 1, line)
        self._open = _Open(head, epoch, record.message, record.log, leaves, placed, record.index)

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
            self._close_head()
            raise BadError("no_head")
        court, station = CourtId(self._keyring.court), head.station
        entry, wrong = wire.entry_at(line, court=court, station=station, epoch=head.epoch, sequence=sequence)
        if wrong is not None and self._open.doubt is None:
            # Signed so, it is kept as unrecognised; if the head does not sign it, this is where the export was changed.
            # Of a first event nobody can tell whether it or its head was put there.
            since = self._open.start.line if self._open.index == self._open.start.index else number
            self._open.doubt = BadError("malformed", entry=expected, detail=wrong.why, line=since, until=number)
        if sequence == 1 and not isinstance(entry.fact, EpochOpened | Unrecognised):
            raise BadError("epoch_start", entry=entry.id)
        if isinstance(entry.fact, EpochOpened):
            self._left[(entry.station, entry.fact.before_epoch)] = self._open.start.line
        leaf_hash = leaf(line)
        epoch.links.append(link(epoch.links[-1], leaf_hash))
        epoch.entries.append(self._slim(entry))
        index, log = self._open.index, self._open.log
        if not self._open.leaves.put(index, leaf_hash):
            other, places = self._standing(log, index), Stretch(log, index, index + 1)
            since = self._open.start.line
            raise BadError("log_twice", entry=entry.id, detail=other.at(index), line=since, places=places)
        self._open.index = index + 1
        self._events += 1
        self._keyring.learn(entry, log=log, index=index)
        if self._kept is not None:
            self._kept.take(entry, line=record.line, head=self._open.message, log=log, index=index)

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
        head, epoch, doubt, log = self._open.head, self._open.epoch, self._open.doubt, self._open.log
        placed = replace(self._open.start, end=self._open.index)
        last_line = placed.line + placed.end - placed.index
        self._open = None
        if epoch.tip < head.last:
            if doubt is not None:  # a line is not the one that stands here: before it one is missing
                raise BadError("missing", entry=doubt.entry, line=doubt.line, until=doubt.until)
            # Or else the head is that of others, which are more.
            lacking = entry_id(head.station, head.epoch, epoch.tip + 1)
            raise BadError("missing", entry=lacking, line=placed.line, until=last_line + 1)
        if epoch.links[head.last].hex() != head.after:
            if doubt is not None:
                raise doubt
            first, span = placed.at(placed.index), f"{placed.sequence}-{head.last}"
            raise BadError("changed", entry=first, detail=span, line=placed.line, until=last_line)
        if placed.end > placed.index:
            self._placed.setdefault(log, []).append(placed)
        self.proven = entry_id(head.station, head.epoch, head.last)

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
        earlier = [one for one in self._notes if one.checkpoint.log == found.log][-1:]
        if earlier and found.size <= earlier[0].checkpoint.size:
            detail = f"{found.log}.{found.size}"
            raise BadError("order", detail=detail, line=earlier[0].line, until=line)
        self._notes.append(Named(found, line))
        self._newest[found.log] = record.note
        if self._kept is not None:
            self._signed[checkpoints.name(found)] = record.note
        self.proven = f"{found.log}.{found.size}"

    def _take_end(self, record: Record) -> None:
        said = (record.events, record.heads, record.checkpoints)
        if said != (self._events, self._heads, len(self._notes)):
            raise BadError("counts", detail=f"{self._events} / {record.events}")
        self.ended = True

    def conclude(self) -> Consistent:
        """The numbers of an export that was read to its end."""
        found = list(standings(self._entries()))
        covered = {one.checkpoint.log: one.checkpoint for one in self._notes}
        answered = self._answer()
        note = "" if answered is None else self._signed.get(answered.covered, "")
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
            answer=answered,
            note=note,
        )

    def _answer(self) -> Answer | None:
        if self._kept is None:
            return None
        in_order = {log: self._logs[log] for log in self._keyring.logs if log in self._logs}
        return answer(self._kept, self._entries(), in_order, [one.checkpoint for one in self._notes])

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
