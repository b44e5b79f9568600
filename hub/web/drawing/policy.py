"""The court's policy as tables: rules, days closed, how long each cabinet works alone, what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.telling import Telling
from hub.views import ClosureView, OverdueView, PolicyView, RuleView
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, moment, sheet, table, tag

__all__ = ["draw_overdue", "draw_policy"]

May = Callable[[str], bool]
_ACT = "act"  # a column of buttons needs no head


def draw_policy(view: PolicyView, tell: Telling, *, may: May) -> Markup:
    """``may``: whether this reader may do what the emitted event names."""
    say = tell.say
    rules = [_rule(one, tell, may=may("change")) for one in view.rules]
    return join(
        sheet(say("policy.rules"), table(_heads(tell, "rule", "value", "since", "by", "act"), rules, id_="rules")),
        _closures(view.closures, tell, may=may("withdraw")),
        _alone(view, tell),
        draw_overdue(view.overdue, tell),
        _period(view, tell, may=may("close")),
        _history(view, tell),
    )


def draw_overdue(rows: Sequence[OverdueView], tell: Telling) -> Markup:
    """What has lain too long, and where to fetch it."""
    say = tell.say
    if not rows:
        body = empty(say("policy.overdue_none"), say("policy.overdue_none_next"), drawing="check", good=True)
        return sheet(say("policy.overdue"), body)
    lines = [
        h(
            "tr",
            h("td", h("a", one.title, href=f"/volumes/{one.volume}")),
            h("td", h("a", one.where, href=f"/stations/{one.station}?door={one.place}"), class_="nowrap"),
            h("td", one.recipient),
            h("td", moment(tell, one.since), class_="nowrap"),
        )
        for one in rows
    ]
    heads = _heads(tell, "volume", "where", "recipient", "lying_since")
    return sheet(say("policy.overdue"), table(heads, lines, id_="overdue"), beside=say("policy.overdue_beside"))


def _rule(one: RuleView, tell: Telling, *, may: bool) -> Markup:
    say = tell.say
    words = h("strong", say(f"rule.{one.rule}")), h("div", say(f"rule.{one.rule}_means"), class_="soft")
    value = say("policy.at_once") if not one.value else say("policy.days", n=one.value)
    since = say("policy.never_decided") if one.since is None else moment(tell, one.since)
    change = h("button", say("policy.change"), class_="linkish", data_emit="change", data_value=one.rule)
    return h(
        "tr",
        h("td", *words),
        h("td", value, class_="nowrap"),
        h("td", since, class_="nowrap"),
        h("td", one.by),
        h("td", change if may else None),
    )


def _closures(rows: Sequence[ClosureView], tell: Telling, *, may: bool) -> Markup:
    say = tell.say
    if not rows:
        return sheet(say("policy.closures"), empty(say("policy.closures_none"), say("policy.closures_none_next")))
    lines = [
        h(
            "tr",
            h("td", one.first.isoformat(), class_="nowrap"),
            h("td", one.last.isoformat(), class_="nowrap"),
            h("td", say("policy.days", n=one.days)),
            h("td", one.by),
            h("td", tag(say("policy.over")) if one.over else _withdraw(one, tell) if may else None),
        )
        for one in rows
    ]
    heads = _heads(tell, "first", "last", "length", "by", "act")
    return sheet(say("policy.closures"), table(heads, lines, id_="closures"))


def _withdraw(one: ClosureView, tell: Telling) -> Markup:
    both = f"{one.first.isoformat()} {one.last.isoformat()}"
    return h("button", tell.say("policy.withdraw"), class_="linkish", data_emit="withdraw", data_value=both)


def _alone(view: PolicyView, tell: Telling) -> Markup:
    say = tell.say
    if not view.stations:
        return sheet(say("policy.alone"), empty(say("stations.none"), say("stations.none_next")))
    lines = [
        h(
            "tr",
            h("td", h("a", one.name, href=f"/stations/{one.id}")),
            h("td", say("policy.no_grants") if one.until is None else tell.time(one.until)),
        )
        for one in view.stations
    ]
    return sheet(
        say("policy.alone"),
        table(_heads(tell, "station", "until"), lines, id_="alone"),
        beside=say("policy.alone_beside"),
    )


def _period(view: PolicyView, tell: Telling, *, may: bool) -> Markup:
    say = tell.say
    if view.closed_until is None:
        told = say("policy.period_none")
    else:
        told = say("policy.period_until", until=tell.date_time(view.closed_until), by=view.closed_by)
    close = h("button", say("policy.close"), class_="button", data_emit="close") if may else None
    return sheet(say("policy.period"), h("div", h("p", told, id="period"), close, class_="sheet-body stack"))


def _history(view: PolicyView, tell: Telling) -> Markup:
    say = tell.say
    if not view.history:
        return sheet(say("policy.history"), empty(say("policy.history_none"), say("policy.history_none_next")))
    lines = [
        h(
            "tr",
            h("td", moment(tell, one.time), class_="nowrap"),
            h("td", tell.sentence(one.key, one.fields)),
            h("td", one.by),
        )
        for one in view.history
    ]
    return sheet(say("policy.history"), table(_heads(tell, "when", "decision", "by"), lines, id_="history"))


def _heads(tell: Telling, *names: str) -> list[str]:
    return ["" if one == _ACT else tell.say(f"policy.col.{one}") for one in names]
