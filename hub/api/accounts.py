"""Accounts: opened with a one-time code, changed, ended, and everything that was done to them."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from custody.identifiers import PersonId
from hub.accounts import AccountRefusal, OneTimeCode
from hub.api.guard import Asking, address_of, parts_of, remember
from hub.api.problems import Problem
from hub.api.shapes import FirstPassword, NewAccount, NewRoles, OpenedAccount, Session, Subject
from hub.core.access import API
from hub.views import AccountChange

__all__ = ["STATUS", "accounts", "done"]

accounts = APIRouter(prefix=API, tags=["accounts"])

STATUS = {"login.locked": 429, "login.busy": 503, "account.unknown": 404, "login.wrong": 401}


@accounts.post("/accounts", status_code=201)
def add_account(request: Request, asking: Asking, body: NewAccount) -> OpenedAccount:
    """Let a person sign in at the office. The one-time code is in this answer and nowhere else."""
    parts = parts_of(request)
    person = next((one for one in parts.queries.people() if one.id == body.person), None)
    if person is None:
        raise Problem(404, "api.no_person", {"id": body.person})
    made = parts.accounts.invite(
        user=body.user, person=PersonId(body.person), name=person.name, roles=body.roles, by=asking.person
    )
    return _opened(made)


@accounts.post("/accounts/{user}/invitation", status_code=201)
def invite_again(request: Request, asking: Asking, user: str) -> OpenedAccount:
    """Give another one-time code; password, binding and sessions of the account end."""
    return _opened(parts_of(request).accounts.invite_again(user, by=asking.person))


@accounts.get("/accounts/history")
def history(request: Request, asking: Asking) -> Sequence[AccountChange]:
    """What was done to accounts and by whom, the latest first."""
    return parts_of(request).queries.account_history()


@accounts.put("/accounts/{user}/roles", status_code=204)
def change_roles(request: Request, asking: Asking, user: str, body: NewRoles) -> Response:
    """Give an account other roles; whoever uses it is signed out everywhere."""
    return done(parts_of(request).accounts.change_roles(user, body.roles, by=asking.person))


@accounts.put("/accounts/{user}/subject", status_code=204)
def bind(request: Request, asking: Asking, user: str, body: Subject) -> Response:
    """Say who an account is to the court's single sign-on."""
    return done(parts_of(request).accounts.bind(user, body.subject, by=asking.person))


@accounts.delete("/accounts/{user}", status_code=204)
def disable(request: Request, asking: Asking, user: str) -> Response:
    """Let nobody in by this account any more. It is kept, so that what it did keeps its name."""
    return done(parts_of(request).accounts.disable(user, by=asking.person))


@accounts.post("/welcome")
def welcome(request: Request, response: Response, body: FirstPassword) -> Session:
    """Choose one's password by a one-time code, and sign in."""
    parts = parts_of(request)
    answer = parts.accounts.come_in(body.user, body.code, password=body.password, address=address_of(request))
    if isinstance(answer, AccountRefusal):
        raise Problem(STATUS.get(answer.key, 409), answer.key, answer.fields)
    remember(response, answer, parts=parts)
    visitor = answer.visitor
    return Session(user=visitor.user, person=visitor.person, name=visitor.name, roles=tuple(sorted(visitor.roles)))


def done(refused: AccountRefusal | None) -> Response:
    if refused is not None:
        raise Problem(STATUS.get(refused.key, 409), refused.key, refused.fields)
    return Response(status_code=204)


def _opened(made: OneTimeCode | AccountRefusal) -> OpenedAccount:
    if isinstance(made, AccountRefusal):
        raise Problem(STATUS.get(made.key, 409), made.key, made.fields)
    return OpenedAccount(user=made.user, code=made.code, until_ms=made.until)
