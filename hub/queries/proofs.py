"""An entry as it stands in the ledger, and the signed head that proves it."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from custody.chain import leaf
from custody.grants import Role
from custody.identifiers import CourtId, EventId, VolumeId
from hub.queries.kept import one_kept
from hub.queries.whereabouts import entry_row
from hub.store.tables import HeadRow
from hub.views import EntryProof

__all__ = ["proof"]


def proof(session: Session, court: CourtId, entry: str, *, roles: Collection[Role]) -> EntryProof | None:
    """The proof of one entry; none of what these roles may not see."""
    row = entry_row(session, court, entry)
    if row is None:
        return None
    if row.volume is not None and one_kept(session, court, VolumeId(row.volume), roles=roles) is None:
        return None
    head = session.get(HeadRow, (row.court, row.station, row.epoch, row.head))
    return EntryProof(
        id=EventId(f"{row.station}.{row.epoch}.{row.sequence}"),
        line=row.line.decode(errors="replace"),
        head="" if head is None else head.message.decode(),
        leaf=leaf(row.line).hex(),
        link=row.link.hex(),
        volume=None if row.volume is None else VolumeId(row.volume),
    )
