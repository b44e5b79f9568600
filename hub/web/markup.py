"""HTML from values: tags as calls, text always escaped. Pages are drawn from frozen views by functions of these."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["Markup", "h", "join"]


class Markup(str):
    """Text that is HTML already. Made by ``h``, ``join`` and constants of our own. What is added is escaped too."""

    __slots__ = ()

    def __add__(self, other: str) -> Markup:
        return join(self, other)


_VOID = frozenset({"input", "br", "path", "rect", "circle", "line", "use", "img", "meta"})


def h(tag: str, *children: object, **attributes: str | int | bool | None) -> Markup:
    """One element. ``class_`` and ``for_`` lose their underscore, other underscores become dashes; none is left out."""
    shown = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{shown}>")
    return Markup(f"<{tag}{shown}>{join(*children)}</{tag}>")


def join(*children: object) -> Markup:
    """Children one after the other: markup as it is, text escaped, none left out, sequences taken apart."""
    return Markup("".join(_text(child) for child in children))


def _attribute(name: str, value: str | int | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"'


def _text(child: object) -> str:
    if child is None or child is False:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str | int | float):
        return escape(str(child), quote=False)
    if isinstance(child, Iterable):
        return join(*child)
    raise TypeError(f"{type(child).__name__} cannot be drawn; make it text first")
