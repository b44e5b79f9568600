"""What has lain in a compartment for longer than the court's own rule."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from custody.events import PlaceKind, PolicyRule
from custody.grants import Role
from custody.holding import AtPlace
from custody.identifiers import CourtId
from hub.core.policy import Policy
from hub.policy import Defaults
from hub.queries.kept import kept
from hub.queries.names import Names
from hub.store.tables import PlaceRow, StandingRow
from hub.views import OverdueView

__all__ = ["overdue"]

_DAY = 24 * 3_600_000


def overdue(
    session: Session,
    court: CourtId,
    names: Names,
    *,
    policy: Policy,
    defaults: Defaults,
    now: int,
    roles: Collection[Role],
) -> tuple[OverdueView, ...]:
    """The oldest first. ``roles``: the reader's; volumes they may not see are left out."""
    days = policy.value(PolicyRule.OVERDUE_DAYS, default=defaults.values[PolicyRule.OVERDUE_DAYS])
    doors = select(PlaceRow.place).where(col(PlaceRow.court) == court, col(PlaceRow.kind) == PlaceKind.COMPARTMENT)
    found = [
        OverdueView(
            volume=one.volume,
            title=one.title,
            place=one.holding.place,
            station=names.station_of(one.holding.place) or "",
            where=names.place(one.holding.place),
            recipient=names.recipient(one.holding.recipient) or "",
            since=one.holding.evidence.time,
        )
        for one in kept(session, court, col(StandingRow.place).in_(doors), roles=roles)
        if isinstance(one.holding, AtPlace) and one.holding.evidence.time < now - days * _DAY
    ]
    return tuple(sorted(found, key=lambda one: one.since))
