"""What stops a verification: a code, and the entry to blame."""

from __future__ import annotations

__all__ = ["BadError"]


class BadError(Exception):
    """``why`` is a code (``bad.<why>`` in the catalogues). ``line`` is set where it is not the line being read."""

    def __init__(self, why: str, *, entry: str = "", detail: str = "", line: int = 0) -> None:
        super().__init__(why)
        self.why, self.entry, self.detail, self.line = why, entry, detail, line
