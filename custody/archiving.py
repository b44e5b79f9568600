"""How far a volume is in the archive line: steps, page counts, gates. A fold of its own beside the holding.

A gate tells a person beforehand why a step must not be done now. A fact that breaks a gate all the same (an offline
station could not know) is kept, but does not advance the volume: it is a breach for a person to resolve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from custody.events import (
    DifferenceReleased,
    SentBack,
    Step,
    StepFinished,
    VolumeCollected,
    VolumeReceived,
    VolumeRefused,
    VolumeRegistered,
)
from custody.holding import AtPlace, fold, settle
from custody.holding import Folded as FoldedHolding
from custody.holding import concerns as concerns_holding
from custody.identifiers import EventId, PersonId, PlaceId, StationId, VolumeId
from custody.timing import Located

__all__ = [
    "SCANNING_QUEUE",
    "STEPS",
    "Breach",
    "Broken",
    "Gate",
    "Progress",
    "Standing",
    "advance",
    "counts_of",
    "gate",
    "next_step",
    "stand",
]

STEPS: tuple[Step, ...] = tuple(Step)
SCANNING_QUEUE = "queue:scanning"
"""The recipient of volumes deposited for the archive line."""

_FOUR_EYES: Mapping[Step, tuple[Step, ...]] = {
    Step.CHECKED: (Step.SCANNED,),
    Step.REVIEWED: (Step.SCANNED, Step.CHECKED),
}
"""Who did one of these steps may not do the step they stand behind, of the same volume."""

_COUNTED: tuple[Step, ...] = (Step.PREPARED, Step.SCANNED, Step.CHECKED, Step.BOUND)
"""Steps that count pages; the first count is the one declared at registration."""


class Gate(StrEnum):
    """Why a step may not be done now."""

    WRONG_STEP = "wrong_step"
    FOUR_EYES = "four_eyes"
    NOT_HERE = "not_here"
    PAGES_DIFFER = "pages_differ"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one volume is. ``done`` is the last step finished; none before it was collected for the line."""

    done: Step | None = None
    declared: int | None = None
    counts: Mapping[Step, int] = field(default_factory=dict)
    by: Mapping[Step, PersonId] = field(default_factory=dict)
    released: bool = False
    sent_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A step recorded although its gate was shut."""

    volume: VolumeId
    gate: Gate
    step: Step
    entry: EventId

    @property
    def id(self) -> str:
        return f"{self.gate}.{self.volume}.{self.entry}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A shut gate: which, and the person or counts that shut it."""

    gate: Gate
    expected: Step | None = None
    person: PersonId | None = None
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """One volume as all entries together say: where it is and how far it is."""

    volume: VolumeId
    held: FoldedHolding
    progress: Progress
    breaches: tuple[Breach, ...] = ()


def next_step(progress: Progress) -> Step | None:
    """The step that comes next; none when the volume is shelved."""
    if progress.done is None:
        return STEPS[0]
    position = STEPS.index(progress.done) + 1
    return STEPS[position] if position < len(STEPS) else None


def counts_of(progress: Progress) -> tuple[int, ...]:
    """The page counts known so far, from the declared one on."""
    declared = () if progress.declared is None else (progress.declared,)
    return (*declared, *(progress.counts[step] for step in _COUNTED if step in progress.counts))


def gate(
    progress: Progress,
    step: Step,
    *,
    person: PersonId,
    place: PlaceId,
    lies_at: PlaceId | None,
    pages: int | None = None,
) -> Broken | None:
    """Why ``person`` may not finish ``step`` at ``place`` now; none if nothing stands against it.

    ``lies_at`` is the place where the volume is recorded before the step; the paper must lie where the step is done,
    except that *collected* and *received* are what brings it there. ``place`` is the station's, for *shelved* too.
    """
    expected = next_step(progress)
    if step is not expected:
        return Broken(Gate.WRONG_STEP, expected=expected)
    for earlier in _FOUR_EYES.get(step, ()):
        if progress.by.get(earlier) == person:
            return Broken(Gate.FOUR_EYES, expected=earlier, person=person)
    if STEPS.index(step) > STEPS.index(Step.RECEIVED) and lies_at != place:
        return Broken(Gate.NOT_HERE)
    if step is Step.BOUND and not progress.released:
        counts = (*counts_of(progress), *(() if pages is None else (pages,)))
        if len(set(counts)) > 1:
            return Broken(Gate.PAGES_DIFFER, counts=counts)
    return None


