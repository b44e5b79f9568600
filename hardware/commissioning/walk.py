"""The walk along a cabinet, door by door: ``step(walk, stimulus) -> (walk, effect)``. Pure.

A lock is fired only by an answer that says so, and at most twice: once, and once more when nobody saw a door open.
Where the door that opened shows that a board counts its channels from another number than was thought, that door is
shut again and the channel begins anew under the other number; once a board.

    stage      asked or done                     answers and what follows
    SHUT       are all doors shut?               y: LOOKING              q: DONE
    LOOKING    the board is read                 seen: READY             silent: SILENT
    SILENT     the board does not answer         y: LOOKING              s: next board     q: DONE
    READY      unlock this channel?              y: FIRED   u, s: next channel             q: DONE
    FIRED      the lock is fired and watched     seen: WHICH
    WHICH      which door opened?                its number: PUT or CLOSING   n: AGAIN, then STUCK
    AGAIN      once more?                        y: FIRED   j, u, s: next channel          q: DONE
    STUCK      why not?                          j, u, s: next channel                     q: DONE
    PUT        put something in (once a board)   y: FILLED  s: CLOSING                     q: DONE
    FILLED     the board is read                 seen: TAKE
    TAKE       take it out again                 y: EMPTIED s: CLOSING                     q: DONE
    EMPTIED    the board is read                 seen: CLOSING
    CLOSING    shut it                           y: CLOSED  s: next channel                q: DONE
    CLOSED     the board is read                 as before: LEVER        else: CLOSING, at most twice
    LEVER      open it with the emergency lever  y: LEVERED  n, s: next channel            q: DONE
    LEVERED    the board is read                 seen: RESHUT
    RESHUT     shut it again                     y: RELOOK               q: DONE
    RELOOK     the board is read                 seen: next channel
    READER     a label is to be scanned          read: next reader       nothing: UNREAD
    UNREAD     nothing was read                  y: READER   s: next reader                q: DONE
    LAMP       which colour is lit?              y, n, s: next light                       q: DONE
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, TypeAlias

from firmware_bridge.boards.dialect import Item
from hardware.commissioning.evidence import Hypothesis, Look, Verdict, counted_otherwise, opened, same, weigh

NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,15}")
TRIES: Final = 2


class Stage(Enum):
    SHUT = "shut"
    LOOKING = "looking"
    SILENT = "silent"
    READY = "ready"
    FIRED = "fired"
    WHICH = "which"
    AGAIN = "again"
    STUCK = "stuck"
    PUT = "put"
    FILLED = "filled"
    TAKE = "take"
    EMPTIED = "emptied"
    CLOSING = "closing"
    CLOSED = "closed"
    LEVER = "lever"
    LEVERED = "levered"
    RESHUT = "reshut"
    RELOOK = "relook"
    READER = "reader"
    UNREAD = "unread"
    LAMP = "lamp"
    DONE = "done"


ANSWERS: Final[Mapping[Stage, tuple[str, ...]]] = {
    Stage.SHUT: ("y", "q"),
    Stage.SILENT: ("y", "s", "q"),
    Stage.READY: ("y", "u", "s", "q"),
    Stage.WHICH: ("n",),
    Stage.AGAIN: ("y", "j", "u", "s", "q"),
    Stage.STUCK: ("j", "u", "s", "q"),
    Stage.PUT: ("y", "s", "q"),
    Stage.TAKE: ("y", "s", "q"),
    Stage.CLOSING: ("y", "s", "q"),
    Stage.LEVER: ("y", "n", "s", "q"),
    Stage.RESHUT: ("y", "q"),
    Stage.UNREAD: ("y", "s", "q"),
    Stage.LAMP: ("y", "n", "s", "q"),
}
"""The stages that wait for a person; WHICH also takes the number of a door."""

FATES: Final = {"u": "unwired", "j": "jammed", "s": "skipped"}
RENUMBERED: Final = "renumbered"
"""Of a door that only showed from which number its board counts."""


@dataclass(frozen=True, slots=True)
class Section:
    """One board (or relay box) as the wiring has it: its channels with their doors, and what may still be true.

    `pulse_ms`: how long a coil is on at most, by the wiring; `told_ms`: by the board's own word, of the few that say
    it; `measured_ms`: each pulse as measured, of a board that says which relays are on. `items`: what a full
    compartment reads as, of a board that `senses` them: "1", "0", "none" where nothing changed, "skipped", or "" as
    long as nobody tried.
    """

    board: str
    doors: tuple[tuple[int, str], ...]
    among: tuple[Hypothesis, ...]
    pulse_ms: int = 0
    told_ms: int | None = None
    measured_ms: tuple[int, ...] = ()
    senses: bool = False
    items: str = ""
    renumbered: bool = False


@dataclass(frozen=True, slots=True)
class DoorFound:
    """What is known of one channel. `name` None: no door was seen to open. Times in milliseconds."""

    board: str
    channel: int
    name: str | None = None
    fate: str = "skipped"
    travel_ms: int | None = None
    acknowledged: bool = False
    sensed_at: int | None = None
    closes: bool | None = None
    lever: str = "skipped"


@dataclass(frozen=True, slots=True)
class ReaderFound:
    """`read`: how many characters were read; None where nothing was."""

    name: str
    read: int | None


@dataclass(frozen=True, slots=True)
class LampFound:
    name: str
    lit: bool | None


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the walk stands. `sections` lose hypotheses on the way; `silent` are boards that never answered.

    `cameras`: those of the readers that look through one, and how many pictures must say the same before a code counts.
    """

    sections: tuple[Section, ...]
    readers: tuple[str, ...]
    lamps: tuple[str, ...] = ()
    stage: Stage = Stage.SHUT
    section: int = 0
    door: int = 0
    reader: int = 0
    lamp: int = 0
    tries: int = 0
    before: Look | None = None
    after: Look | None = None
    now: DoorFound | None = None
    filled: Item = Item.UNKNOWN
    found: tuple[DoorFound, ...] = ()
    read: tuple[ReaderFound, ...] = ()
    lit: tuple[LampFound, ...] = ()
    silent: tuple[str, ...] = ()
    cameras: Mapping[str, int] = field(default_factory=dict)
    taken: str = ""
    """A door's number that was given twice."""


