"""Signing in: right, wrong, too often; and sessions that end."""

import threading
from pathlib import Path

import pytest

from custody.grants import Role
from custody.identifiers import PersonId
from hub.accounts import AccountRefusal, Accounts, SignedIn
from hub.core.patience import ABSOLUTE, FREE_ATTEMPTS, IDLE
from tests.hub.pretend_office import PASSWORD, pretend_accounts

NOW = 1_790_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock, tmp_path: Path) -> Accounts:
    made = pretend_accounts(clock, folder=tmp_path)
    assert create(made) is None
    return made


def create(accounts: Accounts, user: str = "wangmin", password: str = PASSWORD) -> AccountRefusal | None:
    return accounts.create(user=user, password=password, person=PersonId("p-1"), name="王敏", roles=[Role.STAFF])


def signed_in(accounts: Accounts) -> SignedIn:
    answer = accounts.sign_in(" WangMin ", PASSWORD)
    assert isinstance(answer, SignedIn)
    return answer


def test_who_signs_in_is_known_by_the_token_and_by_nothing_else(accounts: Accounts, tmp_path: Path) -> None:
    session = signed_in(accounts)

    visitor = accounts.visitor(session.token)
    assert visitor is not None
    assert (visitor.person, visitor.roles) == ("p-1", frozenset({Role.STAFF}))
    assert accounts.visitor(session.token + "x") is None
    assert accounts.visitor(None) is None


def test_neither_password_nor_token_is_stored(accounts: Accounts, tmp_path: Path) -> None:
    session = signed_in(accounts)

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in stored
    assert session.token.encode() not in stored
    assert b"$argon2id$" in stored


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(accounts: Accounts) -> None:
    wrong = accounts.sign_in("wangmin", "not-the-password")
    unknown = accounts.sign_in("nobody", "not-the-password")

    assert wrong == unknown == AccountRefusal("login.wrong")


@pytest.mark.parametrize("user", ["wangmin", "nobody"])
def test_too_many_wrong_passwords_lock_for_a_growing_while(accounts: Accounts, clock: Clock, user: str) -> None:
    for _ in range(FREE_ATTEMPTS):
        assert accounts.sign_in(user, "wrong-password") == AccountRefusal("login.wrong")

    locked = accounts.sign_in(user, PASSWORD)
    assert isinstance(locked, AccountRefusal)
    assert locked.key == "login.locked"
    first = int(locked.fields["seconds"])
    clock.now += first * 1000
    accounts.sign_in(user, "wrong-password")
    again = accounts.sign_in(user, "wrong-password")
    assert isinstance(again, AccountRefusal)
    assert int(again.fields["seconds"]) > first


def test_the_right_password_after_the_wait_starts_afresh(accounts: Accounts, clock: Clock) -> None:
    for _ in range(FREE_ATTEMPTS):
        accounts.sign_in("wangmin", "wrong-password")
    clock.now += 60_000

    signed_in(accounts)

    assert accounts.sign_in("wangmin", "wrong-password") == AccountRefusal("login.wrong")
    signed_in(accounts)


def test_a_session_ends_when_it_is_not_used(accounts: Accounts, clock: Clock) -> None:
    session = signed_in(accounts)
    clock.now += IDLE - 1
    assert accounts.visitor(session.token) is not None
    clock.now += IDLE - 1
    assert accounts.visitor(session.token) is not None
    clock.now += IDLE
    assert accounts.visitor(session.token) is None


def test_a_page_that_only_watches_does_not_keep_a_session(accounts: Accounts, clock: Clock) -> None:
    session = signed_in(accounts)
    clock.now += IDLE // 2
    assert accounts.visitor(session.token, watching=True) is not None
    clock.now += IDLE // 2

    assert accounts.visitor(session.token, watching=True) is None


def test_a_session_ends_after_a_working_day_even_when_used(accounts: Accounts, clock: Clock) -> None:
    session = signed_in(accounts)
    for _ in range(ABSOLUTE // (IDLE // 2) - 1):
        clock.now += IDLE // 2
        assert accounts.visitor(session.token) is not None
    clock.now += IDLE // 2

    assert accounts.visitor(session.token) is None


def test_signing_out_ends_the_session_at_once(accounts: Accounts) -> None:
    session = signed_in(accounts)
    accounts.sign_out(session.token)

    assert accounts.visitor(session.token) is None


@pytest.mark.parametrize(
    ("user", "password", "key"),
    [
        ("wangmin", PASSWORD, "account.user_taken"),
        ("王敏", PASSWORD, "account.user_malformed"),
        ("other", "short", "account.password_short"),
    ],
)
def test_an_account_that_cannot_be_says_why(accounts: Accounts, user: str, password: str, key: str) -> None:
    refused = create(accounts, user, password)

    assert refused is not None
    assert refused.key == key


def test_an_account_needs_a_role(accounts: Accounts) -> None:
    refused = accounts.create(user="other", password=PASSWORD, person=PersonId("p-2"), name="李强", roles=[])

    assert refused is not None
    assert refused.key == "account.no_role"
    assert [one.user for one in accounts.all()] == ["wangmin"]


def test_a_flood_of_logins_is_held_back_and_all_are_answered(accounts: Accounts) -> None:
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(accounts.sign_in("wangmin", PASSWORD))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 8
    assert all(isinstance(answer, SignedIn) for answer in answers)
