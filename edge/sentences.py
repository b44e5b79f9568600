"""The sentences of ``edge/locale``, read only when there is one to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

from babel.messages.pofile import read_po

__all__ = ["LANGUAGES", "Say", "sentences"]

LANGUAGES = ("zh_CN", "en")
"""Chinese first."""

Say = Callable[[str, Mapping[str, str | int]], str]


def sentences(languages: tuple[str, ...] = LANGUAGES, *, catalogue: str = "edge") -> tuple[Say, ...]:
    """For each language, how to say a key with its fields."""
    return tuple(_saying(language, catalogue) for language in languages)


def _saying(language: str, catalogue: str) -> Say:
    with (files("edge") / "locale" / language / "LC_MESSAGES" / f"{catalogue}.po").open("rb") as file:
        texts = {str(one.id): str(one.string) for one in read_po(file) if one.id and one.string}
    return lambda key, fields: texts[key] % fields
