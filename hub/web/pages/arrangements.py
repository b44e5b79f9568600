"""Who may open what beyond their own: pickup codes, numbers, teams, compartments kept, guarded volumes, delegations."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager

from fastapi import Request, Response
from nicegui import ui

from custody.identifiers import PersonId, PlaceId, VolumeId
from hub.accounts import Visitor
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
from hub.web.desk import Desk, open_page
from hub.web.dialogs import asking, buttons, choice, field, people_of
from hub.web.drawing.arrangements import draw_arrangements
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import page_head

__all__ = ["GUARD_REASONS", "LIFTED", "install"]

GUARD_REASONS = ("state_secret", "privacy", "minor", "ordered")
LIFTED = "lifted"
"""Why a volume is guarded no more."""
_HOURS = (1, 4, 24, 72, 168)
_HOUR = 3_600_000

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
        ui.on(event, _when_asked(desk, _NEW[event], ask))


def _leave(value: str) -> Order:
    person, _, team = value.partition(" ")
    return Leave(person=PersonId(person), team=team)


_UNDOING: Mapping[str, Callable[[str], Order]] = {
    "revoke": lambda value: RevokeCode(code=value),
    "leave": _leave,
    "free": lambda value: Free(place=PlaceId(value)),
    "unguard": lambda value: Unguard(volume=VolumeId(value), reason=LIFTED),
    "end": lambda value: EndDelegations(person=PersonId(value)),
    "end_pin": lambda value: EndPin(person=PersonId(value)),
}


def _undo(desk: Desk, what: str, order: Callable[[str], Order]) -> Callable[[object], Awaitable[None]]:
    async def undo(event: object) -> None:
        asked = order(str(getattr(event, "args", "")))
        await _arrange(desk, what, asked, done="lifting.asked" if isinstance(asked, Unguard) else "arrange.done")

    return undo


def _when_asked(desk: Desk, what: str, ask: Callable[[Desk, str], None]) -> Callable[[object], None]:
    return lambda _: ask(desk, what)


async def _arrange(desk: Desk, what: str, order: Order, *, done: str = "arrange.done") -> bool:
    return await desk.carry_out(what, lambda who: desk.parts.acts.arrange(order, by=who.person), done=done)


async def _issue(desk: Desk, what: str, order: Order) -> Code | Pin | None:
    """What has digits to show; none if it was refused."""
    made = await desk.act(what, lambda who: desk.parts.acts.arrange(order, by=who.person))
    if isinstance(made, Refused):
        desk.tell_refused(made)
    return made if isinstance(made, Code | Pin) else None


def _ask_code(desk: Desk, what: str) -> None:
    say = desk.say
    people = people_of(desk)
    with _asking(desk, "new_code") as dialog:
        person = choice(people, say("people.name"))
        volumes = field(say("arrange.which"))
        hours = choice({one: say("arrange.hours", n=one) for one in _HOURS}, say("arrange.how_long"))
        hours.set_value(24)
        uses = ui.number(say("arrange.uses"), value=1, min=1, max=20, precision=0)
        uses.props("outlined dense").style("width:100%")

        async def issue() -> bool:
            found = await _found(desk, volumes.value)
            if person.value is None or not found:
                desk.tell_missing("arrange.fill_in")
                return False
            now = desk.parts.clock()
            order = IssueCode(
                person=PersonId(person.value),
                volumes=found,
                since=now,
                until=now + int(hours.value or 24) * _HOUR,
                uses=int(uses.value or 1),
            )
            made = await _issue(desk, what, order)
            if isinstance(made, Code):
                _show_code(desk, what, made, people[person.value], order)
            return made is not None

        buttons(desk, dialog, say("arrange.new_code"), issue)


def _show_code(desk: Desk, what: str, made: Code, name: str, order: IssueCode) -> None:
    issued = next((one for one in desk.parts.queries.arrangements().codes if one.id == made.code), None)
    titles = () if issued is None else issued.volumes

    async def ticket() -> None:
        drawn = await desk.act(
            what,
            lambda _: code_ticket(
                made.digits,
                court=desk.parts.court_name,
                name=name,
                titles=titles,
                since=order.since,
                until=order.until,
                tell=desk.tell(),
            ),
        )
        if isinstance(drawn, Refused):
            desk.tell_refused(drawn)
        else:
            ui.download.content(drawn, f"{made.code}.pdf", "application/pdf")

    until = desk.say("arrange.code_sentence", name=name, until=desk.tell().time(order.until))
    told = h("p", until, class_="soft") + h("ul", *(h("li", one) for one in titles), class_="soft")
    digits = f"{made.digits[:4]} {made.digits[4:]}"
    _show_digits(desk, digits, title="arrange.code_title", told=told, ticket=ticket)


def _show_digits(desk: Desk, digits: str, *, title: str, told: str, ticket: Callable[[], object] | None = None) -> None:
    """This once; whoever closes it has to have told them. ``ticket``: prints it, where there is something to print."""
    say = desk.say
    shown = h("p", digits, class_="mono", style="font-size:40px;letter-spacing:2px;margin:8px 0")
    with asking(say(title), shown, told, keeps=True) as dialog, ui.row().style("align-self:flex-end;gap:8px"):
        if ticket is not None:
            ui.button(say("arrange.ticket"), on_click=ticket).props("flat no-caps")
        ui.button(say("arrange.noted"), on_click=dialog.close).props("unelevated no-caps")


def _ask_guard(desk: Desk, what: str) -> None:
    say = desk.say
    with _asking(desk, "new_guard") as dialog:
        which = field(say("arrange.which"))
        reason = choice({one: say(f"guard_reason.{one}") for one in GUARD_REASONS}, say("dialog.reason"))

        async def guard() -> bool:
            found = await _found(desk, which.value)
            if reason.value is None or not found:
                desk.tell_missing("arrange.fill_in")
                return False

            def do(visitor: Visitor) -> Refused | None:
                guarded = {one.volume for one in desk.parts.queries.arrangements().guarded}
                fresh = [one for one in found if one not in guarded] or found
                orders = (Guard(volume=one, reason=reason.value) for one in fresh)
                made = [desk.parts.acts.arrange(one, by=visitor.person) for one in orders]
                return next((one for one in made if isinstance(one, Refused)), None)

            return await desk.carry_out(what, do, done="arrange.done")

        buttons(desk, dialog, say("arrange.new_guard"), guard)


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
    people = people_of(desk)
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
    with _asking(desk, verb) as dialog:
        one, other = choice(first[1], first[0]), choice(second[1], second[0])

        async def arrange() -> bool:
            if one.value is None or other.value is None:
                desk.tell_missing("arrange.fill_in")
                return False
            return await _arrange(desk, what, order(one.value, other.value))

        buttons(desk, dialog, desk.say(f"arrange.{verb}"), arrange)


def _ask_team(desk: Desk, what: str) -> None:
    with _asking(desk, "new_team") as dialog:
        name = field(desk.say("arrange.col.team"))

        async def found() -> bool:
            return await _arrange(desk, what, NewTeam(name=name.value))

        buttons(desk, dialog, desk.say("arrange.new_team"), found)


def _ask_pin(desk: Desk, what: str) -> None:
    people = people_of(desk)
    with _asking(desk, "new_pin") as dialog:
        person = choice(people, desk.say("people.name"))

        async def give() -> bool:
            if person.value is None:
                desk.tell_missing("arrange.fill_in")
                return False
            made = await _issue(desk, what, GivePin(person=PersonId(person.value)))
            if isinstance(made, Pin):
                told = desk.say("arrange.pin_sentence", name=people[person.value])
                _show_digits(desk, f"{made.digits[:3]} {made.digits[3:]}", title="arrange.pin_title", told=told)
            return made is not None

        buttons(desk, dialog, desk.say("arrange.new_pin"), give)


async def _found(desk: Desk, text: str) -> tuple[VolumeId, ...]:
    """The volumes of a whole case number or a label."""
    hits = await to_thread(desk.parts.queries.meant, text, roles=desk.visitor.roles)
    return tuple(VolumeId(one.id) for one in hits)


def _asking(desk: Desk, event: str) -> AbstractContextManager[ui.dialog]:
    return asking(desk.say(f"arrange.{event}"), desk.say(f"arrange.{event}_sentence"))
