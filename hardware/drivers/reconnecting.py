"""When to try a lost port again, and what its loss is called. Pure.

A budget belongs to one outage, never to the process: a port that comes back after a week is opened without a restart.
"""

import errno
from dataclasses import dataclass

from hardware.ports import LossReason

_REASONS = {
    errno.ENOENT: LossReason.ABSENT,
    errno.ENXIO: LossReason.ABSENT,
    errno.ENODEV: LossReason.ABSENT,
    errno.EACCES: LossReason.DENIED,
    errno.EPERM: LossReason.DENIED,
    errno.EAGAIN: LossReason.BUSY,
    errno.EBUSY: LossReason.BUSY,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. A few quick tries, then a slow rhythm; a port that is denied gets the slow rhythm at once."""

    quick: float = 1.0
    quick_tries: int = 5
    slow: float = 10.0


def pause_after(failures: int, reason: LossReason, patience: Patience) -> float:
    """How long to wait after so many failures in a row."""
    if reason is LossReason.DENIED or failures >= patience.quick_tries:
        return patience.slow
    return patience.quick


def reason_of(number: int | None) -> LossReason:
    """What an error number on opening or using a port means; any other one is a port that went away."""
    return _REASONS.get(number or 0, LossReason.UNPLUGGED)
