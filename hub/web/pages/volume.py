"""The page of one volume, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Response
from nicegui import ui

from custody.identifiers import VolumeId
from hub.core.access import API
from hub.orders import Guard, Unguard
from hub.telling import Telling
from hub.views import VolumeView
from hub.web.desk import Desk, open_page
from hub.web.dialogs import ask_reason, offer_proofs
from hub.web.drawing.volume import draw_due, draw_set, draw_timeline, draw_where
from hub.web.icons import icon
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pages.arrangements import GUARD_REASONS, LIFTED
from hub.web.pages.correcting import CORRECT, ask_correction
from hub.web.pieces import empty, page_head, sheet

__all__ = ["RELEASE_REASONS", "install"]

RELEASE_REASONS = ("counted_again", "blank_backs", "late_pages", "pages_removed")
_GUARD = f"POST {API}/volumes/{{volume}}/guard"
_UNGUARD = f"POST {API}/volumes/{{volume}}/unguard"
_RELEASE = f"POST {API}/volumes/{{volume}}/release"


def install(changes: Changes) -> None:
    @ui.page("/volumes/{volume}")
    async def page(request: Request, volume: str) -> Response | None:
        async def build(desk: Desk) -> None:
            await _volume(desk, VolumeId(volume))

        return await open_page(request, changes, what="PAGE /volumes/{volume}", build=build)


async def _volume(desk: Desk, volume: VolumeId) -> None:
    def draw(tell: Telling) -> Markup:
        view = desk.parts.queries.volume(volume, roles=desk.visitor.roles)
        if view is None:
            nothing = empty(tell.say("api.no_volume", id=volume), tell.say("volume.none_next"), drawing="search")
            return join(page_head(tell.say("volume.none")), sheet(None, nothing))
        head = page_head(view.case, tell.title(view), *_acts(desk, view, tell))
        asked = h("div", draw_where(view, tell), draw_due(view, tell), draw_timeline(view, tell))
        return join(head, h("div", asked, draw_set(view, tell), class_="columns"))

    await desk.live(draw)
    offer_proofs(desk)
    asks = {
        "release": (_RELEASE, _ask_release),
        "guard": (_GUARD, _ask_guard),
        "unguard": (_UNGUARD, _ask_unguard),
        "correct": (CORRECT, ask_correction),
    }
    for event, (right, ask) in asks.items():
        if desk.may(right):
            ui.on(event, _when_asked(desk, volume, ask))


def _when_asked(desk: Desk, volume: VolumeId, ask: Callable[[Desk, VolumeId], None]) -> Callable[[object], None]:
    return lambda _: ask(desk, volume)


def _acts(desk: Desk, view: VolumeView, tell: Telling) -> list[Markup]:
    """Buttons for what this person may do now."""
    acts = []
    if desk.may(f"GET {API}/labels.pdf") and view.labels:
        address = f"{API}/labels.pdf?volume={view.id}"
        acts.append(h("a", icon("labels"), tell.say("volume.print"), href=address, target="_blank", class_="button"))
    if desk.may(_GUARD) and not view.lifting:
        verb = "unguard" if view.guarded_by else "guard"
        acts.append(h("button", tell.say(f"volume.{verb}"), class_="button", data_emit=verb))
    if desk.may(CORRECT) and any(one.moves for one in view.timeline):
        acts.append(h("button", tell.say("correct.verb"), class_="button", data_emit="correct"))
    if desk.may(_RELEASE) and view.pages_differ:
        acts.append(h("button", tell.say("volume.release"), class_="button button-first", data_emit="release"))
    return acts


def _ask_guard(desk: Desk, volume: VolumeId) -> None:
    say = desk.say
    ask_reason(
        desk,
        title=say("volume.guard"),
        sentence=say("arrange.new_guard_sentence"),
        options={reason: say(f"guard_reason.{reason}") for reason in GUARD_REASONS},
        verb=say("volume.guard"),
        do=lambda reason: _arranged(desk, _GUARD, Guard(volume=volume, reason=reason)),
    )


def _ask_unguard(desk: Desk, volume: VolumeId) -> None:
    say = desk.say
    ask_reason(
        desk,
        title=say("volume.unguard"),
        sentence=say("volume.unguard_sentence"),
        options={LIFTED: say(f"guard_reason.{LIFTED}")},
        verb=say("volume.unguard"),
        do=lambda reason: _arranged(desk, _UNGUARD, Unguard(volume=volume, reason=reason), done="lifting.asked"),
    )


async def _arranged(desk: Desk, what: str, order: Guard | Unguard, *, done: str = "arrange.done") -> bool:
    return await desk.carry_out(what, lambda who: desk.parts.acts.arrange(order, by=who.person), done=done)


def _ask_release(desk: Desk, volume: VolumeId) -> None:
    say = desk.say

    async def release(reason: str) -> bool:
        acts = desk.parts.acts
        return await desk.carry_out(
            _RELEASE, lambda who: acts.release(volume, by=who.person, reason=reason), done="volume.release_done"
        )

    ask_reason(
        desk,
        title=say("volume.release"),
        sentence=say("volume.release_sentence"),
        options={reason: say(f"release.{reason}") for reason in RELEASE_REASONS},
        verb=say("volume.release"),
        do=release,
    )
