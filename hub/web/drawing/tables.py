"""Queue, discrepancies, people and the report of an import: dense tables, one line a row."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.importing import Judged, Verdict
from hub.face import Correction
from hub.importing import Imported, reason_sentence
from hub.telling import Telling
from hub.views import Discrepancy, Incident, LiftingView, PersonView, QueueRow
from hub.web.markup import Markup, h, join
from hub.web.pieces import empty, moment, note, sheet, table, tag, where_cell

__all__ = [
    "draw_corrections",
    "draw_discrepancies",
    "draw_import",
    "draw_incidents",
    "draw_liftings",
    "draw_people",
    "draw_queue",
]


def draw_queue(rows: Sequence[QueueRow], tell: Telling) -> Markup:
    """The archive queue by rank, with the reasons in words."""
    say = tell.say
    if not rows:
        return sheet(None, empty(say("queue.none"), say("queue.none_next"), drawing="check", good=True))
    headers = (
        (say("queue.rank"), "num"),
        say("queue.volume"),
        say("queue.next"),
        say("queue.where"),
        say("queue.since"),
        say("queue.why"),
    )
    drawn = [_queued(one, tell) for one in rows]
    return sheet(None, _tools("#queue", len(rows), tell, keys=True), table(headers, drawn, id_="queue"))


def _queued(one: QueueRow, tell: Telling) -> Markup:
    say = tell.say
    why = say("list.break").join(tell.sentence(key, fields) for key, fields in one.why)
    back = tag(say("volume.sent_back_times", n=one.sent_back), "wait") if one.sent_back else None
    return h(
        "tr",
        h("td", one.position, class_="num"),
        h("td", h("a", one.title, href=f"/volumes/{one.volume}"), class_="nowrap"),
        h("td", say(f"step.{one.next}"), " ", back, class_="nowrap"),
        h("td", where_cell(tell, one.where)),
        h("td", moment(tell, one.waiting_since), class_="nowrap"),
        h("td", why, class_="soft"),
        tabindex=0,
        data_href=f"/volumes/{one.volume}",
    )


def _tools(target: str, count: int, tell: Telling, *, keys: bool = False) -> Markup:
    say = tell.say
    box = h("input", type="search", placeholder=say("table.filter"), aria_label=say("table.filter"), data_filter=target)
    hint = f" · {say('table.keys')}" if keys else None
    tally = h("span", h("span", count, data_tally=target), " ", say("table.rows"), hint, class_="soft")
    return h("div", box, tally, class_="table-tools")


def draw_discrepancies(
    open_: Sequence[Discrepancy], resolved: Sequence[Discrepancy], tell: Telling, *, may: bool
) -> Markup:
    """The inbox: what waits for a decision, and below it what was decided lately."""
    say = tell.say
    if open_:
        headers = (say("col.since"), say("col.volume"), say("col.what"), say("col.evidence"), "")
        waiting = sheet(say("discrepancies.open"), table(headers, [_open(one, tell, may=may) for one in open_]))
    else:
        pleasure = empty(say("discrepancies.none"), say("discrepancies.none_next"), drawing="check", good=True)
        waiting = sheet(say("discrepancies.open"), pleasure)
    if not resolved:
        return waiting
    headers = (say("col.resolved"), say("col.volume"), say("col.what"), say("col.decision"), say("col.person"))
    return join(
        waiting, sheet(say("discrepancies.resolved"), table(headers, [_resolved(one, tell) for one in resolved]))
    )


def draw_corrections(corrections: Sequence[Correction], tell: Telling, *, confirm: bool) -> Markup:
    """Counter-entries in closed periods that wait for a second person; nothing at all where there is none."""
    if not corrections:
        return join()
    words = ("correct.asked", "col.volume", "correct.from", "correct.to", "dialog.reason", "correct.asked_by")
    rows = [_correction(one, tell, confirm=confirm) for one in corrections]
    return sheet(tell.say("correct.waiting"), table([*(tell.say(word) for word in words), ""], rows, id_="corrections"))


def draw_liftings(liftings: Sequence[LiftingView], tell: Telling, *, confirm: bool) -> Markup:
    """Where somebody asked that one person be enough again; nothing at all where nobody did."""
    if not liftings:
        return join()
    words = ("correct.asked", "col.volume", "lifting.guarded_by", "dialog.reason", "correct.asked_by")
    rows = [_lifting(one, tell, confirm=confirm) for one in liftings]
    return sheet(tell.say("lifting.waiting"), table([*(tell.say(word) for word in words), ""], rows, id_="liftings"))


def _lifting(one: LiftingView, tell: Telling, *, confirm: bool) -> Markup:
    say = tell.say
    acts = [
        h("button", say(f"lifting.{verb}"), class_="linkish", data_emit=f"{verb}_lifting", data_value=one.volume)
        for verb in (("confirm", "decline") if confirm else ())
    ]
    reason = f"guard_reason.{one.reason}"
    return h(
        "tr",
        h("td", moment(tell, one.asked_at), class_="nowrap"),
        h("td", h("a", one.title, href=f"/volumes/{one.volume}")),
        h("td", one.guarded_by),
        h("td", say(reason) if say.knows(reason) else one.reason),
        h("td", one.asked_by),
        h("td", acts[0], " ", acts[1], class_="nowrap") if acts else h("td"),
    )


def _correction(one: Correction, tell: Telling, *, confirm: bool) -> Markup:
    say = tell.say
    acts = [
        h("button", say(f"correct.{verb}"), class_="linkish", data_emit=f"{verb}_correction", data_value=one.id)
        for verb in (("confirm", "decline") if confirm else ())
    ]
    return h(
        "tr",
        h("td", moment(tell, one.asked_at), class_="nowrap"),
        h("td", h("a", one.title or one.volume, href=f"/volumes/{one.volume}")),
        h("td", None if one.now is None else tell.where(one.now)),
        h("td", one.to),
        h("td", say(f"correction_reason.{one.reason}")),
        h("td", one.asked_by),
        h("td", acts[0], " ", acts[1], class_="nowrap") if acts else h("td"),
    )


def draw_incidents(incidents: Sequence[Incident], tell: Telling) -> Markup:
    """Messages that were not accepted; nothing at all where there is none."""
    if not incidents:
        return join()
    words = ("incidents.latest", "incidents.first", "incidents.station", "col.what", "incidents.times")
    drawn = table([tell.say(word) for word in words], [_incident(one, tell) for one in incidents])
    return sheet(tell.say("incidents.title"), drawn)


def _incident(one: Incident, tell: Telling) -> Markup:
    return h(
        "tr",
        h("td", moment(tell, one.latest), class_="nowrap"),
        h("td", moment(tell, one.first), class_="nowrap"),
        h("td", one.station, class_="nowrap"),
        h("td", tell.say(f"incident.{one.code}", station=one.station)),
        h("td", str(one.times), class_="num"),
    )


def _open(one: Discrepancy, tell: Telling, *, may: bool) -> Markup:
    say = tell.say
    decide = h("button", say("discrepancies.decide"), class_="button", data_emit="decide", data_value=one.id)
    return h(
        "tr",
        h("td", moment(tell, one.time), class_="nowrap"),
        h("td", _volume(one), class_="nowrap"),
        h("td", tell.discrepancy(one)),
        h("td", _evidence(one, tell), class_="nowrap"),
        h("td", decide if may else None, class_="num"),
    )


def _resolved(one: Discrepancy, tell: Telling) -> Markup:
    return h(
        "tr",
        h("td", moment(tell, one.resolved), class_="nowrap"),
        h("td", _volume(one), class_="nowrap"),
        h("td", tell.discrepancy(one)),
        h("td", tell.say(f"decision.{one.decision}")),
        h("td", one.person, class_="nowrap"),
    )


def _volume(one: Discrepancy) -> Markup:
    return h("span", one.title) if one.volume is None else h("a", one.title, href=f"/volumes/{one.volume}")


def _evidence(one: Discrepancy, tell: Telling) -> Markup:
    """Both sides: the claim, and what it contradicts."""
    sides = [("discrepancies.claim", one.entry)]
    if one.against is not None:
        sides.append(("discrepancies.against", one.against))
    return join(
        [h("button", tell.say(key), class_="linkish", data_emit="proof", data_value=entry), "　"]
        for key, entry in sides
    )


def draw_people(people: Sequence[PersonView], tell: Telling, *, invite: bool) -> Markup:
    """``invite``: whether the reader may give another one-time code."""
    say = tell.say
    if not people:
        return sheet(None, empty(say("people.none"), say("people.none_next")))
    headers = (
        say("people.name"),
        say("people.roles"),
        say("people.badge"),
        say("people.user"),
        (say("people.holds"), "num"),
        "",
    )
    rows = [_person(one, tell, invite=invite) for one in people]
    return sheet(None, _tools("#people", len(people), tell), table(headers, rows, id_="people"))


def _person(one: PersonView, tell: Telling, *, invite: bool) -> Markup:
    say = tell.say
    again = h("button", say("people.invite_again"), class_="linkish", data_emit="invite_again", data_value=one.user)
    roles = join([tag(say(f"role.{role}")), " "] for role in sorted(one.roles))
    return h(
        "tr",
        h("td", h("strong", one.name), " ", h("span", one.id, class_="soft")),
        h("td", roles),
        h("td", say("people.has_badge") if one.badge else h("span", "—", class_="soft")),
        h("td", one.user or h("span", "—", class_="soft")),
        h("td", one.holds or h("span", "0", class_="soft"), class_="num"),
        h("td", again if invite and one.user else None, class_="nowrap"),
        tabindex=0,
    )


def draw_import(imported: Imported, tell: Telling) -> Markup:
    """What became of each row of a list; refused rows first, because they are what is left to do."""
    say, report = tell.say, imported.report
    counts = {verdict: report.count(verdict) for verdict in Verdict}
    key = "import.would" if imported.dry_run else "import.done"
    summary = say(key, accepted=counts[Verdict.ACCEPTED], known=counts[Verdict.KNOWN], refused=counts[Verdict.REFUSED])
    tone = "wait" if counts[Verdict.REFUSED] else "turn" if imported.dry_run else "good"
    unused = (
        note(say("import.unused", columns=say("list.joint").join(report.unused)), "wait", "eye")
        if report.unused
        else None
    )
    rows = sorted(report.rows, key=lambda one: (one.verdict is not Verdict.REFUSED, one.line))
    headers = ((say("import.line"), "num"), say("import.case"), say("import.verdict"), say("import.reason"))
    drawn = table(headers, [_row(one, imported, tell) for one in rows], id_="report")
    return join(
        h("div", note(summary, tone, "check"), unused, class_="stack", style="margin-bottom:20px"),
        sheet(None, _tools("#report", len(rows), tell), drawn),
    )


_TONES = {Verdict.ACCEPTED: ("good", "check"), Verdict.KNOWN: ("", "recorded"), Verdict.REFUSED: ("person", "cross")}


def _row(one: Judged, imported: Imported, tell: Telling) -> Markup:
    tone, drawing = _TONES[one.verdict]
    volume = None if one.row is None else imported.volumes.get(one.row.key)
    shown = (
        one.shown
        if one.row is None
        else f"{one.row.key.case} {tell.member(one.row.key.part, one.row.key.number, one.row.of)}"
    )
    name = h("a", shown, href=f"/volumes/{volume}") if volume else h("span", shown or "—")
    verdict = "import.to_register" if imported.dry_run and one.verdict is Verdict.ACCEPTED else f"import.{one.verdict}"
    return h(
        "tr",
        h("td", one.line, class_="num"),
        h("td", name, class_="nowrap"),
        h("td", tag(tell.say(verdict), tone, drawing), class_="nowrap"),
        h("td", reason_sentence(one, tell.say)),
        tabindex=0,
    )