@dataclass(frozen=True, slots=True)
class Answer:
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """`look` empty: the board did not answer. `travel_ms`: from the pulse to the first change.

    `items` by channel, as if a full compartment read 1. `pulse_ms`: as the board itself tells;
    `measured_ms`: from its relay's going on to its going off.
    """

    look: Look
    travel_ms: int | None = None
    acknowledged: bool = False
    items: tuple[Item, ...] = ()
    pulse_ms: int | None = None
    measured_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """`characters` None: nothing was read in time."""

    characters: int | None


Stimulus: TypeAlias = Answer | Seen | Read


@dataclass(frozen=True, slots=True)
class Ask:
    """`stage` names the question; `fields` are what it speaks of."""

    stage: Stage
    fields: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Fire:
    """Unlock one channel once, and watch the board until a contact has moved and settled or nothing came.

    `under`: the hypothesis by which the channel is numbered on the line.
    """

    board: str
    channel: int
    under: Hypothesis = ()


@dataclass(frozen=True, slots=True)
class LookAt:
    """Read the board until two answers are equal."""

    board: str


@dataclass(frozen=True, slots=True)
class Scan:
    """`pictures`: how many must say the same, where it is a camera; else 0."""

    reader: str
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    pass


Effect: TypeAlias = Ask | Fire | LookAt | Scan | Finished


def begin(walk: Walk) -> tuple[Walk, Effect]:
    """The first question; a station without doors begins with its readers."""
    return (walk, _ask(walk)) if walk.sections else _next_reader(walk)


def step(walk: Walk, stimulus: Stimulus) -> tuple[Walk, Effect]:
    """What does not fit the stage changes nothing and asks again."""
    match stimulus:
        case Answer(text):
            return _answered(replace(walk, taken=""), text.strip())
        case Seen():
            return _SEEN[walk.stage](walk, stimulus) if walk.stage in _SEEN else (walk, _ask(walk))
        case Read(characters):
            return _was_read(walk, characters) if walk.stage is Stage.READER else (walk, _ask(walk))


def section_of(walk: Walk) -> Section:
    return walk.sections[walk.section]


def _answered(walk: Walk, text: str) -> tuple[Walk, Effect]:
    word, stage = text.lower(), walk.stage
    if stage is Stage.WHICH and word != "n":
        return _named(walk, text)
    if word not in ANSWERS.get(stage, ()):
        return walk, _ask(walk)
    if word == "q":
        return _done(walk)
    if word == "y" and stage in _LOOKS_NEXT:
        return _look(walk, _LOOKS_NEXT[stage])
    match stage, word:
        case Stage.SILENT, _:
            return _next_section(replace(walk, silent=(*walk.silent, section_of(walk).board)))
        case Stage.READY | Stage.AGAIN, "y":
            return _fire(walk)
        case Stage.WHICH, _:
            other = _with(walk, among=counted_otherwise(section_of(walk).among))
            return _at(other, Stage.AGAIN if walk.tries < TRIES else Stage.STUCK)
        case Stage.PUT | Stage.TAKE, _:
            return _at(_with(walk, items="skipped"), Stage.CLOSING)
        case Stage.CLOSING, _:
            return _shut(replace(walk, before=walk.after or walk.before))
        case Stage.LEVER, _:
            return _next_door(_note(walk, lever="none" if word == "n" else "skipped"))
        case Stage.UNREAD, "y":
            return _next_reader(walk)
        case Stage.UNREAD, _:
            return _have_read(walk, None)
        case Stage.LAMP, _:
            name = walk.lamps[walk.lamp]
            told = LampFound(name, {"y": True, "n": False}.get(word))
            return _next_lamp(replace(walk, lit=(*walk.lit, told), lamp=walk.lamp + 1))
        case _:
            return _next_door(_note(walk, fate=FATES[word]))


