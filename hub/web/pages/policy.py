"""What the court decides for itself: rules in days, the days it is closed, and what follows from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from nicegui import ui

from custody.events import PolicyRule
from hub.core.access import API
from hub.face import Refused
from hub.orders import Announce, Decide, Decision, Withdraw
from hub.telling import Telling
from hub.web.desk import Desk, open_page
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
        await _decided(desk, _RIGHTS["withdraw"], order)

    return withdraw


async def _decided(desk: Desk, what: str, decision: Decision) -> bool:
    refused = await desk.act(what, lambda visitor: desk.parts.acts.decide(decision, by=visitor.person))
    if isinstance(refused, Refused):
        desk.tell_refused(refused)
        return False
    desk.tell_done("policy.done")
    return True


def _ask_value(desk: Desk, rule: PolicyRule) -> None:
    say = desk.say
    view = desk.parts.queries.policy(roles=desk.visitor.roles)
    shown = next(one for one in view.rules if one.rule is rule)
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        sentence = h("p", say(f"rule.{rule}_means"), class_="soft")
        ui.html(h("h2", say(f"rule.{rule}")) + sentence, sanitize=False)
        limits = say("policy.limits", least=shown.least, most=shown.most)
        days = ui.number(say("policy.in_days"), value=shown.value, precision=0).props(f'outlined dense hint="{limits}"')

        async def change() -> None:
            if days.value is None:
                ui.notify(limits, type="warning", position="top")
            elif await _decided(desk, _RIGHTS["change"], Decide(rule=rule, value=int(days.value))):
                dialog.close()

        _buttons(desk, "change", change, dialog.close)
    dialog.open()


def _ask_days(desk: Desk) -> None:
    say = desk.say
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        sentence = h("p", say("policy.announce_sentence"), class_="soft")
        ui.html(h("h2", say("policy.announce")) + sentence, sanitize=False)
        first, last = (
            ui.input(say(f"policy.col.{one}")).props("outlined dense type=date stack-label").style("width:100%")
            for one in ("first", "last")
        )

        async def announce() -> None:
            begins, ends = _date(first.value), _date(last.value)
            if begins is None or ends is None:
                ui.notify(say("policy.fill_in"), type="warning", position="top")
            elif await _decided(desk, _RIGHTS["announce"], Announce(first=begins, last=ends)):
                dialog.close()

        _buttons(desk, "announce", announce, dialog.close)
    dialog.open()


def _ask_close(desk: Desk) -> None:
    say = desk.say
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        sentence = h("p", say("policy.close_sentence"), class_="soft")
        ui.html(h("h2", say("policy.close")) + sentence, sanitize=False)
        last = ui.input(say("policy.close_last")).props("outlined dense type=date stack-label").style("width:100%")

        async def close() -> None:
            day = _date(last.value)
            if day is None:
                ui.notify(say("policy.fill_in"), type="warning", position="top")
                return
            midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(desk.parts.zone))
            until = int(midnight.timestamp() * 1000) - 1
            refused = await desk.act(
                _RIGHTS["close"], lambda visitor: desk.parts.acts.close_period(until, by=visitor.person)
            )
            if isinstance(refused, Refused):
                desk.tell_refused(refused)
            else:
                desk.tell_done("policy.closed")
                dialog.close()

        _buttons(desk, "close", close, dialog.close)
    dialog.open()


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _buttons(desk: Desk, verb: str, do: Callable[[], Awaitable[None]], close: Callable[[], object]) -> None:
    with ui.row().style("align-self:flex-end;gap:8px"):
        ui.button(desk.say("dialog.cancel"), on_click=close).props("flat no-caps")
        ui.button(desk.say(f"policy.{verb}"), on_click=do).props("unelevated no-caps")
