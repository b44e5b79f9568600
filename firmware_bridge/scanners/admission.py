"""What of a reading goes on into the station: short, printable, and a badge as the one text of its card.

Whoever holds a strange code before a reader gets it refused here, at the edge, and nothing behind ever sees it.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from firmware_bridge.scanners.badges import TEXT_LIMIT, Form, number_of
from firmware_bridge.scanners.lines import Flaw, Reading, Unreadable

LABEL_LIMIT: Final = 64
HOLD_SECONDS: Final = 1.0

Outcome: TypeAlias = Reading | Unreadable


@dataclass(frozen=True, slots=True)
class Admission:
    """The rules of one reader. `badge` None: it reads labels. `no_read`: what a scanner types when it read nothing."""

    badge: Form | None = None
    keep_bytes: int = 8
    no_read: str = "NR"


def admit(outcome: Outcome, rules: Admission) -> Outcome:
    """The reading as it goes on, or why it does not."""
    if isinstance(outcome, Unreadable):
        return outcome
    raw = outcome.text.encode(errors="replace")
    if rules.no_read and outcome.text == rules.no_read:
        return Unreadable(Flaw.NO_READ, raw)
    if not outcome.text.isprintable():
        return Unreadable(Flaw.CONTROL_CHARACTER, raw[:LABEL_LIMIT])
    limit = LABEL_LIMIT if rules.badge is None else TEXT_LIMIT
    if len(outcome.text) > limit:
        return Unreadable(Flaw.TOO_LONG, raw[:limit])
    if rules.badge is None:
        return outcome
    number = number_of(outcome.text, rules.badge, keep_bytes=rules.keep_bytes)
    return Unreadable(Flaw.NOT_A_BADGE, raw) if number is None else Reading(number, outcome.symbology)


class Held:
    """A card that stays on its reader, a label that stays under the scanner, is told again and again: once counts."""

    def __init__(self, seconds: float = HOLD_SECONDS) -> None:
        self._seconds = seconds
        self._text, self._at = "", float("-inf")

    def still(self, text: str, now: float) -> bool:
        """Whether this is the same as just before, without a break."""
        same = text == self._text and now - self._at < self._seconds
        self._text, self._at = text, now
        return same
