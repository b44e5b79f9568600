"""The hub's own chain: what people do at the hub, and what the hub issues, signed and kept like any station's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from custody import envelope, wire
from custody.chain import links
from custody.entries import Clock, Entry
from custody.events import Fact
from custody.identifiers import CourtId, StationId
from custody.messages import Head, Purpose
from hub.core.receiving import Commit
from hub.feed import Changed
from hub.recording import record
from hub.store.ledger import tip_of

__all__ = ["OwnChain"]

_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChain:
    """Who this hub is and what tells it the time. ``clock``: wall; ``uptime``: since boot ``boot``; milliseconds."""

    court: CourtId
    hub: StationId
    epoch: str
    key: Ed25519PrivateKey
    boot: str
    clock: Callable[[], int]
    uptime: Callable[[], int]

    def append(self, session: Session, facts: Sequence[Fact]) -> Changed:
        """Sign these facts and record them, in the transaction of what they are about."""
        volumes: set[str] = set()
        changed = Changed()
        for start in range(0, len(facts), _AT_ONCE):
            changed = self._append(session, facts[start : start + _AT_ONCE])
            volumes |= changed.volumes
        return Changed(
            volumes=frozenset(volumes),  # type: ignore[arg-type]
            stations=changed.stations,
            commands=changed.commands,
            register=True,
        )

    def _append(self, session: Session, facts: Sequence[Fact]) -> Changed:
        tip = tip_of(session, self.court, self.hub, epoch=self.epoch)
        now, uptime = self.clock(), self.uptime()
        entries = tuple(
            Entry(
                court=self.court,
                station=self.hub,
                epoch=self.epoch,
                sequence=sequence,
                boot=self.boot,
                uptime=uptime,
                time=now,
                clock=Clock.SYNCHRONISED,
                fact=fact,
            )
            for sequence, fact in enumerate(facts, start=tip.sequence + 1)
        )
        lines = tuple(map(wire.encode_event, entries))
        after = links(tip.link, lines)
        head = Head(
            court=self.court,
            station=self.hub,
            epoch=self.epoch,
            first=tip.sequence + 1,
            last=tip.sequence + len(facts),
            before=tip.link.hex(),
            after=after[-1].hex(),
        )
        message = envelope.sign(wire.encode(head), purpose=Purpose.EVENTS, key=self.key)
        commit = Commit(first=head.first, lines=lines, links=after, entries=entries)
        return record(session, head, commit, message=message, now=now)
