"""Checkpoints against the log, and what others have seen against both: notes, signed heads, what somebody kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit.bad import BadError, Stretch
from audit.keyring import Keyring
from audit.log import Leaves
from custody import checkpoints, envelope
from custody.checkpoints import Checkpoint, origin_line, read_text
from custody.identifiers import CourtId
from custody.messages import Recovery

__all__ = ["Named", "Seen", "Told", "read_note", "read_seen"]


@dataclass(frozen=True, slots=True)
class Named:
    """A checkpoint that somebody has signed for: where in the export, and by which entry it is found."""

    checkpoint: Checkpoint
    line: int
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the auditor brings along: a note, or the name of a checkpoint from a signed head or a screen."""

    text: str

    def __str__(self) -> str:
        return self.text.strip().replace("\n", " / ")


def read_note(note: str, keyring: Keyring) -> Checkpoint:
    """The checkpoint in a note that the hub has signed."""
    court = CourtId(keyring.court)
    text = envelope.open_note(note.encode(), name=origin_line(court), keys=keyring.hub_keys())
    if isinstance(text, envelope.Rejected):
        raise BadError(text.why)
    found = read_text(text, court=court)
    if found is None or found.log not in keyring.logs:
        raise BadError("malformed", detail="checkpoint")
    return found


def read_seen(seen: Seen, keyring: Keyring) -> Checkpoint:
    """What was brought along; a note must be the hub's own."""
    bare = checkpoints.named(seen.text.strip())
    if bare is not None:
        return bare
    try:
        return read_note(seen.text.strip().replace("\r\n", "\n") + "\n", keyring)
    except BadError as bad:
        raise BadError("seen_unread", detail=bad.why) from None


@dataclass(slots=True)
class Told:
    """The logs as the export tells them. ``at``: the entry at a place of a log, for blame."""

    logs: Mapping[str, Leaves]
    keyring: Keyring
    at: Callable[[str, int], str]
    _good: dict[str, int] = field(default_factory=dict)  # of each log, as far as the hub's own checkpoints prove it

    def check_notes(self, notes: Iterable[Named]) -> None:
        """Each signed checkpoint is the root of the leaves below its size."""
        for one in notes:
            log, size = one.checkpoint.log, one.checkpoint.size
            leaves = self.logs.get(log, Leaves())
            if size > leaves.size:
                raise self._bad("checkpoint_beyond", one.checkpoint, line=one.line)
            if leaves.root(size) != one.checkpoint.root:
                raise self._bad("checkpoint_root", one.checkpoint, line=one.line)
            self._good[log] = size

    def check_named(self, named: Sequence[Named]) -> None:
        """Whatever a station has signed for is what the log had, or is what the root says was lost."""
        known: dict[Checkpoint, str | None] = {}
        for one in named:
            if one.checkpoint not in known:
                known[one.checkpoint] = self._wrong(one.checkpoint)
            why = known[one.checkpoint]
            if why is not None:
                raise self._bad(f"witness_{why}", one.checkpoint, line=one.line, entry=one.entry)

    def check_seen(self, seen: Checkpoint) -> None:
        """What the auditor has kept is what the log had."""
        why = self._wrong(seen)
        if why is not None:
            raise self._bad(f"seen_{why}", seen)

    def _wrong(self, seen: Checkpoint) -> str | None:
        if seen.log not in self.keyring.logs:
            return "unknown"
        leaves = self.logs.get(seen.log, Leaves())
        if seen.size <= leaves.size and leaves.root(seen.size) == seen.root:
            return None
        if any(_lost(seen, one) for one in self.keyring.recoveries):
            return None
        return "differs" if seen.size <= leaves.size else "beyond"

    def _bad(self, why: str, against: Checkpoint, *, line: int = 0, entry: str = "") -> BadError:
        """Either the end is lacking, or something differs after the last checkpoint that fits."""
        log, there = against.log, self.logs.get(against.log, Leaves()).size
        first = there if against.size > there else self._good.get(log, 0)
        places = Stretch(log, first, against.size) if first < against.size else None
        blamed = entry or (self.at(log, first) if first < there else "")
        after = self.at(log, first - 1) if first else ""
        detail = f"{log}.{against.size}"
        return BadError(why, entry=blamed, detail=detail, line=line, after=after, places=places)


def _lost(seen: Checkpoint, said: Recovery) -> bool:
    """Whether the root has said that what was seen is gone."""
    covered = said.size > seen.size or (said.size, said.root) == (seen.size, seen.root.hex())
    return said.before_epoch == seen.log and said.kept < seen.size and covered
