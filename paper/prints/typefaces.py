"""Typefaces with Chinese characters, found on this machine and embedded in what is printed.

Only TrueType outlines qualify: PDF readers disagree about subsets of PostScript outlines, which rules out Noto Sans CJK
as packaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from paper.errors import TypefaceMissingError

__all__ = ["TYPEFACES", "Face", "Typeface", "find_face"]


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file, which of its faces is for prose and which for label numbers, and the Debian package it comes in."""

    path: Path
    prose: int
    mono: int
    package: str


@dataclass(frozen=True, slots=True)
class Face:
    """The names under which a typeface is ready to be drawn with."""

    prose: str
    mono: str


TYPEFACES: tuple[Typeface, ...] = (
    Typeface(Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"), 0, 1, "fonts-wqy-microhei"),
    Typeface(Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"), 0, 1, "fonts-wqy-zenhei"),
    Typeface(Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"), 0, 0, "fonts-droid-fallback"),
)
"""In order of preference."""


def find_face(candidates: Sequence[Typeface] = TYPEFACES) -> Face:
    """Make the first typeface that is there ready, or raise ``TypefaceMissingError`` with what to install."""
    tried = []
    for candidate in candidates:
        try:
            return Face(_ready(candidate, candidate.prose), _ready(candidate, candidate.mono))
        except (OSError, TTFError) as error:
            tried.append(f"{candidate.path} ({error})")
    raise TypefaceMissingError(_remedy(candidates, tried))


def _remedy(candidates: Sequence[Typeface], tried: Sequence[str]) -> str:
    """Chinese and English together: whoever prints and whoever installs may be two people."""
    if not candidates:
        return (
            "没有指定要使用的字体，请至少指定一个含中文字符的字体文件。"
            "No typeface to look for was given. Name at least one font file with Chinese characters."
        )
    first, *others = (candidate.package for candidate in candidates)
    instead = f"（也可安装 {'、'.join(others)}）" if others else ""
    also = f" (also possible: {', '.join(others)})" if others else ""
    return (
        f"没有可用的中文字体，无法打印。请管理员执行“apt install {first}”后重新打印{instead}。"
        f"No typeface with Chinese characters can be used, so nothing can be printed. "
        f"Install one with 'apt install {first}'{also} and print again. 已查找 / Looked for: {'; '.join(tried)}"
    )


def _ready(typeface: Typeface, face: int) -> str:
    name = f"{typeface.path}:{face}"
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(typeface.path), subfontIndex=face))
    return name
