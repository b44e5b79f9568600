"""How a station comes to be known: an invitation that is read off a QR code, and what is then asked of the hub.

The code of an invitation never travels. The station shows that it knows it by a keyed digest over the very keys it
made, so that what somebody overhears is worth nothing with any other key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from custody.identifiers import CourtId, StationId, check_id
from custody.messages import Application

__all__ = [
    "CODE_BYTES",
    "Answer",
    "Invitation",
    "Misread",
    "Reply",
    "Rotated",
    "invitation_text",
    "is_proven",
    "proof",
    "read_invitation",
    "rotation_bytes",
]

CODE_BYTES = 20
_MARK = "YUNGUI1"
_CHECK = 4
_PARTS = 6
_ADDRESS = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+):([0-9]{1,5})")
_MOST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Where the hub is, whom to believe there, and the one-time code. ``authority``: SHA-256 of its certificate."""

    host: str
    port: int
    station: StationId
    authority: bytes
    code: bytes


@dataclass(frozen=True, slots=True)
class Misread:
    """Why a text is no invitation; ``why``: ``mark``, ``shape`` or ``check``."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The certificate that was asked for, and the authority's: PEM."""

    certificate: bytes
    authority: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """The key that is believed from here on, hex."""

    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an enrolled station is told about itself: certificate, authority, and the lines of ``station.toml``."""

    certificate: bytes
    authority: bytes
    settings: dict[str, str | int]


def invitation_text(invitation: Invitation) -> str:
    """The text of the QR code: capitals and digits, so that the code stays small, and a check at its end."""
    parts = (
        _MARK,
        f"{invitation.host}:{invitation.port}",
        invitation.station,
        _base32(invitation.authority),
        _base32(invitation.code),
    )
    text = "/".join(parts).upper()
    return f"{text}/{_check(text)}"


def read_invitation(text: str) -> Invitation | Misread:
    """The invitation that was scanned or typed; capitals do not matter."""
    parts = text.strip().upper().split("/")
    if parts[0] != _MARK:
        return Misread("mark")
    if len(parts) != _PARTS:
        return Misread("shape")
    if parts.pop() != _check("/".join(parts)):
        return Misread("check")
    address, station = _ADDRESS.fullmatch(parts[1].lower()), parts[2].lower()
    authority, code = _bytes(parts[3]), _bytes(parts[4])
    if address is None or not 0 < int(address[2]) <= _MOST_PORT or not check_id(station):
        return Misread("shape")
    if len(authority) != hashlib.sha256().digest_size or len(code) != CODE_BYTES:
        return Misread("shape")
    return Invitation(
        host=address[1].strip("[]"), port=int(address[2]), station=StationId(station), authority=authority, code=code
    )


def proof(code: bytes, *, station: StationId, public_key: str, sealing_key: str, request: bytes) -> str:
    """What shows that these keys were made by somebody who read the code: HMAC-SHA-256, hex."""
    about = "\x00".join(("yungui/v1/enrol", station, public_key, sealing_key, hashlib.sha256(request).hexdigest()))
    return hmac.new(code, about.encode(), hashlib.sha256).hexdigest()


def rotation_bytes(*, court: CourtId, station: StationId, before: str) -> bytes:
    """What the next key signs to show that the station has it: whose it will be, and after which key (hex)."""
    return "\x00".join(("yungui/v1/rotate", court, station, before)).encode()


def is_proven(application: Application, *, code: bytes) -> bool:
    """Whether an application was made by somebody who read the code."""
    expected = proof(
        code,
        station=application.station,
        public_key=application.public_key,
        sealing_key=application.sealing_key,
        request=application.request,
    )
    return hmac.compare_digest(expected.encode(), application.proof.encode())


def _check(text: str) -> str:
    return _base32(hashlib.sha256(text.encode()).digest())[:_CHECK]


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """The bytes of base 32 without padding; none of it is empty."""
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return b""
