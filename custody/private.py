"""Values that only the hub may read: a party's phone number or name, sealed at the station the moment it is keyed in.

The chain holds a salted commitment. The salt travels inside the seal, so once value and salt are erased the commitment
says nothing, and every proof stays as it was.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from custody import wire
from custody.events import PrivateKind, ValueConfided
from custody.identifiers import CourtId, StationId, check_id
from custody.messages import PrivateMessage
from custody.wire import Malformed

__all__ = [
    "MOST_CHARACTERS",
    "MOST_SEALED",
    "Confided",
    "commitment",
    "confided",
    "fact_of",
    "last_four",
    "phone_number",
    "unwrapped",
]

MOST_CHARACTERS = 200
MOST_SEALED = 4096
"""Bytes of a sealed value; the longest text of ours takes less than half."""

_SALT = re.compile(r"[0-9a-f]{32}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confided:
    """What is inside the seal. It never shows its text by itself, in no log and no error."""

    value: str  # the id
    court: CourtId
    station: StationId
    what: PrivateKind
    about: str
    text: str = field(repr=False)
    salt: str = field(repr=False)  # hex, 16 bytes


def confided(
    value: str, text: str, *, what: PrivateKind, about: str, court: CourtId, station: StationId, randomness: str
) -> Confided:
    """A value with a salt of its own. ``randomness``: secret, at least 16 random bytes; any number of values may share
    it, for the salt of one says nothing of another's.
    """
    salt = hashlib.sha256(f"yungui/v1/private/salt\0{randomness}\0{value}".encode()).hexdigest()[:32]
    return Confided(value=value, court=court, station=station, what=what, about=about, text=text, salt=salt)


def commitment(kept: Confided) -> str:
    """What the chain holds of a value: SHA-256 over salt, id, kind and text, hex."""
    parts = ("yungui/v1/private", kept.salt, kept.value, kept.what, kept.about, kept.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fact_of(kept: Confided) -> ValueConfided:
    return ValueConfided(value=kept.value, what=kept.what, about=kept.about, commitment=commitment(kept))


def unwrapped(plaintext: bytes, message: PrivateMessage) -> Confided | Malformed:
    """What was inside the seal of a message, if it is the value that the message names, by the station that sent it."""
    kept = wire.decode(plaintext, Confided)
    if isinstance(kept, Malformed):
        return kept
    if (kept.court, kept.station, kept.value) != (message.court, message.station, message.value):
        return Malformed("the value inside is another than the message says")
    if not check_id(kept.value) or not check_id(kept.about) or _SALT.fullmatch(kept.salt) is None:
        return Malformed("ids and 16 bytes of salt in hex are expected")
    if not 1 <= len(kept.text) <= MOST_CHARACTERS:
        return Malformed(f"1 to {MOST_CHARACTERS} characters are expected")
    return kept


def phone_number(number: int) -> str | None:
    """A number keyed in as a mobile phone number; none where it is not one."""
    return str(number) if _MOBILE.fullmatch(str(number)) else None


def last_four(text: str) -> str:
    """What somebody says of a phone number to show that they know it."""
    return text[-4:]
