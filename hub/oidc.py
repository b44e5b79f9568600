"""Single sign-on: OpenID Connect, code flow with PKCE. It says who somebody is; what they may do, our accounts say.

Each try is bound to the browser that began it by a cookie, holds for some minutes and is good once. An identity token
is believed only under a key of the issuer, for us, in time, with the nonce of this very try.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

__all__ = ["Provider", "SignOnFailed", "SingleSignOn", "Try"]

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_HOLDS = 10 * 60_000
_MOST = 1000
_LEEWAY = 60
_MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The court's single sign-on. ``secret`` may be empty for a public client; ``name`` is what people call it."""

    issuer: str
    client_id: str
    secret: str
    name: str


@dataclass(frozen=True, slots=True)
class SignOnFailed:
    """Why not, for the log: people are told one sentence."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """``url``: where to send the browser; ``cookie``: what it must bring back."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    cookie: str
    nonce: str
    verifier: str
    redirect: str
    began: int


class SingleSignOn:
    """Safe to call from any thread; both verbs ask the provider over the network. ``clock``: ms since 1970."""

    def __init__(self, provider: Provider, *, clock: Callable[[], int], client: httpx.Client | None = None) -> None:
        self.provider = provider
        self._clock = clock
        self._client = client or httpx.Client(timeout=5.0, follow_redirects=False)
        self._lock = threading.Lock()
        self._pending: OrderedDict[str, _Pending] = OrderedDict()

    def begin(self, *, redirect: str) -> Try | SignOnFailed:
        """A new try; the provider sends the browser back to ``redirect``."""
        found = self._discovered()
        if isinstance(found, SignOnFailed):
            return found
        state = secrets.token_urlsafe(24)
        made = _Pending(
            cookie=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            redirect=redirect,
            began=self._clock(),
        )
        with self._lock:
            self._pending[state] = made
            while len(self._pending) > _MOST:
                self._pending.popitem(last=False)
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect,
            "scope": "openid",
            "state": state,
            "nonce": made.nonce,
            "code_challenge": create_s256_code_challenge(made.verifier),
            "code_challenge_method": "S256",
        }
        url = add_params_to_uri(str(found["authorization_endpoint"]), list(asked.items()))
        return Try(url=str(url), cookie=made.cookie)

    def finish(self, *, state: str, code: str, cookie: str) -> str | SignOnFailed:
        """Who came back: issuer and subject with a space between, as accounts are bound to."""
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or self._clock() - pending.began >= _HOLDS:
            return SignOnFailed("no such try")
        if not cookie or not secrets.compare_digest(pending.cookie, cookie):
            return SignOnFailed("another browser")
        found = self._discovered()
        if isinstance(found, SignOnFailed):
            return found
        token = self._exchanged(str(found["token_endpoint"]), code, pending)
        if isinstance(token, SignOnFailed):
            return token
        return self._believed(token, str(found["jwks_uri"]), pending)

    def _discovered(self) -> Mapping[str, Any] | SignOnFailed:
        found = self._get(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if isinstance(found, SignOnFailed):
            return found
        if found.get("issuer") != self.provider.issuer:
            return SignOnFailed("the issuer calls itself otherwise")
        if not all(isinstance(found.get(one), str) for one in _ENDPOINTS):
            return SignOnFailed("endpoints are missing")
        return found

    def _exchanged(self, endpoint: str, code: str, pending: _Pending) -> str | SignOnFailed:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": pending.redirect,
            "code_verifier": pending.verifier,
            "client_id": self.provider.client_id,
        }
        known = self.provider
        secret = httpx.BasicAuth(known.client_id, known.secret) if known.secret else httpx.USE_CLIENT_DEFAULT
        told = self._read(lambda: self._client.post(endpoint, data=form, auth=secret))
        if isinstance(told, SignOnFailed):
            return told
        token = told.get("id_token")
        return token if isinstance(token, str) else SignOnFailed("no identity token")

    def _believed(self, token: str, keys_at: str, pending: _Pending) -> str | SignOnFailed:
        keys = self._get(keys_at)
        if isinstance(keys, SignOnFailed):
            return keys
        try:
            claims = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=_ALGORITHMS).claims  # type: ignore[arg-type]
            jwt.JWTClaimsRegistry(
                now=self._clock() // 1000,
                leeway=_LEEWAY,
                iss={"essential": True, "value": self.provider.issuer},
                aud={"essential": True, "value": self.provider.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": pending.nonce},
            ).validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            return SignOnFailed(f"the identity token: {type(error).__name__} {error}")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.provider.client_id:
            return SignOnFailed("the identity token is somebody else's")
        return f"{self.provider.issuer} {claims['sub']}"

    def _get(self, url: str) -> Mapping[str, Any] | SignOnFailed:
        return self._read(lambda: self._client.get(url))

    def _read(self, ask: Callable[[], httpx.Response]) -> Mapping[str, Any] | SignOnFailed:
        try:
            answer = ask()
            if answer.status_code != httpx.codes.OK or len(answer.content) > _MOST_BYTES:
                return SignOnFailed(f"{answer.request.url}: status {answer.status_code}")
            told = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return SignOnFailed(f"{type(error).__name__} {error}")
        return told if isinstance(told, dict) else SignOnFailed("not an object")


_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
