"""The sentences people read, from the gettext catalogues: the house's own (custody) and the office's (hub)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po

import custody
from custody.sentences import own_sentences

__all__ = ["CHINESE", "ENGLISH", "LANGUAGES", "Texts", "texts"]

CHINESE, ENGLISH = "zh_CN", "en"
LANGUAGES = (CHINESE, ENGLISH)


class Texts:
    """The sentences of one language by key. A key nobody wrote a sentence for is shown as it is, never an error."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def __call__(self, key: str, **fields: object) -> str:
        sentence = self._sentences.get(key)
        if sentence is None:
            return key
        try:
            return sentence % fields
        except (KeyError, ValueError, TypeError):  # a field is missing: the rest is still worth reading
            return sentence

    def knows(self, key: str) -> bool:
        return key in self._sentences

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._sentences)


@cache
def texts(language: str) -> Texts:
    """The catalogues of a language; Chinese for any other than ours."""
    language = language if language in LANGUAGES else CHINESE
    sentences: dict[str, str] = dict(own_sentences(language))
    for folder, domain in ((Path(custody.__file__).parent, "yungui"), (Path(__file__).parent, "hub")):
        path = folder / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            sentences |= _read(path)
    return Texts(language, MappingProxyType(sentences))


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        catalogue = read_po(file)
    return {str(one.id): str(one.string) for one in catalogue if one.id and one.string}
