"""The frame of every page: mark, ways to go with their counts, search box, who is signed in."""

from __future__ import annotations

from hub.accounts import Visitor
from hub.core.access import API, may
from hub.telling import Telling
from hub.texts import CHINESE, ENGLISH
from hub.web.icons import icon
from hub.web.markup import Markup, h

__all__ = ["draw_language", "draw_mark", "draw_side", "draw_top"]

_WAYS = (
    ("/", "overview"),
    ("/queue", "queue"),
    ("/papers", "papers"),
    ("/discrepancies", "discrepancy"),
    ("/import", "import"),
    ("/labels", "labels"),
    ("/people", "people"),
    ("/arrangements", "arrangements"),
    ("/policy", "policy"),
    ("/enrolment", "enrolment"),
)


def draw_mark(tell: Telling, court_name: str, *, href: str | None = "/") -> Markup:
    """The brand: seal red, and nowhere else."""
    name = h("span", tell.say("brand"), h("span", court_name, class_="mark-court"), class_="mark-name")
    return h("a" if href else "div", h("span", "云", class_="mark-seal"), name, class_="mark", href=href)


def draw_side(visitor: Visitor, tell: Telling, *, here: str, court_name: str, discrepancies: int) -> Markup:
    """Only the ways this person may go."""
    ways = [
        _way(path, drawing, tell, here=here, count=discrepancies if drawing == "discrepancy" else None)
        for path, drawing in _WAYS
        if may(visitor.roles, f"PAGE {path}")
    ]
    return h(
        "aside",
        draw_mark(tell, court_name),
        h("nav", *ways, class_="nav"),
        _foot(visitor, tell, here=here),
        class_="frame-side",
    )


def _way(path: str, drawing: str, tell: Telling, *, here: str, count: int | None) -> Markup:
    shown = None
    if count is not None:
        shown = h("span", count or "✓", class_="count" if count else "count count-none")
    current = "page" if here == path else None
    return h("a", icon(drawing), tell.say(f"nav.{drawing}"), shown, href=path, aria_current=current)


def _foot(visitor: Visitor, tell: Telling, *, here: str) -> Markup:
    say = tell.say
    roles = say("list.joint").join(say(f"role.{role}") for role in sorted(visitor.roles))
    export = h("a", say("frame.export"), href=f"{API}/export") if may(visitor.roles, f"GET {API}/export") else None
    leave = h("form", h("button", say("frame.sign_out"), class_="linkish"), method="post", action="/logout")
    links = h("div", draw_language(tell, here=here), leave, class_="frame-foot-links")
    name = h("a", h("strong", visitor.name), href="/me")
    return h("div", name, " ", roles, h("div", export) if export else None, links, class_="frame-foot")


def draw_language(tell: Telling, *, here: str) -> Markup:
    """The way to the other language, written in that language."""
    other, name = (ENGLISH, "English") if tell.say.language == CHINESE else (CHINESE, "中文")
    return h("a", name, href=f"/language/{other}?to={here}", hreflang=other.replace("_", "-"))


def draw_top(tell: Telling, *, searched: str = "") -> Markup:
    say = tell.say
    box = h(
        "input",
        name="q",
        type="search",
        value=searched or None,
        placeholder=say("search.placeholder"),
        aria_label=say("search.placeholder"),
        autocomplete="off",
    )
    form = h(
        "form",
        icon("search"),
        box,
        h("kbd", "/"),
        h("div", class_="hits"),
        class_="search",
        action="/search",
        role="search",
    )
    return h("div", form, class_="frame-top")