def _fire(walk: Walk) -> tuple[Walk, Effect]:
    channel, _ = section_of(walk).doors[walk.door]
    fire = Fire(section_of(walk).board, channel, section_of(walk).among[0])
    return replace(walk, stage=Stage.FIRED, tries=walk.tries + 1), fire


def _looked(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    among = tuple(one for one in section_of(walk).among if one in seen.look)
    if not among:
        return _at(walk, Stage.SILENT)
    return _ready(replace(_with(walk, among=among), before=seen.look))


def _fired(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    channel, _ = section_of(walk).doors[walk.door]
    now = DoorFound(section_of(walk).board, channel, travel_ms=seen.travel_ms, acknowledged=seen.acknowledged)
    if seen.pulse_ms is not None:
        walk = _with(walk, told_ms=seen.pulse_ms)
    if seen.measured_ms is not None:
        walk = _with(walk, measured_ms=(*section_of(walk).measured_ms, seen.measured_ms))
    return _at(replace(walk, after=seen.look, now=now), Stage.WHICH)


def _named(walk: Walk, text: str) -> tuple[Walk, Effect]:
    """A number that was given before is asked again: two locks cannot have opened one door."""
    if not NAME.fullmatch(text):
        return walk, _ask(walk)
    if any(door.name == text for door in walk.found):
        walk = replace(walk, taken=text)
        return walk, _ask(walk)
    section = section_of(walk)
    channel, _ = section.doors[walk.door]
    weighed = weigh(section.among, walk.before or {}, walk.after or {}, channel)
    elsewhere = weighed.verdict is Verdict.PROVED and weighed.at != channel
    fate = weighed.verdict.value
    if elsewhere and not section.renumbered:
        walk, fate = _with(walk, among=weighed.left, renumbered=True), RENUMBERED
    elif elsewhere:
        fate = Verdict.ELSEWHERE.value
    else:
        walk = _with(walk, among=weighed.left)
    walk = replace(_note(walk, name=text, fate=fate, sensed_at=weighed.at), tries=0)
    tries_items = section.senses and not section.items and fate == Verdict.PROVED.value
    return _at(walk, Stage.PUT if tries_items else Stage.CLOSING)


def _filled(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    return _at(replace(walk, filled=_item(walk, seen)), Stage.TAKE)


def _emptied(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    changes = {(Item.PRESENT, Item.ABSENT): "1", (Item.ABSENT, Item.PRESENT): "0"}
    return _at(_with(walk, items=changes.get((walk.filled, _item(walk, seen)), "none")), Stage.CLOSING)


def _item(walk: Walk, seen: Seen) -> Item:
    channel, _ = section_of(walk).doors[walk.door]
    return seen.items[channel - 1] if channel <= len(seen.items) else Item.UNKNOWN


def _shut(walk: Walk) -> tuple[Walk, Effect]:
    """On to the next door; but a door that only showed how its board counts leaves its channel to be fired anew."""
    if walk.now is not None and walk.now.fate == RENUMBERED:
        return _ready(replace(walk, now=None, after=None, tries=0))
    return _next_door(walk)


def _closed(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    assert walk.now is not None
    if walk.now.fate == RENUMBERED:
        return _shut(replace(walk, before=seen.look or walk.before))
    sensed = walk.now.fate == Verdict.PROVED.value
    as_before = same(_under(walk, walk.before), _under(walk, seen.look)) and bool(seen.look)
    if sensed and not as_before and walk.tries < TRIES:
        return _at(replace(walk, tries=walk.tries + 1), Stage.CLOSING)
    walk = _note(walk, closes=as_before if sensed else None)
    return _at(replace(walk, before=seen.look or walk.before), Stage.LEVER)


def _levered(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    channel, _ = section_of(walk).doors[walk.door]
    forced = opened(section_of(walk).among, walk.before or {}, seen.look, channel)
    return _at(_note(walk, lever="forced" if forced else "silent"), Stage.RESHUT)


def _relooked(walk: Walk, seen: Seen) -> tuple[Walk, Effect]:
    return _next_door(replace(walk, before=seen.look or walk.before))


def _was_read(walk: Walk, characters: int | None) -> tuple[Walk, Effect]:
    return _at(walk, Stage.UNREAD) if characters is None else _have_read(walk, characters)


def _have_read(walk: Walk, characters: int | None) -> tuple[Walk, Effect]:
    told = ReaderFound(walk.readers[walk.reader], characters)
    return _next_reader(replace(walk, read=(*walk.read, told), reader=walk.reader + 1))


def _next_door(walk: Walk) -> tuple[Walk, Effect]:
    channel, _ = section_of(walk).doors[walk.door]
    now = walk.now or DoorFound(section_of(walk).board, channel)
    walk = replace(walk, found=(*walk.found, now), now=None, after=None, tries=0, door=walk.door + 1)
    return _ready(walk) if walk.door < len(section_of(walk).doors) else _next_section(walk)


def _next_section(walk: Walk) -> tuple[Walk, Effect]:
    walk = replace(walk, section=walk.section + 1, door=0, tries=0, before=None)
    return _look(walk, Stage.LOOKING) if walk.section < len(walk.sections) else _next_reader(walk)


def _next_reader(walk: Walk) -> tuple[Walk, Effect]:
    if walk.reader < len(walk.readers):
        return replace(walk, stage=Stage.READER), _scan(walk)
    return _next_lamp(walk)


def _scan(walk: Walk) -> Scan:
    reader = walk.readers[walk.reader]
    return Scan(reader, walk.cameras.get(reader, 0))


def _next_lamp(walk: Walk) -> tuple[Walk, Effect]:
    return _at(walk, Stage.LAMP) if walk.lamp < len(walk.lamps) else _done(walk)


def _ready(walk: Walk) -> tuple[Walk, Effect]:
    return _at(walk, Stage.READY)


def _done(walk: Walk) -> tuple[Walk, Effect]:
    """Also when somebody ends it half way: a door that is under way is kept as far as it is known."""
    kept = walk.now is not None and walk.now.fate != RENUMBERED
    found = (*walk.found, walk.now) if kept and walk.now is not None else walk.found
    return replace(walk, stage=Stage.DONE, found=found, now=None), Finished()


def _look(walk: Walk, stage: Stage) -> tuple[Walk, Effect]:
    return replace(walk, stage=stage), LookAt(section_of(walk).board)


def _at(walk: Walk, stage: Stage) -> tuple[Walk, Effect]:
    walk = replace(walk, stage=stage)
    return walk, _ask(walk)


def _ask(walk: Walk) -> Effect:
    """The question of a stage; what a stage that asks nothing was waiting for, once more. Never a pulse."""
    match walk.stage:
        case Stage.DONE:
            return Finished()
        case Stage.READER:
            return _scan(walk)
        case stage if stage in _SEEN:
            return LookAt(section_of(walk).board)
        case Stage.UNREAD:
            return Ask(walk.stage, {"reader": walk.readers[walk.reader]})
        case Stage.LAMP:
            return Ask(walk.stage, {"lamp": walk.lamps[walk.lamp]})
        case _:
            return Ask(walk.stage, _fields(walk))


def _fields(walk: Walk) -> Mapping[str, str | int]:
    section = section_of(walk)
    channel, draft = section.doors[min(walk.door, len(section.doors) - 1)]
    name = walk.now.name if walk.now is not None and walk.now.name else draft
    return {"board": section.board, "channel": channel, "door": name, "taken": walk.taken}


def _note(walk: Walk, **news: str | int | bool | None) -> Walk:
    channel, _ = section_of(walk).doors[walk.door]
    now = walk.now or DoorFound(section_of(walk).board, channel)
    return replace(walk, now=replace(now, **news))  # type: ignore[arg-type]


def _with(walk: Walk, **news: Any) -> Walk:
    """What became known of the board."""
    fresh = replace(section_of(walk), **news)
    sections = (*walk.sections[: walk.section], fresh, *walk.sections[walk.section + 1 :])
    return replace(walk, sections=sections)


def _under(walk: Walk, look: Look | None) -> Look:
    return {one: doors for one, doors in (look or {}).items() if one in section_of(walk).among}


_LOOKS_NEXT: Final = {
    Stage.SHUT: Stage.LOOKING,
    Stage.SILENT: Stage.LOOKING,
    Stage.PUT: Stage.FILLED,
    Stage.TAKE: Stage.EMPTIED,
    Stage.CLOSING: Stage.CLOSED,
    Stage.LEVER: Stage.LEVERED,
    Stage.RESHUT: Stage.RELOOK,
}

_SEEN: Final = {
    Stage.LOOKING: _looked,
    Stage.FIRED: _fired,
    Stage.FILLED: _filled,
    Stage.EMPTIED: _emptied,
    Stage.CLOSED: _closed,
    Stage.LEVERED: _levered,
    Stage.RELOOK: _relooked,
}
