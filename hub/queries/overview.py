"""The overview: the archive line in numbers, each beside the usual, and the last hand-overs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlalchemy import select as select_any  # SQLModel's own types end at four columns
from sqlmodel import Session, col, select

from custody.events import Part, Step
from custody.grants import Role
from custody.identifiers import CourtId, EventId, VolumeId
from hub.core.access import may_see_part
from hub.core.concerning import MOVES
from hub.core.counting import Tally, count, usual
from hub.policy import Defaults, read_policy
from hub.queries.differences import count_open
from hub.queries.kept import one_kept
from hub.queries.names import Names
from hub.queries.overdue import overdue
from hub.queries.stations import stations
from hub.store.tables import EntryRow, StandingRow, VolumeRow
from hub.views import Moved, Overview, WhereKind

__all__ = ["overview"]

_LATEST = 10
_WEEKS = 8


def overview(
    session: Session, court: CourtId, *, roles: Collection[Role], now: int, defaults: Defaults, hub: str
) -> Overview:
    """Numbers of what these roles may see."""
    names, policy = Names(session, court), read_policy(session, court)
    counted = count(_tallies(session, court), [part for part in Part if may_see_part(roles, part)])
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(defaults.zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Overview(
        waiting=counted.waiting,
        after=counted.after,
        registered=counted.registered,
        discrepancies=count_open(session, court),
        overdue=len(overdue(session, court, names, policy=policy, defaults=defaults, now=now, roles=roles)),
        moved_today=_moved(session, court, today),
        moved_usual=usual([_moved(session, court, today - timedelta(weeks=n)) for n in range(1, _WEEKS + 1)]),
        with_people=counted.in_hand,
        stations=tuple(stations(session, court, hub=hub)),
        latest=_latest(session, court, names, roles),
        now=now,
    )


def _tallies(session: Session, court: CourtId) -> Iterator[Tally]:
    """Registered volumes, those that stand alike together."""
    alike = (col(VolumeRow.part), col(StandingRow.done), col(StandingRow.kind), col(StandingRow.recipient))
    same = (col(StandingRow.court) == col(VolumeRow.court)) & (col(StandingRow.volume) == col(VolumeRow.volume))
    rows = select_any(*alike, func.count()).select_from(VolumeRow).outerjoin(StandingRow, same)
    for part, done, kind, recipient, volumes in session.execute(
        rows.where(col(VolumeRow.court) == court).group_by(*alike)
    ):
        yield Tally(
            part=Part(part),
            done=None if done is None else Step(done),
            lying_for=recipient if kind == WhereKind.PLACE else None,
            in_hand=kind == WhereKind.PERSON,
            volumes=volumes,
        )


def _moved(session: Session, court: CourtId, day: datetime) -> int:
    """Hand-overs of one day, as its people saw it."""
    begins, ends = (int(one.timestamp() * 1000) for one in (day, day + timedelta(days=1)))
    counted = select(func.count()).select_from(EntryRow).where(col(EntryRow.court) == court)
    in_day = (col(EntryRow.kind).in_(MOVES), col(EntryRow.time) >= begins, col(EntryRow.time) < ends)
    return session.exec(counted.where(*in_day)).one()


def _latest(session: Session, court: CourtId, names: Names, roles: Collection[Role]) -> tuple[Moved, ...]:
    moves = (col(EntryRow.court) == court, col(EntryRow.kind).in_(MOVES))
    rows = session.exec(select(EntryRow).where(*moves).order_by(col(EntryRow.time).desc()).limit(_LATEST * 3))
    found: list[Moved] = []
    for row in rows:
        one = one_kept(session, court, VolumeId(row.volume or ""), roles=roles)
        if one is None or len(found) == _LATEST:
            continue
        found.append(
            Moved(
                entry=EventId(f"{row.station}.{row.epoch}.{row.sequence}"),
                volume=one.volume,
                title=one.title,
                key=f"moved.{row.kind.removeprefix('volume.')}",
                person=names.person(row.person),
                place=names.place(row.place),
                time=row.time,
            )
        )
    return tuple(found)
