"""From what the agent shows to a picture with every word in it. Pure; the page only lays out and draws.

Nothing here or on the page names a flow: a prompt is a prompt, so a new flow needs no new screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custody.flows.grammar import Colour
from custody.messages import DoorState
from edge.kiosk.sentences import Language, clock, date, sentence
from edge.kiosk.shown import Compartment, Journal, Prompt, Show

__all__ = ["Picture", "away", "picture"]

_MOST_CARDS, _MOST_BESIDE_REFUSAL = 5, 2  # what fits: nothing scrolls
_MOST_PEOPLE = 6  # less where there is something to touch or to read beside them
_HEIGHTS = {"S": 1.0, "M": 1.4, "L": 2.0, "XL": 2.8}
"""How tall a compartment is drawn; a size with another name is drawn as S."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """``shape``: shut, open, unknown or blocked. ``word`` says what a plain shut door need not."""

    number: str
    row: int
    column: int
    shape: str
    word: str
    lit: bool
    free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabinet:
    doors: tuple[Door, ...]
    rows: tuple[float, ...]  # heights
    columns: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    title: str
    ticked: bool
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    word: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypad:
    enter: str
    erase: str
    empty: str
    secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    free_heading: str
    free: tuple[Count, ...]
    waiting_heading: str
    waiting: tuple[Count, ...]
    nobody: str
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line at the bottom: how it stands with the network and the journal."""

    state: str  # online, offline, urgent, away
    word: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    language: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One screen, worded. ``scene``: rest, prompt or away. ``lost`` is what the page says when it hears no more."""

    scene: str
    language: str
    turn: int
    colour: str
    colour_word: str
    headline: str
    next: str
    brand: str
    court: str
    station: str
    person: str
    clock: str
    date: str
    switch: Switch
    lost: Banner
    line: Line
    cabinet: Cabinet | None = None
    refusal: Banner | None = None
    slips: tuple[Slip, ...] = ()
    progress: str = ""
    more: str = ""
    choices: tuple[Button, ...] = ()
    cancel: str = ""
    keypad: Keypad | None = None
    rest: Rest | None = None
    print: str = ""  # the words on the button that prints the list; empty where there is none
    sound: str | None = None


def picture(show: Show, language: Language, *, now: int, other: str, sound: bool) -> Picture:
    """What the screen shows of ``show`` at ``now``. ``other`` is the language to switch to."""
    words = _Words(language, now)
    prompt = show.prompt
    resting = show.person is None and not prompt.keypad  # whoever keys in a code is no longer at rest
    return Picture(
        scene="rest" if resting else "prompt",
        language=_tag(language.code),
        turn=show.turn,
        colour=prompt.colour.value,
        colour_word=words(f"kiosk.colour.{prompt.colour}"),
        headline=words(prompt.headline.key, prompt.headline.fields),
        next=words(prompt.next.key, prompt.next.fields),
        brand=words("kiosk.brand"),
        court=show.station.court,
        station=show.station.name,
        person=show.person or "",
        clock=clock(language, now),
        date=date(language, now),
        switch=Switch(language=other, label=words(f"kiosk.switch.{other}")),
        lost=_lost(words),
        line=_line(words, show.journal, online=show.network == "online"),
        cabinet=_cabinet(words, show) if show.compartments else None,
        refusal=_refusal(words, prompt),
        slips=_slips(words, prompt),
        progress=_progress(words, prompt),
        more=_more(words, prompt),
        choices=tuple(Button(id=one.id, label=words(one.text.key, one.text.fields)) for one in prompt.choices),
        cancel="" if prompt.cancel is None else words(prompt.cancel.key, prompt.cancel.fields),
        keypad=_keypad(words, secret=prompt.secret) if prompt.keypad else None,
        rest=_rest(words, show) if resting else None,
        print="" if prompt.sheet is None else words("kiosk.print"),
        sound=show.sound if sound else None,
    )


def away(language: Language, *, now: int, other: str) -> Picture:
    """What the screen shows while the agent does not answer."""
    words = _Words(language, now)
    lost = _lost(words)
    return Picture(
        scene="away",
        language=_tag(language.code),
        turn=0,
        colour=Colour.UNKNOWN.value,
        colour_word=words(f"kiosk.colour.{Colour.UNKNOWN}"),
        headline=lost.word,
        next=lost.sentence,
        brand=words("kiosk.brand"),
        court="",
        station="",
        person="",
        clock=clock(language, now),
        date=date(language, now),
        switch=Switch(language=other, label=words(f"kiosk.switch.{other}")),
        lost=lost,
        line=Line(state="away", word="", sentence=words("kiosk.away.line")),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    language: Language
    now: int

    def __call__(self, key: str, fields: Mapping[str, str | int] | None = None) -> str:
        return sentence(self.language, key, fields, now=self.now)


def _tag(code: str) -> str:
    return code.replace("_", "-")


def _lost(words: _Words) -> Banner:
    return Banner(word=words("kiosk.away.headline"), sentence=words("kiosk.away.next"))


def _refusal(words: _Words, prompt: Prompt) -> Banner | None:
    if prompt.refusal is None:
        return None
    told = words(f"refusal.{prompt.refusal.code}", prompt.refusal.fields)
    return Banner(word=words("kiosk.refused"), sentence=told)


def _slips(words: _Words, prompt: Prompt) -> tuple[Slip, ...]:
    seen = prompt.cards[-_most_cards(prompt) :]  # the newest are at the end: a scan must be seen to arrive
    return tuple(
        Slip(
            title=_kept_together(one.title),
            ticked=one.ticked,
            word=words("kiosk.ticked" if one.ticked else "kiosk.not_ticked"),
        )
        for one in seen
    )


def _most_cards(prompt: Prompt) -> int:
    return _MOST_CARDS if prompt.refusal is None else _MOST_BESIDE_REFUSAL


def _kept_together(title: str) -> str:
    """A title breaks, if it must, behind the case number and not within "正卷 1/2"."""
    number, space, volume = title.partition(" ")
    return number + space + volume.replace(" ", "\N{NO-BREAK SPACE}")


def _progress(words: _Words, prompt: Prompt) -> str:
    if not prompt.cards:
        return ""
    ticked = sum(one.ticked for one in prompt.cards)
    return words("kiosk.progress", {"count": ticked, "of": len(prompt.cards)})


def _more(words: _Words, prompt: Prompt) -> str:
    hidden = len(prompt.cards) - _most_cards(prompt)
    return words("kiosk.more", {"count": hidden}) if hidden > 0 else ""


def _keypad(words: _Words, *, secret: bool) -> Keypad:
    return Keypad(
        enter=words("kiosk.keypad.enter"),
        erase=words("kiosk.keypad.erase"),
        empty=words("kiosk.keypad.empty"),
        secret=secret,
    )


def _cabinet(words: _Words, show: Show) -> Cabinet:
    doors = tuple(_door(words, one, lit=one.place == show.prompt.lit) for one in show.compartments)
    rows = [_HEIGHTS["S"]] * (1 + max(one.row for one in show.compartments))
    for one in show.compartments:
        rows[one.row] = max(rows[one.row], _HEIGHTS.get(one.size.upper(), _HEIGHTS["S"]))
    columns = 1 + max(one.column for one in show.compartments)
    return Cabinet(doors=doors, rows=tuple(rows), columns=columns, name=words("kiosk.cabinet"))


def _door(words: _Words, one: Compartment, *, lit: bool) -> Door:
    shape = _shape(one)
    return Door(
        number=one.number,
        row=one.row,
        column=one.column,
        shape=shape,
        word="" if shape == "shut" else words(f"kiosk.door.{shape}"),
        lit=lit,
        free=one.free,
    )


def _shape(one: Compartment) -> str:
    if one.door is DoorState.OPEN:
        return "open"
    if one.blocked:
        return "blocked"
    return "shut" if one.door is DoorState.CLOSED else "unknown"


def _rest(words: _Words, show: Show) -> Rest:
    sizes = tuple(
        Count(name=words.language.sentences.get(f"kiosk.size.{size}", size), count=count)
        for size, count in sorted(show.free.items(), key=lambda one: (_HEIGHTS.get(one[0].upper(), 0), one[0]))
    )
    people = tuple(Count(name=one.initials, count=one.count) for one in show.waiting)
    room = _MOST_PEOPLE - 2 * bool(show.prompt.choices) - 2 * (show.prompt.refusal is not None)
    hidden = len(people) - room
    return Rest(
        free_heading=words("kiosk.free"),
        free=sizes,
        waiting_heading=words("kiosk.waiting") if show.compartments else "",
        waiting=people[:room],
        nobody=words("kiosk.nobody"),
        more=words("kiosk.more_people", {"count": hidden}) if hidden > 0 else "",
    )


def _line(words: _Words, journal: Journal, *, online: bool) -> Line:
    fields: dict[str, str | int] = {"count": journal.waiting, "since_ms": journal.oldest or 0}
    network = "online" if online else "offline"
    none, some = ("online", "uploading") if online else ("offline_empty", "offline")
    parts = [words(f"kiosk.line.{some if journal.waiting else none}", fields)]
    urgent = journal.room_days is not None and journal.room_days < 1
    if urgent:
        parts.append(words("kiosk.line.room_short"))
    elif not online:
        if journal.waiting and journal.oldest:
            parts.append(words("kiosk.line.oldest", fields))
        if journal.room_days is not None:
            parts.append(words("kiosk.line.room", {"days": int(journal.room_days)}))
    state = "urgent" if urgent else network
    return Line(state=state, word=words(f"kiosk.network.{network}"), sentence="".join(parts))
