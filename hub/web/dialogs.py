"""What dialogs of the office are made of, and two of them: the proof behind an entry, a decision with its reason."""

from __future__ import annotations

import json
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from nicegui import ui

from hub.views import EntryProof
from hub.web.desk import Desk
from hub.web.markup import Markup, h, join
from hub.web.pieces import note

__all__ = [
    "Do",
    "ask_reason",
    "asking",
    "buttons",
    "choice",
    "close_button",
    "day",
    "field",
    "offer_proofs",
    "people_of",
]

Key = TypeVar("Key", int, str)
Do = Callable[[], Awaitable[bool]]
"""What a dialog is for; whether it was done, and the dialog may go."""


@contextmanager
def asking(title: str | None, *sentences: str | Markup, keeps: bool = False) -> Iterator[ui.dialog]:
    """A dialog that opens when the block has filled it. ``keeps``: only its own buttons close it."""
    said = (one if isinstance(one, Markup) else h("p", one, class_="soft") for one in sentences)
    with ui.dialog() as dialog, ui.card().classes("nicegui-card"):
        if keeps:
            dialog.props("persistent")
        ui.html(join(None if title is None else h("h2", title), *said), sanitize=False)
        yield dialog
    dialog.open()


def buttons(desk: Desk, dialog: ui.dialog, verb: str, do: Do) -> None:
    """The foot of a dialog: away with it, or do what it is for."""

    pressed = False

    async def confirm() -> None:
        nonlocal pressed
        if pressed:  # twice: the second press comes by itself, maybe after all is done
            return
        pressed, done = True, False
        try:
            done = await do()
        finally:
            pressed = done
        if done:
            dialog.close()

    with ui.row().style("align-self:flex-end;gap:8px"):
        ui.button(desk.say("dialog.cancel"), on_click=dialog.close).props("flat no-caps")
        ui.button(verb, on_click=confirm).props("unelevated no-caps")


def field(label: str, *, secret: bool = False, hint: str = "") -> ui.input:
    """A line of text."""
    line = ui.input(label, password=secret, value="", placeholder=hint or None)
    return line.props("outlined dense autocomplete=off").style("width:100%")


def day(label: str) -> ui.input:
    """A date of the calendar, as ISO 8601 text."""
    return ui.input(label).props("outlined dense type=date stack-label").style("width:100%")


def close_button(desk: Desk, dialog: ui.dialog) -> None:
    """The foot of a dialog that only shows something."""
    ui.button(desk.say("dialog.close"), on_click=dialog.close).props("flat no-caps").classes("self-end")


def choice(options: Mapping[Key, str], label: str, *, searched: bool = True, clearable: bool = False) -> ui.select:
    """One of these, by what is shown of it. ``searched``: there may be many, so it can be typed too."""
    made = ui.select(dict(options), label=label, with_input=searched, clearable=clearable)
    return made.props("outlined dense").style("width:100%")


def people_of(desk: Desk) -> dict[str, str]:
    """Everybody who can be chosen, by name: not whoever was erased."""
    return {str(one.id): one.name for one in desk.parts.queries.people() if one.roles}


def offer_proofs(desk: Desk) -> None:
    """Open the proof of an entry when its mark is pressed."""

    async def show(event: object) -> None:
        entry = str(getattr(event, "args", ""))
        found = await to_thread(desk.parts.queries.entry, entry, roles=desk.visitor.roles)
        with asking(None, _proof(desk, entry, found)) as dialog:
            close_button(desk, dialog)

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
    with asking(title, sentence) as dialog:
        chosen = choice(options, desk.say("dialog.reason"), searched=False)

        async def confirm() -> bool:
            if chosen.value is None:
                desk.tell_missing("dialog.choose_reason")
                return False
            return await do(chosen.value)

        buttons(desk, dialog, verb, confirm)


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
