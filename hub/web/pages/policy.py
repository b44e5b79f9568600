"""What the court decides for itself: rules in days, the days it is closed, and what follows from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from nicegui import ui

from custody.events import PolicyRule
from hub.core.access import API
from hub.orders import Announce, Decide, Decision, Withdraw
from hub.telling import Telling
from hub.web.desk import Desk, open_page
from hub.web.dialogs import asking, buttons, day
from hub.web.drawing.policy import draw_policy
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import page_head

__all__ = ["install"]

_RIGHTS = {
    "change": f"PUT {API}/policy/{{rule}}",
    "announce": f"POST {API}/closures",
    "close": f"POST {API}/period",
    "withdraw": f"DELETE {API}/closures/{{first}}/{{last}}",
}


def install(changes: Changes) -> None:
    @ui.page("/policy")
    async def policy(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /policy", build=_build)


async def _build(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        say = tell.say
        announce = h("button", say("policy.announce"), data_emit="announce", class_="button button-first")
        acts = [announce] if desk.may(_RIGHTS["announce"]) else []
        view = desk.parts.queries.policy(roles=desk.visitor.roles)
        head = page_head(say("nav.policy"), say("policy.beside"), *acts)
        return join(head, draw_policy(view, tell, may=lambda event: desk.may(_RIGHTS[event])))

    await desk.live(draw)
    ui.on("change", lambda event: _ask_value(desk, PolicyRule(str(event.args))))
    ui.on("announce", lambda _: _ask_days(desk))
    ui.on("withdraw", _withdrawing(desk))
    ui.on("close", lambda _: _ask_close(desk))


def _withdrawing(desk: Desk) -> Callable[[object], Awaitable[None]]:
    async def withdraw(event: object) -> None:
        first, _, last = str(getattr(event, "args", "")).partition(" ")
        order = Withdraw(first=date.fromisoformat(first), last=date.fromisoformat(last))
        await _decided(desk, "withdraw", order)

    return withdraw


async def _decided(desk: Desk, event: str, decision: Decision) -> bool:
    acts = desk.parts.acts
    return await desk.carry_out(_RIGHTS[event], lambda who: acts.decide(decision, by=who.person), done="policy.done")


def _ask_value(desk: Desk, rule: PolicyRule) -> None:
    say = desk.say
    view = desk.parts.queries.policy(roles=desk.visitor.roles)
    shown = next(one for one in view.rules if one.rule is rule)
    with asking(say(f"rule.{rule}"), say(f"rule.{rule}_means")) as dialog:
        limits = say("policy.limits", least=shown.least, most=shown.most)
        days = ui.number(say("policy.in_days"), value=shown.value, precision=0).props(f'outlined dense hint="{limits}"')

        async def change() -> bool:
            if days.value is None:
                desk.tell_missing("policy.limits", least=shown.least, most=shown.most)
                return False
            return await _decided(desk, "change", Decide(rule=rule, value=int(days.value)))

        buttons(desk, dialog, say("policy.change"), change)


def _ask_days(desk: Desk) -> None:
    say = desk.say
    with asking(say("policy.announce"), say("policy.announce_sentence")) as dialog:
        first, last = day(say("policy.col.first")), day(say("policy.col.last"))

        async def announce() -> bool:
            begins, ends = _date(first.value), _date(last.value)
            if begins is None or ends is None:
                desk.tell_missing("policy.fill_in")
                return False
            return await _decided(desk, "announce", Announce(first=begins, last=ends))

        buttons(desk, dialog, say("policy.announce"), announce)


def _ask_close(desk: Desk) -> None:
    say = desk.say
    with asking(say("policy.close"), say("policy.close_sentence")) as dialog:
        last = day(say("policy.close_last"))

        async def close() -> bool:
            closed = _date(last.value)
            if closed is None or closed == date.max:
                desk.tell_missing("policy.fill_in")
                return False
            midnight = datetime.combine(closed + timedelta(days=1), time(), ZoneInfo(desk.parts.zone))
            until = int(midnight.timestamp() * 1000) - 1
            acts = desk.parts.acts
            return await desk.carry_out(
                _RIGHTS["close"], lambda who: acts.close_period(until, by=who.person), done="policy.closed"
            )

        buttons(desk, dialog, say("policy.close"), close)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
