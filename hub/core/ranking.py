"""Which volume of the archive queue is next, and why, in words a person can check.

What was sent back comes first, because somebody found it wanting; then what has waited longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.archiving import SCANNING_QUEUE, Progress, next_step
from custody.events import Step
from custody.holding import AtPlace, Holding
from custody.identifiers import VolumeId

__all__ = ["Job", "Reason", "in_queue", "rank", "ranked", "reasons"]

_HOUR = 3_600_000
_MOST_PRIORITY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A volume that waits for its next step. ``since``: of what it waits on now (milliseconds since 1970)."""

    volume: VolumeId
    next: Step
    since: int
    sent_back: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a rank; ``key`` names its sentence."""

    key: str
    fields: Mapping[str, str | int]


def in_queue(holding: Holding, progress: Progress) -> bool:
    """Whether a volume waits in the line: it is on its way through, or lies in a compartment for it."""
    if progress.done is None:
        return isinstance(holding, AtPlace) and holding.recipient == SCANNING_QUEUE
    return next_step(progress) is not None


def rank(job: Job) -> tuple[int, int, str]:
    """Smallest first."""
    return (-min(job.sent_back, _MOST_PRIORITY), job.since, job.volume)


def ranked(jobs: Iterable[Job]) -> list[Job]:
    """The queue in its order."""
    return sorted(jobs, key=rank)


def reasons(job: Job, now: int) -> tuple[Reason, ...]:
    """Why a volume stands where it stands."""
    waiting = Reason("rank.waiting", {"hours": max(now - job.since, 0) // _HOUR})
    if not job.sent_back:
        return (waiting,)
    return (Reason("rank.sent_back", {"n": job.sent_back}), waiting)
