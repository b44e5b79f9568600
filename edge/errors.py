"""The one base error of the agent: what is wrong, with its value and its remedy, in Chinese and then in English."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EdgeError", "JournalFullError", "JournalUnusableError"]


class EdgeError(Exception):
    """``key`` names the sentence in ``edge/locale``; ``fields`` are what it may name."""

    def __init__(self, key: str, /, **fields: str | int) -> None:
        self.key = key
        self.fields: Mapping[str, str | int] = fields
        super().__init__(f"{key} {dict(fields)}")

    def sentence(self) -> str:
        """Both languages, each on a line of its own."""
        # Babel is for people only: the agent itself never loads it.
        from edge.sentences import sentences

        return "\n".join(say(self.key, self.fields) for say in sentences())


class JournalFullError(EdgeError):
    """The disk has no room for the record: nothing was done."""

    def __init__(self, file: str) -> None:
        super().__init__("journal.full", file=file)


class JournalUnusableError(EdgeError):
    """The journal cannot be read or written. It is kept as it is, for somebody to look at."""
