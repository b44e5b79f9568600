"""Asking the hub over HTTPS: only a hub whose certificate the court's authority signed is spoken to."""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path

from edge.errors import EdgeError

__all__ = ["HubDoor", "fetch_authority"]

_PATH = "/api/v1"
_WITHIN = 20.0  # seconds
_MOST = 1024 * 1024


class HubDoor:
    """``authority``: the certificate authority to believe, PEM, or the file that holds it."""

    def __init__(self, host: str, port: int, *, authority: str | Path) -> None:
        self._host, self._port = host, port
        try:
            if isinstance(authority, Path):
                self._context = ssl.create_default_context(cafile=str(authority))
            else:
                self._context = ssl.create_default_context(cadata=authority)
        except (OSError, ssl.SSLError) as error:
            raise EdgeError("tls.unreadable", folder=str(authority)[:60], why=str(error)) from error
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def ask(self, what: str, message: bytes) -> bytes:
        """What the hub answers to a signed message. ``EdgeError`` says who refused, or what could not be reached."""
        return _request(self._host, self._port, self._context, "POST", what, message)

    def authority(self) -> bytes:
        """The authorities the hub believes now, PEM."""
        return _request(self._host, self._port, self._context, "GET", "authority", None)


def fetch_authority(host: str, port: int) -> str:
    """What whoever answers there calls the court's authority, PEM: to be compared, not to be believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing secret is said, nothing heard is used
    return _request(host, port, context, "GET", "authority", None).decode(errors="replace")


def _request(host: str, port: int, context: ssl.SSLContext, method: str, what: str, body: bytes | None) -> bytes:
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=_WITHIN)
    headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
    try:
        connection.request(method, f"{_PATH}/{what}", body, headers)
        answer = connection.getresponse()
        content = answer.read(_MOST)
    except ssl.SSLCertVerificationError as error:
        raise EdgeError("door.not_the_hub", host=host, port=port, why=error.verify_message) from error
    except (OSError, http.client.HTTPException) as error:
        raise EdgeError("door.unreachable", host=host, port=port, why=str(error) or type(error).__name__) from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise _refusal(content, status=answer.status, host=host, port=port)
    return content


def _refusal(content: bytes, *, status: int, host: str, port: int) -> EdgeError:
    """The hub's own reason where it gives one that we have a sentence for; else what it said."""
    try:
        told = json.loads(content)
        code, fields, detail = str(told["code"]), dict(told["fields"]), str(told["detail"])
    except (ValueError, KeyError, TypeError):
        return EdgeError("door.no_answer", host=host, port=port, status=status)
    if code in _KNOWN:
        return EdgeError(code, station=str(fields.get("station", "")))
    return EdgeError("door.refused", host=host, port=port, why=detail)


_KNOWN = frozenset(
    {
        "enrol.code_wrong",
        "enrol.used",
        "enrol.expired",
        "enrol.key_in_use",
        "enrol.request_malformed",
        "enrol.not_enrolled",
        "enrol.revoked",
    }
)
