"""Counter-entries at the pages: asked for on a volume's page, confirmed or declined by a second person in the inbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from custody.events import CorrectionReason
from custody.identifiers import PersonId, PlaceId, VolumeId
from hub.accounts import Visitor
from hub.core.access import API
from hub.face import Refused
from hub.telling import Telling
from hub.views import VolumeView
from hub.web.desk import Desk
from hub.web.markup import h

__all__ = ["CONFIRM", "CORRECT", "DECLINE", "ask_correction", "deciding"]

CORRECT = f"POST {API}/volumes/{{volume}}/corrections"
CONFIRM = f"POST {API}/corrections/{{correction}}/confirm"
DECLINE = f"DELETE {API}/corrections/{{correction}}"


def ask_correction(desk: Desk, volume: VolumeId) -> None:
    """Which record was mistaken, why, and where the volume really is."""
    say, tell = desk.say, desk.tell()
    view = desk.parts.queries.volume(volume, roles=desk.visitor.roles)
    if view is None or not view.timeline:
        desk.tell_refused(Refused("correction.nothing", {}))
        return
    places, people = desk.parts.queries.places(), {str(one.id): one.name for one in desk.parts.queries.people()}
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        head = h("h2", say("correct.title")) + h("p", say("correct.sentence"), class_="soft")
        now = h("p", say("correct.now", where=tell.where(view.where)))
        ui.html(head + now, sanitize=False)
        mistaken = _mistaken(view, tell)
        entry = _choice(mistaken, say("correct.entry"))
        entry.set_value(next(iter(mistaken)))
        reason = _choice({str(one): say(f"correction_reason.{one}") for one in CorrectionReason}, say("dialog.reason"))
        place = _choice(places, say("correct.place"))
        holder = _choice(people, say("correct.holder"))

        async def correct() -> None:
            if reason.value is None or (place.value is None) == (holder.value is None):
                ui.notify(say("correct.fill_in"), type="warning", position="top")
                return

            def do(visitor: Visitor) -> str | Refused | None:
                return desk.parts.acts.correct(
                    volume,
                    entry=entry.value,
                    reason=CorrectionReason(reason.value),
                    place=None if place.value is None else PlaceId(place.value),
                    holder=None if holder.value is None else PersonId(holder.value),
                    by=visitor.person,
                )

            done = await desk.act(CORRECT, do)
            if isinstance(done, Refused):
                desk.tell_refused(done)
                return
            desk.tell_done("correct.done" if done is None else "correct.waits")
            dialog.close()

        with ui.row().style("align-self:flex-end;gap:8px"):
            ui.button(say("dialog.cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(say("correct.verb"), on_click=correct).props("unelevated no-caps")
    dialog.open()


def deciding(
    desk: Desk, what: str, act: Callable[[str, Visitor], Refused | None], done: str
) -> Callable[[object], Awaitable[None]]:
    """Confirm or decline the correction that a button names."""

    async def decide(event: object) -> None:
        correction = str(getattr(event, "args", ""))
        refused = await desk.act(what, lambda visitor: act(correction, visitor))
        if refused is not None:
            desk.tell_refused(refused)
        else:
            desk.tell_done(done)

    return decide


def _mistaken(view: VolumeView, tell: Telling) -> Mapping[str, str]:
    """What is on record of the volume, the latest first."""
    return {
        str(one.entry): f"{tell.time(one.time)} · "
        + tell.sentence(one.key, {"person": one.person, "place": one.place, **one.fields})
        for one in view.timeline
    }


def _choice(options: Mapping[str, str], label: str) -> ui.select:
    made = ui.select(dict(options), label=label, with_input=True, clearable=True)
    return made.props("outlined dense").style("width:100%")
