"""A cabinet's front as the steel stands, doors as sensed; and what lies behind one of them."""

from __future__ import annotations

from collections.abc import Sequence

from custody.messages import DoorState
from hub.telling import Telling
from hub.views import CabinetView, CommandView, CompartmentView, Lying
from hub.web.icons import icon
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, moment, note, opened_words, sheet, table, tag

__all__ = ["draw_command", "draw_compartment", "draw_front", "draw_station_contents"]


def draw_front(view: CabinetView, tell: Telling, *, chosen: str | None) -> Markup:
    """The doors in the places where they are."""
    columns = 1 + max(one.column for one in view.compartments)
    doors = (_door(one, tell, chosen=chosen) for one in view.compartments)
    return join(
        h("div", *doors, class_="steel", style=f"grid-template-columns:repeat({columns},minmax(0,1fr))"),
        _legend(tell),
    )


def _door(one: CompartmentView, tell: Telling, *, chosen: str | None) -> Markup:
    say = tell.say
    held = len(one.contents) + one.hidden
    if one.blocked:
        word = say("door.blocked")
    elif one.door is not DoorState.CLOSED:
        word = say(f"door.{one.door}")
    else:
        word = say("door.volumes", n=held) if held else say("door.free")
    full = " door-full" if held and one.door is DoorState.CLOSED else ""
    blocked = " door-blocked" if one.blocked else ""
    return h(
        "button",
        h("b", one.number),
        h("small", word),
        class_=f"door door-{one.door}{full}{blocked}",
        style=f"grid-row:{one.row + 1};grid-column:{one.column + 1}",
        data_emit="door",
        data_value=one.place,
        aria_pressed="true" if one.place == chosen else "false",
        title=say("door.title", number=one.number, size=one.size, state=say(f"door.{one.door}")),
    )


def _legend(tell: Telling) -> Markup:
    say = tell.say
    kinds = (
        ("door", say("door.free")),
        ("door door-full", say("door.full")),
        ("door door-open", say("door.open")),
        ("door door-unknown", say("door.unknown")),
        ("door door-blocked", say("door.blocked")),
    )
    return h("div", *(h("span", h("i", class_=kind), word) for kind, word in kinds), class_="legend")


def draw_compartment(one: CompartmentView | None, tell: Telling) -> Markup:
    """The chosen compartment: its door and what lies there."""
    say = tell.say
    if one is None:
        return sheet(say("cabinet.compartment"), empty(say("cabinet.choose"), say("cabinet.choose_next")))
    tone = {DoorState.CLOSED: "good", DoorState.OPEN: "wait", DoorState.UNKNOWN: ""}[one.door]
    since = None if one.since is None else h("span", say("cabinet.since", time=tell.time(one.since)), class_="soft")
    state = h("div", tag(say(f"door.{one.door}"), tone), " ", since)
    blocked = note(say("cabinet.blocked_next"), "person", "unaccounted") if one.blocked else None
    hidden = note(say("cabinet.hidden", n=one.hidden), "wait", "eye") if one.hidden else None
    held = _contents(one.contents, tell)
    if not one.contents and not one.hidden:
        held = h("p", say("cabinet.nothing"), class_="soft")
    title = say("cabinet.number", number=one.number, size=say(f"size.{one.size}"))
    return sheet(title, h("div", state, blocked, hidden, held, class_="sheet-body stack"))


def _contents(lying: Sequence[Lying], tell: Telling) -> Markup:
    say = tell.say
    if not lying:
        return h("p", say("cabinet.nothing"), class_="soft")
    return h("ul", *(_lying(one, tell) for one in lying), class_="stack")


def _lying(one: Lying, tell: Telling) -> Markup:
    whom = h("div", tell.say("where.lies_for", name=one.recipient), class_="soft") if one.recipient else None
    opened = h("div", opened_words(one.opened, tell), class_="soft") if one.opened else None
    return h("li", h("a", one.title, href=f"/volumes/{one.volume}"), " ", moment(tell, one.since), whom, opened)


def draw_station_contents(lying: Sequence[Lying], tell: Telling) -> Markup:
    """Everything recorded at a station without compartments."""
    say = tell.say
    if not lying:
        return sheet(say("cabinet.contents"), empty(say("cabinet.empty"), say("cabinet.empty_next")))
    headers = (say("col.volume"), say("col.recipient"), say("col.since"))
    rows = [
        h(
            "tr",
            h("td", h("a", one.title, href=f"/volumes/{one.volume}")),
            h("td", one.recipient),
            h("td", moment(tell, one.since)),
            tabindex=0,
            data_href=f"/volumes/{one.volume}",
        )
        for one in lying
    ]
    return sheet(say("cabinet.contents"), table(headers, rows))


def draw_command(one: CommandView, tell: Telling) -> Markup:
    """A command's progress, told only as far as it is known: sent is not opened."""
    say = tell.say
    lines = [_progress("past", "check", say("command.sent"), tell.time(one.sent, seconds=True))]
    if one.outcome is None:
        late = one.expires is not None and tell.now > one.expires
        key = "command.no_answer" if late else "command.waiting"
        lines.append(_progress("bad" if late else "now", "offline" if late else "wait", say(key), ""))
    else:
        opened = one.outcome in ("opened", "already_open")
        answered = "" if one.answered is None else tell.time(one.answered, seconds=True)
        tone, drawing = ("past", "sensed") if opened else ("bad", "discrepancy")
        lines.append(_progress(tone, drawing, say(f"answer.{one.outcome}", number=one.number), answered))
    head = h("p", say("command.of", number=one.number, reason=say(f"open_reason.{one.reason}")), class_="soft")
    return h("div", head, h("ol", *lines, class_="progress"), class_="stack")


def _progress(tone: str, drawing: str, text: str, beside: str) -> Markup:
    return h("li", icon(drawing), h("span", text), h("span", beside, class_="soft"), class_=tone)
