"""Waiting after wrong passwords, good passwords, and the end of a session."""

import pytest

from hub.core.patience import (
    ABSOLUTE,
    FREE_ATTEMPTS,
    IDLE,
    LONGEST_WAIT,
    SessionAge,
    is_over,
    password_trouble,
    wait_after,
)


def test_a_few_slips_cost_nothing_then_the_wait_grows_to_a_limit() -> None:
    waits = [wait_after(failures) for failures in range(40)]

    assert waits[:FREE_ATTEMPTS] == [0] * FREE_ATTEMPTS
    assert waits[FREE_ATTEMPTS] > 0
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


@pytest.mark.parametrize(
    ("password", "trouble"),
    [
        ("short-one", "account.password_short"),
        ("x" * 201, "account.password_long"),
        ("my-WangMin-2026", "account.password_guessable"),
        ("aaaaaaaaaaab", "account.password_guessable"),
        ("一二三四五六七八九十", None),
        ("correct-horse-7", None),
    ],
)
def test_a_password_is_long_and_not_the_name(password: str, trouble: str | None) -> None:
    assert password_trouble(password, user="wangmin") == trouble


def test_a_session_ends_when_unused_or_a_working_day_old() -> None:
    assert not is_over(SessionAge(0, 0), now=IDLE - 1)
    assert is_over(SessionAge(0, 0), now=IDLE)
    assert not is_over(SessionAge(0, ABSOLUTE - 2), now=ABSOLUTE - 1)
    assert is_over(SessionAge(0, ABSOLUTE - 1), now=ABSOLUTE)


def test_a_clock_set_back_does_not_prolong_a_session() -> None:
    assert is_over(SessionAge(10 * IDLE, 10 * IDLE), now=0)
