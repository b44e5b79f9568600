"""Whether a signed batch may be committed: what the header says, what the lines say, and what is stored agree.

A fact is never judged here, and a signed line that cannot be read is kept in its place as unrecognised, so that it
never blocks its chain. What is refused is a history that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from custody import chain, wire
from custody.chain import Broken, Continues, Fork, Gap, Repeats, Tip
from custody.entries import Entry
from custody.events import EpochOpened, Unrecognised
from custody.identifiers import CourtId, StationId
from custody.messages import Head

__all__ = ["Batch", "Commit", "Judged", "Refuse", "judge_batch", "read_head"]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch whose signature is proven: its head, the exact message it came in, and its lines."""

    head: Head
    message: bytes
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """Append these: lines, their links and what they say, all the same length, from ``first`` on."""

    first: int
    lines: tuple[bytes, ...]
    links: tuple[bytes, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not committed. ``code`` names the incident, ``detail`` the place; ``at`` the sequence, if one is to blame."""

    code: str
    detail: str = ""
    at: int = 0


Judged = Commit | Repeats | Gap | Fork | Refuse


def read_head(header: bytes, *, court: CourtId, station: StationId) -> Head | Refuse:
    """The header of a batch that came on this station's topic and bears this station's signature."""
    head = wire.decode(header, Head)
    if isinstance(head, wire.Malformed):
        return Refuse("header_malformed", head.why)
    if (head.court, head.station) != (court, station):
        return Refuse("wrong_station", f"{head.court}/{head.station}")
    if not (_is_link(head.before) and _is_link(head.after)) or not _is_epoch(head.epoch):
        return Refuse("header_malformed", "before, after, epoch")
    return head


def judge_batch(batch: Batch, *, tip: Tip, link_at: Callable[[int], bytes]) -> Judged:
    """What becomes of a batch. ``tip`` and ``link_at`` are the stored chain's, as in ``custody.chain.judge``."""
    head = batch.head
    verdict = chain.judge(
        batch.lines,
        first=head.first,
        last=head.last,
        before=bytes.fromhex(head.before),
        after=bytes.fromhex(head.after),
        tip=tip,
        link_at=link_at,
    )
    match verdict:
        case Broken(why=why):
            return Refuse(f"batch_{why}", f"{head.first}-{head.last}")
        case Continues(skip=skip, links=links):
            return _read(head, batch.lines[skip:], links, first=head.first + skip)
        case _:
            return verdict


_LONGEST_EPOCH = 32
_EPOCH_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_LINK = 64


def _is_link(text: str) -> bool:
    return len(text) == _LINK and set(text) <= frozenset("0123456789abcdef")


def _is_epoch(epoch: str) -> bool:
    """An epoch's id is part of entry ids and so must not confuse them."""
    return 0 < len(epoch) <= _LONGEST_EPOCH and set(epoch) <= _EPOCH_LETTERS


def _read(head: Head, lines: Sequence[bytes], links: tuple[bytes, ...], *, first: int) -> Commit | Refuse:
    entries = []
    for sequence, line in enumerate(lines, start=first):
        entry, _ = wire.entry_at(line, court=head.court, station=head.station, epoch=head.epoch, sequence=sequence)
        if sequence == 1 and not isinstance(entry.fact, EpochOpened | Unrecognised):
            return Refuse("epoch_not_opened", entry.fact.kind, sequence)
        entries.append(entry)
    return Commit(first, tuple(lines), links, tuple(entries))
