"""Who may open what beyond their own: pickup codes, numbers, teams, compartments kept, guarded volumes, delegations."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request, Response
from nicegui import ui

from custody.identifiers import PersonId, PlaceId, VolumeId
from hub.code_ticket import code_ticket
from hub.core.access import API
from hub.face import Refused
from hub.orders import (
    Code,
    EndDelegations,
    EndPin,
    Free,
    GivePin,
    Guard,
    IssueCode,
    Join,
    Keep,
    Leave,
    NewTeam,
    Order,
    Pin,
    RevokeCode,
    Unguard,
)
from hub.telling import Telling
from hub.views import HitKind
from hub.web.desk import Desk, open_page
from hub.web.drawing.arrangements import draw_arrangements
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import page_head

__all__ = ["GUARD_REASONS", "install"]

GUARD_REASONS = ("state_secret", "privacy", "minor", "ordered")
_LIFTED = "lifted"
_HOURS = (1, 4, 24, 72, 168)
_HOUR = 3_600_000
_MOST = 50

_RIGHTS = {
    "revoke": f"DELETE {API}/codes/{{code}}",
    "leave": f"DELETE {API}/teams/{{team}}/members/{{person}}",
    "free": f"DELETE {API}/compartments/{{place}}/kept",
    "unguard": f"POST {API}/volumes/{{volume}}/unguard",
    "end": f"DELETE {API}/people/{{person}}/delegations",
    "end_pin": f"DELETE {API}/people/{{person}}/pin",
}
_NEW = {
    "new_code": f"POST {API}/codes",
    "new_guard": f"POST {API}/volumes/{{volume}}/guard",
    "new_kept": f"PUT {API}/compartments/{{place}}/kept",
    "new_member": f"PUT {API}/teams/{{team}}/members/{{person}}",
    "new_team": f"POST {API}/teams",
    "new_pin": f"POST {API}/people/{{person}}/pin",
}


def install(changes: Changes) -> None:
    @ui.page("/arrangements")
    async def arrangements(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /arrangements", build=_build)


async def _build(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        say = tell.say
        acts = [
            h("button", say(f"arrange.{event}"), data_emit=event, class_="button button-first" if first else "button")
            for first, event in zip((True, *(False,) * len(_NEW)), _NEW, strict=False)
            if desk.may(_NEW[event])
        ]
        head = page_head(say("nav.arrangements"), say("arrange.beside"), *acts)
        view = desk.parts.queries.arrangements()
        return join(head, draw_arrangements(view, tell, may=lambda event: desk.may(_RIGHTS[event])))

    await desk.live(draw)
    for event, order in _UNDOING.items():
        ui.on(event, _undo(desk, _RIGHTS[event], order))
    asks = (_ask_code, _ask_guard, _ask_kept, _ask_member, _ask_team, _ask_pin)
    for event, ask in zip(_NEW, asks, strict=True):
        ui.on(event, _asking(desk, _NEW[event], ask))


def _leave(value: str) -> Order:
    person, _, team = value.partition(" ")
    return Leave(person=PersonId(person), team=team)


_UNDOING: Mapping[str, Callable[[str], Order]] = {
    "revoke": lambda value: RevokeCode(code=value),
    "leave": _leave,
    "free": lambda value: Free(place=PlaceId(value)),
    "unguard": lambda value: Unguard(volume=VolumeId(value), reason=_LIFTED),
    "end": lambda value: EndDelegations(person=PersonId(value)),
    "end_pin": lambda value: EndPin(person=PersonId(value)),
}


def _undo(desk: Desk, what: str, order: Callable[[str], Order]) -> Callable[[object], Awaitable[None]]:
    async def undo(event: object) -> None:
        if not isinstance(await _arrange(desk, what, order(str(getattr(event, "args", "")))), Refused):
            desk.tell_done("arrange.done")

    return undo


def _asking(desk: Desk, what: str, ask: Callable[[Desk, str], None]) -> Callable[[object], None]:
    return lambda _: ask(desk, what)


async def _arrange(desk: Desk, what: str, order: Order) -> Code | Pin | Refused | str | None:
    made = await desk.act(what, lambda visitor: desk.parts.acts.arrange(order, by=visitor.person))
    if isinstance(made, Refused):
        desk.tell_refused(made)
    return made


def _ask_code(desk: Desk, what: str) -> None:
    say = desk.say
    people = {str(one.id): one.name for one in desk.parts.queries.people()}
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        _title(desk, "new_code")
        person = _choice(people, say("people.name"))
        volumes = _field(say("arrange.which"))
        hours = _choice({one: say("arrange.hours", n=one) for one in _HOURS}, say("arrange.how_long"))
        hours.set_value(24)
        uses = ui.number(say("arrange.uses"), value=1, min=1, max=20, precision=0).props("outlined dense")

        async def issue() -> None:
            found = await _found(desk, volumes.value)
            if person.value is None or not found:
                ui.notify(say("arrange.fill_in"), type="warning", position="top")
                return
            now = desk.parts.clock()
            order = IssueCode(
                person=PersonId(person.value),
                volumes=found,
                since=now,
                until=now + int(hours.value or 24) * _HOUR,
                uses=int(uses.value or 1),
            )
            made = await _arrange(desk, what, order)
            if isinstance(made, Code):
                dialog.close()
                await _show_code(desk, made, people[person.value], order)

        _buttons(desk, "new_code", issue, dialog.close)
    dialog.open()


async def _show_code(desk: Desk, made: Code, name: str, order: IssueCode) -> None:
    told = desk.say("arrange.code_sentence", name=name, until=desk.tell().time(order.until))
    issued = next((one for one in desk.parts.queries.arrangements().codes if one.id == made.code), None)
    ticket = await to_thread(
        code_ticket,
        made.digits,
        court=desk.parts.court_name,
        name=name,
        titles=() if issued is None else issued.volumes,
        since=order.since,
        until=order.until,
        tell=desk.tell(),
    )
    _show_digits(
        desk,
        f"{made.digits[:4]} {made.digits[4:]}",
        title="arrange.code_title",
        told=told,
        ticket=lambda: ui.download.content(ticket, f"{made.code}.pdf", "application/pdf"),
    )


def _show_digits(desk: Desk, digits: str, *, title: str, told: str, ticket: Callable[[], object] | None = None) -> None:
    """This once; whoever closes it has to have told them. ``ticket``: prints it, where there is something to print."""
    say = desk.say
    with ui.dialog().props("persistent") as dialog, ui.card().classes("nicegui-card"):
        shown = h("p", digits, class_="mono", style="font-size:40px;letter-spacing:2px;margin:8px 0")
        ui.html(h("h2", say(title)) + shown + h("p", told, class_="soft"), sanitize=False)
        with ui.row().style("align-self:flex-end;gap:8px"):
            if ticket is not None:
                ui.button(say("arrange.ticket"), on_click=ticket).props("flat no-caps")
            ui.button(say("arrange.noted"), on_click=dialog.close).props("unelevated no-caps")
    dialog.open()


def _ask_guard(desk: Desk, what: str) -> None:
    say = desk.say
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        _title(desk, "new_guard")
        which = _field(say("arrange.which"))
        reason = _choice({one: say(f"guard_reason.{one}") for one in GUARD_REASONS}, say("dialog.reason"))

        async def guard() -> None:
            found = await _found(desk, which.value)
            if reason.value is None or not found:
                ui.notify(say("arrange.fill_in"), type="warning", position="top")
                return
            made = [await _arrange(desk, what, Guard(volume=one, reason=reason.value)) for one in found]
            if not any(isinstance(one, Refused) for one in made):
                desk.tell_done("arrange.done")
                dialog.close()

        _buttons(desk, "new_guard", guard, dialog.close)
    dialog.open()


def _ask_kept(desk: Desk, what: str) -> None:
    say, view = desk.say, desk.parts.queries.arrangements()
    _ask_two(
        desk,
        what,
        verb="new_kept",
        first=(say("arrange.col.place"), view.compartments),
        second=(say("arrange.col.recipient"), view.recipients),
        order=lambda place, recipient: Keep(place=PlaceId(place), recipient=recipient),
    )


def _ask_member(desk: Desk, what: str) -> None:
    say, view = desk.say, desk.parts.queries.arrangements()
    people = {str(one.id): one.name for one in desk.parts.queries.people()}
    _ask_two(
        desk,
        what,
        verb="new_member",
        first=(say("arrange.col.team"), {one.id: one.name for one in view.teams}),
        second=(say("people.name"), people),
        order=lambda team, person: Join(person=PersonId(person), team=team),
    )


def _ask_two(
    desk: Desk,
    what: str,
    *,
    verb: str,
    first: tuple[str, Mapping[str, str]],
    second: tuple[str, Mapping[str, str]],
    order: Callable[[str, str], Order],
) -> None:
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        _title(desk, verb)
        one, other = _choice(first[1], first[0]), _choice(second[1], second[0])

        async def arrange() -> None:
            if one.value is None or other.value is None:
                ui.notify(desk.say("arrange.fill_in"), type="warning", position="top")
            elif not isinstance(await _arrange(desk, what, order(one.value, other.value)), Refused):
                desk.tell_done("arrange.done")
                dialog.close()

        _buttons(desk, verb, arrange, dialog.close)
    dialog.open()


def _ask_team(desk: Desk, what: str) -> None:
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        _title(desk, "new_team")
        name = _field(desk.say("arrange.col.team"))

        async def found() -> None:
            if not isinstance(await _arrange(desk, what, NewTeam(name=name.value)), Refused):
                desk.tell_done("arrange.done")
                dialog.close()

        _buttons(desk, "new_team", found, dialog.close)
    dialog.open()


def _ask_pin(desk: Desk, what: str) -> None:
    people = {str(one.id): one.name for one in desk.parts.queries.people()}
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        _title(desk, "new_pin")
        person = _choice(people, desk.say("people.name"))

        async def give() -> None:
            if person.value is None:
                ui.notify(desk.say("arrange.fill_in"), type="warning", position="top")
                return
            made = await _arrange(desk, what, GivePin(person=PersonId(person.value)))
            if isinstance(made, Pin):
                dialog.close()
                told = desk.say("arrange.pin_sentence", name=people[person.value])
                _show_digits(desk, f"{made.digits[:3]} {made.digits[3:]}", title="arrange.pin_title", told=told)

        _buttons(desk, "new_pin", give, dialog.close)
    dialog.open()


async def _found(desk: Desk, text: str) -> tuple[VolumeId, ...]:
    """The volumes of a case number or a label."""
    if not text.strip():
        return ()
    hits = await to_thread(desk.parts.queries.search, text.strip(), roles=desk.visitor.roles, most=_MOST)
    return tuple(VolumeId(one.id) for one in hits if one.kind is HitKind.VOLUME)


def _title(desk: Desk, verb: str) -> None:
    say = desk.say
    ui.html(h("h2", say(f"arrange.{verb}")) + h("p", say(f"arrange.{verb}_sentence"), class_="soft"), sanitize=False)


def _field(label: str) -> ui.input:
    return ui.input(label, value="").props("outlined dense autocomplete=off").style("width:100%")


def _choice(options: Mapping[str, str] | Mapping[int, str], label: str) -> ui.select:
    return ui.select(dict(options), label=label, with_input=True).props("outlined dense").style("width:100%")


def _buttons(desk: Desk, verb: str, do: Callable[[], Awaitable[None]], close: Callable[[], object]) -> None:
    with ui.row().style("align-self:flex-end;gap:8px"):
        ui.button(desk.say("dialog.cancel"), on_click=close).props("flat no-caps")
        ui.button(desk.say(f"arrange.{verb}"), on_click=do).props("unelevated no-caps")
