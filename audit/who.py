"""Who held a volume at a moment, with the chain of proof: entries, the heads over them, their place in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit.log import Leaves
from audit.replay import about, standing_at
from custody import checkpoints
from custody.checkpoints import Checkpoint
from custody.entries import Entry
from custody.events import CompartmentVerified, PlaceCounted
from custody.holding import AtPlace, Disputed, Holding, Unaccounted, WithPerson
from custody.identifiers import VolumeId

__all__ = ["Answer", "Claim", "Kept", "Question", "Step", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``at``: milliseconds since 1970."""

    volume: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing the record says. ``place`` or ``person`` is set; ids, as names are in no export."""

    place: str | None = None
    person: str | None = None
    on_behalf: str | None = None
    grade: str
    entry: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the proof: its line, the signed head over it, and where it stands in the log."""

    entry: str
    line: str
    head: str
    log: str
    index: int
    size: int  # of the checkpoint the inclusion is proven against; 0 where none covers it yet
    inclusion: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``kind``: ``at_place``, ``with_person``, ``disputed`` or ``unaccounted``; of a dispute there are two claims.

    ``proof``: the entries that concern the volume up to then, oldest first; the last ones decide. ``covered``:
    the name of the first checkpoint that covers all of them, in the log of the latest; empty where one is not yet.
    """

    volume: str
    at: int
    kind: str
    claims: tuple[Claim, ...]
    proof: tuple[Step, ...]
    covered: str = ""

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The entries that no checkpoint covers yet."""
        return tuple(step.entry for step in self.proof if not step.size)


@dataclass(slots=True)
class Kept:
    """What must be remembered of an export to answer a question: lines that may matter, with head and index."""

    question: Question
    lines: dict[str, tuple[str, str, str, int]] = field(default_factory=dict)

    def take(self, entry: Entry, *, line: str, head: str, log: str, index: int) -> None:
        looked = isinstance(entry.fact, CompartmentVerified | PlaceCounted)
        if looked or self.question.volume in about(entry):
            self.lines[entry.id] = (line, head, log, index)


def answer(kept: Kept, entries: Iterable[Entry], logs: Mapping[str, Leaves], notes: Sequence[Checkpoint]) -> Answer:
    """``logs``: in their order; ``notes``: the checkpoints of each, by their size."""
    question = kept.question
    standing, concerning = standing_at(entries, VolumeId(question.volume), question.at)
    names = [one.entry.id for one in concerning]
    covering = {log: _covering(names, kept, [one for one in notes if one.log == log]) for log in logs}
    proof = tuple(_step(name, kept, logs, covering) for name in names)
    over = [found for log, found in covering.items() if found and any(step.log == log for step in proof)]
    kind, claims = _told(standing.held.holding)
    return Answer(
        volume=question.volume,
        at=question.at,
        kind=kind,
        claims=claims,
        proof=proof,
        covered=checkpoints.name(over[-1]) if over and all(step.size for step in proof) else "",
    )


def _covering(names: Iterable[str], kept: Kept, notes: Sequence[Checkpoint]) -> Checkpoint | None:
    """The first checkpoint of one log that covers all of these that stand there, or else the newest."""
    places = (kept.lines[name] for name in names)
    last = max((index for _, _, log, index in places if notes and log == notes[0].log), default=-1)
    return next((one for one in notes if one.size > last), notes[-1] if notes else None)


def _step(entry: str, kept: Kept, logs: Mapping[str, Leaves], covering: Mapping[str, Checkpoint | None]) -> Step:
    line, head, log, index = kept.lines[entry]
    checkpoint = covering[log]
    size = 0 if checkpoint is None else checkpoint.size
    covered = index < size
    proof = logs[log].proof(index, size) if covered else []
    return Step(
        entry=entry,
        line=line,
        head=head,
        log=log,
        index=index,
        size=size if covered else 0,
        inclusion=tuple(one.hex() for one in proof),
    )


def _told(holding: Holding) -> tuple[str, tuple[Claim, ...]]:
    match holding:
        case AtPlace():
            return "at_place", (_claim(holding),)
        case WithPerson():
            return "with_person", (_claim(holding),)
        case Disputed(claims=claims):
            return "disputed", tuple(map(_claim, claims))
        case Unaccounted(last=last):
            if last is None:
                return "unaccounted", ()
            return "unaccounted", (Claim(grade=last.grade, entry=last.entry, time=last.time),)


def _claim(one: AtPlace | WithPerson) -> Claim:
    evidence = one.evidence
    if isinstance(one, AtPlace):
        return Claim(place=one.place, grade=evidence.grade, entry=evidence.entry, time=evidence.time)
    return Claim(
        person=one.person, on_behalf=one.on_behalf, grade=evidence.grade, entry=evidence.entry, time=evidence.time
    )
