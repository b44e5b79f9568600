"""Style sheet and script of the office, served by the hub itself. A court's network has no other place to load from."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from hub.texts import Texts
from hub.web.markup import Markup

__all__ = ["FOLDER", "MOUNT", "head", "style_link"]

FOLDER = Path(__file__).parent / "static"
MOUNT = "/office-assets"


def style_link() -> Markup:
    return Markup(f'<link rel="stylesheet" href="{_address("office.css")}">')


def head(say: Texts) -> Markup:
    """What every page has in its head; the words are those the script needs by itself."""
    words = {
        "lang": say.language.replace("_", "-"),
        "now": say("time.now"),
        "minutes": say("time.minutes", minutes="%"),
        "offline": say("frame.offline"),
        "reconnecting": say("frame.reconnecting"),
    }
    told = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    script = Markup(f'<script>window.officeWords={told}</script><script defer src="{_address("office.js")}"></script>')
    return style_link() + script


@cache
def _address(name: str) -> str:
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"{MOUNT}/{name}?{digest}"
