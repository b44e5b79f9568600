"""The court's policy as it holds, what it does now, and how it came to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from custody.events import ClosureAnnounced, PolicyDecided, PolicyRule
from custody.grants import Role
from custody.identifiers import CourtId, PlaceId
from hub.core.policy import LIMITS, Closure, Decided, Policy
from hub.policy import Defaults, read_policy
from hub.queries.names import Names
from hub.queries.overdue import overdue
from hub.store.tables import GrantRow, PeriodRow, StationRow
from hub.views import AloneView, ClosureView, PastDecision, PolicyView, RuleView

__all__ = ["policy_view"]

_MOST_PAST = 50


def policy_view(
    session: Session, court: CourtId, *, defaults: Defaults, roles: Collection[Role], now: int, hub: str
) -> PolicyView:
    """``roles``: the reader's; volumes they may not see are left out."""
    policy, names = read_policy(session, court), Names(session, court)
    period = session.get(PeriodRow, (court,))
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(defaults.zone).date()
    return PolicyView(
        rules=tuple(_rule(one, policy, defaults, names) for one in PolicyRule),
        closures=tuple(
            ClosureView(
                first=one.first,
                last=one.last,
                days=one.days,
                by=names.person(policy.by(one)),
                over=one.last < today,
            )
            for one in policy.closures
        ),
        stations=_alone(session, court, hub),
        overdue=overdue(session, court, names, policy=policy, defaults=defaults, now=now, roles=roles),
        closed_until=None if period is None else period.until,
        closed_by="" if period is None else names.person(period.closed_by),
        history=tuple(_past(one, names) for one in reversed(policy.history[-_MOST_PAST:])),
    )


def _rule(rule: PolicyRule, policy: Policy, defaults: Defaults, names: Names) -> RuleView:
    latest = policy.latest(rule)
    least, most = LIMITS[rule]
    return RuleView(
        rule=rule,
        value=policy.value(rule, default=defaults.values[rule]),
        least=least,
        most=most,
        since=None if latest is None else latest.time,
        by="" if latest is None else names.person(latest.fact.by),
    )


def _alone(session: Session, court: CourtId, hub: str) -> tuple[AloneView, ...]:
    granted = {one.station: one.expires for one in session.exec(select(GrantRow).where(col(GrantRow.court) == court))}
    here = (col(StationRow.court) == court, col(StationRow.station) != hub, col(StationRow.revoked).is_(None))
    rows = session.exec(select(StationRow).where(*here).order_by(col(StationRow.station)))
    return tuple(AloneView(id=PlaceId(one.station), name=one.name, until=granted.get(one.station)) for one in rows)


def _past(one: Decided, names: Names) -> PastDecision:
    fields: Mapping[str, str | int]
    if isinstance(one.fact, PolicyDecided):
        fields = {"rule": one.fact.rule.value, "value": one.fact.value, "before": one.fact.before}
        key = "policy.past.decided"
    else:
        closure = Closure(datetime.fromisoformat(one.fact.first).date(), datetime.fromisoformat(one.fact.last).date())
        fields = {"first": closure.first.isoformat(), "last": closure.last.isoformat()}
        key = "policy.past.announced" if isinstance(one.fact, ClosureAnnounced) else "policy.past.withdrawn"
    return PastDecision(time=one.time, by=names.person(one.fact.by), key=key, fields=fields)
