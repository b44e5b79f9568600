"""Signing in and out, and the language of pages. A plain form: the cookie is set by the answer, never by a script."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from nicegui import ui

from hub.accounts import AccountRefusal
from hub.api.guard import Asking, address_of, cookie_name, forget, parts_of, remember, telling, visitor_of
from hub.api.problems import LANGUAGE_COOKIE
from hub.core.patience import LEAST_LENGTH
from hub.face import Parts
from hub.oidc import SignOnFailed
from hub.telling import Telling
from hub.texts import LANGUAGES
from hub.web.assets import head
from hub.web.drawing.hits import draw_hits
from hub.web.frame import draw_language, draw_mark
from hub.web.markup import Markup, h
from hub.web.pieces import note

__all__ = ["forms", "install"]

_LOG = logging.getLogger(__name__)
forms = APIRouter(include_in_schema=False)
_REFUSALS = (
    "login.wrong",
    "login.locked",
    "login.busy",
    "login.not_bound",
    "login.sign_on_failed",
    "login.choose_password",
    "login.code_over",
    "login.no_code",
    "account.password_short",
    "account.password_long",
    "account.password_guessable",
)


def install() -> None:
    @ui.page("/login")
    def login(request: Request, refused: str = "", seconds: int = 0) -> Response | None:
        if visitor_of(request) is not None:
            return RedirectResponse("/", status_code=303)
        tell, name = telling(request), parts_of(request).court_name
        ui.page_title(f"{tell.say('brand')} · {name}")
        ui.add_head_html(head(tell.say))
        why = tell.say(refused, seconds=seconds) if refused in _REFUSALS else None
        parts = parts_of(request)
        sign_on = None if parts.sign_on is None else parts.sign_on.provider.name
        ui.html(_draw_login(tell, name, why, sign_on), sanitize=False)
        return None

    @ui.page("/welcome")
    def welcome(request: Request, refused: str = "", seconds: int = 0) -> Response | None:
        if visitor_of(request) is not None:
            return RedirectResponse("/", status_code=303)
        tell, name = telling(request), parts_of(request).court_name
        ui.page_title(f"{tell.say('brand')} · {name}")
        ui.add_head_html(head(tell.say))
        why = tell.say(refused, seconds=seconds, least=LEAST_LENGTH) if refused in _REFUSALS else None
        ui.html(_draw_welcome(tell, name, why), sanitize=False)
        return None


@forms.post("/login")
def sign_in(request: Request, user: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
    """Check and go on to the overview, or back with the one sentence."""
    parts = parts_of(request)
    answer = parts.accounts.sign_in(user, password, address=address_of(request))
    if isinstance(answer, AccountRefusal):
        return _back("/welcome" if answer.key == "login.choose_password" else "/login", answer)
    response = RedirectResponse("/", status_code=303)
    remember(response, answer, parts=parts)
    return response


@forms.post("/welcome")
def come_in(
    request: Request,
    user: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Choose one's password by the one-time code and go on to the overview, or back with the one sentence."""
    parts = parts_of(request)
    answer = parts.accounts.come_in(user, code.strip(), password=password, address=address_of(request))
    if isinstance(answer, AccountRefusal):
        return _back("/welcome", answer)
    response = RedirectResponse("/", status_code=303)
    remember(response, answer, parts=parts)
    return response


@forms.get("/sign-on")
def sign_on(request: Request) -> Response:
    """Send the browser to the court's single sign-on."""
    parts = parts_of(request)
    if parts.sign_on is None:
        return RedirectResponse("/login", status_code=303)
    began = parts.sign_on.begin(redirect=f"{request.base_url}sign-on/done")
    if isinstance(began, SignOnFailed):
        _LOG.error("single sign-on cannot be begun: why=%s", began.why)
        return RedirectResponse("/login?refused=login.sign_on_failed", status_code=303)
    response = RedirectResponse(began.url, status_code=303)
    # Lax: the browser comes back from another site, and must bring it.
    response.set_cookie(
        _try_cookie(parts), began.cookie, max_age=600, path="/", httponly=True, secure=parts.secure, samesite="lax"
    )
    return response


@forms.get("/sign-on/done")
def signed_on(request: Request, state: str = "", code: str = "") -> Response:
    """Whoever comes back is let in if an account is bound to them."""
    parts = parts_of(request)
    if parts.sign_on is None:
        return RedirectResponse("/login", status_code=303)
    subject = parts.sign_on.finish(state=state, code=code, cookie=request.cookies.get(_try_cookie(parts), ""))
    if isinstance(subject, SignOnFailed):
        _LOG.warning("single sign-on failed: why=%s", subject.why)
        return RedirectResponse("/login?refused=login.sign_on_failed", status_code=303)
    answer = parts.accounts.sign_in_as(subject, address=address_of(request))
    if isinstance(answer, AccountRefusal):
        _LOG.warning("no account is bound: subject=%s", subject)
        return RedirectResponse(f"/login?refused={answer.key}", status_code=303)
    # A page of ours that goes on by itself: a cookie that is strict is not sent along a way that began elsewhere.
    response = HTMLResponse('<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">')
    response.delete_cookie(_try_cookie(parts), path="/", httponly=True, secure=parts.secure, samesite="lax")
    remember(response, answer, parts=parts)
    return response


def _try_cookie(parts: Parts) -> str:
    return f"{cookie_name(parts)}-sign-on"


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


def _back(page: str, why: AccountRefusal) -> Response:
    return RedirectResponse(f"{page}?refused={why.key}&seconds={why.fields.get('seconds', 0)}", status_code=303)


def _draw_login(tell: Telling, court_name: str, why: str | None, sign_on: str | None) -> Markup:
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
        h("a", say("login.sign_on", name=sign_on), href="/sign-on", class_="button") if sign_on else None,
        h("p", h("a", say("login.first_time"), href="/welcome")),
        class_="login-card",
        method="post",
        action="/login",
    )
    foot = h("div", draw_language(tell, here="/login"), class_="login-foot")
    return h("div", form, foot, class_="login")


def _draw_welcome(tell: Telling, court_name: str, why: str | None) -> Markup:
    say = tell.say
    user = h("input", name="user", autocomplete="username", autofocus=True, required=True)
    code = h("input", name="code", autocomplete="one-time-code", required=True)
    password = h("input", name="password", type="password", autocomplete="new-password", required=True)
    form = h(
        "form",
        draw_mark(tell, court_name, href=None),
        note(why, "person", "cross") if why else None,
        h("p", say("login.welcome"), class_="soft"),
        h("label", say("login.user"), user),
        h("label", say("login.code"), code),
        h("label", say("login.own_password"), password),
        h("button", say("login.choose"), class_="button button-first"),
        h("p", h("a", say("login.to_sign_in"), href="/login")),
        class_="login-card",
        method="post",
        action="/welcome",
    )
    foot = h("div", draw_language(tell, here="/welcome"), class_="login-foot")
    return h("div", form, foot, class_="login")
