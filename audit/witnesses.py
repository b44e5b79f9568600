"""Checkpoints against the log, and what others have seen against both: notes, signed heads, what somebody kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit.bad import BadError
from audit.keyring import Keyring
from audit.log import Leaves
from custody import checkpoints, envelope
from custody.checkpoints import Checkpoint, origin_line, read_text
from custody.identifiers import CourtId
from custody.messages import Recovery

__all__ = ["Named", "Seen", "check_named", "check_notes", "check_seen", "read_note", "read_seen"]


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


def check_notes(notes: Iterable[Named], logs: Mapping[str, Leaves], firsts: Mapping[tuple[str, int], str]) -> None:
    """Each signed checkpoint is the root of the leaves below its size. ``firsts``: entry at an index, for blame."""
    good: dict[str, int] = {}
    for one in notes:
        log, size = one.checkpoint.log, one.checkpoint.size
        leaves = logs.get(log, Leaves())
        if size > leaves.size:
            raise BadError("checkpoint_beyond", entry=f"{log}.{size}", detail=str(leaves.size), line=one.line)
        if leaves.root(size) != one.checkpoint.root:
            blamed = firsts.get((log, good.get(log, 0)), "")
            raise BadError("checkpoint_root", entry=blamed, detail=f"{good.get(log, 0) + 1}-{size}", line=one.line)
        good[log] = size


def check_named(named: Sequence[Named], logs: Mapping[str, Leaves], keyring: Keyring) -> None:
    """Whatever a station has signed for is what the log had, or is what the root says was lost."""
    known: dict[Checkpoint, str | None] = {}
    for one in named:
        if one.checkpoint not in known:
            known[one.checkpoint] = _wrong(one.checkpoint, logs, keyring)
        why = known[one.checkpoint]
        if why is not None:
            raise BadError(f"witness_{why}", entry=one.entry, detail=_told(one.checkpoint), line=one.line)


def check_seen(seen: Checkpoint, logs: Mapping[str, Leaves], keyring: Keyring) -> None:
    """What the auditor has kept is what the log had."""
    why = _wrong(seen, logs, keyring)
    if why is not None:
        raise BadError(f"seen_{why}", detail=_told(seen))


def _wrong(seen: Checkpoint, logs: Mapping[str, Leaves], keyring: Keyring) -> str | None:
    if seen.log not in keyring.logs:
        return "unknown"
    leaves = logs.get(seen.log, Leaves())
    if seen.size <= leaves.size and leaves.root(seen.size) == seen.root:
        return None
    if any(_lost(seen, one) for one in keyring.recoveries):
        return None
    return "differs" if seen.size <= leaves.size else "beyond"


def _lost(seen: Checkpoint, said: Recovery) -> bool:
    """Whether the root has said that what was seen is gone."""
    covered = said.size > seen.size or (said.size, said.root) == (seen.size, seen.root.hex())
    return said.before_epoch == seen.log and said.kept < seen.size and covered


def _told(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.log}.{checkpoint.size}"
