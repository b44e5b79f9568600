"""A pickup code as its holder carries it: printed once, when it is issued, for nobody can read it again."""

from __future__ import annotations

from collections.abc import Sequence

from hub.telling import Telling
from paper.prints.ticket import Ticket, ticket_sheet

__all__ = ["code_ticket"]

_MOST_TITLES = 5


def code_ticket(
    digits: str, *, court: str, name: str, titles: Sequence[str], since: int, until: int, tell: Telling
) -> bytes:
    """The PDF. Times in milliseconds since 1970; ``titles``: of the volumes it is for."""
    say = tell.say
    left = len(titles) - _MOST_TITLES
    named = (*titles[:_MOST_TITLES], *((say("ticket.more", n=left),) if left > 0 else ()))
    times = say("ticket.times", since=tell.date_time(since), until=tell.date_time(until))
    ticket = Ticket(
        court=court,
        title=say("ticket.title"),
        code=digits,
        digits=f"{digits[:4]} {digits[4:]}",
        lines=(say("ticket.for", name=name), times, say("ticket.how"), *named),
        foot=say("ticket.foot"),
    )
    return ticket_sheet(ticket)
