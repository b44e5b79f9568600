"""Lists in, label sheets out."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence

from fastapi import Request, Response
from nicegui import events, ui

from hub.accounts import Visitor
from hub.core.access import API
from hub.core.importing import Verdict
from hub.core.spreadsheet import MOST_BYTES, FileRefusal
from hub.face import Refused
from hub.importing import Imported, import_list
from hub.telling import Telling
from hub.views import LabelRow
from hub.web.desk import Desk, open_page
from hub.web.drawing.tables import draw_import
from hub.web.icons import icon
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, note, page_head, sheet, table

__all__ = ["install"]

_IMPORT = f"POST {API}/import"


def install(changes: Changes) -> None:
    @ui.page("/import")
    async def import_page(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /import", build=_import)

    @ui.page("/labels")
    async def labels_page(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /labels", build=_labels)


async def _import(desk: Desk) -> None:
    """Choose a list, see what would become of each row, then register: nobody registers by accident."""
    say = desk.say
    ui.html(page_head(say("nav.import"), say("import.beside")) + sheet(None, _chooser(desk)), sanitize=False)
    report = ui.html("", sanitize=False)
    confirm = ui.row().style("gap:8px;margin-bottom:24px")
    confirm.set_visibility(False)
    content = b""

    async def judge(*, dry_run: bool) -> None:
        def do(visitor: Visitor) -> Imported | FileRefusal:
            return import_list(desk.parts, content, by=visitor.person, dry_run=dry_run)

        answer: Imported | FileRefusal | Refused = await desk.act(_IMPORT, do)
        if isinstance(answer, Refused):
            desk.tell_refused(answer)
            return
        report.set_content(_report(desk, answer))
        count = answer.report.count(Verdict.ACCEPTED) if isinstance(answer, Imported) else 0
        confirm.set_visibility(dry_run and count > 0)
        register.set_text(say("import.register", n=count))

    async def uploaded(event: events.UploadEventArguments) -> None:
        nonlocal content
        content = await event.file.read()
        upload.reset()
        await judge(dry_run=True)

    async def register_rows() -> None:
        confirm.set_visibility(False)
        await judge(dry_run=False)

    with confirm:
        register = ui.button("", on_click=register_rows).props("unelevated no-caps")
    confirm.move(target_index=1)
    upload = ui.upload(on_upload=uploaded, auto_upload=True, max_file_size=MOST_BYTES).props("accept=.csv,.txt")
    upload.classes("hidden")
    upload.on_rejected(lambda: desk.tell_refused(Refused("import.file.too_large", {"megabytes": MOST_BYTES >> 20})))


def _chooser(desk: Desk) -> Markup:
    say = desk.say
    columns = ("案号", "正副卷", "册号", "总册数", "页数", "接收对象", "标签")
    shown = [say("import.header", chinese=one, english=english) for one, english in zip(columns, _ENGLISH, strict=True)]
    return h(
        "div",
        h(
            "button",
            icon("import"),
            say("import.choose"),
            class_="button button-first",
            data_click=".q-uploader__input",
        ),
        h("p", say("import.explain"), class_="soft"),
        h("p", say("import.columns", columns=say("list.joint").join(shown)), class_="soft"),
        class_="sheet-body stack",
        style="padding-top:20px",
    )


_ENGLISH = ("case", "part", "volume", "of", "pages", "recipient", "label")


def _report(desk: Desk, answer: Imported | FileRefusal) -> Markup:
    if isinstance(answer, FileRefusal):
        return note(desk.say(f"import.file.{answer.code}", **answer.fields), "person", "cross")
    return draw_import(answer, desk.tell())


async def _labels(desk: Desk) -> None:
    """Not drawn anew by itself: that would lose what was ticked."""
    rows = await to_thread(desk.parts.queries.labels, roles=desk.visitor.roles)
    ui.html(_label_form(rows, desk.tell()), sanitize=False)


def _label_form(rows: Sequence[LabelRow], tell: Telling) -> Markup:
    say = tell.say
    if not rows:
        head = page_head(say("nav.labels"), say("labels.beside"))
        return join(head, sheet(None, empty(say("labels.none"), say("labels.none_next"))))
    send = h("button", icon("labels"), say("labels.print"), class_="button button-first")
    head = page_head(say("nav.labels"), say("labels.beside"), send)
    tick_all = h("input", type="checkbox", data_tick="#labels", aria_label=say("labels.all"))
    drawn = table((tick_all, say("labels.label"), say("col.volume")), [_label(one, tell) for one in rows], id_="labels")
    box = h(
        "input", type="search", placeholder=say("table.filter"), aria_label=say("table.filter"), data_filter="#labels"
    )
    tally = h("span", h("span", len(rows), data_tally="#labels"), " ", say("table.rows"), class_="soft")
    tools = h("div", box, tally, class_="table-tools")
    return h("form", head, sheet(None, tools, drawn), action=f"{API}/labels.pdf", target="_blank")


def _label(one: LabelRow, tell: Telling) -> Markup:
    title = f"{one.case} {tell.member(one.part, one.number, one.of)}"
    tick = h("input", type="checkbox", name="volume", value=one.volume, aria_label=one.label)
    return h("tr", h("td", tick), h("td", one.label, class_="mono nowrap"), h("td", title), tabindex=0)
