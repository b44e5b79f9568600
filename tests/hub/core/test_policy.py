"""What the court decides: limits, days closed, and for how many days grants hold because of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.events import ClosureAnnounced, ClosureWithdrawn, Fact, PolicyDecided, PolicyRule, SealedAccountUsed
from custody.identifiers import PersonId, StationId
from hub.core.policy import (
    LONGEST_CLOSURE,
    MOST_DAYS,
    Closure,
    Policy,
    announce_refusal,
    decide_refusal,
    held_days,
    policy_of,
    runs_out,
    withdraw_refusal,
)
from tests.hub.core.test_arranging import HUB, entry

WANG, LI = PersonId("wang"), PersonId("li")
CHINA = timezone(timedelta(hours=8))
TODAY = date(2026, 2, 14)
HOUR = 3_600_000
SPRING = Closure(date(2026, 2, 16), date(2026, 2, 23))
MAY = Closure(date(2026, 5, 1), date(2026, 5, 5))


def at(day: date, hour: int = 9) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=CHINA).timestamp() * 1000)


def announced(closure: Closure, by: PersonId = WANG) -> ClosureAnnounced:
    return ClosureAnnounced(first=closure.first.isoformat(), last=closure.last.isoformat(), by=by)


def withdrawn(closure: Closure) -> ClosureWithdrawn:
    return ClosureWithdrawn(first=closure.first.isoformat(), last=closure.last.isoformat(), by=LI)


def decided(value: int, before: int = 7) -> PolicyDecided:
    return PolicyDecided(rule=PolicyRule.GRANTS_DAYS, value=value, before=before, by=WANG)


def stands(*facts: Fact) -> Policy:
    return policy_of([entry(one) for one in facts], hub=HUB)


def test_what_was_never_decided_is_as_in_the_settings() -> None:
    policy = stands(SealedAccountUsed(person=WANG))

    assert policy == Policy()
    assert policy.value(PolicyRule.GRANTS_DAYS, default=7) == 7
    assert policy.latest(PolicyRule.GRANTS_DAYS) is None


def test_the_latest_decision_holds_and_all_are_remembered() -> None:
    policy = stands(decided(10), decided(14, 10))

    assert policy.value(PolicyRule.GRANTS_DAYS, default=7) == 14
    assert policy.value(PolicyRule.OVERDUE_DAYS, default=5) == 5
    assert [one.fact for one in policy.history] == [decided(10), decided(14, 10)]
    latest = policy.latest(PolicyRule.GRANTS_DAYS)
    assert latest is not None
    assert latest.fact == decided(14, 10)
    assert policy.latest(PolicyRule.OVERDUE_DAYS) is None


def test_days_closed_are_those_announced_and_not_withdrawn() -> None:
    policy = stands(announced(MAY), announced(SPRING, LI))

    assert policy.closures == (SPRING, MAY)
    assert (policy.by(SPRING), policy.by(MAY)) == (LI, WANG)
    assert stands(announced(MAY), withdrawn(MAY)).closures == ()
    assert Policy(closures=(MAY,)).by(MAY) is None
    assert stands(announced(SPRING), decided(9)).by(SPRING) == WANG


def test_no_station_decides_for_the_court() -> None:
    assert policy_of([entry(decided(30), StationId("cab-1"))], hub=HUB) == Policy()


@pytest.mark.parametrize(
    ("rule", "value", "why"),
    [
        (PolicyRule.GRANTS_DAYS, 1, None),
        (PolicyRule.GRANTS_DAYS, 30, None),
        (PolicyRule.GRANTS_DAYS, 0, "policy.out_of_limits"),
        (PolicyRule.GRANTS_DAYS, 31, "policy.out_of_limits"),
        (PolicyRule.GRANTS_DAYS, 7, "policy.same"),
        (PolicyRule.OVERDUE_DAYS, 0, None),
        (PolicyRule.OVERDUE_DAYS, 366, "policy.out_of_limits"),
    ],
)
def test_a_rule_has_limits(rule: PolicyRule, value: int, why: str | None) -> None:
    assert decide_refusal(rule, value, before=7) == why


@pytest.mark.parametrize(
    ("closure", "why"),
    [
        (SPRING, None),
        (Closure(TODAY, TODAY), None),
        (Closure(SPRING.last, SPRING.first), "closure.backwards"),
        (Closure(TODAY - timedelta(days=3), TODAY - timedelta(days=1)), "closure.past"),
        (Closure(TODAY, TODAY + timedelta(days=LONGEST_CLOSURE - 1)), None),
        (Closure(TODAY, TODAY + timedelta(days=LONGEST_CLOSURE)), "closure.too_long"),
        (Closure(MAY.last, MAY.last), "closure.overlaps"),
    ],
)
def test_days_closed_are_to_come_and_meet_no_others(closure: Closure, why: str | None) -> None:
    known = () if why != "closure.overlaps" else (MAY,)

    assert announce_refusal(closure, known, today=TODAY) == why


def test_only_what_is_announced_and_not_over_can_be_withdrawn() -> None:
    assert withdraw_refusal(MAY, (SPRING, MAY), today=TODAY) is None
    assert withdraw_refusal(MAY, (SPRING,), today=TODAY) == "closure.not_known"
    assert withdraw_refusal(MAY, (MAY,), today=MAY.last + timedelta(days=1)) == "closure.past"


def test_grants_of_the_eve_of_a_holiday_outlast_it() -> None:
    eve = SPRING.first - timedelta(days=1)

    assert held_days(at(eve), days=7, closures=(), zone=CHINA) == 7
    assert held_days(at(eve), days=7, closures=(SPRING,), zone=CHINA) == 15
    assert held_days(at(eve, 23), days=7, closures=(SPRING,), zone=CHINA) == 15
    assert held_days(at(eve - timedelta(days=7)), days=7, closures=(SPRING,), zone=CHINA) == 7
    assert held_days(at(eve - timedelta(days=6)), days=7, closures=(SPRING,), zone=CHINA) == 15
    assert held_days(at(SPRING.first + timedelta(days=2)), days=7, closures=(SPRING,), zone=CHINA) == 12


def test_the_day_is_that_of_the_court() -> None:
    """At nine in the evening of the 14th in London it is the 15th in China: one day less is left to the holiday."""
    issued = at(TODAY + timedelta(days=1), 5)
    closures = (Closure(TODAY + timedelta(days=2), TODAY + timedelta(days=2)),)

    assert held_days(issued, days=1, closures=closures, zone=CHINA) == 2
    assert held_days(issued, days=1, closures=closures, zone=UTC) == 1


@given(
    days=st.integers(1, 30),
    starts=st.lists(st.tuples(st.integers(-20, 80), st.integers(0, 59)), max_size=6),
    hour=st.integers(0, 23),
)
def test_grants_hold_on_so_many_open_days_and_no_longer_than_the_most(
    days: int, starts: list[tuple[int, int]], hour: int
) -> None:
    closures = [
        Closure(TODAY + timedelta(days=first), TODAY + timedelta(days=first + length)) for first, length in starts
    ]
    held = held_days(at(TODAY, hour), days=days, closures=closures, zone=CHINA)
    covered = [TODAY + timedelta(days=n) for n in range(1, held + 1)]
    open_days = [day for day in covered if not any(one.has(day) for one in closures)]

    assert held <= MOST_DAYS
    assert len(open_days) == days or held == MOST_DAYS
    assert held == MOST_DAYS or covered[-1] in open_days


@given(
    days=st.integers(1, 30),
    starts=st.lists(st.tuples(st.integers(-20, 80), st.integers(0, 59)), max_size=6),
    renewed_within=st.integers(0, 26),
    cut_off=st.floats(0, 1),
)
def test_whoever_is_cut_off_before_the_next_grants_come_has_all_the_days(
    days: int, starts: list[tuple[int, int]], renewed_within: int, cut_off: float
) -> None:
    closures = [
        Closure(TODAY + timedelta(days=first), TODAY + timedelta(days=first + length)) for first, length in starts
    ]
    issued, within = at(TODAY, 9), renewed_within * HOUR
    expires = runs_out(issued, renewed_within=within, days=days, closures=closures, zone=CHINA)
    alone = issued + int(within * cut_off)

    first, last = (datetime.fromtimestamp(one / 1000, CHINA).date() for one in (alone, expires))
    after = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert expires - alone >= days * 24 * HOUR
    open_days = sum(not any(one.has(day) for one in closures) for day in after)
    assert open_days >= days or expires - alone >= MOST_DAYS * 24 * HOUR


def test_without_holidays_grants_outlast_the_next_ones_by_the_days_and_no_more() -> None:
    issued = at(TODAY)

    assert runs_out(issued, renewed_within=26 * HOUR, days=7, closures=(), zone=CHINA) == issued + (26 + 7 * 24) * HOUR
