"""Errors as problem details (RFC 9457): a status, a code that never changes, and a sentence with the remedy in it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hub.errors import HubError
from hub.texts import CHINESE, ENGLISH, texts

__all__ = ["LANGUAGE_COOKIE", "Problem", "install_problems", "language_of", "problem_response"]

LANGUAGE_COOKIE = "yungui_language"


class Problem(Exception):  # noqa: N818  # the word of RFC 9457
    """What an endpoint could not do. ``key`` is the sentence's key in the catalogues."""

    def __init__(self, status: int, key: str, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.fields = dict(fields or {})


def language_of(request: Request) -> str:
    """The reader's language: chosen before, else asked for by the browser, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in (CHINESE, ENGLISH):
        return chosen
    return ENGLISH if request.headers.get("accept-language", "").lower().startswith("en") else CHINESE


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    sentence = texts(language_of(request))
    body = {
        "type": "about:blank",
        "status": problem.status,
        "code": problem.key,
        "title": sentence(f"problem.{problem.status}"),
        "detail": sentence(problem.key, **problem.fields),
        "fields": problem.fields,
    }
    return JSONResponse(body, problem.status, media_type="application/problem+json")


def install_problems(app: FastAPI) -> None:
    """Answer with problem details whatever goes wrong in a request."""

    @app.exception_handler(Problem)
    def _problem(request: Request, problem: Problem) -> JSONResponse:
        return problem_response(request, problem)

    @app.exception_handler(HubError)
    def _refused(request: Request, error: HubError) -> JSONResponse:
        return problem_response(request, Problem(409, "api.refused", {"why": str(error)}))

    @app.exception_handler(Exception)
    def _failed(request: Request, error: Exception) -> JSONResponse:
        return problem_response(request, Problem(500, "api.failed", {"path": request.url.path}))

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problem_response(request, Problem(422, "api.malformed", {"where": where, "why": first["msg"]}))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        known = {404: "api.not_found", 405: "api.no_method"}
        key = known.get(error.status_code, "api.failed")
        return problem_response(request, Problem(error.status_code, key, {"path": request.url.path}))
