"""The one error of the hub's shells: what went wrong with which thing, and what to do about it."""

from __future__ import annotations

__all__ = ["HubError"]


class HubError(Exception):
    """The message names the thing, the value and the remedy, in Chinese and English."""
