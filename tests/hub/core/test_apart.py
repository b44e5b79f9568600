"""Whose hand is in whose account, and who is a second person for whom."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.events import (
    AccountBound,
    AccountEnded,
    AccountInvited,
    AccountOpened,
    AccountPasswordChosen,
    AccountRolesChanged,
    Fact,
    PersonErased,
)
from custody.identifiers import PersonId, StationId
from hub.core.apart import SHELL, Hand, hand_in_both, hands_of
from tests.hub.core.samples import CAB, LI, WANG, entry

HUB = CAB  # who records here
ADMIN, OTHER, CHIEF = PersonId("admin"), PersonId("other"), PersonId("chief")
NOW = 100_000


def opened(person: PersonId = CHIEF, *, by: PersonId = ADMIN, account: str = "a-1") -> AccountOpened:
    return AccountOpened(account=account, person=person, roles=("manager",), by=by)


def invited(person: PersonId = CHIEF, *, by: PersonId = OTHER, account: str = "a-1") -> AccountInvited:
    return AccountInvited(account=account, person=person, by=by)


def roles(person: PersonId = CHIEF, *, by: PersonId = ADMIN, account: str = "a-1") -> AccountRolesChanged:
    return AccountRolesChanged(account=account, person=person, roles=("staff",), by=by)


def bound(person: PersonId = CHIEF, *, by: PersonId = ADMIN, account: str = "a-1") -> AccountBound:
    return AccountBound(account=account, person=person, by=by)


def ended(person: PersonId = CHIEF, *, by: PersonId = ADMIN, account: str = "a-1") -> AccountEnded:
    return AccountEnded(account=account, person=person, by=by)


def hands(*facts: Fact) -> tuple[Hand, ...]:
    """One fact every second, from 1000 on."""
    return hands_of((entry(fact, sequence=n, time=n * 1000) for n, fact in enumerate(facts, start=1)), hub=HUB)


def in_both(
    told: Iterable[Hand], first: PersonId = ADMIN, second: PersonId = CHIEF, *, asked_at: int = NOW
) -> PersonId | None:
    return hand_in_both(tuple(told), first, second, asked_at=asked_at, now=NOW)


def test_two_people_of_whom_nothing_is_told_stand_apart() -> None:
    assert in_both(()) is None


def test_nobody_is_their_own_second_person() -> None:
    assert in_both((), CHIEF, CHIEF) == CHIEF


@pytest.mark.parametrize("fact", [opened(), invited(by=ADMIN), roles(), bound()])
def test_nobody_confirms_by_an_account_that_the_first_person_gave_something(fact: Fact) -> None:
    assert in_both(hands(fact)) == ADMIN


@pytest.mark.parametrize("fact", [opened(), invited(by=ADMIN), roles(), bound()])
def test_nobody_confirms_what_was_asked_by_an_account_that_they_made(fact: Fact) -> None:
    assert in_both(hands(fact), CHIEF, ADMIN) == ADMIN


def test_two_accounts_that_one_third_person_made_are_one_hand() -> None:
    told = hands(opened(CHIEF), opened(LI, account="a-2"))

    assert in_both(told, CHIEF, LI) == ADMIN
    assert in_both(told, CHIEF, WANG) is None


def test_a_new_code_from_somebody_else_lets_go_of_every_hand_before() -> None:
    told = hands(opened(), roles(), bound(), invited(by=OTHER))

    assert in_both(told) is None
    assert in_both(told, OTHER, CHIEF) == OTHER


def test_what_was_asked_before_the_new_code_may_have_been_asked_by_the_hand_before() -> None:
    told = hands(opened(), invited(by=OTHER))

    assert in_both(told, CHIEF, ADMIN, asked_at=1500) == ADMIN
    assert in_both(told, CHIEF, ADMIN, asked_at=2001) is None


@pytest.mark.parametrize("end", [ended(), PersonErased(person=CHIEF)])
def test_an_account_that_was_ended_after_it_had_asked_still_counts(end: Fact) -> None:
    told = hands(opened(), opened(LI, by=OTHER, account="a-2"), end)

    assert in_both(told, CHIEF, ADMIN, asked_at=1500) == ADMIN
    assert in_both(told, CHIEF, ADMIN, asked_at=3001) is None
    assert in_both(told, OTHER, LI) == OTHER


def test_whoever_works_at_the_hubs_machine_is_nobodys_hand() -> None:
    told = hands(opened(by=SHELL), opened(LI, by=SHELL, account="a-2"))

    assert told == ()
    assert in_both(told, CHIEF, LI) is None


def test_only_the_hub_tells_of_accounts() -> None:
    assert hands_of([entry(opened())], hub=StationId("hub")) == ()


def test_a_password_of_ones_own_changes_no_hand() -> None:
    assert hands(opened(), AccountPasswordChosen(account="a-1", person=CHIEF)) == hands(opened())


_PEOPLE = st.sampled_from([ADMIN, OTHER, CHIEF, LI])
_FACTS = st.one_of(
    st.builds(opened, _PEOPLE, by=_PEOPLE),
    st.builds(invited, _PEOPLE, by=_PEOPLE),
    st.builds(roles, _PEOPLE, by=_PEOPLE),
    st.builds(bound, _PEOPLE, by=_PEOPLE),
    st.builds(ended, _PEOPLE, by=_PEOPLE),
)


@given(st.lists(_FACTS, max_size=12), _PEOPLE, _PEOPLE)
def test_what_is_asked_now_stands_apart_in_both_directions_or_in_none(
    facts: list[Fact], first: PersonId, second: PersonId
) -> None:
    told = hands(*facts)

    assert (in_both(told, first, second) is None) == (in_both(told, second, first) is None)


@given(st.lists(_FACTS, max_size=12), _PEOPLE, _PEOPLE)
def test_the_longer_ago_it_was_asked_the_more_hands_count(facts: list[Fact], first: PersonId, second: PersonId) -> None:
    told = hands(*facts)

    refused = [in_both(told, first, second, asked_at=at) is not None for at in range(0, 14_000, 1000)]
    assert all(earlier or not later for earlier, later in pairwise(refused))