def stand(volume: VolumeId, entries: Iterable[Located]) -> Standing:
    """Where one volume is and how far, from every entry there is, in whatever order they came."""
    standing = Standing(volume, settle(volume, ()), Progress())
    for located in sorted(entries, key=lambda one: one.key):
        standing = advance(standing, located)
    return standing


def advance(standing: Standing, located: Located) -> Standing:
    """The standing after one more entry, of whatever volume. Entries come in the order of ``Located.key``."""
    standing = _advanced(standing, located)
    if concerns_holding(located, standing.volume):
        return replace(standing, held=fold(standing.volume, standing.held, located))
    return standing


def _advanced(standing: Standing, located: Located) -> Standing:
    volume, progress = standing.volume, standing.progress
    match located.entry.fact:
        case VolumeRegistered(volume=about, pages=pages) if about == volume:
            return replace(standing, progress=replace(progress, declared=pages))
        case VolumeCollected(volume=about, recipient=recipient, person=person) if about == volume:
            if recipient != SCANNING_QUEUE or progress.done is not None:
                return standing
            return replace(standing, progress=_finish(progress, Step.COLLECTED, person, pages=None))
        case VolumeReceived(volume=about, person=person) if about == volume:
            if progress.done not in (None, Step.COLLECTED):
                return standing
            return replace(standing, progress=_finish(progress, Step.RECEIVED, person, pages=None))
        case VolumeRefused(volume=about) if about == volume:
            refused = progress.done is Step.RECEIVED
            return replace(standing, progress=_sent_back(progress, Step.RECEIVED)) if refused else standing
        case StepFinished(volume=about) as fact if about == volume:
            return _stepped(standing, located.entry.id, located.entry.station, fact)
        case SentBack(volume=about) as fact if about == volume:
            return _returned(standing, located.entry.id, fact)
        case DifferenceReleased(volume=about) if about == volume:
            return replace(standing, progress=replace(progress, released=True))
        case _:
            return standing


def _stepped(standing: Standing, entry: EventId, station: StationId, fact: StepFinished) -> Standing:
    progress, holding = standing.progress, standing.held.holding
    lies_at = holding.place if isinstance(holding, AtPlace) else None
    at = PlaceId(station) if fact.step is Step.SHELVED else fact.place  # shelving moves it from there to the shelf
    broken = gate(progress, fact.step, person=fact.person, place=at, lies_at=lies_at, pages=fact.pages)
    if broken is not None:
        return _breached(standing, entry, fact.step, broken.gate)
    return replace(standing, progress=_finish(progress, fact.step, fact.person, pages=fact.pages))


def _returned(standing: Standing, entry: EventId, fact: SentBack) -> Standing:
    """Only the step whose turn it is sends back, and only to one before it: nothing is advanced by sending back."""
    backwards = STEPS.index(fact.back_to) < STEPS.index(fact.found_at)
    if fact.found_at is not next_step(standing.progress) or not backwards:
        return _breached(standing, entry, fact.found_at, Gate.WRONG_STEP)
    return replace(standing, progress=_sent_back(standing.progress, fact.back_to))


def _breached(standing: Standing, entry: EventId, step: Step, gate: Gate) -> Standing:
    breach = Breach(volume=standing.volume, gate=gate, step=step, entry=entry)
    return replace(standing, breaches=(*standing.breaches, breach))


def _finish(progress: Progress, step: Step, person: PersonId, *, pages: int | None) -> Progress:
    counts = progress.counts if pages is None else {**progress.counts, step: pages}
    return replace(progress, done=step, counts=counts, by={**progress.by, step: person})


def _sent_back(progress: Progress, back_to: Step) -> Progress:
    """The line goes on with ``back_to``: what was done from there on is to be done again."""
    position = STEPS.index(back_to)
    keep = STEPS[:position]
    return replace(
        progress,
        done=keep[-1] if keep else None,
        counts={step: count for step, count in progress.counts.items() if step in keep},
        by={step: person for step, person in progress.by.items() if step in keep},
        released=False,
        sent_back=progress.sent_back + 1,
    )
