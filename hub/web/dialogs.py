"""The few dialogs of the office: the proof behind an entry, and a decision with its reason."""

from __future__ import annotations

import json
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from hub.views import EntryProof
from hub.web.desk import Desk
from hub.web.markup import Markup, h
from hub.web.pieces import note

__all__ = ["ask_reason", "offer_proofs"]


def offer_proofs(desk: Desk) -> None:
    """Open the proof of an entry when its mark is pressed."""

    async def show(event: object) -> None:
        entry = str(getattr(event, "args", ""))
        found = await to_thread(desk.parts.queries.entry, entry, roles=desk.visitor.roles)
        with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
            ui.html(_proof(desk, entry, found), sanitize=False)
            ui.button(desk.say("dialog.close"), on_click=dialog.close).props("flat no-caps").classes("self-end")
        dialog.open()

    ui.on("proof", show)


def ask_reason(
    desk: Desk,
    *,
    title: str,
    sentence: str,
    options: Mapping[str, str],
    verb: str,
    do: Callable[[str], Awaitable[bool]],
) -> None:
    """Ask for one of the reasons and then ``do``; the dialog closes when that says true."""
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        ui.html(h("h2", title) + h("p", sentence, class_="soft"), sanitize=False)
        chosen = ui.select(dict(options), label=desk.say("dialog.reason")).props("outlined dense").classes("w-full")
        chosen.style("width:100%")

        async def confirm() -> None:
            if chosen.value is None:
                ui.notify(desk.say("dialog.choose_reason"), type="warning", position="top")
            elif await do(chosen.value):
                dialog.close()

        with ui.row().style("align-self:flex-end;gap:8px"):
            ui.button(desk.say("dialog.cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(verb, on_click=confirm).props("unelevated no-caps")
    dialog.open()


def _proof(desk: Desk, entry: str, found: EntryProof | None) -> Markup:
    say = desk.say
    if found is None:
        return note(say("api.no_entry", id=entry), "person", "discrepancy")
    facts = (
        ("proof.entry", found.id),
        ("proof.leaf", found.leaf),
        ("proof.link", found.link),
    )
    return h(
        "div",
        h("h2", say("proof.title")),
        h("p", say("proof.sentence"), class_="soft"),
        h("dl", *(h("dt", say(key)) + h("dd", value, class_="mono") for key, value in facts), class_="facts"),
        h("div", say("proof.line"), class_="soft"),
        h("pre", _indented(found.line), class_="mono"),
        h("div", say("proof.head"), class_="soft"),
        h("pre", found.head, class_="mono"),
        class_="proof",
    )


def _indented(line: str) -> str:
    """Easier on the eye than one line; the bytes themselves are what the programming interface gives out."""
    try:
        return json.dumps(json.loads(line), ensure_ascii=False, indent=2)
    except ValueError:
        return line
