"""What the search box finds: kind, name, holding and age at once, so that most questions end here."""

from __future__ import annotations

from collections.abc import Sequence

from hub.telling import Telling
from hub.views import Hit, HitKind
from hub.web.markup import Markup, h, join
from hub.web.pieces import moment

__all__ = ["draw_hits"]

_LEADS_TO = {HitKind.VOLUME: "/volumes/", HitKind.STATION: "/stations/"}


def draw_hits(hits: Sequence[Hit], tell: Telling) -> Markup:
    if not hits:
        return h("div", tell.say("search.none"), class_="hit-none")
    return join(_hit(one, tell) for one in hits)


def _hit(one: Hit, tell: Telling) -> Markup:
    kind = h("span", tell.say(f"hit.{one.kind}"), class_="hit-kind")
    name = h("span", one.name, class_="hit-name")
    target = _target(one)
    return h("a" if target else "div", kind, name, h("span", *_beside(one, tell)), class_="hit", href=target)


def _target(one: Hit) -> str | None:
    if one.kind is HitKind.PLACE and one.where is not None and one.where.station is not None:
        return f"/stations/{one.where.station}?door={one.id}"
    return _LEADS_TO[one.kind] + one.id if one.kind in _LEADS_TO else None


def _beside(one: Hit, tell: Telling) -> list[object]:
    if one.kind is HitKind.VOLUME and one.where is not None:
        age = [] if one.where.since is None else [" · ", moment(tell, one.where.since)]
        grade = [] if one.where.grade is None else [" · ", tell.say(f"grade.{one.where.grade}")]
        return [tell.where(one.where), *age, *grade]
    return [] if one.holds is None else [tell.say("hit.holds", n=one.holds)]
