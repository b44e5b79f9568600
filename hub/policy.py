"""Reads the court's policy from the hub's chain, and enters decisions about it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlmodel import Session, col, select

from custody.events import ClosureAnnounced, ClosureWithdrawn, PolicyDecided, PolicyRule
from custody.identifiers import CourtId, PersonId, StationId
from hub.acting import Act
from hub.core.policy import (
    DECIDING,
    LIMITS,
    LONGEST_CLOSURE,
    Closure,
    Policy,
    announce_refusal,
    decide_refusal,
    policy_of,
    withdraw_refusal,
)
from hub.face import Refused
from hub.orders import Announce, Decide, Decision, Withdraw
from hub.store.ledger import bounded_of
from hub.store.tables import CourtRow, EntryRow

__all__ = ["Deciding", "Defaults", "read_policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds before the court has decided, from the settings; and its calendar."""

    values: Mapping[PolicyRule, int]
    zone: tzinfo


def read_policy(session: Session, court: CourtId) -> Policy:
    """By the entries that say so, in their order."""
    row = session.get(CourtRow, court)
    told = (col(EntryRow.court) == court, col(EntryRow.kind).in_([one.kind for one in DECIDING]))
    rows = session.exec(select(EntryRow).where(*told).order_by(col(EntryRow.point), col(EntryRow.position)))
    return policy_of((bounded_of(one).entry for one in rows), hub=StationId("" if row is None else row.hub))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """One decision, inside an act. ``now``: milliseconds since 1970."""

    act: Act
    court: CourtId
    by: PersonId
    now: int
    defaults: Defaults

    def carry_out(self, decision: Decision) -> Refused | None:
        """Enter it, or say why not."""
        policy = read_policy(self.act.session, self.court)
        match decision:
            case Decide(rule=rule, value=value):
                return self._decide(policy, rule, value)
            case Announce(first=first, last=last):
                return self._announce(policy, Closure(first, last))
            case Withdraw(first=first, last=last):
                return self._withdraw(policy, Closure(first, last))

    def _decide(self, policy: Policy, rule: PolicyRule, value: int) -> Refused | None:
        before = policy.value(rule, default=self.defaults.values[rule])
        why = decide_refusal(rule, value, before=before)
        if why is not None:
            least, most = LIMITS[rule]
            return Refused(why, {"least": least, "most": most})
        self.act.say(PolicyDecided(rule=rule, value=value, before=before, by=self.by))
        return None

    def _announce(self, policy: Policy, closure: Closure) -> Refused | None:
        why = announce_refusal(closure, policy.closures, today=self._today.date())
        if why is not None:
            met = next((one for one in policy.closures if closure.meets(one)), closure)
            fields: dict[str, str | int] = {
                "first": met.first.isoformat(),
                "last": met.last.isoformat(),
                "most": LONGEST_CLOSURE,
            }
            return Refused(why, fields)
        self.act.say(ClosureAnnounced(first=closure.first.isoformat(), last=closure.last.isoformat(), by=self.by))
        return None

    def _withdraw(self, policy: Policy, closure: Closure) -> Refused | None:
        why = withdraw_refusal(closure, policy.closures, today=self._today.date())
        first, last = closure.first.isoformat(), closure.last.isoformat()
        if why is not None:
            return Refused(why, {"first": first, "last": last})
        self.act.say(ClosureWithdrawn(first=first, last=last, by=self.by))
        return None

    @property
    def _today(self) -> datetime:
        return datetime.fromtimestamp(self.now / 1000, UTC).astimezone(self.defaults.zone)
