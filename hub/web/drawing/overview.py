"""The overview: how many volumes stand at each step, how the stations are, what moved."""

from __future__ import annotations

from collections.abc import Callable

from custody.archiving import STEPS
from hub.telling import Telling
from hub.views import Moved, Overview, StationView
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, moment, sheet, table, tag

__all__ = ["draw_overview", "station_state"]


def draw_overview(view: Overview, tell: Telling, *, may: Callable[[str], bool]) -> Markup:
    """``may``: whether this reader may open a page."""
    say = tell.say
    if not view.registered and not view.stations:
        return sheet(None, empty(say("overview.empty"), say("overview.empty_next")))
    return join(
        _figures(view, tell, may),
        sheet(say("overview.line"), _line(view, tell), beside=h("span", say("overview.line_beside"), class_="soft")),
        h("div", _latest(view, tell), _stations(view, tell), class_="columns"),
    )


def _figures(view: Overview, tell: Telling, may: Callable[[str], bool]) -> Markup:
    say = tell.say

    def waiting(name: str, value: int, page: str) -> Markup:
        """What somebody has to do something about."""
        beside = say(f"overview.{name}_{'open' if value else 'none'}")
        tone = "figure-person" if value else "figure-good"
        return _figure(say(f"overview.{name}"), value, beside, tone=tone, href=page if may(page) else None)

    usual = say("overview.no_usual") if view.moved_usual is None else say("overview.usual", n=view.moved_usual)
    return h(
        "div",
        _figure(say("overview.registered"), view.registered, say("overview.registered_beside")),
        _figure(say("overview.moved"), view.moved_today, usual),
        _figure(say("overview.with_people"), view.with_people, say("overview.with_people_beside")),
        waiting("overdue", view.overdue, "/policy"),
        waiting("discrepancies", view.discrepancies, "/discrepancies"),
        class_="figures",
    )


def _figure(name: str, value: int, beside: str, *, tone: str = "", href: str | None = None) -> Markup:
    parts = (h("span", name), h("strong", value), h("span", beside))
    return h("a" if href else "div", *parts, class_=f"figure {tone}".strip(), href=href)


def _line(view: Overview, tell: Telling) -> Markup:
    """What waits for each step: what the step before it has finished."""
    say = tell.say
    waits = [view.waiting, *(view.after.get(step, 0) for step in STEPS)]
    names = [say("overview.waiting"), *(say(f"step.{step}") for step in STEPS)]
    most = max(*waits, 1)
    return h("div", (_line_step(name, n, most) for name, n in zip(names, waits, strict=True)), class_="line")


def _line_step(name: str, count: int, most: int) -> Markup:
    tone = "" if count else " line-step-none"
    bar = h("div", h("i", style=f"width:{round(100 * count / most)}%"), class_="bar")
    return h("div", h("strong", count), h("span", name), bar, class_=f"line-step{tone}")


def _stations(view: Overview, tell: Telling) -> Markup:
    say = tell.say
    if not view.stations:
        return sheet(say("overview.stations"), empty(say("stations.none"), say("stations.none_next")))
    return sheet(say("overview.stations"), *(_station(one, tell) for one in view.stations))


def _station(one: StationView, tell: Telling) -> Markup:
    say = tell.say
    doors = say("stations.free", free=one.free, of=one.of) if one.of else say("stations.holds", n=one.holds)
    troubles = [tag(say("stations.open", n=one.open), "wait")] if one.open else []
    troubles += [tag(say("stations.unknown", n=one.unknown))] if one.unknown else []
    name = h("div", h("strong", one.name), h("span", doors, class_="soft"), *troubles)
    return h("a", name, station_state(one, tell), _journal(one, tell), href=f"/stations/{one.id}", class_="station-row")


def station_state(one: StationView, tell: Telling) -> Markup:
    """Online or not, and since when."""
    say = tell.say
    if one.online:
        return h("div", tag(say("stations.online"), "good", "check"))
    since = None if one.since is None else h("span", " ", moment(tell, one.since), class_="soft")
    key = "stations.offline" if one.since is not None else "stations.never"
    return h("div", tag(say(key), "", "offline"), since)


def _journal(one: StationView, tell: Telling) -> Markup:
    """How much waits in a station's journal to be sent, beside the room left."""
    say = tell.say
    text = say(_journal_key(one), n=one.waiting)
    room = "" if one.room_days is None else say("stations.room", days=int(one.room_days))
    width = min(100, round(100 * one.waiting / 1000)) if one.waiting else 0
    tone = "gauge gauge-wait" if one.waiting else "gauge"
    bar = h("div", h("i", style=f"width:{width}%") if one.waiting else None, class_=tone)
    return h("div", h("span", text, " ", h("span", room, class_="soft")), bar)


def _journal_key(one: StationView) -> str:
    """What is known: of a station that is offline, only what it said before."""
    if one.waiting:
        return "stations.waiting"
    if one.online:
        return "stations.sent"
    return "stations.no_records" if one.since is None else "stations.sent_before"


def _latest(view: Overview, tell: Telling) -> Markup:
    say = tell.say
    if not view.latest:
        return sheet(say("overview.latest"), empty(say("overview.latest_none"), say("overview.latest_none_next")))
    headers = (say("col.time"), say("col.volume"), say("col.happened"), say("col.person"), say("col.place"))
    return sheet(say("overview.latest"), table(headers, [_moved(one, tell) for one in view.latest]))


def _moved(one: Moved, tell: Telling) -> Markup:
    return h(
        "tr",
        h("td", moment(tell, one.time), class_="nowrap"),
        h("td", h("a", one.title, href=f"/volumes/{one.volume}")),
        h("td", tell.say(one.key), class_="nowrap"),
        h("td", one.person, class_="nowrap"),
        h("td", one.place),
        data_href=f"/volumes/{one.volume}",
    )
