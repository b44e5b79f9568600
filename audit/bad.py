"""What stops a verification: a code, and the place to blame."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BadError", "Stretch"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places of a log, from ``first`` up to, and without, ``end``."""

    log: str
    first: int
    end: int

    def __str__(self) -> str:
        only = self.end == self.first + 1
        return f"{self.log}.{self.first}" if only else f"{self.log}.{self.first}\u2013{self.end - 1}"


class BadError(Exception):
    """``why`` is a code (``bad.<why>`` in the catalogues).

    ``line`` is set where it is not the line being read, ``until`` where it may be any line up to that one, ``after``
    where it is not the last thing proven, ``places`` where the log tells the place rather than a line.
    """

    def __init__(
        self,
        why: str,
        *,
        entry: str = "",
        detail: str = "",
        line: int = 0,
        until: int = 0,
        after: str = "",
        places: Stretch | None = None,
    ) -> None:
        super().__init__(why)
        self.why, self.entry, self.detail, self.line = why, entry, detail, line
        self.until, self.after, self.places = until, after, places
