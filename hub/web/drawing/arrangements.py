"""What is arranged as tables: teams, compartments kept, guarded volumes, pickup codes, numbers, delegations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.telling import Telling
from hub.views import ArrangementsView, CodeView, TeamView
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, sheet, table, tag

__all__ = ["draw_arrangements"]

May = Callable[[str], bool]


def draw_arrangements(view: ArrangementsView, tell: Telling, *, may: May) -> Markup:
    """``may``: whether this reader may undo what the emitted event names."""
    say = tell.say

    def undo(event: str, value: str) -> Markup:
        if not may(event):
            return h("td")
        return h("td", h("button", say(f"arrange.{event}"), class_="linkish", data_emit=event, data_value=value))

    codes = [_code(one, tell, undo("revoke", one.id)) for one in view.codes]
    teams = [_team(one, tell, may=may("leave")) for one in view.teams]
    kept = [h("tr", h("td", one.name), h("td", one.recipient), undo("free", one.place)) for one in view.kept]
    guarded = [
        h("tr", h("td", one.title), h("td", one.by), h("td", say("lifting.asked_by", name=one.lifting)))
        if one.lifting
        else h("tr", h("td", one.title), h("td", one.by), undo("unguard", one.volume))
        for one in view.guarded
    ]
    pins = [h("tr", h("td", one.name), h("td", one.by), undo("end_pin", one.person)) for one in view.pins]
    given = [
        h("tr", h("td", one.name), h("td", one.to), h("td", tell.time(one.until)), undo("end", one.person))
        for one in view.delegations
    ]
    return join(
        _sheet(tell, "codes", ("person", "volume", "until", "used", "undo"), codes),
        _sheet(tell, "teams", ("team", "members"), teams),
        _sheet(tell, "kept", ("place", "recipient", "undo"), kept),
        _sheet(tell, "guarded", ("volume", "by", "undo"), guarded),
        _sheet(tell, "pins", ("person", "by", "undo"), pins),
        _sheet(tell, "delegations", ("person", "delegate", "until", "undo"), given),
    )


def _sheet(tell: Telling, name: str, heads: Sequence[str], rows: Sequence[Markup]) -> Markup:
    say = tell.say
    if not rows:
        return sheet(say(f"arrange.{name}"), empty(say("arrange.none"), say(f"arrange.{name}_next")))
    return sheet(say(f"arrange.{name}"), table([say(f"arrange.col.{one}") for one in heads], rows, id_=name))


def _code(one: CodeView, tell: Telling, undo: Markup) -> Markup:
    say = tell.say
    spent, over = one.used >= one.uses, one.until <= tell.now
    state = tag(say("arrange.spent" if spent else "arrange.over")) if spent or over else ""
    used = say("arrange.used", used=one.used, uses=one.uses)
    volumes = say("list.joint").join(one.volumes)
    return h(
        "tr", h("td", one.person), h("td", volumes), h("td", tell.time(one.until)), h("td", used, " ", state), undo
    )


def _team(one: TeamView, tell: Telling, *, may: bool) -> Markup:
    members = [_member(one, person, name, tell, may=may) for person, name in one.members.items()]
    return h("tr", h("td", one.name, class_="nowrap"), h("td", *members))


def _member(team: TeamView, person: str, name: str, tell: Telling, *, may: bool) -> Markup:
    if not may:
        return h("span", name, " ")
    leave = h(
        "button",
        "×",
        class_="linkish",
        data_emit="leave",
        data_value=f"{person} {team.id}",
        aria_label=tell.say("arrange.leave_of", name=name, team=team.name),
    )
    return h("span", name, " ", leave, " ", class_="nowrap")
