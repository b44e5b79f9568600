"""Signing in: right, wrong, too often; and sessions that end."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.grants import Role
from custody.identifiers import PersonId
from hub.accounts import AccountRefusal, Accounts, OneTimeCode, SignedIn
from hub.core.patience import (
    ABSOLUTE,
    CODE_HOLDS,
    FORGOTTEN_AFTER,
    FREE_ATTEMPTS,
    FREE_PER_ADDRESS,
    IDLE,
    LONGEST_WAIT,
)
from hub.texts import CHINESE, ENGLISH, texts
from tests.hub.pretend_office import PASSWORD, pretend_accounts

NOW = 1_790_000_000_000
ADMIN = PersonId("p-admin")


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
    return accounts.create(
        user=user, password=password, person=PersonId("p-1"), name="王敏", roles=[Role.STAFF], by=ADMIN
    )


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
    refused = accounts.create(user="other", password=PASSWORD, person=PersonId("p-2"), name="李强", roles=[], by=ADMIN)

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


# --- everywhere, elsewhere, in need ---------------------------------------------------------------------------------


def test_a_new_password_ends_every_session_everywhere(accounts: Accounts) -> None:
    here, there = signed_in(accounts), signed_in(accounts)

    assert accounts.change_password("wangmin", before=PASSWORD, after="another-good-7") is None

    assert accounts.visitor(here.token) is accounts.visitor(there.token) is None
    assert accounts.sign_in("wangmin", PASSWORD) == AccountRefusal("login.wrong")
    assert isinstance(accounts.sign_in("wangmin", "another-good-7"), SignedIn)


def test_a_password_is_changed_by_who_knows_the_old_one_and_to_a_good_one(accounts: Accounts) -> None:
    wrong = accounts.change_password("wangmin", before="not-the-password", after="another-good-7")
    short = accounts.change_password("wangmin", before=PASSWORD, after="short")

    assert wrong == AccountRefusal("login.wrong")
    assert short is not None
    assert short.key == "account.password_short"
    signed_in(accounts)


def test_other_roles_count_from_the_next_login_and_there_is_one_at_once(accounts: Accounts) -> None:
    session = signed_in(accounts)

    assert accounts.change_roles("wangmin", [Role.AUDITOR], by=ADMIN) is None

    assert accounts.visitor(session.token) is None
    assert signed_in(accounts).visitor.roles == frozenset({Role.AUDITOR})
    assert accounts.change_roles("wangmin", [], by=ADMIN) == AccountRefusal("account.no_role", {"user": "wangmin"})
    assert accounts.change_roles("nobody", [Role.STAFF], by=ADMIN) == AccountRefusal(
        "account.unknown", {"user": "nobody"}
    )


def test_a_disabled_account_lets_nobody_in(accounts: Accounts) -> None:
    session = signed_in(accounts)
    accounts.disable("wangmin", by=ADMIN)

    assert accounts.visitor(session.token) is None
    assert accounts.sign_in("wangmin", PASSWORD) == AccountRefusal("login.wrong")


def test_a_person_sees_their_own_sessions_and_ends_one(accounts: Accounts) -> None:
    create(accounts, "other")
    there = accounts.sign_in("wangmin", PASSWORD, address="10.0.0.7")
    accounts.sign_in("other", PASSWORD)
    here = signed_in(accounts)
    assert isinstance(there, SignedIn)

    shown = accounts.sessions(here.token)
    away = next(one for one in shown if not one.here)

    assert [one.here for one in shown].count(True) == 1
    assert (len(shown), away.address, away.means) == (2, "10.0.0.7", "password")
    assert not accounts.end_session("other", away.id)
    assert accounts.end_session("wangmin", away.id)
    assert accounts.visitor(there.token) is None
    assert accounts.visitor(here.token) is not None
    assert accounts.sessions("no token") == ()


def test_nobody_can_lock_a_colleague_out_of_the_place_where_they_work(accounts: Accounts) -> None:
    accounts.sign_in("wangmin", PASSWORD, address="10.0.0.7")
    for _ in range(FREE_ATTEMPTS + 3):
        accounts.sign_in("wangmin", "rubbish-rubbish", address="10.0.0.66")

    elsewhere = accounts.sign_in("wangmin", PASSWORD, address="10.0.0.99")
    assert isinstance(elsewhere, AccountRefusal)
    assert elsewhere.key == "login.locked"
    assert isinstance(accounts.sign_in("wangmin", PASSWORD, address="10.0.0.7"), SignedIn)


def test_an_address_that_tries_many_names_waits_too(accounts: Accounts) -> None:
    for n in range(30):
        accounts.sign_in(f"name-{n}", "rubbish-rubbish", address="10.0.0.66")

    tried = accounts.sign_in("wangmin", PASSWORD, address="10.0.0.66")

    assert isinstance(tried, AccountRefusal)
    assert tried.key == "login.locked"
    assert isinstance(accounts.sign_in("wangmin", PASSWORD, address="10.0.0.7"), SignedIn)


def test_single_sign_on_lets_in_whom_an_administrator_bound_and_grants_nothing(accounts: Accounts) -> None:
    create(accounts, "other")
    assert accounts.sign_in_as("https://sso 4711") == AccountRefusal("login.not_bound")

    accounts.bind("wangmin", "https://sso 4711", by=ADMIN)

    came = accounts.sign_in_as("https://sso 4711")
    assert isinstance(came, SignedIn)
    assert (came.visitor.user, came.visitor.roles) == ("wangmin", frozenset({Role.STAFF}))
    assert accounts.bind("other", "https://sso 4711", by=ADMIN) == AccountRefusal(
        "account.subject_taken", {"user": "other"}
    )
    accounts.disable("wangmin", by=ADMIN)
    assert isinstance(accounts.sign_in_as("https://sso 4711"), AccountRefusal)


def invited(accounts: Accounts, user: str = "lina") -> OneTimeCode:
    made = accounts.invite(user=user, person=PersonId("p-2"), name="李娜", roles=[Role.MANAGER], by=ADMIN)
    assert isinstance(made, OneTimeCode)
    return made


def test_whoever_has_the_one_time_code_chooses_the_password_and_is_in(accounts: Accounts, tmp_path: Path) -> None:
    made = invited(accounts, " LiNa ")

    came = accounts.come_in("lina", made.code, password="lotus-pond-88")

    assert isinstance(came, SignedIn)
    assert (came.visitor.name, came.visitor.roles) == ("李娜", frozenset({Role.MANAGER}))
    assert isinstance(accounts.sign_in("lina", "lotus-pond-88"), SignedIn)
    assert made.code.encode() not in (tmp_path / "accounts.sqlite").read_bytes()


def test_a_one_time_code_is_no_password_and_good_once(accounts: Accounts) -> None:
    made = invited(accounts)

    assert accounts.sign_in("lina", made.code) == AccountRefusal("login.choose_password")
    assert accounts.change_password("lina", before=made.code, after="x" * 3) == AccountRefusal("login.choose_password")
    accounts.come_in("lina", made.code, password="lotus-pond-88")
    assert accounts.come_in("lina", made.code, password="lotus-pond-99") == AccountRefusal("login.wrong")
    assert accounts.come_in("lina", "lotus-pond-88", password="lotus-pond-99") == AccountRefusal("login.no_code")


def test_a_one_time_code_runs_out_after_three_days(accounts: Accounts, clock: Clock) -> None:
    made = invited(accounts)
    assert made.until == NOW + CODE_HOLDS == NOW + 3 * 86_400_000

    clock.now = made.until

    assert accounts.come_in("lina", made.code, password="lotus-pond-88") == AccountRefusal("login.code_over")
    assert accounts.sign_in("lina", made.code) == AccountRefusal("login.code_over")
    again = accounts.invite_again("lina", by=ADMIN)
    assert isinstance(again, OneTimeCode)
    assert isinstance(accounts.come_in("lina", again.code, password="lotus-pond-88"), SignedIn)


def test_a_bad_password_does_not_use_the_code_up(accounts: Accounts) -> None:
    made = invited(accounts)

    refused = accounts.come_in("lina", made.code, password="short")

    assert refused == AccountRefusal("account.password_short", {"least": 10})
    assert isinstance(accounts.come_in("lina", made.code, password="lotus-pond-88"), SignedIn)


def test_a_wrong_code_waits_as_a_wrong_password_does(accounts: Accounts) -> None:
    made = invited(accounts)
    for _ in range(FREE_ATTEMPTS):
        assert accounts.come_in("lina", "not-the-code", password="lotus-pond-88") == AccountRefusal("login.wrong")

    locked = accounts.come_in("lina", made.code, password="lotus-pond-88")

    assert locked == AccountRefusal("login.locked", {"seconds": 15})


def test_a_new_code_ends_every_way_in_there_was(accounts: Accounts) -> None:
    session = signed_in(accounts)
    accounts.bind("wangmin", "https://sso 4711", by=ADMIN)

    made = accounts.invite_again("wangmin", by=ADMIN)

    assert isinstance(made, OneTimeCode)
    assert accounts.visitor(session.token) is None
    assert accounts.sign_in("wangmin", PASSWORD) == AccountRefusal("login.wrong")
    assert accounts.sign_in_as("https://sso 4711") == AccountRefusal("login.not_bound")


def test_an_account_that_is_over_or_sealed_gets_no_code(accounts: Accounts) -> None:
    accounts.disable("wangmin", by=ADMIN)
    accounts.seal("emergency", person=PersonId("p-1"), name="王敏", by=ADMIN)

    assert accounts.invite_again("wangmin", by=ADMIN) == AccountRefusal("account.unknown", {"user": "wangmin"})
    assert accounts.invite_again("nobody", by=ADMIN) == AccountRefusal("account.unknown", {"user": "nobody"})
    assert accounts.invite_again("emergency", by=ADMIN) == AccountRefusal("account.sealed", {"user": "emergency"})


HOME, DESK = "10.0.0.7", "10.0.0.66"


def keys_of(
    accounts: Accounts, clock: Clock, *, hours: int, between: Callable[[], object] = lambda: None
) -> Counter[str]:
    """Somebody at the owner's own address tries a password every ten seconds."""
    found: Counter[str] = Counter()
    for n in range(hours * 360):
        if n % 25 == 0:
            between()
        tried = accounts.sign_in("wangmin", f"guess-{n}", address=HOME)
        assert isinstance(tried, AccountRefusal)
        found[tried.key] += 1
        clock.now += 10_000
    return found


