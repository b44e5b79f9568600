"""Signatures and sealed boxes around the bytes that travel.

A signed message is one line ``yg1 <key id> <signature>``, one line of header JSON and, for events, the event lines.
The signature covers purpose and header; the header's links cover the events. Bytes are signed as they are sent and
verified as they came: nothing is ever serialised again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custody.messages import Purpose

__all__ = [
    "MAX_BATCH_BYTES",
    "MAX_BATCH_EVENTS",
    "Rejected",
    "Signed",
    "fingerprint",
    "key_id",
    "note_key",
    "open_note",
    "public_key",
    "raw",
    "seal",
    "sign",
    "sign_note",
    "signed_bytes",
    "split",
    "unseal",
    "verify",
]

MAX_BATCH_EVENTS = 512
MAX_BATCH_BYTES = 256 * 1024
_HEADER_LIMIT = 640 * 1024
_MESSAGE_LIMIT = MAX_BATCH_BYTES + _HEADER_LIMIT
_MAGIC = b"yg1"
_FIRST_LINE = re.compile(rb"yg1 ([0-9a-f]{16}) ([A-Za-z0-9+/]{85}[AQgw]==)")
"""Key id, and 64 bytes of signature in the one way base64 has of writing them: no bit is without meaning."""
_NOTE_LINE = re.compile("\u2014 ([^ \\n+]+) ([A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]=)\n")
_NOTE_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Signed:
    """A message taken apart: nothing in it is proven until ``verify`` says so."""

    key_id: str
    signature: bytes
    header: bytes
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why bytes are not a message of ours; ``why``: ``shape``, ``oversize``, ``unknown_key`` or ``signature``."""

    why: str


def sign(header: bytes, *, purpose: Purpose, key: Ed25519PrivateKey, lines: Sequence[bytes] = ()) -> bytes:
    """The bytes of a signed message. Only events have lines; ``header`` and lines must not contain a line feed."""
    if lines and purpose is not Purpose.EVENTS:
        raise ValueError(f"a message of purpose {purpose} has no lines: nothing in its header would cover them")
    if any(b"\n" in part for part in (header, *lines)):
        raise ValueError("a header or line of a signed message contains a line feed")
    signature = base64.b64encode(key.sign(signed_bytes(header, purpose=purpose)))
    first = b" ".join((_MAGIC, key_id(key.public_key()).encode(), signature))
    return b"\n".join((first, header, *lines))


def split(message: bytes) -> Signed | Rejected:
    """Take a message apart without believing it."""
    if len(message) > _MESSAGE_LIMIT:
        return Rejected("oversize")
    first, *rest = message.split(b"\n", MAX_BATCH_EVENTS + 2)
    parts = _FIRST_LINE.fullmatch(first)
    if parts is None or not rest:
        return Rejected("shape")
    header, *lines = rest
    if len(lines) > MAX_BATCH_EVENTS or sum(map(len, lines)) > MAX_BATCH_BYTES or len(header) > _HEADER_LIMIT:
        return Rejected("oversize")
    return Signed(parts[1].decode("ascii"), base64.b64decode(parts[2]), header, tuple(lines))


def verify(message: bytes, *, purpose: Purpose, key_of: Callable[[str], Ed25519PublicKey | None]) -> Signed | Rejected:
    """Take a message apart and check its signature with the key that ``key_of(key id)`` knows."""
    signed = split(message)
    if isinstance(signed, Rejected):
        return signed
    if signed.lines and purpose is not Purpose.EVENTS:
        return Rejected("shape")  # no header but that of events covers lines
    key = key_of(signed.key_id)
    if key is None:
        return Rejected("unknown_key")
    try:
        key.verify(signed.signature, signed_bytes(signed.header, purpose=purpose))
    except InvalidSignature:
        return Rejected("signature")
    return signed


def signed_bytes(header: bytes, *, purpose: Purpose) -> bytes:
    """Exactly what a signature covers."""
    return b"yungui/v1\x00" + purpose.encode() + b"\x00" + header


def sign_note(text: str, *, name: str, key: Ed25519PrivateKey) -> bytes:
    """A signed note (C2SP) with one signature. ``text`` ends in a line feed; ``name`` has no space and no plus."""
    signature = base64.b64encode(note_key(name, key.public_key()) + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {name} {signature}\n".encode()


def open_note(note: bytes, *, name: str, keys: Sequence[Ed25519PublicKey]) -> str | Rejected:
    """The text of a note with exactly one signature, by one of these keys under this name."""
    if len(note) > _NOTE_LIMIT:
        return Rejected("oversize")
    try:
        text, between, last = note.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        return Rejected("shape")
    line = _NOTE_LINE.fullmatch(last)
    if not between or line is None:
        return Rejected("shape")
    signature = base64.b64decode(line[2])
    key = next((one for one in keys if note_key(name, one) == signature[:4]), None)
    if key is None or line[1] != name:
        return Rejected("unknown_key")
    try:
        key.verify(signature[4:], f"{text}\n".encode())
    except InvalidSignature:
        return Rejected("signature")
    return f"{text}\n"


def note_key(name: str, key: Ed25519PublicKey) -> bytes:
    """What a signature line of a note says of its key: 4 bytes over name, kind of signature and key."""
    return hashlib.sha256(name.encode() + b"\n\x01" + raw(key)).digest()[:4]


def raw(key: Ed25519PublicKey | X25519PublicKey) -> bytes:
    """The 32 raw bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_key(text: str) -> Ed25519PublicKey | None:
    """An Ed25519 key from the hex of its 32 raw bytes; none if it is not one."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    except ValueError:
        return None


def key_id(key: Ed25519PublicKey) -> str:
    """The short name of a key in messages: 16 hex digits of its SHA-256."""
    return hashlib.sha256(raw(key)).hexdigest()[:16]


def fingerprint(key: Ed25519PublicKey) -> str:
    """What a person compares: the whole SHA-256 in hex, in groups of four."""
    digest = hashlib.sha256(raw(key)).hexdigest()
    return ":".join(digest[n : n + 4] for n in range(0, 64, 4))


def seal(plaintext: bytes, *, recipient: X25519PublicKey, ephemeral: X25519PrivateKey) -> bytes:
    """Encrypt to a recipient: 32 bytes of ephemeral public key, then ChaCha20-Poly1305. Use ``ephemeral`` once."""
    cipher = _cipher(ephemeral.exchange(recipient), ephemeral.public_key(), recipient)
    return raw(ephemeral.public_key()) + cipher.encrypt(bytes(12), plaintext, None)


def unseal(sealed: bytes, *, key: X25519PrivateKey) -> bytes | Rejected:
    """Decrypt what was sealed to ``key``."""
    try:
        ephemeral = X25519PublicKey.from_public_bytes(sealed[:32])
        return _cipher(key.exchange(ephemeral), ephemeral, key.public_key()).decrypt(bytes(12), sealed[32:], None)
    except (ValueError, InvalidTag):
        return Rejected("shape")


def _cipher(secret: bytes, ephemeral: X25519PublicKey, recipient: X25519PublicKey) -> ChaCha20Poly1305:
    info = b"yungui/v1/seal" + raw(ephemeral) + raw(recipient)
    return ChaCha20Poly1305(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret))
