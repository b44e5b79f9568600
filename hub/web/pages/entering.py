"""Who comes in: a person's own sessions and password; stations that are invited, and those that are shut out."""

from __future__ import annotations

import base64
from asyncio import to_thread
from collections.abc import Sequence

from fastapi import Request, Response
from nicegui import ui

from custody.enrolment import Invitation, invitation_text
from custody.events import StationKind
from custody.identifiers import StationId
from hub.accounts import AccountRefusal, OwnSession, Visitor
from hub.api.guard import address_of
from hub.core.access import API
from hub.face import Refused
from hub.invitation_card import drawn
from hub.telling import Telling
from hub.views import StationView
from hub.web.desk import Desk, open_page
from hub.web.dialogs import ask_reason, asking, buttons, choice, close_button, field
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, moment, page_head, sheet, table

__all__ = ["REASONS", "install"]

REASONS = ("stolen", "lost", "replaced", "retired", "suspect")
_INVITE = f"POST {API}/invitations"
_REVOKE = f"POST {API}/stations/{{station}}/revoke"
_PASSWORD = f"PUT {API}/password"
_END = f"DELETE {API}/sessions/{{session}}"


def install(changes: Changes) -> None:
    @ui.page("/me")
    async def me(request: Request) -> Response | None:
        async def build(desk: Desk) -> None:
            await _me(desk, address_of(request))

        return await open_page(request, changes, what="PAGE /me", build=build)

    @ui.page("/enrolment")
    async def enrolment(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /enrolment", build=_enrolment)


# --- a person's own sessions ----------------------------------------------------------------------------------------


async def _me(desk: Desk, address: str) -> None:
    say = desk.say

    def draw(tell: Telling) -> Markup:
        return join(
            page_head(say("me.title"), desk.visitor.user), _sessions(desk.parts.accounts.sessions(desk.token), tell)
        )

    live = await desk.live(draw)

    async def end(session: str) -> None:
        ended = await desk.act(_END, lambda visitor: desk.parts.accounts.end_session(visitor.user, session))
        if isinstance(ended, Refused):
            desk.tell_refused(ended)
        await live.refresh()  # a session is no fact, so nothing announces that it ended

    async def change() -> None:
        def do(visitor: Visitor) -> AccountRefusal | None:
            return desk.parts.accounts.change_password(
                visitor.user, before=before.value, after=after.value, address=address
            )

        refused = await desk.act(_PASSWORD, do)
        if refused is None:
            ui.navigate.to("/login")
        else:
            desk.tell_refused(Refused(refused.key, refused.fields))

    ui.on("end", lambda event: end(str(event.args)))
    with ui.column().style("max-width:360px;gap:8px"):
        ui.html(h("h2", say("me.password")) + h("p", say("me.password_sentence"), class_="soft"), sanitize=False)
        before = ui.input(say("me.before"), password=True).props("outlined dense autocomplete=current-password")
        after = ui.input(say("me.after"), password=True).props("outlined dense autocomplete=new-password")
        ui.button(say("me.change"), on_click=change).props("unelevated no-caps")


def _sessions(found: Sequence[OwnSession], tell: Telling) -> Markup:
    say = tell.say
    rows = [
        h(
            "tr",
            h("td", moment(tell, one.seen), class_="nowrap"),
            h("td", moment(tell, one.opened), class_="nowrap"),
            h("td", one.address or "—"),
            h("td", say(f"means.{one.means}")),
            h("td", say("me.here") if one.here else _button(say("me.end"), "end", one.id), class_="num"),
        )
        for one in found
    ]
    words = ("me.seen", "me.opened", "me.address", "me.means")
    return sheet(say("me.sessions"), table([*(say(word) for word in words), ""], rows))


# --- stations -------------------------------------------------------------------------------------------------------


async def _enrolment(desk: Desk) -> None:
    say = desk.say

    def draw(tell: Telling) -> Markup:
        invite = _button(say("enrolment.invite"), "invite", "", first=True)
        return join(
            page_head(say("nav.enrolment"), say("enrolment.beside"), invite),
            _stations(desk.parts.queries.stations(), tell),
        )

    await desk.live(draw)
    ui.on("invite", lambda _: _ask_invitation(desk))
    ui.on("revoke", lambda event: _ask_revocation(desk, StationId(str(event.args))))


def _stations(found: Sequence[StationView], tell: Telling) -> Markup:
    say = tell.say
    if not found:
        return sheet(None, empty(say("enrolment.none"), say("enrolment.none_next"), drawing="place"))
    rows = [
        h(
            "tr",
            h("td", h("a", one.name, href=f"/stations/{one.id}")),
            h("td", one.id, class_="mono nowrap"),
            h("td", say(f"kind.{one.kind}") if say.knows(f"kind.{one.kind}") else one.kind),
            h("td", _button(say("enrolment.revoke"), "revoke", one.id), class_="num"),
        )
        for one in found
    ]
    return sheet(None, table([say("enrolment.name"), say("enrolment.id"), say("enrolment.kind"), ""], rows))


def _ask_invitation(desk: Desk) -> None:
    say = desk.say
    kinds = {kind.value: say(f"kind.{kind}") for kind in (StationKind.CABINET, StationKind.STATION)}
    with asking(say("enrolment.invite"), say("enrolment.invite_sentence")) as dialog:
        station, name = field(say("enrolment.id"), hint="cab-1"), field(say("enrolment.name"))
        kind = choice(kinds, say("enrolment.kind"), searched=False)
        kind.set_value(StationKind.CABINET.value)
        staffed = ui.checkbox(say("enrolment.staffed"), value=True).props("dense")
        floor = ui.number(say("enrolment.floor"), precision=0, min=-20, max=200)
        floor.props(f'outlined dense clearable hint="{say("enrolment.floor_why")}"')

        async def invite() -> bool:
            def do(_visitor: Visitor) -> Invitation | Refused:
                return desk.parts.door.invite_here(
                    StationId(station.value.strip()),
                    kind=StationKind(str(kind.value)),
                    name=name.value.strip() or station.value.strip(),
                    court_staffed=bool(staffed.value),
                    floor=None if floor.value is None else int(floor.value),
                )

            made = await desk.act(_INVITE, do)
            if isinstance(made, Refused):
                desk.tell_refused(made)
                return False
            await _show_invitation(desk, made)
            return True

        buttons(desk, dialog, say("enrolment.invite"), invite)


async def _show_invitation(desk: Desk, made: Invitation) -> None:
    say, text = desk.say, invitation_text(made)
    picture = base64.b64encode(await to_thread(drawn, text, kind="PNG")).decode()
    shown = (
        h("img", src=f"data:image/png;base64,{picture}", alt=text, style="width:280px;display:block;margin:auto"),
        h("pre", text, class_="mono", style="white-space:pre-wrap;word-break:break-all"),
    )
    with asking(say("enrolment.code", station=made.station), say("enrolment.code_sentence"), *shown) as dialog:
        close_button(desk, dialog)


def _ask_revocation(desk: Desk, station: StationId) -> None:
    say = desk.say

    async def revoke(reason: str) -> bool:
        return await desk.carry_out(
            _REVOKE,
            lambda who: desk.parts.door.revoke(station, by=who.person, reason=reason),
            done="enrolment.revoked",
            station=station,
        )

    ask_reason(
        desk,
        title=say("enrolment.revoke_title", station=station),
        sentence=say("enrolment.revoke_sentence"),
        options={reason: say(f"revoke.{reason}") for reason in REASONS},
        verb=say("enrolment.revoke"),
        do=revoke,
    )


def _button(said: str, emit: str, value: str, *, first: bool = False) -> Markup:
    return h("button", said, class_="button button-first" if first else "button", data_emit=emit, data_value=value)
