"""The volume page in reading order: where is it, what is due, what is missing, what happened."""

from __future__ import annotations

from custody.archiving import STEPS
from custody.events import Step
from hub.telling import Telling
from hub.views import Happening, SetMember, VolumeView, Where, WhereKind
from hub.web.icons import icon
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, evidence, note, opened_words, place_link, sheet, tag

__all__ = ["draw_due", "draw_set", "draw_timeline", "draw_where"]


def draw_where(view: VolumeView, tell: Telling) -> Markup:
    """The first answer: the holding, its evidence, its age, and when nobody watched."""
    say, where = tell.say, view.where
    body = h(
        "div",
        h("div", place_link(where, tell.where(where)), class_="where-place"),
        h("div", evidence(tell, where), _for_whom(where, tell), class_="where-why"),
    )
    notes = [
        *(note(_claim(one, tell), "person", "disputed") for one in where.claims),
        *([note(opened_words(where.opened, tell), "wait", "eye")] if where.opened else []),
        *([_unwatched(where, tell)] if where.unwatched else []),
        *(note(tell.discrepancy(one), "person", "discrepancy") for one in view.discrepancies),
        *([note(say("volume.guarded", name=view.guarded_by), "turn", "people")] if view.guarded_by else []),
        *([note(say("volume.lifting", name=view.lifting), "wait", "people")] if view.lifting else []),
    ]
    if where.kind is WhereKind.UNACCOUNTED:
        key = "where.unaccounted_next" if where.since else "where.never_next"
        notes.append(note(say(key), "wait", "unaccounted"))
    drawn = h("div", icon(where.kind), class_="where-icon")
    wide = (h("div", one, class_="unwatched") for one in notes)
    return h("section", h("div", drawn, body, *wide, class_=f"where held-{_shown_as(where)}"), class_="sheet")


def _shown_as(where: Where) -> str:
    """A volume that nobody has scanned yet is not lost: grey, not red."""
    return "never" if where.kind is WhereKind.UNACCOUNTED and where.since is None else where.kind


def _for_whom(where: Where, tell: Telling) -> Markup | None:
    if where.on_behalf is None:
        return None
    key = "where.lies_for" if where.kind is WhereKind.PLACE else "where.on_behalf"
    return h("span", tell.say(key, name=where.on_behalf))


def _claim(one: Where, tell: Telling) -> Markup:
    return join(tell.where(one), " · ", evidence(tell, one))


def _unwatched(where: Where, tell: Telling) -> Markup:
    spans = [
        tell.say("where.unwatched_still", since=tell.time(since))
        if until is None
        else tell.say("where.unwatched_span", since=tell.time(since), until=tell.time(until))
        for since, until in where.unwatched
    ]
    return note(tell.say("where.unwatched", spans=tell.say("list.joint").join(spans)), "wait", "eye")


def draw_due(view: VolumeView, tell: Telling) -> Markup:
    """How far it is in the line, what comes next, and the page counts."""
    say = tell.say
    counts = [say("volume.count", point=say(f"count.{point}"), pages=pages) for point, pages in view.counts]
    facts = [
        (say("volume.pages"), say("list.joint").join(counts) or say("volume.no_pages")),
        (say("volume.label"), say("list.joint").join(view.labels) or say("volume.no_label")),
    ]
    if view.recipient:
        facts.append((say("volume.recipient"), view.recipient))
    if view.sent_back:
        facts.append((say("volume.sent_back"), say("volume.sent_back_times", n=view.sent_back)))
    differ = None
    if view.pages_differ:
        differ = note(say("volume.pages_differ"), "person", "discrepancy")
    elif view.released:
        differ = note(say("volume.released"), "turn", "check")
    listed = h("dl", *(join(h("dt", name), h("dd", value)) for name, value in facts), class_="facts")
    return sheet(
        say("volume.line"),
        h("div", *(_step(step, view, tell) for step in STEPS), class_="steps"),
        h("div", differ, listed, class_="sheet-body stack"),
        beside=_next(view, tell),
    )


