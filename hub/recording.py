"""Writes a judged batch and everything that follows from it, in the transaction it is given: one path for all stations.

The hub's own acts take the same path as a cabinet's entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from custody.entries import Entry
from custody.events import (
    CommandAnswered,
    DelegationEnded,
    DelegationGiven,
    DiscrepancyResolved,
    EpochOpened,
    LedgerContradicted,
    SealedAccountUsed,
)
from custody.identifiers import CourtId, StationId
from custody.messages import Head
from hub.core.discrepancies import at_doors, of_door, of_epoch, of_sealed
from hub.core.receiving import Commit
from hub.core.witnessing import of_ledger
from hub.feed import Changed
from hub.store.ledger import append
from hub.store.standings import affected, refold
from hub.store.tables import CommandRow, CourtRow, DiscrepancyRow, ResolutionRow
from hub.witnessing import raise_found

__all__ = ["answer_command", "record"]


def record(session: Session, head: Head, commit: Commit, *, message: bytes, now: int) -> Changed:
    """Append the batch, refold what it touches, and say what that changed."""
    court = session.get(CourtRow, head.court)
    assert court is not None, f"court {head.court} is not in the database"
    changed = append(session, head, commit, log=court.hub_epoch, message=message, received_at=now)
    volumes = affected(session, head.court, (one.entry for one in changed))
    refold(session, head.court, volumes)
    own = head.station == court.hub
    commands = frozenset(_follow(session, commit.entries, own=own))
    _look_at_doors(session, head.court, head.station, commit.entries)
    register = own or any(isinstance(one.fact, DelegationGiven | DelegationEnded) for one in commit.entries)
    return Changed(volumes=frozenset(volumes), stations=frozenset({head.station}), commands=commands, register=register)


def answer_command(
    session: Session, court: CourtId, command: str, *, station: StationId, outcome: str, entry: str, now: int
) -> bool:
    """Keep the one answer to a command; whether it was new. Only the station that was asked answers."""
    row = session.get(CommandRow, (court, command))
    if row is None or row.station != station or row.outcome is not None:
        return False
    row.outcome, row.entry, row.answered = outcome, entry, now
    return True


def _follow(session: Session, entries: Iterable[Entry], *, own: bool) -> Iterable[str]:
    """Facts that are more than where a volume is. What only the hub may say is believed of its own chain alone."""
    for entry in entries:
        match entry.fact:
            case EpochOpened():
                raise_found(session, entry.court, of_epoch(entry), time=entry.time)
            case SealedAccountUsed() if own:
                raise_found(session, entry.court, of_sealed(entry), time=entry.time)
            case LedgerContradicted():
                raise_found(session, entry.court, of_ledger(entry), time=entry.time)
            case CommandAnswered(command=command, result=result):
                answer_command(
                    session,
                    entry.court,
                    command,
                    station=entry.station,
                    outcome=result,
                    entry=entry.id,
                    now=entry.time,
                )
                yield command
            case DiscrepancyResolved() as fact if own:
                _resolve(session, entry, fact)
            case _:
                pass


def _look_at_doors(session: Session, court: CourtId, station: StationId, entries: Sequence[Entry]) -> None:
    """What is over by itself waits for nobody any more; the record keeps that it was."""
    waiting, over = at_doors(entries)
    if over:
        mine = (col(DiscrepancyRow.court) == court, col(DiscrepancyRow.station) == station)
        for row in session.exec(select(DiscrepancyRow).where(*mine)).all():
            if any(row.discrepancy.startswith(one) for one in over):
                session.delete(row)
    for entry in waiting.values():
        raise_found(session, court, of_door(entry), time=entry.time)


def _resolve(session: Session, entry: Entry, fact: DiscrepancyResolved) -> None:
    if session.get(ResolutionRow, (entry.court, fact.discrepancy)) is None:
        session.add(
            ResolutionRow(
                court=entry.court,
                discrepancy=fact.discrepancy,
                person=fact.person,
                decision=fact.decision,
                time=entry.time,
                entry=entry.id,
            )
        )
