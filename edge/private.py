"""Private values on their way to the hub: sent until the hub answers for each by its id, and then gone from here.

They share the connection with the records and nothing else: neither waits for the other. A value that the hub cannot
read stays, and is offered again now and then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from custody import envelope, wire
from custody.events import ValueErased
from custody.messages import PrivateAnswer, PrivateMessage, PrivateVerdict, Purpose
from edge.clocks import Clocks
from edge.core.confidence import Asked, asked_again, due, wanted
from edge.errors import JournalFullError
from edge.journal import Journal
from edge.reporting import Identity

__all__ = ["Private"]

_log = logging.getLogger(__name__)
_IDLE = 60_000  # ms between looks when nothing is here


class Private:
    """``withheld``: the values of a session under way, which do not leave before it says so."""

    def __init__(
        self,
        identity: Identity,
        *,
        journal: Journal,
        clocks: Clocks,
        withheld: Callable[[], Collection[str]],
        send: Callable[[bytes], bool],
    ) -> None:
        self._who, self._journal, self._clocks = identity, journal, clocks
        self._withheld, self._send = withheld, send
        self._asked: dict[str, Asked] = {}
        self.due = clocks.uptime()

    def connected(self) -> None:
        """Whatever was sent on another connection may be lost: all is offered again."""
        self._asked = {}
        self.due = self._clocks.uptime()

    def tick(self) -> None:
        """Send what is due. Call it while connected."""
        uptime = self._clocks.uptime()
        here = {value: sealed for value, sealed in self._journal.private() if value not in self._withheld()}
        for value in wanted(tuple(here), self._asked, uptime):
            if not self._send(self._message(value, here[value])):
                break
            self._asked[value] = asked_again(self._asked.get(value), uptime)
        again = due(tuple(here), self._asked)
        self.due = uptime + _IDLE if again is None else again

    def answered(self, payload: bytes) -> None:
        """The hub's word on one value. Only its signature counts: an old answer is as true as a new one."""
        answer = self._who.belief.read(payload, purpose=Purpose.PRIVATE_ANSWER, kind=PrivateAnswer)
        if answer is None:
            return
        if answer.verdict is PrivateVerdict.REFUSED:
            _log.error("the hub cannot read a private value: value=%s why=%s", answer.value, answer.why)
            return
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                if transaction.erase(answer.value) and answer.verdict is PrivateVerdict.ERASED:
                    transaction.append(ValueErased(value=answer.value))
        except JournalFullError as error:
            _log.error("a private value stays for now, the journal is full: file=%s", error.fields["file"])
            return
        self._asked.pop(answer.value, None)

    def _message(self, value: str, sealed: bytes) -> bytes:
        settings = self._who.settings
        message = PrivateMessage(court=settings.court, station=settings.station, value=value, sealed=sealed)
        return envelope.sign(wire.encode(message), purpose=Purpose.PRIVATE, key=self._who.keys.signing)
