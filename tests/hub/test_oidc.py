"""Single sign-on against a real little provider on loopback: what is believed, and everything that is not."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from custody.grants import Role
from hub.api.app import build_api, include
from hub.core.apart import SHELL
from hub.oidc import Provider, SignOnFailed, SingleSignOn, Try
from hub.serving import serve_beside
from hub.web.pages.login import forms
from tests.hub.pretend_office import pretend_parts
from tests.support.ports import free_port, wait_until

REDIRECT = "https://hub.court/sign-on/done"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}) for _ in range(2))
Change = Callable[[dict[str, Any]], None]


class PretendProvider:
    """Everybody who comes is 4711. ``change`` alters the claims before they are signed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.called_itself = self.issuer
        self.change: Change = lambda _claims: None
        self.key, self.header = KEY, {"alg": "RS256", "kid": "k1"}
        self._codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    def _configuration(self, _request: Request) -> Response:
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.issuer}/{path}" for name, path in endpoints.items()}
        return JSONResponse({"issuer": self.called_itself, **found})

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
        code = secrets.token_hex(8)
        self._codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 303)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = self._codes.pop(form["code"], None)
        basic = base64.b64encode(b"yungui:geheim").decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or asked["code_challenge"] != challenge.decode()
            or asked["redirect_uri"] != form["redirect_uri"]
            or request.headers.get("authorization") != f"Basic {basic}"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "4711",
            "aud": "yungui",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        self.change(claims)
        return JSONResponse({"id_token": jwt.encode(self.header, claims, self.key), "token_type": "Bearer"})

    def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})


@pytest.fixture
def provider() -> Iterator[PretendProvider]:
    made = PretendProvider()
    with socket.create_server(("127.0.0.1", made.port)) as listener:
        server = serve_beside(uvicorn.Config(made.app, log_level="warning"), listener)
        wait_until(lambda: server.started, seconds=20, what="the provider")
        yield made
        server.should_exit = True


@pytest.fixture
def sign_on(provider: PretendProvider) -> SingleSignOn:
    settings = Provider(issuer=provider.issuer, client_id="yungui", secret="geheim", name="统一认证")
    return SingleSignOn(settings, clock=lambda: time.time_ns() // 1_000_000)


def begun(sign_on: SingleSignOn) -> Try:
    made = sign_on.begin(redirect=REDIRECT)
    assert isinstance(made, Try)
    return made


def back(url: str) -> dict[str, str]:
    """What the browser brings back from the provider."""
    answer = httpx.get(url)
    assert answer.headers["location"].startswith(REDIRECT)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {"state": query["state"][0], "code": query["code"][0]}


def test_who_comes_back_is_known_by_issuer_and_subject(sign_on: SingleSignOn, provider: PretendProvider) -> None:
    made = begun(sign_on)

    assert sign_on.finish(**back(made.url), cookie=made.cookie) == f"{provider.issuer} 4711"


def test_a_try_is_good_once_for_the_browser_that_began_it(sign_on: SingleSignOn) -> None:
    made, other = begun(sign_on), begun(sign_on)
    brought = back(made.url)

    assert isinstance(sign_on.finish(**back(other.url), cookie=made.cookie), SignOnFailed)
    assert isinstance(sign_on.finish(state="made up", code=brought["code"], cookie=made.cookie), SignOnFailed)
    assert isinstance(sign_on.finish(**brought, cookie=made.cookie), str)
    assert isinstance(sign_on.finish(**brought, cookie=made.cookie), SignOnFailed)


def test_a_code_of_another_try_is_worth_nothing(sign_on: SingleSignOn) -> None:
    made, other = begun(sign_on), begun(sign_on)
    stolen = back(other.url)["code"]

    assert isinstance(sign_on.finish(state=back(made.url)["state"], code=stolen, cookie=made.cookie), SignOnFailed)


def spoil(**changes: object) -> Change:
    return lambda claims: claims.update(changes)


@pytest.mark.parametrize(
    "change",
    [
        spoil(nonce="another"),
        spoil(iss="https://elsewhere"),
        spoil(aud="another-client"),
        spoil(aud=["yungui", "another-client"]),
        spoil(azp="another-client"),
        spoil(exp=int(time.time()) - 3600),
        spoil(iat=int(time.time()) + 3600),
        lambda claims: claims.pop("nonce"),
        lambda claims: claims.pop("exp"),
        lambda claims: claims.pop("sub"),
    ],
)
def test_an_identity_token_that_is_not_for_this_try_is_not_believed(
    sign_on: SingleSignOn, provider: PretendProvider, change: Change
) -> None:
    provider.change = change
    made = begun(sign_on)

    assert isinstance(sign_on.finish(**back(made.url), cookie=made.cookie), SignOnFailed)


@pytest.mark.parametrize("header", [{"alg": "RS256", "kid": "k1"}, {"alg": "HS256", "kid": "k1"}])
def test_a_token_under_a_key_that_is_not_the_issuers_is_not_believed(
    sign_on: SingleSignOn, provider: PretendProvider, header: dict[str, str]
) -> None:
    public = str(KEY.as_dict(private=False)["n"])
    provider.header = header
    provider.key = OTHER_KEY if header["alg"] == "RS256" else OctKey.import_key(public)  # type: ignore[assignment]
    made = begun(sign_on)

    assert isinstance(sign_on.finish(**back(made.url), cookie=made.cookie), SignOnFailed)


def test_a_try_runs_out(provider: PretendProvider, sign_on: SingleSignOn) -> None:
    now = time.time_ns() // 1_000_000
    clock = iter([now, now + 600_000])
    made_late = SingleSignOn(sign_on.provider, clock=lambda: next(clock))
    made = begun(made_late)

    assert made_late.finish(**back(made.url), cookie=made.cookie) == SignOnFailed("no such try")


def test_an_issuer_that_calls_itself_otherwise_or_is_away_is_not_used(
    sign_on: SingleSignOn, provider: PretendProvider
) -> None:
    provider.called_itself = "https://elsewhere"
    assert isinstance(sign_on.begin(redirect=REDIRECT), SignOnFailed)

    gone = Provider(issuer=f"http://127.0.0.1:{free_port()}", client_id="yungui", secret="", name="x")
    assert isinstance(SingleSignOn(gone, clock=lambda: 0).begin(redirect=REDIRECT), SignOnFailed)


def test_a_browser_is_let_in_only_with_an_account_that_was_bound(
    provider: PretendProvider, sign_on: SingleSignOn, tmp_path: Path
) -> None:
    parts, _ = pretend_parts(lambda: time.time_ns() // 1_000_000, folder=tmp_path)
    parts = replace(parts, sign_on=sign_on)
    app = build_api(parts)
    include(app, forms)
    with TestClient(app, base_url="http://hub.court", follow_redirects=False) as browser:

        def come() -> httpx.Response:
            sent = browser.get("/sign-on")
            location = httpx.get(sent.headers["location"]).headers["location"]
            answer: httpx.Response = browser.get("/sign-on/done", params=dict(parse_qs(urlsplit(location).query)))
            return answer

        assert come().headers["location"] == "/login?refused=login.not_bound"

        parts.accounts.bind("staff", f"{provider.issuer} 4711", by=SHELL)
        assert come().status_code == 200
        me = browser.get("/api/v1/session").json()
        assert (me["user"], me["roles"]) == ("staff", [Role.STAFF])

        stranger = browser.get("/sign-on/done", params={"state": "x", "code": "y"})
        assert stranger.headers["location"] == "/login?refused=login.sign_on_failed"
