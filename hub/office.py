"""What people do at the hub. Each act is a fact in the hub's own chain, committed together with the rows it changes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from custody.archiving import counts_of
from custody.events import CorrectionReason, DifferenceReleased, DiscrepancyResolved, PlaceKind
from custody.grants import Role
from custody.identifiers import (
    CourtId,
    LabelKind,
    LabelRefusal,
    PersonId,
    PlaceId,
    StationId,
    VolumeId,
    check_id,
    parse_label,
)
from custody.parcels import PARTY
from hub.acting import Acting
from hub.arranging import Arranging
from hub.commanding import Commanding
from hub.core.apart import SHELL
from hub.core.importing import VolumeKey, VolumeRow
from hub.correcting import Wanted, close_period, confirm, correct, decline
from hub.erasing import erase
from hub.face import Refused
from hub.keys import BadgeBox
from hub.orders import Code, Decision, Order, Pin
from hub.policy import Deciding, Defaults
from hub.private import erase_private
from hub.registering import enter_person, enter_place, enter_volumes
from hub.store.standings import progress_of
from hub.store.tables import DiscrepancyRow, PersonRow, PlaceRow, ResolutionRow, StandingRow

__all__ = ["Office"]


class Office:
    """Safe to call from any thread. ``by``: who does it; whether that person may, is asked before."""

    def __init__(
        self,
        *,
        acting: Acting,
        commanding: Commanding,
        badges: BadgeBox,
        defaults: Defaults,
        clock: Callable[[], int],
    ) -> None:
        self._acting = acting
        self._commanding = commanding
        self._badges = badges
        self._defaults = defaults
        self._clock = clock

    @property
    def court(self) -> CourtId:
        return self._acting.own.court

    def register(self, rows: Sequence[VolumeRow], *, by: PersonId) -> Mapping[VolumeKey, VolumeId]:
        """Register judged rows: all of them, or none and a ``HubError`` that says why."""
        with self._acting.act() as act:
            return enter_volumes(act, self.court, rows, now=self._clock())

    def release(self, volume: VolumeId, *, by: PersonId, reason: str) -> Refused | None:
        """Accept that the page counts of a volume differ, so that it may be bound."""
        with self._acting.act() as act:
            row = act.session.get(StandingRow, (self.court, volume))
            if row is None:
                return Refused("volume.not_known", {"id": volume})
            progress = progress_of(row)
            if progress.released or len(set(counts_of(progress))) < _DIFFERENT:
                return Refused("volume.nothing_to_release", {"id": volume})
            act.say(DifferenceReleased(volume=volume, person=by, reason=reason))
        return None

    def resolve(self, discrepancy: str, *, by: PersonId, decision: str) -> Refused | None:
        """Decide on a discrepancy. The record is not changed by it: what contradicts, stays on record."""
        with self._acting.act() as act:
            if act.session.get(DiscrepancyRow, (self.court, discrepancy)) is None:
                return Refused("discrepancy.not_known", {"id": discrepancy})
            if act.session.get(ResolutionRow, (self.court, discrepancy)) is not None:
                return Refused("discrepancy.resolved_already", {"id": discrepancy})
            act.say(DiscrepancyResolved(discrepancy=discrepancy, person=by, decision=decision))
        return None

    def add_person(
        self,
        *,
        name: str,
        roles: Collection[Role],
        badge: str | None,
        by: PersonId,
        person: PersonId | None = None,
    ) -> PersonId | Refused:
        """Register a person; stations know the badge within seconds."""
        name = name.strip()
        if not name or not roles:
            return Refused("people.name_and_role", {})
        identity = PersonId(f"p-{secrets.token_hex(5)}") if person is None else person
        if not check_id(identity) or identity in (PARTY, SHELL):  # those ids name nobody
            return Refused("people.id_malformed", {"id": identity})
        badge = _badge_text(badge)
        with self._acting.act() as act:
            if act.session.get(PersonRow, (self.court, identity)) is not None:
                return Refused("people.id_taken", {"id": identity})
            if badge is not None and _is_taken(act.session, self.court, self._badges.mark(badge)):
                return Refused("people.badge_taken", {})
            enter_person(
                act,
                self.court,
                person=identity,
                name=name,
                roles=roles,
                badge=badge,
                badges=self._badges,
                now=self._clock(),
            )
        return identity

    def correct(
        self,
        volume: VolumeId,
        *,
        entry: str,
        reason: CorrectionReason,
        place: PlaceId | None,
        holder: PersonId | None,
        by: PersonId,
    ) -> str | Refused | None:
        """Say by a counter-entry where a volume is; in a closed period it waits under the id that comes back."""
        wanted = Wanted(volume=volume, entry=entry, reason=reason, place=place, holder=holder)
        with self._acting.act() as act:
            return correct(act, self.court, wanted, by=by, now=self._clock())

    def confirm_correction(self, correction: str, *, by: PersonId) -> Refused | None:
        """The second person."""
        with self._acting.act() as act:
            return confirm(act, self.court, correction, by=by, now=self._clock())

    def decline_correction(self, correction: str, *, by: PersonId) -> Refused | None:
        """Let a correction that waits be forgotten."""
        with self._acting.act() as act:
            return decline(act, self.court, correction)

    def close_period(self, until: int, *, by: PersonId) -> Refused | None:
        """What is older than this is from now on corrected by two people only."""
        with self._acting.act() as act:
            return close_period(act, self.court, until, by=by, now=self._clock())

    def arrange(self, order: Order, *, by: PersonId) -> Code | Pin | Refused | str | None:
        """Carry out an order about who may open what; what it made, if anything."""
        with self._acting.act() as act:
            arranging = Arranging(act=act, court=self.court, by=by, badges=self._badges, now=self._clock())
            return arranging.carry_out(order)

    def decide(self, decision: Decision, *, by: PersonId) -> Refused | None:
        """Decide a rule of the court, or on which days it is closed."""
        with self._acting.act() as act:
            deciding = Deciding(act=act, court=self.court, by=by, now=self._clock(), defaults=self._defaults)
            return deciding.carry_out(decision)

    def erase_person(self, person: PersonId, *, by: PersonId) -> Refused | None:
        """Erase name, badge and account. Records keep the id; no proof changes."""
        with self._acting.act() as act:
            if not erase(act, self.court, person, now=self._clock()):
                return Refused("people.nobody_to_erase", {"id": person})
        return None

    def erase_private(self, value: str, *, by: PersonId) -> Refused | None:
        """Erase one private value, here and where it still is. Records keep its commitment; no proof changes."""
        if not check_id(value):
            return Refused("private.id_malformed", {"id": value})
        with self._acting.act() as act:
            if not erase_private(act, self.court, value, now=self._clock()):
                return Refused("private.nothing_to_erase", {"id": value})
        return None

    def add_place(
        self, place: PlaceId, *, name: str, label: str | None, by: PersonId, kind: PlaceKind = PlaceKind.SHELF
    ) -> PlaceId | Refused:
        """Register a shelf, trolley, counter or cupboard, by the label that is stuck on it.

        Compartments and stations become places by themselves.
        """
        if not check_id(place):
            return Refused("place.id_malformed", {"id": place})
        read = None if label is None else parse_label(label)
        if isinstance(read, LabelRefusal) or (read is not None and read.kind is not LabelKind.PLACE):
            return Refused("place.label_malformed", {"label": label or ""})
        text = None if read is None else read.text
        with self._acting.act() as act:
            if act.session.get(PlaceRow, (self.court, place)) is not None:
                return Refused("place.id_taken", {"id": place})
            same = (col(PlaceRow.court) == self.court, col(PlaceRow.label) == text)
            if text is not None and act.session.exec(select(PlaceRow).where(*same)).first() is not None:
                return Refused("place.label_taken", {"label": text})
            enter_place(act, self.court, place=place, kind=kind, name=name.strip() or place, label=text)
        return place

    def open_compartment(self, station: StationId, place: PlaceId, *, by: PersonId, reason: str) -> str | Refused:
        """Ask a cabinet to open a compartment now; the id under which its one answer will be found."""
        return self._commanding.open_compartment(station, place, by=by, reason=reason)


_DIFFERENT = 2
"""So many different counts are a difference."""


def _badge_text(badge: str | None) -> str | None:
    """What the reader will read: a label as it is printed, anything else as it is."""
    if badge is None or not badge.strip():
        return None
    return parse_label(badge).text


def _is_taken(session: Session, court: CourtId, mark: str) -> bool:
    same = (col(PersonRow.court) == court, col(PersonRow.badge_mark) == mark)
    return session.exec(select(PersonRow.person).where(*same)).first() is not None
