"""The pieces every page is put together from: sheets, tags, notes, empty states, times, holdings."""

from __future__ import annotations

from collections.abc import Sequence

from hub.telling import Telling
from hub.views import Opened, Where, WhereKind
from hub.web.icons import icon
from hub.web.markup import Markup, h

__all__ = [
    "empty",
    "evidence",
    "moment",
    "note",
    "opened_words",
    "page_head",
    "place_link",
    "sheet",
    "table",
    "tag",
    "where_cell",
]


def page_head(title: str, beside: str = "", *acts: object) -> Markup:
    return h(
        "header",
        h("h1", title),
        h("span", beside, class_="soft") if beside else None,
        h("div", *acts, class_="page-head-acts") if acts else None,
        class_="page-head",
    )


def sheet(title: str | None, *body: object, beside: object = None) -> Markup:
    head = None if title is None else h("div", h("h2", title), beside, class_="sheet-head")
    return h("section", head, *body, class_="sheet")


def tag(text: str, tone: str = "", drawing: str | None = None) -> Markup:
    """A word with a shape. ``tone``: good, wait, person, turn; none is grey."""
    return h("span", None if drawing is None else icon(drawing), text, class_=f"tag tag-{tone}" if tone else "tag")


def note(text: object, tone: str, drawing: str) -> Markup:
    return h("div", icon(drawing), h("div", text), class_=f"note note-{tone}")


def empty(title: str, sentence: str, *, drawing: str = "empty", good: bool = False) -> Markup:
    """A place where nothing is: a small pleasure if that is good news, else what to do."""
    tone = "empty empty-good" if good else "empty"
    return h("div", icon(drawing), h("strong", title), sentence, class_=tone)


def moment(tell: Telling, at: int | None) -> Markup:
    """A time that grows older by itself in the browser."""
    if at is None:
        return h("span", "—")
    return h("time", tell.age(at), data_ms=at, data_absolute=tell.time(at), title=tell.time(at, seconds=True))


def evidence(tell: Telling, where: Where) -> Markup | None:
    """Grade and age of what a holding rests on."""
    if where.grade is None or where.since is None:
        return None
    word = tell.say(f"grade.{where.grade}")
    return h("span", icon(where.grade), word, " ", moment(tell, where.since), class_=f"evidence evidence-{where.grade}")


def opened_words(opened: Opened, tell: Telling) -> str:
    """Who opened a compartment since, and that what lies in it is not confirmed."""
    key = "where.opened_by" if opened.person else "where.opened_by_force"
    return tell.say(key, name=opened.person, time=tell.time(opened.time))


def place_link(where: Where, text: str) -> Markup:
    """The name of a holding, leading to the cabinet or station where there is one."""
    if where.kind is not WhereKind.PLACE or where.station is None:
        return h("span", text)
    door = "" if where.place is None or str(where.place) == str(where.station) else f"?door={where.place}"
    return h("a", text, href=f"/stations/{where.station}{door}")


def where_cell(tell: Telling, where: Where) -> Markup:
    """A holding in one line of a table."""
    text = tell.where(where)
    match where.kind:
        case WhereKind.DISPUTED | WhereKind.UNACCOUNTED:
            never = where.kind is WhereKind.UNACCOUNTED and where.since is None
            return tag(text, "" if never else "person", where.kind)
        case WhereKind.PLACE | WhereKind.PERSON:
            return place_link(where, text)


def table(headers: Sequence[object], rows: Sequence[Markup], *, id_: str | None = None) -> Markup:
    """A dense table; ``headers`` are texts, or (text, class)."""
    cells = [h("th", one[0], class_=one[1]) if isinstance(one, tuple) else h("th", one) for one in headers]
    return h("table", h("thead", h("tr", *cells)), h("tbody", *rows), class_="table", id=id_)
