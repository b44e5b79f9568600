"""What to send to the hub next, what it has, and when a new epoch begins. ``step(outbox, stimulus, now)``.

An acknowledgement is a hint, the hub's tip rules: each connection begins with the hub saying where it stands, and the
station sends from there. Nothing is forgotten here: only the journal's retention removes what the hub has.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from custody.events import EpochReason
from custody.messages import Verdict

__all__ = [
    "STIMULI",
    "Acknowledged",
    "Appended",
    "Branch",
    "Connected",
    "Disconnected",
    "Effect",
    "EpochBegan",
    "Forked",
    "Greet",
    "Heard",
    "OpenEpoch",
    "Outbox",
    "Send",
    "Sent",
    "Stimulus",
    "Ticked",
    "due",
    "step",
    "waiting",
]

WINDOW = 4
"""Batches in flight."""

_ACK_WITHIN = 5_000
_ACK_AT_MOST = 60_000
_REFUSED_PAUSE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One epoch of this station's chain. Sequences up to ``acknowledged`` are with the hub, up to ``sent`` under way.

    ``forked``: the hub holds another history under this name. All that is ours of it is sent once more, batch by
    batch, to be kept apart there. ``gap``: where the last gap was told; its echoes mean nothing.
    """

    epoch: str
    tip: int = 0
    acknowledged: int = 0
    sent: int = 0
    flights: tuple[int, ...] = ()  # the last sequence of each batch under way
    forked: bool = False
    gap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """``branches``: oldest first, the last one grows. ``left``: epochs at the hub that this station left behind.

    ``ready``: the hub has said its tip in this connection. ``until``: when to stop waiting for an answer.
    """

    branches: tuple[Branch, ...]
    left: frozenset[str] = frozenset()
    connected: bool = False
    ready: bool = False
    until: int | None = None
    tries: int = 0


# --- stimuli --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker let us in and the state was published."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker is gone."""


@dataclass(frozen=True, slots=True)
class Appended:
    """The journal's newest epoch has grown up to ``tip``."""

    tip: int


