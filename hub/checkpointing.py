"""Signs checkpoints of the log whenever it has grown by something that asks for one, and offers them to the stations.

A checkpoint that a station has signed for and this log does not have stops it: only a recovery goes on from there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from custody import checkpoints
from custody.checkpoints import Checkpoint, note_text, origin_line
from custody.envelope import sign_note
from custody.identifiers import CourtId
from custody.messages import CheckpointOffer, Proof
from hub.outgoing import Outgoing, Voice
from hub.root_key import handed_down
from hub.store.database import Database
from hub.store.log import Tree, log_of, logs, newest_checkpoint
from hub.store.tables import CheckpointRow
from hub.witnessing import doubted, witnessed_sizes

__all__ = ["Checkpointing", "offer_to"]

_LOG = logging.getLogger(__name__)


class Checkpointing:
    """``every``: seconds between two checkpoints at least. ``start`` runs it in a thread; ``sign`` does one by hand."""

    def __init__(
        self, *, court: CourtId, database: Database, voice: Voice, every: float, clock: Callable[[], int]
    ) -> None:
        self._court, self._log = court, voice.hub_epoch
        self._database, self._voice, self._clock, self._every = database, voice, clock, every
        self._publish: Callable[[Outgoing], object] = lambda _: None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="checkpoints", daemon=True)

    def start(self, publish: Callable[[Outgoing], object]) -> None:
        self._publish = publish
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def sign(self) -> CheckpointRow | None:
        """Sign where the log stands, if it has grown by what is worth it."""
        with self._database.write() as session:
            return sign(session, self._court, self._log, key=self._voice.key, now=self._clock())

    def publish_newest(self) -> None:
        """Publish the newest once more: the broker may have forgotten it."""
        with self._database.read() as session:
            offered = offer(session, self._court, self._log)
        if offered is not None:
            self._publish(self._voice.checkpoint(offered))

    def _work(self) -> None:
        while True:
            try:
                if self.sign() is not None:
                    self.publish_newest()
            except Exception:  # noqa: BLE001  # a failed round must not end all later ones
                _LOG.exception("a checkpoint could not be signed; trying again")
            if self._stopping.wait(self._every):
                return


def sign(session: Session, court: CourtId, log: str, *, key: Ed25519PrivateKey, now: int) -> CheckpointRow | None:
    """Keep a new checkpoint. None while nothing asks for it, or a station has seen another history."""
    row, newest = log_of(session, court, log), newest_checkpoint(session, court, log)
    if row.worth <= (0 if newest is None else newest.size):
        return None
    if doubted(session, court, log):
        _LOG.error("no checkpoint is signed: a station has seen another history; run yungui-hub recover")
        return None
    root = Tree(session, court, log).root(row.size)
    text = note_text(Checkpoint(log, row.size, root), court=court, time=now)
    note = sign_note(text, name=origin_line(court), key=key)
    made = CheckpointRow(court=court, log=log, size=row.size, root=root, note=note, made_at=now)
    session.add(made)
    return made


def offer(session: Session, court: CourtId, log: str) -> CheckpointOffer | None:
    """The newest checkpoint for everybody, with proofs from what stations have named last and from the one before."""
    newest = newest_checkpoint(session, court, log)
    if newest is None:
        return None
    before = newest_checkpoint(session, court, log, below=newest.size)
    sizes = witnessed_sizes(session, court, log) | ({before.size} if before is not None else set())
    return _offer(session, newest, sizes, heard=None)


def offer_to(session: Session, court: CourtId, log: str, heard: str | None) -> CheckpointOffer | None:
    """The newest checkpoint for one station, with a proof from the one it has just named."""
    newest = newest_checkpoint(session, court, log)
    if newest is None:
        return None
    known = None if heard is None else checkpoints.named(heard)
    sizes = {known.size} if known is not None and known.log == log else set()
    return _offer(session, newest, sizes, heard=heard)


def _offer(session: Session, newest: CheckpointRow, sizes: Collection[int], *, heard: str | None) -> CheckpointOffer:
    tree = Tree(session, CourtId(newest.court), newest.log)
    within = sorted((size for size in sizes if 0 < size < newest.size), reverse=True)
    opened = reversed(logs(session, CourtId(newest.court)))
    recoveries = [message for one in opened for message in reversed((one.recovery or b"").split(b"\n\n")) if message]
    proofs = [Proof(size=size, hashes=tuple(tree.consistency(size, newest.size))) for size in within]
    return CheckpointOffer(
        court=CourtId(newest.court),
        note=newest.note,
        proofs=tuple(proofs),
        recoveries=tuple(recoveries),
        roots=handed_down(session, CourtId(newest.court)),
        heard=heard,
    )
