"""What a door that opened tells of its board: which settings fit what was seen. Pure.

A hypothesis is one choice of every setting that documents leave open: polarity, byte order, number of status bytes. A
look is what a board's answer would mean under each of them. Opening one door by its own channel leaves those under
which exactly that channel opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any, Final, TypeAlias

from firmware_bridge.boards.dialect import Choice, Door, Family
from firmware_bridge.boards.families import FAMILIES
from hardware.wiring import Board, Bus

PROVABLE: Final = ("closed", "byte_order", "status_bytes", "first_channel")
"""Settings that opening doors can prove, in any family that has them."""

FIRST: Final = "first_channel"

Hypothesis: TypeAlias = tuple[tuple[str, str | int], ...]
Look: TypeAlias = Mapping[Hypothesis, tuple[Door, ...]]
"""Doors by channel under each hypothesis that fits the answer at all. Empty: the board did not answer."""


class Verdict(Enum):
    PROVED = "good"  # under some hypothesis exactly this channel opened
    UNSENSED = "unsensed"  # nothing changed: the contact is not connected
    ELSEWHERE = "elsewhere"  # another channel's contact moved: lock and contact are crossed
    CONFUSED = "confused"  # several contacts moved


@dataclass(frozen=True, slots=True)
class Weighed:
    """`left`: the hypotheses that still stand, what fits best first. `at`: the channel whose contact moved."""

    verdict: Verdict
    left: tuple[Hypothesis, ...]
    at: int | None


def hypotheses(board: Board, bus: Bus) -> tuple[Hypothesis, ...]:
    """Every combination that the family allows, the wiring's own first."""
    family = FAMILIES[board.family]
    keys = [setting for setting in family.settings if setting.key in PROVABLE]
    values: list[tuple[str | int, ...]] = [
        setting.choices if isinstance(setting, Choice) else tuple(setting.allowed) for setting in keys
    ]
    every: list[Hypothesis] = [
        tuple((key.key, value) for key, value in zip(keys, row, strict=True)) for row in product(*values)
    ]
    sound = [one for one in every if family.flaw(board.channels, {**board.settings, **dict(one)}, bus.echo) is None]
    own = tuple((key.key, board.settings[key.key]) for key in keys)
    return tuple(sorted(sound, key=lambda one: sum(pair not in own for pair in one)))


def look(board: Board, replies: tuple[Any, ...], among: tuple[Hypothesis, ...]) -> Look:
    """What the answers to the board's queries mean under each hypothesis."""
    family: Family = FAMILIES[board.family]
    found = {}
    for one in among:
        reading = family.dialect(board.address, board.channels, {**board.settings, **dict(one)}).reading(replies)
        if reading is not None:
            found[one] = reading.doors
    return found


def same(before: Look, after: Look) -> bool:
    """Nothing moved. Looks are compared under the hypotheses that fit both."""
    return all(before[one] == after[one] for one in before.keys() & after.keys())


def moved(before: Look, after: Look, one: Hypothesis) -> tuple[frozenset[int], frozenset[int]]:
    """Channels that opened and channels that closed, under a hypothesis."""
    pairs = list(enumerate(zip(before.get(one, ()), after.get(one, ()), strict=False), 1))
    opened = frozenset(channel for channel, pair in pairs if pair == (Door.CLOSED, Door.OPEN))
    closed = frozenset(channel for channel, pair in pairs if pair == (Door.OPEN, Door.CLOSED))
    return opened, closed


def reached(channel: int, fired_under: Hypothesis, one: Hypothesis) -> int:
    """The channel that a pulse really went to, meant for `channel` by one hypothesis, if another one is true."""
    return channel + int(dict(fired_under).get(FIRST, 0)) - int(dict(one).get(FIRST, 0))


def counted_otherwise(among: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """The same hypotheses, those first under which the board counts its channels from another number."""
    return tuple(sorted(among, key=lambda one: dict(one).get(FIRST) == dict(among[0]).get(FIRST)))


def weigh(among: tuple[Hypothesis, ...], before: Look, after: Look, channel: int) -> Weighed:
    """One door opened by firing `channel` under the first hypothesis. Only what fits another one drops hypotheses.

    Where what fits means that the board counts from another number, `at` is the channel that this makes of it, and
    nothing is dropped yet: a crossed wire looks the same until the next pulse.
    """
    seen = {one: moved(before, after, one) for one in among if one in before and one in after}
    fitting = tuple(
        one for one, (opened, closed) in seen.items() if opened == {reached(channel, among[0], one)} and not closed
    )
    if fitting and (at := reached(channel, among[0], fitting[0])) != channel:
        return Weighed(Verdict.PROVED, (*fitting, *(one for one in among if one not in fitting)), at)
    if fitting:
        return Weighed(Verdict.PROVED, fitting, channel)
    if not any(opened or closed for opened, closed in seen.values()):
        return Weighed(Verdict.UNSENSED, among, None)
    single = {one: opened for one, (opened, closed) in seen.items() if len(opened) == 1 and not closed}
    if single:
        (at,) = single[next(iter(single))]
        return Weighed(Verdict.ELSEWHERE, among, at)
    return Weighed(Verdict.CONFUSED, among, None)


def opened(among: tuple[Hypothesis, ...], before: Look, after: Look, channel: int) -> bool:
    """Whether exactly this channel's door opened, under the hypothesis that stands first."""
    return bool(among) and moved(before, after, among[0]) == (frozenset({channel}), frozenset())
