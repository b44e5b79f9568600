"""Checkpoints of the hub's log: how they are written, how they are named, and whether one may follow another.

A checkpoint is a signed note (C2SP tlog-checkpoint): origin, size, root, then two lines of our own, the log and the
time. A log is one hub epoch's; a new one follows an old one only by a statement of the root key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from custody.events import Doubt
from custody.identifiers import CourtId
from custody.merkle import verify_consistency
from custody.messages import Recovery
from custody.wire import when

__all__ = [
    "Accepted",
    "Checkpoint",
    "Doubtful",
    "Judged",
    "Offered",
    "Unneeded",
    "judge",
    "name",
    "named",
    "note_text",
    "origin_line",
    "read_text",
]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log of one hub epoch at one size."""

    log: str
    size: int
    root: bytes


def origin_line(court: CourtId) -> str:
    """Whose log it is: the first line of each note, and the name of the key that signs it."""
    return f"yungui/{court}"


def note_text(checkpoint: Checkpoint, *, court: CourtId, time: int) -> str:
    """What is signed. ``time``: milliseconds since 1970."""
    root = base64.b64encode(checkpoint.root).decode()
    lines = (origin_line(court), str(checkpoint.size), root, f"log {checkpoint.log}", f"time {when(time)}")
    return "\n".join(lines) + "\n"


def read_text(text: str, *, court: CourtId) -> Checkpoint | None:
    """The checkpoint in the text of a note; none if it is not one of this court."""
    found = _TEXT.fullmatch(text)
    if found is None or found["origin"] != origin_line(court):
        return None
    return Checkpoint(found["log"], int(found["size"]), base64.b64decode(found["root"]))


def name(checkpoint: Checkpoint) -> str:
    """How a station names a checkpoint in what it signs: ``log.size.root``."""
    return f"{checkpoint.log}.{checkpoint.size}.{checkpoint.root.hex()}"


def named(text: str) -> Checkpoint | None:
    """The checkpoint of a name; none if it is no name."""
    found = _NAME.fullmatch(text)
    return None if found is None else Checkpoint(found["log"], int(found["size"]), binascii.unhexlify(found["root"]))


_TEXT = re.compile(
    r"(?P<origin>yungui/[a-z0-9._-]+)\n(?P<size>[1-9][0-9]{0,15})\n(?P<root>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n"
    r"log (?P<log>[a-z0-9]{1,32})\ntime [0-9T:.-]{23}Z\n"
)
_NAME = re.compile(r"(?P<log>[a-z0-9]{1,32})\.(?P<size>[1-9][0-9]{0,15})\.(?P<root>[0-9a-f]{64})")


# --- whether a checkpoint may follow another --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A checkpoint as the hub offers it. ``heard``: the name it answers, if it answers one."""

    checkpoint: Checkpoint
    proofs: Mapping[int, Sequence[bytes]]
    recoveries: Sequence[Recovery]  # newest first; their signatures are checked
    heard: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """It extends the one before, or is the first, or the root has opened its log. ``doubt``: still worth recording."""

    checkpoint: Checkpoint
    doubt: Doubt | None = None


class Unneeded(StrEnum):
    """Why an offer changes nothing."""

    SAME = "same"
    OLDER = "older"
    UNPROVEN = "unproven"  # newer, and no proof from what is accepted came with it: ask


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The hub contradicts what it has signed before."""

    why: Doubt


Judged = Accepted | Unneeded | Doubtful


def judge(accepted: Checkpoint | None, offered: Offered, *, left: frozenset[str] = frozenset()) -> Judged:
    """What to make of an offer. ``left``: logs that this station has left for a newer one."""
    new = offered.checkpoint
    if accepted is None:
        return Accepted(new)
    if new.log != accepted.log:
        return Unneeded.OLDER if new.log in left else _recovered(accepted, offered)
    if new.size == accepted.size:
        return Unneeded.SAME if new.root == accepted.root else Doubtful(Doubt.NOT_EXTENDING)
    if new.size < accepted.size:
        knew = offered.heard == name(accepted)
        return Doubtful(Doubt.ROLLED_BACK) if knew else Unneeded.OLDER
    proof = offered.proofs.get(accepted.size)
    if proof is None:
        return Unneeded.UNPROVEN
    if verify_consistency(accepted.size, new.size, list(proof), accepted.root, new.root):
        return Accepted(new)
    return Doubtful(Doubt.NOT_EXTENDING)


def _recovered(accepted: Checkpoint, offered: Offered) -> Judged:
    """Follow the root's statements from the offered log back to the one this station knows."""
    log = offered.checkpoint.log
    for one in offered.recoveries:
        if one.hub_epoch != log:
            continue
        if one.before_epoch == accepted.log:
            short = one.size < accepted.size or (one.size == accepted.size and one.root != accepted.root.hex())
            return Accepted(offered.checkpoint, Doubt.RECOVERED_BEFORE if short else None)
        log = one.before_epoch
    return Doubtful(Doubt.UNRECOVERED)
