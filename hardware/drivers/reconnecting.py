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
    errno.ENOTTY: LossReason.MISFIT,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. A few quick tries, then a slow rhythm; a port that is denied gets the slow rhythm at once.

    A port that stood open for `trusted` was of use. A line on which every board is silent for `hung` is opened anew;
    where that does not help, after twice that time, and so on up to `hung_longest`.
    """

    quick: float = 1.0
    quick_tries: int = 5
    slow: float = 10.0
    trusted: float = 3.0
    hung: float = 5.0
    hung_longest: float = 60.0


def pause_after(failures: int, reason: LossReason, patience: Patience) -> float:
    """How long to wait after so many failures in a row."""
    if reason is LossReason.DENIED or failures >= patience.quick_tries:
        return patience.slow
    return patience.quick


def reason_of(number: int | None) -> LossReason:
    """What an error number on opening or using a port means; any other one is a port that went away."""
    return _REASONS.get(number or 0, LossReason.UNPLUGGED)


def hung_after(times: int, patience: Patience) -> float:
    """How long a line may be silent that was already opened anew so many times in a row without a byte."""
    return float(min(patience.hung * 2 ** min(times, 16), patience.hung_longest))
