"""Reads the gettext catalogues from the packages they are shipped in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.messages.pofile import read_po

from custody.sentences import own_sentences

__all__ = ["LANGUAGES", "sentences"]

LANGUAGES = ("zh_CN", "en")
"""Chinese first."""

_CATALOGUES = (("custody", "yungui"), ("edge.kiosk", "kiosk"))


def sentences(code: str, catalogues: tuple[tuple[str, str], ...] = _CATALOGUES) -> Mapping[str, str]:
    """Every sentence of one language by its key. ``catalogues``: packages and the names of theirs; later ones win.

    What the files of the flows say themselves is there where no catalogue says it.
    """
    read = {key: text for package, name in catalogues for key, text in _entries(_path(package, code, name))}
    return {**own_sentences(code), **read}


def _path(package: str, code: str, name: str) -> Traversable:
    return files(package).joinpath("locale", code, "LC_MESSAGES", f"{name}.po")


def _entries(path: Traversable) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        return  # keys are shown instead
    for message in read_po(BytesIO(path.read_bytes())):
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
            yield message.id, message.string
