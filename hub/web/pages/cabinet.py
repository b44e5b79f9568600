"""The page of one cabinet or station: its front as sensed, what lies behind a door, and opening one from afar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from nicegui import ui

from custody.events import StationKind
from custody.identifiers import PlaceId, StationId
from hub.accounts import Visitor
from hub.core.access import API
from hub.face import Refused
from hub.telling import Telling
from hub.views import CabinetView, CompartmentView
from hub.web.desk import Desk, open_page
from hub.web.dialogs import ask_reason
from hub.web.drawing.cabinet import draw_command, draw_compartment, draw_front, draw_station_contents
from hub.web.drawing.overview import station_state
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, note, page_head, sheet

__all__ = ["OPEN_REASONS", "install"]

OPEN_REASONS = ("look_inside", "urgent_hearing", "repair", "left_behind")
_PATIENCE = 12.0
_OPEN = f"POST {API}/stations/{{station}}/compartments/{{place}}/open"


class _Chosen:
    """What this person looks at on this page: a compartment, and the commands sent from here."""

    def __init__(self, place: str | None) -> None:
        self.place = place
        self.commands: list[str] = []


def install(changes: Changes) -> None:
    @ui.page("/stations/{station}")
    async def page(request: Request, station: str, door: str | None = None) -> Response | None:
        async def build(desk: Desk) -> None:
            await _station(desk, StationId(station), _Chosen(door))

        return await open_page(request, changes, what="PAGE /stations/{station}", build=build)


async def _station(desk: Desk, station: StationId, chosen: _Chosen) -> None:
    def draw(tell: Telling) -> Markup:
        view = desk.parts.queries.cabinet(station, roles=desk.visitor.roles)
        if view is None:
            nothing = empty(tell.say("api.no_station", id=station), tell.say("cabinet.none_next"), drawing="search")
            return join(page_head(tell.say("cabinet.none")), sheet(None, nothing))
        beside = tell.say(f"station_kind.{view.station.kind}")
        head = page_head(view.station.name, beside, station_state(view.station, tell))
        return join(head, _warnings(view, tell), _body(desk, view, tell, chosen))

    live = await desk.live(draw)

    async def choose(event: object) -> None:
        chosen.place = str(getattr(event, "args", ""))
        await live.refresh()

    ui.on("door", choose)
    ui.on("open", lambda _: _ask_open(desk, station, chosen, live.refresh))


def _body(desk: Desk, view: CabinetView, tell: Telling, chosen: _Chosen) -> Markup:
    if not view.compartments:
        return draw_station_contents(view.contents, tell)
    one = next((one for one in view.compartments if one.place == chosen.place), None)
    front = sheet(
        None, h("div", draw_front(view, tell, chosen=chosen.place), class_="sheet-body", style="padding-top:20px")
    )
    return h(
        "div", front, h("div", draw_compartment(one, tell), _opening(desk, view, one, tell, chosen)), class_="columns"
    )


def _warnings(view: CabinetView, tell: Telling) -> Markup | None:
    """An offline cabinet is shown as it last was, and says so."""
    station = view.station
    if station.online:
        return None
    since = "" if station.since is None else tell.time(station.since)
    key = "cabinet.offline" if since else "cabinet.never"
    return h("div", note(tell.say(key, since=since), "wait", "offline"), style="margin-bottom:20px")


def _opening(
    desk: Desk, view: CabinetView, one: CompartmentView | None, tell: Telling, chosen: _Chosen
) -> Markup | None:
    say = tell.say
    if one is None or not desk.may(_OPEN) or view.station.kind is not StationKind.CABINET:
        return None
    found = (desk.parts.queries.command(command) for command in reversed(chosen.commands))
    sent = [draw_command(command, tell) for command in found if command is not None]
    label = say("cabinet.open", number=one.number)
    button = h("button", label, class_="button", data_emit="open", disabled=not view.station.online)
    return sheet(say("cabinet.remote"), h("div", button, *sent, class_="sheet-body stack"))


def _ask_open(desk: Desk, station: StationId, chosen: _Chosen, refresh: Callable[[], Awaitable[None]]) -> None:
    say, place = desk.say, chosen.place
    if place is None:
        return

    async def send(reason: str) -> bool:
        def do(visitor: Visitor) -> str | Refused:
            return desk.parts.acts.open_compartment(station, PlaceId(place), by=visitor.person, reason=reason)

        sent = await desk.act(_OPEN, do)
        if isinstance(sent, Refused):
            desk.tell_refused(sent)
            return False
        chosen.commands.append(sent)
        await refresh()
        ui.timer(_PATIENCE, refresh, once=True)  # silence is an answer too, and no change announces it
        return True

    ask_reason(
        desk,
        title=say("cabinet.open_title"),
        sentence=say("cabinet.open_sentence"),
        options={reason: say(f"open_reason.{reason}") for reason in OPEN_REASONS},
        verb=say("cabinet.open_verb"),
        do=send,
    )
