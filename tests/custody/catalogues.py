"""The catalogues as shells read them."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po

import custody

LANGUAGES = ("zh_CN", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    path = Path(custody.__file__).parent / "locale" / language / "LC_MESSAGES" / "yungui.po"
    return {str(one.id): str(one.string) for one in read_po(BytesIO(path.read_bytes())) if one.id}
