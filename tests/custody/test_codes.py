"""Codes let in whom they are for, when and as often as they say; sensitive volumes need two people."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.codes import (
    Tries,
    are_too_many,
    code_digest,
    pin_refusal,
    redeem,
    together,
    tries_of,
    tries_refusal,
    uses_since,
    wait_after_tries,
    without_tries,
)
from custody.events import CodeUsed, DoorForced, Part
from custody.grants import Code, Grants
from custody.refusals import (
    CodeLocked,
    CodeNotNow,
    CodeSpent,
    GrantsStale,
    Refusal,
    SecondPersonNeeded,
    SecondPersonUnfit,
    TooManyTries,
    UnknownCode,
    WrongPin,
)
from tests.custody.court import (
    CLERK,
    DAY,
    EPOCH,
    FIRST,
    GRANTS,
    JUDGE,
    KEY,
    NOW,
    PEOPLE,
    PORTER,
    VOLUME,
    VOLUMES,
    chain,
)

TEXT = "7K2M-9QF4"
CODE = Code(
    id="code-1",
    digest=code_digest(TEXT, key=KEY),
    person=JUDGE,
    volumes=frozenset({VOLUME}),
    since=NOW,
    until=NOW + DAY,
    uses=2,
)
HELD = replace(GRANTS, codes=(CODE,), upto=(EPOCH, 9), expires=NOW + 7 * DAY)


def entered(
    text: str = TEXT, *, grants: Grants = HELD, now: int = NOW, epoch: str = EPOCH, used: int = 0
) -> Code | Refusal:
    return redeem(text, grants, now=now, epoch=epoch, used={"code-1": used})


@pytest.mark.parametrize("text", [TEXT, "7k2m9qf4", " 7K2M 9QF4 "])
def test_a_code_is_taken_as_people_write_it(text: str) -> None:
    assert entered(text) == CODE


def test_a_code_is_known_by_its_digest_under_the_stations_own_key() -> None:
    assert code_digest(TEXT, key=KEY[::-1]) != CODE.digest
    assert TEXT not in repr(HELD)


def test_every_letter_of_a_code_counts() -> None:
    assert code_digest("7XK2", key=KEY) != code_digest("7K2", key=KEY)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"text": "7K2M-9QF5"}, UnknownCode()),
        ({"grants": replace(HELD, codes=())}, UnknownCode()),  # revoked by newer grants
        ({"now": NOW - 1}, CodeNotNow(until_ms=NOW + DAY)),
        ({"now": NOW + DAY}, CodeNotNow(until_ms=NOW + DAY)),
        ({"used": 2}, CodeSpent()),
        ({"grants": replace(HELD, codes=(replace(CODE, used=1),)), "used": 1}, CodeSpent()),
        ({"now": HELD.expires}, GrantsStale(until_ms=HELD.expires)),
        ({"epoch": "ffff"}, CodeLocked()),
        ({"grants": replace(HELD, upto=("", 0))}, CodeLocked()),  # the hub had heard of no chain at all
    ],
)
def test_what_stands_against_a_code_is_named(asked: dict[str, Any], refusal: Refusal) -> None:
    assert entered(**asked) == refusal


def test_it_lets_in_to_its_very_last_use_and_millisecond() -> None:
    assert entered(used=1, now=NOW + DAY - 1) == CODE


def test_a_code_for_one_use_that_was_not_used_here_yet_lets_in() -> None:
    once = replace(CODE, uses=1)

    assert redeem(TEXT, replace(HELD, codes=(once,)), now=NOW, epoch=EPOCH, used={"code-2": 3}) == once


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_code_is_never_used_more_often_than_it_may_be(by_the_hub: int, here: int) -> None:
    held = replace(HELD, codes=(replace(CODE, used=by_the_hub),))

    assert (entered(grants=held, used=here) == replace(CODE, used=by_the_hub)) is (by_the_hub + here < CODE.uses)


def test_uses_are_counted_in_the_stations_own_chain() -> None:
    use = CodeUsed(code="code-1", person=JUDGE, place=FIRST)

    assert uses_since(chain([use, DoorForced(place=FIRST), use, replace(use, code="code-2")])) == {
        "code-1": 2,
        "code-2": 1,
    }


def test_a_pin_is_asked_of_whoever_has_one() -> None:
    with_pin = replace(PEOPLE[CLERK], pin=code_digest("4711", key=KEY))

    assert pin_refusal(with_pin, "4711", key=KEY) is None
    assert pin_refusal(with_pin, "4712", key=KEY) == WrongPin()
    assert pin_refusal(PEOPLE[CLERK], "", key=KEY) is None


def test_codes_cannot_be_tried_out() -> None:
    assert [wait_after_tries(tries) for tries in (0, 4, 5, 6, 99)] == [0, 0, 15_000, 30_000, 900_000]
    assert tries_refusal(4, since_last=0) is None
    assert tries_refusal(5, since_last=999) == TooManyTries(seconds=15)
    assert tries_refusal(5, since_last=14_999) == TooManyTries(seconds=1)
    assert tries_refusal(5, since_last=15_000) is None


def test_a_person_hears_of_every_fifth_wrong_one() -> None:
    assert [tries for tries in range(12) if are_too_many(tries)] == [5, 10]


def test_wrong_ones_are_counted_of_each_person_apart() -> None:
    of_codes, of_judge = Tries(None, 4, NOW), Tries(JUDGE, 2, NOW)

    assert tries_of((of_codes, of_judge), JUDGE) == of_judge
    assert tries_of((of_codes, of_judge), CLERK) == Tries(CLERK, 0, 0)
    assert without_tries((of_codes, of_judge), JUDGE) == (of_codes,)


SECRET = replace(VOLUMES[VOLUME], sensitive=True)


def test_a_sensitive_volume_needs_two_people_who_may_see_it() -> None:
    judge, clerk, porter = PEOPLE[JUDGE], PEOPLE[CLERK], PEOPLE[PORTER]
    confidential = replace(SECRET, part=Part.CONFIDENTIAL)

    assert together(judge, None, [VOLUMES[VOLUME]]) is None
    assert together(judge, None, [SECRET]) == SecondPersonNeeded()
    assert together(judge, judge, [SECRET]) == SecondPersonUnfit()
    assert together(judge, porter, [confidential]) == SecondPersonUnfit()
    assert together(judge, clerk, [confidential, VOLUMES[VOLUME]]) is None
