"""Counter-entries at the pages: asked for on a volume's page, confirmed or declined by a second person in the inbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from custody.events import CorrectionReason
from custody.identifiers import PersonId, PlaceId, VolumeId
from hub.accounts import Visitor
from hub.core.access import API
from hub.face import Refused
from hub.telling import Telling
from hub.views import VolumeView
from hub.web.desk import Desk
from hub.web.dialogs import asking, buttons, choice, people_of
from hub.web.markup import h

__all__ = ["CONFIRM", "CORRECT", "DECLINE", "ask_correction", "deciding"]

CORRECT = f"POST {API}/volumes/{{volume}}/corrections"
CONFIRM = f"POST {API}/corrections/{{correction}}/confirm"
DECLINE = f"DELETE {API}/corrections/{{correction}}"


def ask_correction(desk: Desk, volume: VolumeId) -> None:
    """Which record was mistaken, why, and where the volume really is."""
    say, tell = desk.say, desk.tell()
    view = desk.parts.queries.volume(volume, roles=desk.visitor.roles)
    if view is None or not any(one.moves for one in view.timeline):
        desk.tell_refused(Refused("correction.nothing", {}))
        return
    places, people = desk.parts.queries.places(), people_of(desk)
    now = h("p", say("correct.now", where=tell.where(view.where)))
    with asking(say("correct.title"), say("correct.sentence"), now) as dialog:
        mistaken = _mistaken(view, tell)
        entry = choice(mistaken, say("correct.entry"))
        entry.set_value(next(iter(mistaken)))
        reason = choice({str(one): say(f"correction_reason.{one}") for one in CorrectionReason}, say("dialog.reason"))
        place = choice(places, say("correct.place"), clearable=True)
        holder = choice(people, say("correct.holder"), clearable=True)

        async def correct() -> bool:
            if entry.value is None or reason.value is None or (place.value is None) == (holder.value is None):
                desk.tell_missing("correct.fill_in")
                return False

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
                return False
            desk.tell_done("correct.done" if done is None else "correct.waits")
            return True

        buttons(desk, dialog, say("correct.verb"), correct)


def deciding(
    desk: Desk, what: str, act: Callable[[str, Visitor], Refused | None], done: str
) -> Callable[[object], Awaitable[None]]:
    """Confirm or decline the correction that a button names."""

    async def decide(event: object) -> None:
        correction = str(getattr(event, "args", ""))
        await desk.carry_out(what, lambda visitor: act(correction, visitor), done=done)

    return decide


def _mistaken(view: VolumeView, tell: Telling) -> Mapping[str, str]:
    """What is on record of where the volume is, the latest first."""
    return {
        str(one.entry): f"{tell.time(one.time)} · "
        + tell.sentence(one.key, {"person": one.person, "place": one.place, **one.fields})
        for one in view.timeline
        if one.moves
    }
