"""Counter-entries: the record is corrected by one more entry with a reason, and in a closed period by two people.

The mistaken entry stays. What is asked for in a closed period waits as a row until somebody else confirms it. A period
is closed over a correction if the entry it names or the one that the record rests on now is of that period.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from custody.events import CorrectionReason, PeriodClosed, VolumeCorrected
from custody.holding import concerns, settle
from custody.identifiers import CourtId, PersonId, PlaceId, VolumeId
from custody.timing import Located
from hub.acting import Act
from hub.face import Refused
from hub.queries.whereabouts import entry_row
from hub.second import second_refused
from hub.store.standings import entries_of
from hub.store.tables import CorrectionRow, PeriodRow, PersonRow, PlaceRow, VolumeRow

__all__ = ["Wanted", "close_period", "confirm", "correct", "decline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``entry`` was mistaken about ``volume``, which is at ``place`` or with ``holder``: one of the two."""

    volume: VolumeId
    entry: str
    reason: CorrectionReason
    place: PlaceId | None = None
    holder: PersonId | None = None


def correct(act: Act, court: CourtId, wanted: Wanted, *, by: PersonId, now: int) -> str | Refused | None:
    """Record it, or let it wait for a second person: then its id comes back."""
    refused = _refused(act.session, court, wanted)
    if refused is not None:
        return refused
    about = _about(act.session, court, wanted.volume)
    period = act.session.get(PeriodRow, (court,))
    resting = settle(wanted.volume, about.values()).latest
    rests_on = (about[wanted.entry], *(() if resting is None else (resting,)))
    if period is None or min(_at_latest(act.session, court, one) for one in rests_on) > period.until:
        act.say(_fact(wanted, by=by, second=None))
        return None
    act.shown = True
    correction = f"k-{secrets.token_hex(6)}"
    act.session.add(
        CorrectionRow(
            court=court,
            correction=correction,
            volume=wanted.volume,
            entry=wanted.entry,
            reason=wanted.reason.value,
            place=wanted.place,
            holder=wanted.holder,
            asked_by=by,
            asked_at=now,
        )
    )
    return correction


def confirm(act: Act, court: CourtId, correction: str, *, by: PersonId, now: int) -> Refused | None:
    """The second person stands for it too."""
    row = act.session.get(CorrectionRow, (court, correction))
    if row is None or row.confirmed_by is not None:
        return Refused("correction.not_waiting", {"id": correction})
    if row.asked_by == by:
        return Refused("correction.same_person", {})
    first = PersonId(row.asked_by)
    refused = second_refused(act.session, court, first=first, asked_at=row.asked_at, second=by, now=now)
    if refused is not None:
        return refused
    since = _recorded_since(act.session, court, VolumeId(row.volume), row.asked_at)
    if since is not None:
        return Refused("correction.moved_since", {"since_ms": since})
    row.confirmed_by, row.confirmed_at = by, now
    act.session.add(row)
    act.say(_fact(_wanted(row), by=first, second=by))
    return None


def decline(act: Act, court: CourtId, correction: str) -> Refused | None:
    """It is not stood for, or taken back by who asked: nothing was recorded, and nothing is."""
    row = act.session.get(CorrectionRow, (court, correction))
    if row is None or row.confirmed_by is not None:
        return Refused("correction.not_waiting", {"id": correction})
    act.session.delete(row)
    act.shown = True
    return None


def close_period(act: Act, court: CourtId, until: int, *, by: PersonId, now: int) -> Refused | None:
    """From here on what is older takes two people. A closed period is never opened again."""
    row = act.session.get(PeriodRow, (court,))
    if not 0 < until <= now or (row is not None and until <= row.until):
        return Refused("period.not_later", {})
    act.session.merge(PeriodRow(court=court, until=until, closed_by=by, closed_at=now))
    act.say(PeriodClosed(until_ms=until, person=by))
    return None


def _refused(session: Session, court: CourtId, wanted: Wanted) -> Refused | None:
    if session.get(VolumeRow, (court, wanted.volume)) is None:
        return Refused("volume.not_known", {"id": wanted.volume})
    if entry_row(session, court, wanted.entry) is None:
        return Refused("correction.no_entry", {"id": wanted.entry})
    if wanted.entry not in _about(session, court, wanted.volume):
        return Refused("correction.not_about", {"id": wanted.entry})
    if (wanted.place is None) == (wanted.holder is None):
        return Refused("correction.place_or_person", {})
    if wanted.place is not None and session.get(PlaceRow, (court, wanted.place)) is None:
        return Refused("correction.no_place", {"id": wanted.place})
    holder = None if wanted.holder is None else session.get(PersonRow, (court, wanted.holder))
    if wanted.holder is not None and (holder is None or holder.erased_at is not None):
        return Refused("correction.no_person", {"id": wanted.holder})
    return None


def _about(session: Session, court: CourtId, volume: VolumeId) -> Mapping[str, Located]:
    """By id, the entries that say something about where this volume is."""
    found = entries_of(session, court, [volume])[volume]
    return {one.entry.id: one for one in found if concerns(one, volume)}


def _at_latest(session: Session, court: CourtId, one: Located) -> int:
    """When it happened by its station's clock, and never later than the hub heard of it: that clock may be ahead."""
    row = entry_row(session, court, one.entry.id)
    return one.entry.time if row is None else min(one.entry.time, row.received_at)


def _recorded_since(session: Session, court: CourtId, volume: VolumeId, asked_at: int) -> int | None:
    """When the hub got the latest entry about where this volume is, if that was after somebody asked."""
    rows = (entry_row(session, court, one) for one in _about(session, court, volume))
    received = max((row.received_at for row in rows if row is not None), default=0)
    return received if received > asked_at else None


def _fact(wanted: Wanted, *, by: PersonId, second: PersonId | None) -> VolumeCorrected:
    return VolumeCorrected(
        volume=wanted.volume,
        entry=wanted.entry,
        reason=wanted.reason,
        person=by,
        second=second,
        place=wanted.place,
        holder=wanted.holder,
    )


def _wanted(row: CorrectionRow) -> Wanted:
    return Wanted(
        volume=VolumeId(row.volume),
        entry=row.entry,
        reason=CorrectionReason(row.reason),
        place=None if row.place is None else PlaceId(row.place),
        holder=None if row.holder is None else PersonId(row.holder),
    )
