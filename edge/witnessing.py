"""Watches the hub: each checkpoint must extend the last one accepted here, or it is evidence against the hub.

What was accepted last survives every restart, is named in all that this station signs, and is recorded once a day.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from custody import checkpoints, wire
from custody.checkpoints import Accepted, Checkpoint, Doubtful, Offered, Unneeded
from custody.events import CheckpointAccepted, Doubt, LedgerContradicted
from custody.messages import CheckpointOffer
from custody.roots import Handed
from custody.wire import Malformed
from edge.believing import Belief
from edge.clocks import Clocks
from edge.errors import JournalFullError, JournalUnusableError
from edge.journal import Journal, Transaction

__all__ = ["Witness", "kept_checkpoint"]

_log = logging.getLogger(__name__)
_DAY = 24 * 60 * 60 * 1000
_KEY = "checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is remembered: the name of the checkpoint accepted last, its note, and which logs were left for newer ones.

    ``recorded``: when one was recorded last, by the time floor. ``doubted``: what was recorded against the hub since.
    ``roots``: how the root was handed down.
    """

    name: str | None = None
    note: bytes = b""
    left: tuple[str, ...] = ()
    recorded: int = 0
    doubted: tuple[str, ...] = ()
    roots: tuple[Handed, ...] = ()


def kept_checkpoint(journal: Journal) -> Kept:
    """What a journal remembers of the hub's log."""
    stored = journal.kept(_KEY)
    if stored is None:
        return Kept()
    kept = wire.decode(stored, Kept)
    if isinstance(kept, Malformed):
        raise JournalUnusableError("journal.state", file=str(journal.file), name=_KEY, why=kept.why)
    return kept


class Witness:
    """``now``: the time floor. ``name`` is the newest checkpoint accepted, as everything signed here names it."""

    def __init__(self, *, journal: Journal, belief: Belief, clocks: Clocks, now: Callable[[], int]) -> None:
        self._journal, self._belief, self._clocks, self._now = journal, belief, clocks, now
        self._kept = kept_checkpoint(journal)

    @property
    def name(self) -> str | None:
        return self._kept.name

    @property
    def log(self) -> str | None:
        """The log whose checkpoints are accepted: a hub epoch. None before the first."""
        last = None if self._kept.name is None else checkpoints.named(self._kept.name)
        return None if last is None else last.log

    @property
    def left(self) -> tuple[str, ...]:
        """Logs that were left for newer ones, by the root's word."""
        return self._kept.left

    def meet(self, offer: CheckpointOffer) -> bool:
        """Take an offer in; whether a proof is to be asked for."""
        checkpoint = self._belief.checkpoint(offer.note)
        if checkpoint is None:
            return False
        handed = self._handed(offer)
        roots = self._belief.roots(handed)
        read = (self._belief.recovery(one, roots) for one in offer.recoveries)
        offered = Offered(
            checkpoint=checkpoint,
            proofs={one.size: one.hashes for one in offer.proofs},
            recoveries=tuple(one for one in read if one is not None),
            heard=offer.heard,
        )
        last = None if self._kept.name is None else checkpoints.named(self._kept.name)
        match checkpoints.judge(last, offered, left=frozenset(self._kept.left)):
            case Accepted(doubt=doubt):
                self._accept(checkpoint, last, offer.note, doubt)
            case Doubtful(why=why):
                self._doubt(why, checkpoint, offer.note)
            case Unneeded.UNPROVEN:
                return True
            case Unneeded():
                pass
        return False

    def _handed(self, offer: CheckpointOffer) -> tuple[Handed, ...]:
        """How the root was handed down: what was heard once is not unlearnt, and only what follows it is learnt."""
        known = self._kept.roots
        follows = offer.roots[: len(known)] == known and len(offer.roots) > len(known)
        if not follows or self._belief.roots(offer.roots) is None:
            return known
        self._keep(replace(self._kept, roots=offer.roots), lambda _: None)
        return offer.roots

    def _accept(self, checkpoint: Checkpoint, last: Checkpoint | None, note: bytes, doubt: Doubt | None) -> None:
        now = self._now()
        due = self._kept.name is None or now >= self._kept.recorded + _DAY
        new_log = last is not None and last.log != checkpoint.log
        kept = replace(
            self._kept,
            name=checkpoints.name(checkpoint),
            note=note,
            left=(*self._kept.left, last.log) if last is not None and new_log else self._kept.left,
            recorded=now if due or new_log else self._kept.recorded,
            doubted=() if new_log else self._kept.doubted,
        )

        def record(transaction: Transaction) -> None:
            if doubt is not None:
                transaction.append(self._against(doubt, note))
            if due or new_log:
                said = _text(note)
                transaction.append(
                    CheckpointAccepted(
                        hub_epoch=checkpoint.log, size=checkpoint.size, root=checkpoint.root.hex(), note=said
                    )
                )

        self._keep(kept, record)

    def _doubt(self, why: Doubt, checkpoint: Checkpoint, note: bytes) -> None:
        """Recorded once for what was accepted last: a hub that goes on so must not fill the journal."""
        _log.error("the hub contradicts itself: why=%s offered=%s", why, checkpoints.name(checkpoint))
        mark = f"{why} {self._kept.name}"
        if mark in self._kept.doubted:
            return
        kept = replace(self._kept, doubted=(*self._kept.doubted[-7:], mark))
        self._keep(kept, lambda transaction: transaction.append(self._against(why, note)))

    def _against(self, why: Doubt, note: bytes) -> LedgerContradicted:
        return LedgerContradicted(why=why, accepted=self._kept.name or "", note=_text(note))

    def _keep(self, kept: Kept, record: Callable[[Transaction], object]) -> None:
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                record(transaction)
                transaction.keep(_KEY, wire.encode(kept))
        except JournalFullError as error:
            _log.error("a checkpoint was not recorded, the journal is full: file=%s", error.fields["file"])
            return
        self._kept = kept


def _text(note: bytes) -> str:
    return base64.b64encode(note).decode()
