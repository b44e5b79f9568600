"""Removes records that the hub has had for long enough. By the time floor: no wall clock deletes a record."""

from __future__ import annotations

import logging

from edge.clocks import Clocks
from edge.custodian import Custodian
from edge.errors import JournalFullError
from edge.journal import Journal

__all__ = ["Retention"]

_log = logging.getLogger(__name__)
_DAY = 24 * 60 * 60 * 1000


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
        before = self._custodian.view().now - self._days * _DAY
        if before <= 0:
            return  # the hub has not told the time yet
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                gone = transaction.forget_before(before)
        except JournalFullError as error:
            _log.error("old records were not removed, the journal is full: file=%s", error.fields["file"])
            return
        if gone:
            _log.info("records that the hub has were removed after their time: count=%d", gone)
