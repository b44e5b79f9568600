"""Papers between parties and the court as a table: what waits where, whom to reach, and what to tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hub.core.papers import PapersState, PapersView
from hub.telling import Telling
from hub.web.markup import Markup, h
from hub.web.pieces import empty, moment, sheet, table, tag

__all__ = ["draw_papers"]

_TONES = {PapersState.WAITING: "wait", PapersState.REFUSED: "person", PapersState.ACCEPTED: "good"}


def draw_papers(rows: Sequence[PapersView], tell: Telling, *, erase: bool = False) -> Markup:
    """``erase``: whether this reader may erase numbers."""
    say = tell.say
    if not rows:
        return sheet(None, empty(say("papers.none"), say("papers.none_next"), drawing="check", good=True))
    heads = ("receipt", "whose", "list", "where", "phone", "code", "state")
    lines = [_row(one, tell, erase=erase) for one in rows]
    return sheet(None, table([say(f"papers.{one}") for one in heads], lines, id_="papers"))


def _row(one: PapersView, tell: Telling, *, erase: bool) -> Markup:
    say = tell.say
    whose = say("papers.for_a_party") if one.for_a_party else say("papers.for", name=one.recipient)
    counted = say("list.break").join(f"{say(f'paper.{kind}')} × {n}" for kind, n in Counter(one.papers).items())
    phone = h("span", say("papers.no_phone"), class_="soft") if one.phone is None else one.phone
    return h(
        "tr",
        h("td", one.receipt, class_="nowrap"),
        h("td", whose),
        h("td", counted, class_="soft"),
        h("td", one.place, class_="nowrap"),
        h("td", phone, _erase(one, tell) if erase and one.phone is not None else None, class_="nowrap"),
        h("td", one.code or "—", class_="nowrap"),
        h("td", tag(say(f"papers.state.{one.state}"), _TONES.get(one.state, "")), " ", moment(tell, one.at)),
    )


def _erase(one: PapersView, tell: Telling) -> Markup:
    return h("button", tell.say("papers.erase"), class_="linkish", data_emit="erase", data_value=one.value)