@dataclass(frozen=True, slots=True)
class EpochBegan:
    """A new epoch was opened; ``left`` names the one at the hub that it replaces, if there is one."""

    epoch: str
    tip: int
    left: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """The batch asked for was handed to the broker; it ends with ``last``."""

    epoch: str
    last: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The hub's signed word about our chain. ``contradicts``: up to there it has another history than ours."""

    verdict: Verdict
    epoch: str
    upto: int
    contradicts: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed."""


Stimulus = Connected | Disconnected | Appended | EpochBegan | Sent | Heard | Ticked
STIMULI: tuple[type[Stimulus], ...] = (Connected, Disconnected, Appended, EpochBegan, Sent, Heard, Ticked)


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Send one batch that begins with ``first``, then report ``Sent``."""

    epoch: str
    first: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Keep that the hub has this epoch up to ``upto`` (it may be less than before)."""

    epoch: str
    upto: int


@dataclass(frozen=True, slots=True)
class Forked:
    """Keep that the hub holds another history under this name."""

    epoch: str


@dataclass(frozen=True, slots=True)
class OpenEpoch:
    """Close the branch and go on in a new epoch, which names what it leaves behind."""

    reason: EpochReason
    before_epoch: str
    before_sequence: int


@dataclass(frozen=True, slots=True)
class Greet:
    """Publish the state again: the hub answers with its tip."""


Effect = Send | Acknowledged | Forked | OpenEpoch | Greet


# --- verbs ----------------------------------------------------------------------------------------------------------


def step(outbox: Outbox, stimulus: Stimulus, now: int) -> tuple[Outbox, tuple[Effect, ...]]:
    """The outbox after a stimulus and what follows. At most one batch is asked for: report it sent before all else."""
    match stimulus:
        case Connected():
            waits = replace(_grounded(outbox), connected=True, until=now + _ACK_WITHIN, tries=0)
            return waits, ()
        case Disconnected():
            return replace(_grounded(outbox), connected=False, until=None), ()
        case Appended(tip=tip):
            current = outbox.branches[-1]
            return _go_on(_with(outbox, replace(current, tip=max(tip, current.tip))), ())
        case EpochBegan(epoch=epoch, tip=tip, left=left):
            left_behind = outbox.left if left is None else outbox.left | {left}
            grown = replace(outbox, branches=(*outbox.branches, Branch(epoch=epoch, tip=tip)), left=left_behind)
            # Until the hub has said its tip again there is nothing to go on with.
            return _go_on(grown, () if outbox.ready or not outbox.connected else (Greet(),))
        case Sent(epoch=epoch, last=last):
            return _sent(outbox, epoch, last, now)
        case Heard():
            return _heard(outbox, stimulus, now)
        case Ticked():
            return _ticked(outbox, now)
        case _:
            assert_never(stimulus)


def due(outbox: Outbox) -> int | None:
    """When the next ``Ticked`` changes something."""
    return outbox.until


def waiting(outbox: Outbox) -> int:
    """How many entries are not yet with the hub."""
    return sum(branch.tip - branch.acknowledged for branch in outbox.branches)


# --- what each stimulus means ---------------------------------------------------------------------------------------


def _sent(outbox: Outbox, epoch: str, last: int, now: int) -> tuple[Outbox, tuple[Effect, ...]]:
    branch = _branch(outbox, epoch)
    if branch is None or not outbox.ready or last <= branch.sent:
        return outbox, ()
    flown = _with(outbox, replace(branch, sent=last, flights=(*branch.flights, last)))
    return _go_on(replace(flown, until=flown.until or now + _ACK_WITHIN), ())


def _ticked(outbox: Outbox, now: int) -> tuple[Outbox, tuple[Effect, ...]]:
    if outbox.until is None or now < outbox.until:
        return outbox, ()
    tries = outbox.tries + 1
    again = now + min(_ACK_WITHIN << min(tries, 8), _ACK_AT_MOST)
    return replace(_grounded(outbox), until=again, tries=tries), (Greet(),)


def _heard(outbox: Outbox, heard: Heard, now: int) -> tuple[Outbox, tuple[Effect, ...]]:
    if not outbox.connected:
        return outbox, ()
    branch = _branch(outbox, heard.epoch)
    if heard.verdict is Verdict.REFUSED:
        # The hub cannot read what we send; more of it is of no use until somebody has looked.
        return replace(_grounded(outbox), until=now + _REFUSED_PAUSE), ()
    if branch is not None and not branch.forked and (heard.verdict is Verdict.FORK or heard.contradicts):
        return _forked(outbox, branch)
    if heard.verdict is Verdict.TIP:
        return _heard_tip(outbox, branch, heard, now)
    if branch is None:
        return outbox, ()
    if branch.forked or (heard.upto > branch.tip and branch is not outbox.branches[-1]):
        # A history that goes on without us: only the batch that was answered is surely there.
        return _committed(outbox, branch, branch.flights[0], now) if branch.flights else (outbox, ())
    if heard.upto > branch.tip:
        return outbox, (OpenEpoch(EpochReason.HISTORY_LOST, branch.epoch, heard.upto),)
    if heard.verdict is Verdict.COMMITTED:
        return _committed(outbox, branch, heard.upto, now)
    return _gap(outbox, branch, heard.upto)


def _heard_tip(outbox: Outbox, branch: Branch | None, heard: Heard, now: int) -> tuple[Outbox, tuple[Effect, ...]]:
    """The hub said which epoch is its newest of ours, and how far it has that."""
    if branch is None and heard.epoch and heard.epoch not in outbox.left:
        return outbox, (OpenEpoch(EpochReason.HISTORY_LOST, heard.epoch, heard.upto),)
    if branch is None:
        # Nothing of ours is there. Where it once was, the hub was restored from before that.
        had = any(one.acknowledged for one in outbox.branches)
        return (outbox, ()) if outbox.ready and not had else _rewound(outbox, None, 0)
    if branch.forked or (heard.upto > branch.tip and branch is not outbox.branches[-1]):
        return (outbox, ()) if outbox.ready else _rewound(outbox, branch, branch.acknowledged)
    if heard.upto > branch.tip:
        return outbox, (OpenEpoch(EpochReason.HISTORY_LOST, branch.epoch, heard.upto),)
    if outbox.ready and heard.upto >= branch.acknowledged:
        return _committed(outbox, branch, heard.upto, now)  # said while batches were under way
    return _rewound(outbox, branch, heard.upto)


def _rewound(outbox: Outbox, branch: Branch | None, upto: int) -> tuple[Outbox, tuple[Effect, ...]]:
    """Send from the hub's tip: this branch after ``upto``, and all of every later branch; of none: everything."""
    position = 0 if branch is None else outbox.branches.index(branch)
    tips = (upto if one is branch else 0 for one in outbox.branches[position:])
    rewound = (
        *outbox.branches[:position],
        *(replace(one, acknowledged=tip) for one, tip in zip(outbox.branches[position:], tips, strict=True)),
    )
    kept = tuple(
        Acknowledged(new.epoch, new.acknowledged)
        for new, old in zip(rewound, outbox.branches, strict=True)
        if new.acknowledged != old.acknowledged
    )
    ready = replace(outbox, branches=tuple(map(_aground, rewound)), ready=True, until=None, tries=0)
    return _go_on(ready, kept)


