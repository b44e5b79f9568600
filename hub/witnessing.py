"""Keeps which checkpoint each station has signed for, and raises those that contradict this hub's log.

The evidence is the signed head itself, which is kept like any other; the rows here only find it.
"""

from __future__ import annotations

import logging

from sqlmodel import Session, col, select

from custody import checkpoints
from custody.identifiers import CourtId, EventId, StationId
from hub.core.discrepancies import Found
from hub.core.witnessing import Witnessed, of_witness, stand
from hub.feed import Changed
from hub.store.log import Tree, log_of, logs
from hub.store.tables import DiscrepancyRow, WitnessRow

__all__ = ["doubted", "raise_found", "witness", "witnessed_sizes"]

_LOG = logging.getLogger(__name__)
_MOST_SIZES = 32


def witness(
    session: Session, court: CourtId, log: str, station: StationId, named: str | None, *, entry: EventId, now: int
) -> Changed:
    """A station has named, in what it signed, the newest checkpoint it has accepted."""
    if named is None:
        return Changed()
    row = session.get(WitnessRow, (court, station))
    if row is not None and f"{row.log}.{row.size}.{row.root}" == named and row.verdict == Witnessed.AGREES:
        row.at = now
        return Changed()
    read = checkpoints.named(named)
    past = {one.log for one in logs(session, court)} - {log}
    size = log_of(session, court, log).size
    verdict = stand(read, log=log, size=size, past=past, root_at=Tree(session, court, log).root)
    found = of_witness(station, named, verdict, entry=entry)
    if found is not None:
        _LOG.error("a station has seen another ledger: station=%s named=%s verdict=%s", station, named, verdict)
    if read is not None:
        kept = WitnessRow(
            court=court,
            station=station,
            log=read.log,
            size=read.size,
            root=read.root.hex(),
            verdict=verdict.value,
            at=now,
        )
        session.merge(kept)
    return raise_found(session, court, found, time=now)


def raise_found(session: Session, court: CourtId, found: Found | None, *, time: int) -> Changed:
    """Put it before a person, once."""
    if found is None or session.get(DiscrepancyRow, (court, found.id)) is not None:
        return Changed()
    assert found.station is not None
    session.add(
        DiscrepancyRow(
            court=court, discrepancy=found.id, kind=found.kind, station=found.station, entry=found.entry, time=time
        )
    )
    return Changed(stations=frozenset({found.station}))


def doubted(session: Session, court: CourtId, log: str) -> bool:
    """Whether a station has signed for a state of this log that it does not have. Then nothing more is signed of it.

    What stations sent again after a backup was put back may have brought the log to where it was.
    """
    wrong = (col(WitnessRow.verdict).in_((Witnessed.AHEAD.value, Witnessed.DIFFERS.value)), col(WitnessRow.log) == log)
    size, tree = log_of(session, court, log).size, Tree(session, court, log)
    for row in session.exec(select(WitnessRow).where(col(WitnessRow.court) == court, *wrong)):
        if row.size > size or tree.root(row.size).hex() != row.root:
            return True
        row.verdict = Witnessed.AGREES.value
        session.add(row)
    return False


def witnessed_sizes(session: Session, court: CourtId, log: str) -> frozenset[int]:
    """The sizes that stations have named last, the newest of them."""
    mine = (
        col(WitnessRow.court) == court,
        col(WitnessRow.log) == log,
        col(WitnessRow.verdict) == Witnessed.AGREES.value,
    )
    sizes = select(WitnessRow.size).where(*mine).distinct().order_by(col(WitnessRow.size).desc()).limit(_MOST_SIZES)
    return frozenset(session.exec(sizes).all())
