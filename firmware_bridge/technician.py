"""Frames told in words and back, and what is wrong with bytes that are no frame. Pure; `__main__` prints it."""

from collections.abc import Mapping
from typing import Final

from firmware_bridge.words import WORDS
from firmware_bridge.words.telling import InvalidFrameError, Told, unhexed

__all__ = ["FAMILIES", "FIELDS", "NAMES", "InvalidFrameError", "decode", "encode"]

FAMILIES: Final = tuple(WORDS)
FIELDS: Final = {name: what for words in WORDS.values() for name, what in words.fields.items()}
NAMES: Final = tuple(dict.fromkeys(name for words in WORDS.values() for name in words.names))


def decode(family: str, text: str, *, role: str = "any") -> Told:
    """One frame in words. With role "any" a frame that both ends could have written has its other sense in `also`."""
    return WORDS[family].decode(unhexed(text), role)


def encode(family: str, name: str, given: Mapping[str, str]) -> Told:
    """The bytes of one frame named in words."""
    return WORDS[family].encode(name, given)
