"""When a contact that bounces has settled. Pure."""

from dataclasses import dataclass

from hardware.ports import DoorState


@dataclass(frozen=True, slots=True)
class Settling:
    """What was last reported, and how often in a row the newest sample came."""

    reported: DoorState = DoorState.UNKNOWN
    sample: DoorState = DoorState.UNKNOWN
    times: int = 0


def settle(before: Settling, sample: DoorState, *, needed: int) -> tuple[Settling, DoorState | None]:
    """Take one sample. The second value is the newly settled state to report, or None when nothing changed.

    A sample settles after `needed` equal ones in a row; UNKNOWN settles at once, because nobody is watching.
    """
    times = before.times + 1 if sample is before.sample else 1
    if sample is before.reported:
        return Settling(sample, sample, times), None
    if times < needed and sample is not DoorState.UNKNOWN:
        return Settling(before.reported, sample, times), None
    return Settling(sample, sample, times), sample
