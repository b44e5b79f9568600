"""What is done to accounts is told by the chain, without a name; and who made an account is no second person for it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from audit.verify import Consistent, verify
from custody import envelope
from custody.events import (
    AccountBound,
    AccountEnded,
    AccountInvited,
    AccountOpened,
    AccountPasswordChosen,
    AccountRolesChanged,
    CorrectionReason,
    Fact,
    SealedAccountUsed,
    VolumeCorrected,
    VolumeDeposited,
)
from custody.grants import Role
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.wire import decode_event
from hub.accounts import OneTimeCode, SignedIn
from hub.api.app import build_api
from hub.bootstrap import Hub, assemble
from hub.cli.verbs import perform
from hub.core.access import API
from hub.core.apart import ACCOUNTS, SHELL
from hub.export import export
from hub.face import Refused
from hub.store.tables import EntryRow
from hub.texts import LANGUAGES, texts
from tests.hub.sample_court import CLERK, enrolled, founded, registered, send

SHELF = PlaceId("shelf-a1")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        made.office.add_place(SHELF, name="甲一架", label=None, by=CLERK)
        yield made


def person(hub: Hub, name: str, role: Role = Role.MANAGER) -> PersonId:
    added = hub.office.add_person(name=name, roles=[role], badge=None, by=CLERK)
    assert not isinstance(added, Refused)
    return added


@pytest.fixture
def chief(hub: Hub) -> PersonId:
    return person(hub, "院长")


def told(hub: Hub) -> list[Fact]:
    """What the chain tells of accounts."""
    with hub.database.read() as session:
        rows = session.exec(select(EntryRow).order_by(col(EntryRow.position)))
        found = [getattr(decode_event(row.line), "fact", None) for row in rows if row.station == hub.settings.hub]
    return [fact for fact in found if isinstance(fact, ACCOUNTS)]


def invited(hub: Hub, whom: PersonId, *, by: PersonId, user: str = "chief") -> OneTimeCode:
    made = hub.accounts.invite(user=user, person=whom, name="院长", roles=[Role.MANAGER], by=by)
    assert isinstance(made, OneTimeCode)
    return made


def test_everything_done_to_an_account_is_an_entry(hub: Hub, chief: PersonId) -> None:
    made = invited(hub, chief, by=CLERK)
    hub.accounts.come_in("chief", made.code, password="lotus-pond-88")
    hub.accounts.change_roles("chief", [Role.AUDITOR], by=CLERK)
    hub.accounts.bind("chief", "https://sso.court 4711", by=CLERK)
    hub.accounts.invite_again("chief", by=CLERK)
    hub.accounts.disable("chief", by=CLERK)
    hub.accounts.disable("chief", by=CLERK)

    facts = told(hub)
    account = getattr(facts[0], "account", "")
    assert facts == [
        AccountOpened(account=account, person=chief, roles=("manager",), by=CLERK),
        AccountPasswordChosen(account=account, person=chief),
        AccountRolesChanged(account=account, person=chief, roles=("auditor",), by=CLERK),
        AccountBound(account=account, person=chief, by=CLERK),
        AccountInvited(account=account, person=chief, by=CLERK),
        AccountEnded(account=account, person=chief, by=CLERK),
    ]


def test_nothing_that_was_refused_is_told(hub: Hub, chief: PersonId) -> None:
    invited(hub, chief, by=CLERK)
    before = told(hub)

    hub.accounts.invite(user="chief", person=chief, name="院长", roles=[Role.MANAGER], by=CLERK)
    hub.accounts.create(user="weak", password="short", person=chief, name="院长", roles=[Role.MANAGER], by=CLERK)
    hub.accounts.change_roles("nobody", [Role.AUDITOR], by=CLERK)
    hub.accounts.bind("nobody", "https://sso.court 4711", by=CLERK)
    hub.accounts.come_in("chief", "not-the-code", password="lotus-pond-88")

    assert told(hub) == before


def test_the_chain_says_no_user_name_no_code_and_no_password(hub: Hub, chief: PersonId) -> None:
    made = invited(hub, chief, by=CLERK, user="yuanzhang")
    hub.accounts.come_in("yuanzhang", made.code, password="lotus-pond-88")
    hub.accounts.bind("yuanzhang", "https://sso.court 4711", by=CLERK)

    exported = b"".join(hub.queries.export())

    for secret in ("yuanzhang", made.code, "lotus-pond-88", "sso.court", "argon2", "院长"):
        assert secret.encode() not in exported, secret


def test_an_auditors_own_verifier_knows_these_entries(hub: Hub, chief: PersonId, tmp_path: Path) -> None:
    made = invited(hub, chief, by=CLERK)
    hub.accounts.come_in("chief", made.code, password="lotus-pond-88")
    root = envelope.public_key(hub.settings.root_key)
    assert root is not None

    lines = [json.loads(line) for line in export(hub.database.read, hub.settings.court, clock=lambda: 0)]
    result = verify(export(hub.database.read, hub.settings.court, clock=lambda: 0), root=envelope.fingerprint(root))

    assert isinstance(result, Consistent), result
    assert result.unrecognised == 0
    assert "account.opened" in json.dumps(lines)


def test_the_hubs_own_machine_leaves_an_entry_too(hub: Hub, chief: PersonId) -> None:
    wanted = {"name": "周静", "roles": ["administrator"], "person": "p-zhou", "badge": None}
    perform(hub, {"verb": "person", **wanted, "user": "zhoujing", "password": "lotus-pond-88"})
    password = perform(hub, {"verb": "seal", "user": "emergency", "person": chief})["password"]
    perform(hub, {"verb": "seal", "user": "emergency", "person": chief})
    assert not isinstance(hub.accounts.sign_in("emergency", password), SignedIn)

    facts = told(hub)

    kinds = [AccountOpened, AccountOpened, AccountEnded, AccountOpened]
    assert [type(one) for one in facts] == kinds
    assert {getattr(one, "by", None) for one in facts} == {SHELL}
    assert [getattr(one, "sealed", None) for one in facts] == [False, True, None, True]


def test_nobody_is_registered_under_the_id_of_the_machine(hub: Hub) -> None:
    refused = hub.office.add_person(name="周静", roles=[Role.STAFF], badge=None, by=CLERK, person=SHELL)

    assert refused == Refused("people.id_malformed", {"id": "shell"})


def test_what_was_done_to_accounts_is_shown_with_names_the_latest_first(hub: Hub, chief: PersonId) -> None:
    admin = person(hub, "王敏", Role.ADMINISTRATOR)
    hub.accounts.seal("emergency", person=admin, name="王敏", by=SHELL)
    made = invited(hub, chief, by=admin)
    hub.accounts.come_in("chief", made.code, password="lotus-pond-88")

    shown = [(one.kind, one.user, one.person, one.by, one.at_machine) for one in hub.queries.account_history()]

    assert shown == [
        ("password_chosen", "chief", "院长", "", False),
        ("opened", "chief", "院长", "王敏", False),
        ("opened", "emergency", "王敏", "", True),
    ]
    hub.office.erase_person(chief, by=CLERK)
    assert [one.user for one in hub.queries.account_history()] == ["", "", "emergency"]


def test_the_use_of_the_sealed_account_is_shown_among_them(hub: Hub, chief: PersonId) -> None:
    password = hub.accounts.seal("emergency", person=chief, name="院长", by=SHELL)
    assert isinstance(password, str)
    hub.accounts.sign_in("emergency", password)

    assert told(hub)[-1] == SealedAccountUsed(person=chief)
    assert hub.queries.account_history()[0].kind == "sealed_used"


# --- two who must stand for something --------------------------------------------------------------------------------


@pytest.fixture
def volume(hub: Hub, tmp_path: Path) -> VolumeId:
    """Deposited, by mistake, in a period that is closed."""
    cabinet = enrolled(hub, tmp_path)
    (one,) = registered(hub, 1)
    place = PlaceId("cab-1.07")
    cabinet.say(
        VolumeDeposited(volume=one, label="V1", place=place, person=CLERK, recipient="queue:scanning", act=ActId("a1"))
    )
    send(hub, cabinet, cabinet.batch())
    assert hub.office.close_period(hub.acting.own.clock(), by=CLERK) is None
    return one


def asked(hub: Hub, volume: VolumeId, *, by: PersonId) -> str:
    wanted: dict[str, Any] = {"entry": "cab-1.e1.2", "reason": CorrectionReason.WRONG_PLACE, "place": SHELF}
    waiting = hub.office.correct(volume, holder=None, by=by, **wanted)
    assert isinstance(waiting, str)
    return waiting


def key(refused: Refused | None) -> str | None:
    return None if refused is None else refused.key


def corrected(hub: Hub) -> list[VolumeCorrected]:
    with hub.database.read() as session:
        rows = session.exec(select(EntryRow.line)).all()
    found = (getattr(decode_event(line), "fact", None) for line in rows)
    return [fact for fact in found if isinstance(fact, VolumeCorrected)]


def test_one_administrator_does_not_confirm_with_an_account_opened_for_somebody_else(
    hub: Hub, volume: VolumeId, chief: PersonId
) -> None:
    admin = person(hub, "管理员", Role.ADMINISTRATOR)
    hub.accounts.create(
        user="adm", password="lotus-pond-88", person=admin, name="管理员", roles=[Role.ADMINISTRATOR], by=SHELL
    )
    app = build_api(hub.parts)
    one, two = (TestClient(app, base_url="http://hub.court") for _ in range(2))
    one.post(f"{API}/session", json={"user": "adm", "password": "lotus-pond-88"})
    wanted = {"entry": "cab-1.e1.2", "reason": "wrong_place", "place": SHELF}
    waiting = one.post(f"{API}/volumes/{volume}/corrections", json=wanted).json()["waiting"]
    opened = one.post(f"{API}/accounts", json={"user": "shadow", "person": chief, "roles": ["manager"]}).json()
    came = two.post(f"{API}/welcome", json={"user": "shadow", "code": opened["code"], "password": "much-longer-7"})
    assert came.status_code == 200

    refused = two.post(f"{API}/corrections/{waiting}/confirm")

    assert (refused.status_code, refused.json()["code"]) == (409, "second.made_by_first")
    assert corrected(hub) == []
    done = [(row["kind"], row["by"], row["person"]) for row in one.get(f"{API}/accounts/history").json()]
    assert done[:2] == [("password_chosen", "", "院长"), ("opened", "管理员", "院长")]


def test_nor_asks_with_it_and_confirms_as_themselves_even_when_it_was_ended_between(
    hub: Hub, volume: VolumeId, chief: PersonId
) -> None:
    admin = person(hub, "管理员", Role.ADMINISTRATOR)
    invited(hub, chief, by=admin, user="shadow")
    waiting = asked(hub, volume, by=chief)
    hub.accounts.disable("shadow", by=admin)

    assert key(hub.office.confirm_correction(waiting, by=admin)) == "second.made_first"


def test_nor_asks_with_one_such_account_and_confirms_with_another(hub: Hub, volume: VolumeId, chief: PersonId) -> None:
    admin, other = person(hub, "管理员", Role.ADMINISTRATOR), person(hub, "李强")
    invited(hub, chief, by=admin, user="shadow")
    invited(hub, other, by=admin, user="shade")
    waiting = asked(hub, volume, by=chief)

    refused = hub.office.confirm_correction(waiting, by=other)

    assert refused == Refused("second.made_by_one", {"first": "院长", "second": "李强", "hand": "管理员"})


def test_a_new_code_from_another_administrator_makes_a_second_person(
    hub: Hub, volume: VolumeId, chief: PersonId
) -> None:
    admin, another = person(hub, "管理员", Role.ADMINISTRATOR), person(hub, "周静", Role.ADMINISTRATOR)
    invited(hub, chief, by=admin)
    waiting = asked(hub, volume, by=admin)
    assert key(hub.office.confirm_correction(waiting, by=chief)) == "second.made_by_first"

    hub.accounts.invite_again("chief", by=another)

    assert hub.office.confirm_correction(waiting, by=chief) is None
    assert [(one.person, one.second) for one in corrected(hub)] == [(admin, chief)]


def test_accounts_made_at_the_hubs_machine_belong_to_nobody_else(hub: Hub, volume: VolumeId, chief: PersonId) -> None:
    other = person(hub, "李强")
    invited(hub, chief, by=SHELL)
    invited(hub, other, by=SHELL, user="liqiang")

    assert hub.office.confirm_correction(asked(hub, volume, by=chief), by=other) is None


def test_whose_account_it_was_is_known_after_a_restart(hub: Hub, volume: VolumeId, chief: PersonId) -> None:
    admin = person(hub, "管理员", Role.ADMINISTRATOR)
    invited(hub, chief, by=admin)
    waiting = asked(hub, volume, by=admin)
    hub.close()

    with assemble(hub.settings) as again:
        assert key(again.office.confirm_correction(waiting, by=chief)) == "second.made_by_first"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", ["second.made_by_first", "second.made_first", "second.made_by_one"])
def test_the_refusal_says_whose_hand_it_is_and_what_to_do(language: str, why: str) -> None:
    said = texts(language)(why, first="王敏", second="院长", hand="管理员")

    assert "%" not in said and "王敏" in said
    assert ("重发登录码" in said) or ("one-time code" in said)
