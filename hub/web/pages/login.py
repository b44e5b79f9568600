"""Signing in and out, and the language of pages. A plain form: the cookie is set by the answer, never by a script."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from nicegui import ui

from hub.accounts import AccountRefusal
from hub.api.guard import Asking, address_of, cookie_name, forget, parts_of, remember, telling, visitor_of
from hub.api.problems import LANGUAGE_COOKIE
from hub.telling import Telling
from hub.texts import LANGUAGES
from hub.web.assets import head
from hub.web.drawing.hits import draw_hits
from hub.web.frame import draw_language, draw_mark
from hub.web.markup import Markup, h
from hub.web.pieces import note

__all__ = ["forms", "install"]

forms = APIRouter(include_in_schema=False)
_REFUSALS = ("login.wrong", "login.locked", "login.busy", "login.not_bound", "login.sign_on_failed")


def install() -> None:
    @ui.page("/login")
    def login(request: Request, refused: str = "", seconds: int = 0) -> Response | None:
        if visitor_of(request) is not None:
            return RedirectResponse("/", status_code=303)
        tell, name = telling(request), parts_of(request).court_name
        ui.page_title(f"{tell.say('brand')} · {name}")
        ui.add_head_html(head(tell.say))
        why = tell.say(refused, seconds=seconds) if refused in _REFUSALS else None
        ui.html(_draw_login(tell, name, why), sanitize=False)
        return None


@forms.post("/login")
def sign_in(request: Request, user: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
    """Check and go on to the overview, or back with the one sentence."""
    parts = parts_of(request)
    answer = parts.accounts.sign_in(user, password, address=address_of(request))
    if isinstance(answer, AccountRefusal):
        return RedirectResponse(
            f"/login?refused={answer.key}&seconds={answer.fields.get('seconds', 0)}", status_code=303
        )
    response = RedirectResponse("/", status_code=303)
    remember(response, answer, parts=parts)
    return response


@forms.post("/logout")
def sign_out(request: Request) -> Response:
    parts = parts_of(request)
    parts.accounts.sign_out(request.cookies.get(cookie_name(parts)))
    response = RedirectResponse("/login", status_code=303)
    forget(response, parts=parts)
    return response


@forms.get("/language/{code}")
def choose_language(request: Request, code: str, to: str = "/") -> Response:
    """Remember the language and go back to the page, which is one of ours."""
    ours = to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
    response = RedirectResponse(ours, status_code=303)
    if code in LANGUAGES:
        secure = parts_of(request).secure
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86_400, httponly=True, secure=secure, samesite="lax")
    return response


@forms.get("/search/hits")
def hits(request: Request, asking: Asking, q: str = "") -> HTMLResponse:
    """What the search box shows while somebody types."""
    found = parts_of(request).queries.search(q[:120], roles=asking.roles, most=8) if q.strip() else ()
    return HTMLResponse(draw_hits(found, telling(request)) if q.strip() else "")


def _draw_login(tell: Telling, court_name: str, why: str | None) -> Markup:
    say = tell.say
    user = h("input", name="user", autocomplete="username", autofocus=True, required=True)
    password = h("input", name="password", type="password", autocomplete="current-password", required=True)
    form = h(
        "form",
        draw_mark(tell, court_name, href=None),
        note(why, "person", "cross") if why else None,
        h("label", say("login.user"), user),
        h("label", say("login.password"), password),
        h("button", say("login.sign_in"), class_="button button-first"),
        class_="login-card",
        method="post",
        action="/login",
    )
    foot = h("div", draw_language(tell, here="/login"), class_="login-foot")
    return h("div", form, foot, class_="login")