def _next(view: VolumeView, tell: Telling) -> Markup:
    if view.next is None:
        return tag(tell.say("volume.finished"), "good", "check")
    return tag(tell.say("volume.next", step=tell.say(f"step.{view.next}")), "turn", "wait")


def _step(step: Step, view: VolumeView, tell: Telling) -> Markup:
    done = view.done is not None and STEPS.index(step) <= STEPS.index(view.done)
    tone = " step-done" if done else " step-next" if step is view.next else ""
    who = h("small", view.finished[step]) if done and step in view.finished else None
    return h("div", h("i", icon("check") if done else None), tell.say(f"step.{step}"), who, class_=f"step{tone}")


def draw_set(view: VolumeView, tell: Telling) -> Markup:
    """The whole set, and what is missing from it."""
    say = tell.say
    missing = [one for one in view.set if one.id is None]
    state = (
        tag(say("set.missing", n=len(missing)), "person", "discrepancy")
        if missing
        else tag(say("set.whole", n=len(view.set)), "good", "check")
    )
    members = h("div", *(_member(one, view, tell) for one in view.set), class_="set")
    return sheet(say("set.title"), h("div", members, class_="sheet-body"), beside=state)


def _member(one: SetMember, view: VolumeView, tell: Telling) -> Markup:
    name = tell.say("set.member", part=tell.say(f"part.{one.part}"), number=one.number)
    if one.id is None:
        return h("span", name, h("small", tell.say("set.not_registered")), class_="set-volume set-missing")
    where = "" if one.where is None else tell.where(one.where)
    current = "page" if one.id == view.id else None
    return h("a", name, h("small", where), href=f"/volumes/{one.id}", class_="set-volume", aria_current=current)


def draw_timeline(view: VolumeView, tell: Telling) -> Markup:
    """What happened, newest first, one line an event, each with the mark that opens its proof."""
    say = tell.say
    if not view.timeline:
        return sheet(say("timeline.title"), empty(say("timeline.none"), say("timeline.none_next")))
    lines = h("ol", *(_happening(one, tell) for one in view.timeline), class_="timeline")
    return sheet(say("timeline.title"), lines, beside=h("span", say("timeline.beside"), class_="soft"))


def _happening(one: Happening, tell: Telling) -> Markup:
    tone = "event-trouble" if one.trouble else f"event-{one.grade or 'recorded'}"
    text = tell.sentence(one.key, {"person": one.person, "place": one.place, **one.fields})
    proof = h(
        "button",
        icon("seal"),
        tell.say("timeline.proof"),
        data_emit="proof",
        data_value=one.entry,
        title=tell.say("timeline.proof_title", entry=one.entry),
    )
    return h(
        "li",
        _when(one, tell),
        h("span", icon("discrepancy" if one.trouble else one.grade or "recorded"), class_="event-icon"),
        h("span", text, _grade(one, tell)),
        proof,
        class_=f"event {tone}",
    )


def _grade(one: Happening, tell: Telling) -> Markup | None:
    if one.grade is None:
        return None
    return h("span", " · ", tell.say(f"grade.{one.grade}"), class_="event-where")


def _when(one: Happening, tell: Telling) -> Markup:
    """The station's clock; with the interval that nobody's clock can fake behind it."""
    latest = tell.say("timeline.unbounded") if one.latest is None else tell.time(one.latest, seconds=True)
    earliest = tell.time(one.earliest, seconds=True) if one.earliest else tell.say("timeline.unbounded")
    title = tell.say("timeline.interval", earliest=earliest, latest=latest)
    unsure = None if one.synchronised else h("span", " ≈", title=tell.say("timeline.unsynchronised"))
    return h("time", tell.time(one.time, seconds=True), unsure, title=title)
