"""Removes records that the hub has had for long enough. By the time floor: no wall clock deletes a record.

Once a day a mark says up to which record the hub has everything. When the mark is old enough, what lies before it goes;
so records go in the order they came, and the chain stays whole from the first one kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from custody import wire
from custody.wire import Malformed
from edge.clocks import Clocks
from edge.custodian import Custodian
from edge.errors import JournalFullError
from edge.journal import Journal

__all__ = ["MOST_BYTES", "Retention"]

_log = logging.getLogger(__name__)
_DAY = 24 * 60 * 60 * 1000
_KEY = "retention"
MOST_BYTES = 2_000_000_000
"""Above this size of the journal the oldest records that the hub has go before their days are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """At ``time`` (the floor, ms since 1970) the hub had every record up to ``position``."""

    time: int
    position: int


class Retention:
    """Looks once a day. ``due`` is when ``tick`` is wanted next (uptime, ms)."""

    def __init__(self, journal: Journal, custodian: Custodian, clocks: Clocks, *, days: int) -> None:
        self._journal, self._custodian, self._clocks, self._days = journal, custodian, clocks, days
        self.due = clocks.uptime()

    def tick(self) -> None:
        uptime = self._clocks.uptime()
        if uptime < self.due:
            return
        self.due = uptime + _DAY
        now = self._custodian.view().now
        if now <= 0:
            return  # the hub has not told the time yet
        marks = self._marks()
        over = [one for one in marks if one.time <= now - self._days * _DAY]
        upto = max((one.position for one in over), default=0)
        if self._journal.size() > MOST_BYTES:
            upto = max(upto, marks[len(marks) // 2].position if marks else 0)
        kept = [one for one in marks if one.position > upto]
        with_hub = self._journal.with_hub()
        if not kept or (kept[-1].time <= now - _DAY and kept[-1].position < with_hub):
            kept.append(_Mark(time=now, position=with_hub))
        if kept == marks:
            return
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                gone = transaction.forget_upto(upto) if upto else 0
                transaction.keep(_KEY, wire.encode(tuple(kept)))
        except JournalFullError as error:
            _log.error("old records were not removed, the journal is full: file=%s", error.fields["file"])
            return
        if gone:
            _log.info("records that the hub has were removed after their time: count=%d", gone)

    def _marks(self) -> list[_Mark]:
        marks = wire.decode(self._journal.kept(_KEY) or b"[]", tuple[_Mark, ...])
        return [] if isinstance(marks, Malformed) else list(marks)
