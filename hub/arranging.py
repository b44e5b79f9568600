"""What the office arranges: teams, compartments kept for somebody, guarded volumes, pickup codes, delegations ended.

Each order is one or more facts in the hub's own chain, and every one has another that undoes it. Cabinets know within
seconds. That two open together is ended by two: what one of them asks for waits as a row until the other confirms it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, select

from custody.events import (
    CodeIssued,
    CodeRevoked,
    CompartmentFreed,
    CompartmentKept,
    DelegationWithdrawn,
    GuardLifted,
    PinEnded,
    PinGiven,
    PlaceKind,
    TeamJoined,
    TeamLeft,
    TeamRegistered,
    VolumeGuarded,
)
from custody.identifiers import CourtId, PersonId, PlaceId, VolumeId
from hub.acting import Act
from hub.core.arranging import (
    Arranged,
    code_digits,
    code_refusal,
    end_pin_refusal,
    lift_refusal,
    pin_digits,
    unguard_refusal,
)
from hub.face import Refused
from hub.granted import delegations, read_arranged, team_names
from hub.keys import BadgeBox
from hub.orders import (
    Code,
    EndDelegations,
    EndPin,
    Free,
    GivePin,
    Guard,
    IssueCode,
    Join,
    Keep,
    Leave,
    Lift,
    NewTeam,
    Order,
    Pin,
    RevokeCode,
    StayGuarded,
    Unguard,
)
from hub.queues import QUEUES
from hub.second import second_refused
from hub.store.tables import CodeRow, LiftingRow, PersonRow, PlaceRow, TeamRow, VolumeRow

__all__ = ["Arranging"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranging:
    """One order, inside an act. ``now``: milliseconds since 1970."""

    act: Act
    court: CourtId
    by: PersonId
    badges: BadgeBox
    now: int

    def carry_out(self, order: Order) -> Code | Pin | Refused | str | None:
        """Do it: what it made, if anything; or why not."""
        stands = read_arranged(self.act.session, self.court)
        match order:
            case NewTeam(name=name):
                return self._new_team(name.strip())
            case Join(person=person, team=team):
                return self._join(stands, person, team)
            case Leave(person=person, team=team):
                if team not in stands.members.get(person, frozenset()):
                    return Refused("team.not_a_member", {})
                self.act.say(TeamLeft(person=person, team=team, by=self.by))
            case Keep(place=place, recipient=recipient):
                return self._keep(stands, place, recipient)
            case Free(place=place):
                if place not in stands.kept:
                    return Refused("kept.not_kept", {"id": place})
                self.act.say(CompartmentFreed(place=place, by=self.by))
            case Guard(volume=volume, reason=reason):
                return self._guard(stands, volume, reason)
            case Unguard() | Lift() | StayGuarded():
                return self._ending(stands, order)
            case IssueCode():
                return self._issue(order)
            case RevokeCode(code=code):
                return self._revoke(stands, code)
            case GivePin() | EndPin():
                return self._pin(stands, order)
            case EndDelegations(person=person):
                given = delegations(self.act.session, self.court)
                if all(one.person != person or one.until <= self.now for one in given):
                    return Refused("delegation.none", {})
                self.act.say(DelegationWithdrawn(person=person, by=self.by))
        return None

    def _new_team(self, name: str) -> str | Refused:
        if not name:
            return Refused("team.no_name", {})
        if name in team_names(self._session, self.court).values() or name in QUEUES.values():
            return Refused("team.name_taken", {"name": name})
        team = f"team:{secrets.token_hex(4)}"
        self._session.add(TeamRow(court=self.court, team=team, name=name))
        self.act.say(TeamRegistered(team=team, by=self.by))
        return team

    def _join(self, stands: Arranged, person: PersonId, team: str) -> Refused | None:
        if team not in stands.teams:
            return Refused("team.not_known", {"id": team})
        if not _is_here(self._session, self.court, person):
            return Refused("api.no_person", {"id": person})
        if team in stands.members.get(person, frozenset()):
            return Refused("team.member_already", {})
        self.act.say(TeamJoined(person=person, team=team, by=self.by))
        return None

    def _keep(self, stands: Arranged, place: PlaceId, recipient: str) -> Refused | None:
        row = self._session.get(PlaceRow, (self.court, place))
        if row is None or row.kind != PlaceKind.COMPARTMENT:
            return Refused("kept.no_compartment", {"id": place})
        known = recipient in stands.teams or recipient in QUEUES or _is_here(self._session, self.court, recipient)
        if not known:
            return Refused("kept.nobody", {"id": recipient})
        self.act.say(CompartmentKept(place=place, recipient=recipient, by=self.by))
        return None

    def _guard(self, stands: Arranged, volume: VolumeId, reason: str) -> Refused | None:
        if self._session.get(VolumeRow, (self.court, volume)) is None:
            return Refused("volume.not_known", {"id": volume})
        if volume in stands.guarded:
            return Refused("guard.already", {})
        self.act.say(VolumeGuarded(volume=volume, by=self.by, reason=reason))
        return None

    def _ending(self, stands: Arranged, order: Unguard | Lift | StayGuarded) -> Refused | None:
        """The rule for two is ended by two: one asks, another confirms or declines."""
        row = self._session.get(LiftingRow, (self.court, order.volume))
        match order:
            case Unguard(volume=volume, reason=reason):
                why = unguard_refusal(stands, volume, asked=row is not None)
                if why is not None:
                    return Refused(why, {})
                asked = LiftingRow(court=self.court, volume=volume, reason=reason, asked_by=self.by, asked_at=self.now)
                self._session.add(asked)
                self.act.shown = True
            case Lift():
                return self._lift(stands, order.volume, row)
            case StayGuarded():
                if row is None:
                    return Refused("guard.not_asked", {})
                self._session.delete(row)
                self.act.shown = True
        return None

    def _lift(self, stands: Arranged, volume: VolumeId, row: LiftingRow | None) -> Refused | None:
        first = None if row is None else PersonId(row.asked_by)
        why = lift_refusal(stands, volume, asked_by=first, by=self.by)
        if why is not None or row is None or first is None:
            return Refused(why or "guard.not_asked", {})
        asked_at = row.asked_at
        refused = second_refused(
            self._session, self.court, first=first, asked_at=asked_at, second=self.by, now=self.now
        )
        if refused is not None:
            return refused
        self._session.delete(row)
        self.act.say(GuardLifted(volume=volume, person=first, second=self.by, reason=row.reason))
        return None

    def _issue(self, order: IssueCode) -> Code | Refused:
        if not _is_here(self._session, self.court, order.person):
            return Refused("api.no_person", {"id": order.person})
        for volume in order.volumes:
            if self._session.get(VolumeRow, (self.court, volume)) is None:
                return Refused("volume.not_known", {"id": volume})
        why = code_refusal(order.volumes, since=order.since, until=order.until, uses=order.uses, now=self.now)
        if why is not None:
            return Refused(why, {})
        made = Code(code=f"c-{secrets.token_hex(4)}", digits=self._fresh_digits())
        sealed = self.badges.seal(made.digits, nonce=secrets.token_bytes(12))
        mark = self.badges.mark(f"code {made.digits}")
        self._session.add(CodeRow(court=self.court, code=made.code, mark=mark, sealed=sealed))
        self.act.say(
            CodeIssued(
                code=made.code,
                person=order.person,
                volumes=tuple(dict.fromkeys(order.volumes)),
                since_ms=order.since,
                until_ms=order.until,
                uses=order.uses,
                by=self.by,
            )
        )
        return made

    def _pin(self, stands: Arranged, order: GivePin | EndPin) -> Pin | Refused | None:
        return self._give_pin(order.person) if isinstance(order, GivePin) else self._end_pin(stands, order.person)

    def _give_pin(self, person: PersonId) -> Pin | Refused:
        row = self._session.get(PersonRow, (self.court, person))
        if row is None or row.erased_at is not None:
            return Refused("api.no_person", {"id": person})
        if row.badge_sealed is None:
            return Refused("pin.no_badge", {"name": row.name})
        made = Pin(digits=pin_digits(secrets.randbits(64)))
        row.pin_sealed = self.badges.seal(made.digits, nonce=secrets.token_bytes(12))
        self._session.add(row)
        self.act.say(PinGiven(person=person, by=self.by))
        return made

    def _end_pin(self, stands: Arranged, person: PersonId) -> Refused | None:
        why = end_pin_refusal(stands, person, by=self.by)
        if why is not None:
            return Refused(why, {})
        row = self._session.get(PersonRow, (self.court, person))
        if row is not None:
            row.pin_sealed = None
            self._session.add(row)
        self.act.say(PinEnded(person=person, by=self.by))
        return None

    def _revoke(self, stands: Arranged, code: str) -> Refused | None:
        if code not in stands.codes:
            return Refused("code.not_known", {"id": code})
        row = self._session.get(CodeRow, (self.court, code))
        if row is not None:
            self._session.delete(row)
        self.act.say(CodeRevoked(code=code, by=self.by))
        return None

    def _fresh_digits(self) -> str:
        """No two codes of one court are the same."""
        while True:
            digits = code_digits(secrets.randbits(64))
            same = (col(CodeRow.court) == self.court, col(CodeRow.mark) == self.badges.mark(f"code {digits}"))
            if self._session.exec(select(CodeRow.code).where(*same)).first() is None:
                return digits

    @property
    def _session(self) -> Session:
        return self.act.session


def _is_here(session: Session, court: CourtId, person: str) -> bool:
    row = session.get(PersonRow, (court, person))
    return row is not None and row.erased_at is None
