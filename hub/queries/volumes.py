"""The volume page in reading order, the queue, and what a list of volumes is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from custody.archiving import STEPS, Progress, counts_of, next_step
from custody.events import GuardLifted, Part, Step, VolumeGuarded, VolumeUnguarded
from custody.grants import Role
from custody.identifiers import CourtId, VolumeId
from hub.core.importing import KnownRow, VolumeKey
from hub.core.ranking import Job, in_queue, ranked, reasons
from hub.granted import labels_of
from hub.queries.differences import differences
from hub.queries.kept import Kept, kept, one_kept
from hub.queries.liftings import asked_by
from hub.queries.names import Names
from hub.queries.timeline import timeline
from hub.queries.whereabouts import where, with_watch
from hub.store.ledger import bounded_of
from hub.store.tables import CourtRow, DiscrepancyRow, EntryRow, LabelRow, VolumeRow
from hub.views import LabelRow as LabelView
from hub.views import QueueRow, SetMember, VolumeView

__all__ = ["known_rows", "labels", "queue", "volume_view"]

_EVERYBODY = frozenset(Role)
_COUNTED = (Step.PREPARED, Step.SCANNED, Step.CHECKED, Step.BOUND)
_DIFFERENT = 2


def volume_view(session: Session, court: CourtId, volume: VolumeId, *, roles: Collection[Role]) -> VolumeView | None:
    """Everything about one volume that these roles may see."""
    one = one_kept(session, court, volume, roles=roles)
    if one is None:
        return None
    names = Names(session, court)
    progress = one.progress
    return VolumeView(
        id=volume,
        case=one.case or one.title,
        part=one.part,
        number=one.number,
        of=one.of,
        where=with_watch(where(one.holding, names), session, court, names),
        done=progress.done,
        next=next_step(progress),
        finished={step: names.person(progress.by[step]) for step in STEPS if step in progress.by},
        counts=_counts(progress),
        pages_differ=not progress.released and len(set(counts_of(progress))) >= _DIFFERENT,
        released=progress.released,
        sent_back=progress.sent_back,
        labels=_labels(session, court, volume),
        recipient=names.recipient(one.recipient) or "",
        set=_set(session, names, one, roles),
        timeline=timeline(session, court, volume, names),
        discrepancies=tuple(
            differences(session, court, col(DiscrepancyRow.volume) == volume, resolved=False, roles=roles)
        ),
        guarded_by=_guarded_by(session, names, volume),
        lifting=asked_by(session, names).get(volume, ""),
    )


def queue(session: Session, court: CourtId, *, roles: Collection[Role], now: int) -> Sequence[QueueRow]:
    """The archive queue by rank, each with the reasons for its rank."""
    names = Names(session, court)
    waiting = {one.volume: one for one in kept(session, court, roles=roles) if in_queue(one.holding, one.progress)}
    jobs = ranked(job for one in waiting.values() if (job := _job(one, names)) is not None)
    return tuple(_queue_row(n, job, waiting[job.volume], names, now) for n, job in enumerate(jobs, start=1))


def known_rows(session: Session, court: CourtId) -> Mapping[VolumeKey, KnownRow]:
    """Every registered volume by what makes it the same in two lists."""
    attached = labels_of(session, court)
    pages = dict(session.exec(select(VolumeRow.volume, VolumeRow.pages).where(col(VolumeRow.court) == court)).all())
    return {
        VolumeKey(one.case, one.part, one.number): KnownRow(
            of=one.of, pages=pages[one.volume], labels=attached.get(one.volume, ())
        )
        for one in kept(session, court, roles=_EVERYBODY)
    }


def labels(session: Session, court: CourtId, *, roles: Collection[Role]) -> Sequence[LabelView]:
    """Every volume with the label attached to it."""
    attached = (col(LabelRow.court) == court, col(LabelRow.attached).is_(True))
    found = dict(session.exec(select(LabelRow.volume, LabelRow.label).where(*attached)).all())
    return tuple(
        LabelView(
            volume=one.volume, label=found[one.volume], case=one.case, part=one.part, number=one.number, of=one.of
        )
        for one in kept(session, court, roles=roles)
        if one.volume in found
    )


def _counts(progress: Progress) -> tuple[tuple[str, int], ...]:
    declared = () if progress.declared is None else (("declared", progress.declared),)
    return (*declared, *((step.value, progress.counts[step]) for step in _COUNTED if step in progress.counts))


def _labels(session: Session, court: CourtId, volume: VolumeId) -> tuple[str, ...]:
    mine = (col(LabelRow.court) == court, col(LabelRow.volume) == volume)
    return tuple(
        session.exec(select(LabelRow.label).where(*mine).order_by(col(LabelRow.attached).desc(), col(LabelRow.at)))
    )


def _set(session: Session, names: Names, one: Kept, roles: Collection[Role]) -> tuple[SetMember, ...]:
    """All volumes of the case, each part in its order, with the gaps where one was never registered."""
    if one.dossier is None:
        return ()
    parts: dict[Part, dict[int, Kept]] = defaultdict(dict)
    for other in kept(session, names.court, col(VolumeRow.dossier) == one.dossier, roles=roles):
        parts[other.part][other.number] = other
    members: list[SetMember] = []
    for part in Part:
        known = parts.get(part, {})
        of = max((other.of for other in known.values()), default=0)
        numbers = sorted({*known, *range(1, of + 1)})
        members += [_member(known.get(number), names, part=part, number=number, of=of) for number in numbers]
    return tuple(members)


def _member(one: Kept | None, names: Names, *, part: Part, number: int, of: int) -> SetMember:
    if one is None:
        return SetMember(id=None, part=part, number=number, of=of)
    return SetMember(id=one.volume, part=part, number=number, of=one.of, where=where(one.holding, names))


def _guarded_by(session: Session, names: Names, volume: VolumeId) -> str:
    """By the latest entry of the hub's own that says so."""
    court = session.get(CourtRow, names.court)
    own = col(EntryRow.station) == ("" if court is None else court.hub)
    told = (col(EntryRow.court) == names.court, col(EntryRow.volume) == volume, own)
    kinds = col(EntryRow.kind).in_((VolumeGuarded.kind, VolumeUnguarded.kind, GuardLifted.kind))
    latest = select(EntryRow).where(*told, kinds).order_by(col(EntryRow.point).desc(), col(EntryRow.position).desc())
    row = session.exec(latest.limit(1)).first()
    entry = None if row is None else bounded_of(row).entry
    return names.person(entry.fact.by) if entry is not None and isinstance(entry.fact, VolumeGuarded) else ""


def _job(one: Kept, names: Names) -> Job | None:
    step = next_step(one.progress)
    since = where(one.holding, names).since
    return (
        None if step is None else Job(volume=one.volume, next=step, since=since or 0, sent_back=one.progress.sent_back)
    )


def _queue_row(position: int, job: Job, one: Kept, names: Names, now: int) -> QueueRow:
    return QueueRow(
        position=position,
        volume=job.volume,
        title=one.title,
        part=one.part,
        next=job.next,
        where=where(one.holding, names),
        waiting_since=job.since,
        why=tuple((reason.key, reason.fields) for reason in reasons(job, now)),
        sent_back=job.sent_back,
    )
