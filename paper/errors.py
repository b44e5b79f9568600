"""The one family of errors that leave this package. Each names the thing, its value and the remedy."""

from __future__ import annotations

__all__ = ["LayoutError", "NothingToPrintError", "PaperError", "TypefaceMissingError"]


class PaperError(Exception):
    """Something about paper that the caller can put right."""


class TypefaceMissingError(PaperError):
    """No typeface with Chinese characters was found on this machine."""


class LayoutError(PaperError):
    """A sheet of labels that cannot be: labels off the paper, over each other, or too small for their codes."""


class NothingToPrintError(PaperError):
    """An empty list was sent to be printed."""