def _committed(outbox: Outbox, branch: Branch, upto: int, now: int) -> tuple[Outbox, tuple[Effect, ...]]:
    if upto <= branch.acknowledged:
        return outbox, ()
    flights = tuple(last for last in branch.flights if last > upto)
    ahead = replace(branch, acknowledged=upto, sent=max(branch.sent, upto), flights=flights, gap=None)
    grown = _with(outbox, ahead)
    if outbox.ready:
        flying = any(one.flights for one in grown.branches)
        grown = replace(grown, until=now + _ACK_WITHIN if flying else None, tries=0)
    return _go_on(grown, (Acknowledged(branch.epoch, upto),))


def _gap(outbox: Outbox, branch: Branch, upto: int) -> tuple[Outbox, tuple[Effect, ...]]:
    if branch.gap == upto:
        return outbox, ()  # every batch that flew behind the missing one tells of the same gap
    asked = replace(_aground(replace(branch, acknowledged=upto)), gap=upto)
    return _go_on(_with(outbox, asked), (Acknowledged(branch.epoch, upto),))


def _forked(outbox: Outbox, branch: Branch) -> tuple[Outbox, tuple[Effect, ...]]:
    # The hub can name where it noticed, not where the histories parted: so all of ours goes once more.
    marked = _with(outbox, _aground(replace(branch, forked=True, acknowledged=0)))
    kept = (Acknowledged(branch.epoch, 0), Forked(branch.epoch))
    if branch is outbox.branches[-1]:
        return marked, (*kept, OpenEpoch(EpochReason.FORK, branch.epoch, branch.tip))
    return _go_on(marked, kept)


# --- parts ----------------------------------------------------------------------------------------------------------


def _go_on(outbox: Outbox, effects: tuple[Effect, ...]) -> tuple[Outbox, tuple[Effect, ...]]:
    """The next batch, if one may fly: oldest branch first, one at a time in a forked one."""
    if not outbox.ready or sum(len(branch.flights) for branch in outbox.branches) >= WINDOW:
        return outbox, effects
    for branch in outbox.branches:
        if branch.sent < branch.tip and not (branch.forked and branch.flights):
            return outbox, (*effects, Send(branch.epoch, branch.sent + 1))
    return outbox, effects


def _branch(outbox: Outbox, epoch: str) -> Branch | None:
    return next((branch for branch in outbox.branches if branch.epoch == epoch), None)


def _with(outbox: Outbox, changed: Branch) -> Outbox:
    branches = tuple(changed if branch.epoch == changed.epoch else branch for branch in outbox.branches)
    return replace(outbox, branches=branches)


def _aground(branch: Branch) -> Branch:
    return replace(branch, sent=branch.acknowledged, flights=(), gap=None)


def _grounded(outbox: Outbox) -> Outbox:
    return replace(outbox, branches=tuple(map(_aground, outbox.branches)), ready=False)
