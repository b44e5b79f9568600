"""What the court decides reaches cabinets with their next grants, is on record, and can be changed back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from custody.events import PolicyRule
from custody.grants import Role
from custody.identifiers import PlaceId
from hub.bootstrap import Hub
from hub.clocks import wall
from hub.face import Refused
from hub.orders import Announce, Decide, Decision, Withdraw
from hub.store.tables import GrantRow
from tests.hub.sample_court import CLERK, Sample, enrolled, founded, send
from tests.hub.test_arranging import granted

HOUR = 3_600_000
DAY = 24 * HOUR
STAFF = frozenset({Role.STAFF})


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    sample = enrolled(hub, tmp_path)
    send(hub, sample, sample.batch())
    return sample


def decided(hub: Hub, decision: Decision) -> str | None:
    refused = hub.office.decide(decision, by=CLERK)
    return None if refused is None else refused.key


def today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


def lasts(hub: Hub, cabinet: Sample) -> int:
    """In whole days: one for the next grants to come, and those that were decided after it."""
    told = granted(hub, cabinet)
    return (told.expires - told.issued) // DAY


def test_grants_of_a_single_day_are_issued_anew_before_it_is_over(hub: Hub, cabinet: Sample) -> None:
    assert decided(hub, Decide(rule=PolicyRule.GRANTS_DAYS, value=1)) is None
    told = granted(hub, cabinet)
    assert DAY + DAY // 3 <= told.expires - told.issued < DAY + DAY // 2
    assert hub.issuing.issue() == ()
    with hub.database.write() as session:
        for row in session.exec(select(GrantRow)):
            row.issued -= DAY // 3
            session.add(row)

    assert len(hub.issuing.issue()) > 0


def test_whoever_is_cut_off_just_before_the_next_grants_come_still_works_alone_for_all_the_days(
    hub: Hub, cabinet: Sample
) -> None:
    told = granted(hub, cabinet)
    with hub.database.write() as session:
        for row in session.exec(select(GrantRow)):
            row.issued -= DAY - HOUR // 2
            session.add(row)

    assert hub.issuing.issue() == ()
    assert told.expires - (told.issued + DAY) >= 7 * DAY


def test_a_decision_is_granted_at_once_and_can_be_changed_back(hub: Hub, cabinet: Sample) -> None:
    assert lasts(hub, cabinet) == 1 + 7
    assert hub.issuing.issue() == ()

    assert decided(hub, Decide(rule=PolicyRule.GRANTS_DAYS, value=10)) is None
    assert lasts(hub, cabinet) == 1 + 10
    assert decided(hub, Decide(rule=PolicyRule.OVERDUE_DAYS, value=0)) is None
    assert granted(hub, cabinet).overdue_after == 0

    assert decided(hub, Decide(rule=PolicyRule.GRANTS_DAYS, value=7)) is None
    assert lasts(hub, cabinet) == 1 + 7
    assert decided(hub, Decide(rule=PolicyRule.GRANTS_DAYS, value=7)) == "policy.same"
    assert decided(hub, Decide(rule=PolicyRule.GRANTS_DAYS, value=99)) == "policy.out_of_limits"
    view = hub.queries.policy(roles=STAFF)
    assert [(one.value, one.since is not None) for one in view.rules] == [(7, True), (0, True)]
    assert [one.fields["value"] for one in view.history] == [7, 0, 10]


def test_grants_outlast_a_holiday_that_was_announced(hub: Hub, cabinet: Sample) -> None:
    first, last = today() + timedelta(days=1), today() + timedelta(days=8)

    assert decided(hub, Announce(first=first, last=last)) is None
    assert lasts(hub, cabinet) == 15
    assert decided(hub, Announce(first=last, last=last)) == "closure.overlaps"
    (closure,) = hub.queries.policy(roles=STAFF).closures
    assert (closure.days, closure.over) == (8, False)

    assert decided(hub, Withdraw(first=first, last=first)) == "closure.not_known"
    assert decided(hub, Withdraw(first=first, last=last)) is None
    assert lasts(hub, cabinet) == 1 + 7


def test_the_page_says_until_when_each_cabinet_works_alone(hub: Hub, cabinet: Sample) -> None:
    (before,) = hub.queries.policy(roles=STAFF).stations
    assert (before.id, before.until) == (PlaceId(cabinet.id), None)

    granted(hub, cabinet)

    (after,) = hub.queries.policy(roles=STAFF).stations
    assert after.until is not None
    assert 8 * DAY < after.until - wall() <= 8 * DAY + 2 * HOUR


def test_a_refusal_names_the_days_it_meets(hub: Hub) -> None:
    first, last = today() + timedelta(days=1), today() + timedelta(days=8)
    decided(hub, Announce(first=first, last=last))

    refused = hub.office.decide(Announce(first=last, last=last + timedelta(days=3)), by=CLERK)

    assert isinstance(refused, Refused)
    assert (refused.fields["first"], refused.fields["last"]) == (first.isoformat(), last.isoformat())
