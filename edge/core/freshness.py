"""Session nonces: what makes an old command or acknowledgement worthless. Times are milliseconds of uptime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from custody.commands import NONCE_PERIOD

__all__ = ["Nonces", "issue", "renewal_due"]

_KEPT = 20
"""Nonces of a session that acknowledgements may still name: ten minutes of them."""


@dataclass(frozen=True, slots=True)
class Nonces:
    """``issued``: nonce -> uptime at which it was issued, oldest first. One session's; a new one starts empty."""

    issued: Mapping[str, int] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        return next(reversed(list(self.issued)), "")


def issue(nonces: Nonces, nonce: str, uptime: int) -> Nonces:
    """One more nonce; the oldest are forgotten."""
    kept = list(nonces.issued.items())[-(_KEPT - 1) :]
    return Nonces({**dict(kept), nonce: uptime})


def renewal_due(nonces: Nonces) -> int:
    """When the newest nonce is to be replaced; at once if there is none."""
    return max(nonces.issued.values(), default=-NONCE_PERIOD) + NONCE_PERIOD
