"""The log over all chains: leaves are added as entries are committed, and root and proofs cost a handful of reads.

The tree is kept as C2SP tiles are: row ``(level, number)`` holds up to 64 neighbouring hashes of every sixth level.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlmodel import Session, col, select

from custody.checkpoints import Checkpoint
from custody.identifiers import CourtId
from custody.subtrees import EMPTY, consistency_of, inclusion_of, node_hash, root_of
from hub.store.tables import CheckpointRow, HeadRow, LogRow, TileRow

__all__ = ["Tree", "checkpoint_of", "grow", "index_of", "log_of", "logs", "newest_checkpoint"]

_HEIGHT = 6
_WIDTH = 1 << _HEIGHT
_SIZE = hashlib.sha256().digest_size


def log_of(session: Session, court: CourtId, log: str) -> LogRow:
    """The log of a hub epoch."""
    row = session.get(LogRow, (court, log))
    assert row is not None, f"log {log} is not in the database"
    return row


def logs(session: Session, court: CourtId) -> Sequence[LogRow]:
    """Every log of a court, oldest first."""
    return session.exec(select(LogRow).where(LogRow.court == court).order_by(col(LogRow.position))).all()


def grow(session: Session, court: CourtId, log: str, leaves: Sequence[bytes], *, worth: bool) -> int:
    """Add leaves; the index of the first of them. ``worth``: whether they ask for a checkpoint."""
    row = log_of(session, court, log)
    first, level, start = row.size, 0, row.size
    row.size += len(leaves)
    row.worth = row.size if worth else row.worth
    session.add(row)
    while leaves:
        leaves, start, level = _lay(session, row, level, start, leaves), start // _WIDTH, level + 1
    return first


class Tree:
    """Root and proofs of one log, from tiles that are read once each."""

    def __init__(self, session: Session, court: CourtId, log: str) -> None:
        self._session, self._court, self._log = session, court, log
        self._tiles: dict[tuple[int, int], bytes] = {}

    def root(self, size: int) -> bytes:
        return root_of(size, self._subtree) if size else EMPTY

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return inclusion_of(index, size, self._subtree)

    def consistency(self, size1: int, size2: int) -> list[bytes]:
        return consistency_of(size1, size2, self._subtree)

    def _subtree(self, level: int, number: int) -> bytes:
        tall, inner = divmod(level, _HEIGHT)
        first, count = number << inner, 1 << inner
        tile = self._tile(tall, first // _WIDTH)
        at = first % _WIDTH
        hashes = [tile[n * _SIZE : (n + 1) * _SIZE] for n in range(at, at + count)]
        return _over(hashes)

    def _tile(self, level: int, number: int) -> bytes:
        if (level, number) not in self._tiles:
            row = self._session.get(TileRow, (self._court, self._log, level, number))
            assert row is not None, f"tile {level}/{number} of log {self._log} is missing"
            self._tiles[level, number] = row.hashes
        return self._tiles[level, number]


def newest_checkpoint(session: Session, court: CourtId, log: str, *, below: int | None = None) -> CheckpointRow | None:
    """What was signed last of a log, or last below a size."""
    mine = [col(CheckpointRow.court) == court, col(CheckpointRow.log) == log]
    if below is not None:
        mine.append(col(CheckpointRow.size) < below)
    return session.exec(select(CheckpointRow).where(*mine).order_by(col(CheckpointRow.size).desc()).limit(1)).first()


def index_of(head: HeadRow, sequence: int) -> int:
    """Where an entry stored under this head stands in the log."""
    return head.log_index + sequence - head.first


def checkpoint_of(row: CheckpointRow) -> Checkpoint:
    return Checkpoint(row.log, row.size, row.root)


def _lay(session: Session, log: LogRow, level: int, start: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Put hashes into the tiles of a level from position ``start`` on; the hashes over tiles that became full."""
    full: list[bytes] = []
    position, rest = start, list(hashes)
    while rest:
        number, at = divmod(position, _WIDTH)
        taken, rest = rest[: _WIDTH - at], rest[_WIDTH - at :]
        row = session.get(TileRow, (log.court, log.log, level, number))
        if row is None:
            row = TileRow(court=log.court, log=log.log, level=level, number=number, hashes=b"")
        row.hashes = row.hashes[: at * _SIZE] + b"".join(taken)
        session.add(row)
        position += len(taken)
        if len(row.hashes) == _WIDTH * _SIZE:
            full.append(_over([row.hashes[n : n + _SIZE] for n in range(0, len(row.hashes), _SIZE)]))
    return full


def _over(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]