def test_who_sits_where_the_owner_signs_in_does_not_guess_without_end(accounts: Accounts, clock: Clock) -> None:
    create(accounts, "insider")
    assert isinstance(accounts.sign_in("wangmin", PASSWORD, address=HOME), SignedIn)

    found = keys_of(accounts, clock, hours=1, between=lambda: accounts.sign_in("insider", PASSWORD, address=HOME))

    assert found["login.wrong"] <= FREE_ATTEMPTS + 9
    assert found["login.locked"] > 300


def test_the_wait_there_grows_to_a_quarter_of_an_hour_and_says_how_long(accounts: Accounts, clock: Clock) -> None:
    accounts.sign_in("wangmin", PASSWORD, address=HOME)
    waits: list[int] = []
    while len(waits) < 9:
        tried = accounts.sign_in("wangmin", "rubbish-rubbish", address=HOME)
        if tried == AccountRefusal("login.wrong"):
            continue
        assert isinstance(tried, AccountRefusal)
        waits.append(int(tried.fields["seconds"]))
        clock.now += waits[-1] * 1000

    assert waits == [15, 30, 60, 120, 240, 480, LONGEST_WAIT // 1000, LONGEST_WAIT // 1000, LONGEST_WAIT // 1000]
    assert "480 秒后再试" in texts(CHINESE)("login.locked", seconds=480)
    assert "480 seconds" in texts(ENGLISH)("login.locked", seconds=480)


def test_rubbish_typed_elsewhere_is_not_counted_where_the_owner_signs_in(accounts: Accounts) -> None:
    accounts.sign_in("wangmin", PASSWORD, address=HOME)
    for _ in range(FREE_ATTEMPTS - 1):
        accounts.sign_in("wangmin", "rubbish-rubbish", address=HOME)
    for _ in range(FREE_ATTEMPTS):
        accounts.sign_in("wangmin", "rubbish-rubbish", address=DESK)

    assert isinstance(accounts.sign_in("wangmin", PASSWORD, address=HOME), SignedIn)


def test_the_right_password_clears_the_count_there(accounts: Accounts) -> None:
    for _ in range(3):
        for _ in range(FREE_ATTEMPTS - 1):
            accounts.sign_in("wangmin", "rubbish-rubbish", address=HOME)
        assert isinstance(accounts.sign_in("wangmin", PASSWORD, address=HOME), SignedIn)


def test_the_count_outlives_a_restart(accounts: Accounts, clock: Clock, tmp_path: Path) -> None:
    accounts.sign_in("wangmin", PASSWORD, address=HOME)
    for _ in range(FREE_ATTEMPTS):
        accounts.sign_in("wangmin", "rubbish-rubbish", address=HOME)

    again = pretend_accounts(clock, folder=tmp_path)

    assert again.sign_in("wangmin", PASSWORD, address=HOME) == AccountRefusal("login.locked", {"seconds": 15})


def test_signing_in_as_oneself_does_not_clear_what_was_tried_under_other_names(accounts: Accounts) -> None:
    create(accounts, "insider")
    for n in range(FREE_PER_ADDRESS):
        if n % 5 == 0:
            assert isinstance(accounts.sign_in("insider", PASSWORD, address=DESK), SignedIn)
        accounts.sign_in(f"name-{n}", "rubbish-rubbish", address=DESK)

    assert accounts.sign_in("insider", PASSWORD, address=DESK) == AccountRefusal("login.locked", {"seconds": 15})


def test_what_people_of_a_room_mistype_is_forgotten_after_a_working_day(accounts: Accounts, clock: Clock) -> None:
    for n in range(FREE_PER_ADDRESS * 3):
        assert accounts.sign_in(f"name-{n}", "rubbish-rubbish", address=HOME) == AccountRefusal("login.wrong")
        clock.now += FORGOTTEN_AFTER // FREE_PER_ADDRESS + 30_000

    assert isinstance(accounts.sign_in("wangmin", PASSWORD, address=HOME), SignedIn)


def test_many_at_once_do_not_try_more_than_one_after_the_other(accounts: Accounts) -> None:
    accounts.sign_in("wangmin", PASSWORD, address=HOME)
    answers: list[object] = []

    def guess(n: int) -> None:
        answers.append(accounts.sign_in("wangmin", f"guess-{n}", address=HOME))

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(AccountRefusal("login.wrong")) <= FREE_ATTEMPTS + 1, "two are checked side by side"
    assert len(answers) == len(threads)


def test_who_guesses_at_one_name_does_not_lock_the_whole_room_out(accounts: Accounts, clock: Clock) -> None:
    create(accounts, "other")
    accounts.sign_in("wangmin", PASSWORD, address=HOME)
    keys_of(accounts, clock, hours=12)

    assert isinstance(accounts.sign_in("other", PASSWORD, address=HOME), SignedIn)
