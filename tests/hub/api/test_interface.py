"""What the interface answers: views, refusals with a remedy, and nothing to another site."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import WebSocket
from fastapi.testclient import TestClient
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from custody.grants import Role
from hub.api.app import build_api
from hub.core.access import API
from hub.errors import HubError
from hub.face import Parts
from tests.hub.pretend_office import PASSWORD, PretendOffice, pretend_parts

Arrive = Callable[[Role | None], TestClient]
LIST = """案号,正副卷,册号,总册数,页数
（2026）辽0811民初7号,正卷,1,1,44
辽0811民初8,正卷,1,1,44
（2026）辽0802民初123号,正卷,1,3,120
"""


def upload(client: TestClient, content: str, *, dry_run: bool = False) -> dict[str, object]:
    answer = client.post(f"{API}/import", params={"dry_run": dry_run}, files={"file": ("list.csv", content.encode())})
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body


def test_a_wrong_password_and_an_unknown_user_get_one_sentence(arrive: Arrive) -> None:
    client = arrive(None)
    wrong = client.post(f"{API}/session", json={"user": "staff", "password": "x"})
    unknown = client.post(f"{API}/session", json={"user": "nobody", "password": "x"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert "用户名或密码不对" in wrong.json()["detail"]


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(arrive: Arrive) -> None:
    answer = arrive(None).post(f"{API}/session", json={"user": "staff", "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("yungui=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_over_https_the_cookie_belongs_to_this_host_alone(tmp_path: Path) -> None:
    parts, _ = pretend_parts(lambda: 1_790_000_000_000, folder=tmp_path, secure=True)
    client = TestClient(build_api(parts), base_url="https://hub.court")
    answer = client.post(f"{API}/session", json={"user": "staff", "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-yungui=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert client.get(f"{API}/session").json()["user"] == "staff"


def test_after_signing_out_the_cookie_opens_nothing(arrive: Arrive) -> None:
    client = arrive(Role.STAFF)
    token = client.cookies["yungui"]
    assert client.delete(f"{API}/session").status_code == 204

    client.cookies.set("yungui", token)
    assert client.get(f"{API}/session").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_make_a_person_change_anything(
    arrive: Arrive, office: PretendOffice, headers: dict[str, str]
) -> None:
    answer = arrive(Role.STAFF).post(f"{API}/volumes/v-0000/release", json={"reason": "counted_again"}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "api.other_site"
    assert office.done == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://hub.court"}, {}])
def test_this_site_and_programs_can(arrive: Arrive, office: PretendOffice, headers: dict[str, str]) -> None:
    answer = arrive(Role.STAFF).post(f"{API}/volumes/v-0000/release", json={"reason": "counted_again"}, headers=headers)

    assert answer.status_code == 204
    assert office.done == [("release", "v-0000", "counted_again", "p-wang")]


def test_a_dry_run_writes_nothing(arrive: Arrive, office: PretendOffice) -> None:
    body = upload(arrive(Role.STAFF), LIST, dry_run=True)

    assert (body["accepted"], body["known"], body["refused"]) == (1, 1, 1)
    assert office.done == []


def test_good_rows_are_registered_although_others_are_refused_and_only_once(
    arrive: Arrive, office: PretendOffice
) -> None:
    client = arrive(Role.STAFF)
    first = upload(client, LIST)
    again = upload(client, LIST)

    assert (first["accepted"], first["refused"]) == (1, 1)
    assert (again["accepted"], again["known"], again["refused"]) == (0, 2, 1)
    assert [what for what, *_ in office.done] == ["register"]


def test_a_refused_row_says_column_value_and_remedy(arrive: Arrive) -> None:
    rows = upload(arrive(Role.STAFF), LIST, dry_run=True)["rows"]

    assert isinstance(rows, list)
    refused = next(row for row in rows if row["verdict"] == "refused")
    assert (refused["line"], refused["column"], refused["value"]) == (3, "case", "辽0811民初8")
    assert "“案号”列的“辽0811民初8”" in refused["reason"]
    assert "请" in refused["reason"]


def test_a_file_that_is_no_list_is_a_problem_with_a_sentence(arrive: Arrive) -> None:
    answer = arrive(Role.STAFF).post(f"{API}/import", files={"file": ("list.xlsx", b"PK\x03\x04")})

    assert answer.status_code == 422
    assert answer.json()["code"] == "import.file.spreadsheet"


def test_what_is_too_large_is_refused_before_it_is_read(arrive: Arrive, office: PretendOffice) -> None:
    answer = arrive(Role.STAFF).post(f"{API}/import", files={"file": ("list.csv", b"x" * 9_000_000)})

    assert answer.status_code == 413
    assert "分成几份" in answer.json()["detail"]


def test_a_contractors_session_does_not_learn_of_confidential_volumes(arrive: Arrive) -> None:
    staff, operator = arrive(Role.STAFF), arrive(Role.OPERATOR)

    assert staff.get(f"{API}/volumes/v-0002").json()["part"] == "confidential"
    assert operator.get(f"{API}/volumes/v-0002").status_code == 404
    assert len(operator.get(f"{API}/queue").json()) == len(staff.get(f"{API}/queue").json()) - 1


def test_a_command_is_answered_with_what_is_known_and_no_more(arrive: Arrive, office: PretendOffice) -> None:
    client = arrive(Role.ADMINISTRATOR)
    sent = client.post(f"{API}/stations/cab-1/compartments/cab-1.07/open", json={"reason": "repair"})
    command = sent.json()["command"]

    assert sent.status_code == 202
    assert client.get(f"{API}/commands/{command}").json()["outcome"] is None
    office.answer(command, "jammed")
    assert client.get(f"{API}/commands/{command}").json()["outcome"] == "jammed"


def test_an_offline_station_is_a_conflict_with_the_remedy(arrive: Arrive) -> None:
    answer = arrive(Role.ADMINISTRATOR).post(
        f"{API}/stations/sta-1/compartments/sta-1.01/open", json={"reason": "repair"}
    )

    assert answer.status_code == 409
    assert "刷卡" in answer.json()["detail"]


def test_a_registration_that_cannot_be_is_a_conflict_and_not_a_crash(
    arrive: Arrive, office: PretendOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_: object, **__: object) -> None:
        raise HubError("标签刚被占用 the label has just been taken")

    monkeypatch.setattr(office, "register", taken)
    answer = arrive(Role.STAFF).post(f"{API}/import", files={"file": ("list.csv", LIST.encode())})

    assert answer.status_code == 409
    assert "the label has just been taken" in answer.json()["detail"]


def test_problems_are_told_in_the_readers_language(arrive: Arrive) -> None:
    answer = arrive(Role.STAFF).get(f"{API}/volumes/v-9999", headers={"Accept-Language": "en-GB"})

    assert answer.status_code == 404
    assert answer.json()["detail"] == 'There is no volume "v-9999", or you may not see it.'


def test_a_malformed_body_names_the_field(arrive: Arrive) -> None:
    answer = arrive(Role.STAFF).post(f"{API}/volumes/v-0000/release", json={"reason": "x", "force": True})

    assert answer.status_code == 422
    assert "body.force" in answer.json()["detail"]


def test_the_queue_can_be_taken_into_a_spreadsheet(arrive: Arrive) -> None:
    answer = arrive(Role.MANAGER).get(f"{API}/queue.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("顺序,卷宗")
    assert len(lines) == 28


def test_labels_come_as_a_sheet_to_print(arrive: Arrive) -> None:
    client = arrive(Role.STAFF)

    assert client.get(f"{API}/labels.pdf", params={"volume": "v-0000"}).content.startswith(b"%PDF")
    assert client.get(f"{API}/labels.pdf", params={"volume": "v-9999"}).json()["code"] == "labels.none_chosen"


def test_the_interface_describes_itself(arrive: Arrive) -> None:
    described = arrive(None).get(f"{API}/openapi.json").json()

    assert f"{API}/volumes/{{volume}}" in described["paths"]
    assert "claims" in described["components"]["schemas"]["Where"]["properties"]


@pytest.mark.parametrize(
    ("headers", "closed"),
    [
        ({"Origin": "http://hub.court"}, 1000),
        ({}, 1000),
        ({"Origin": "https://evil.example"}, 1008),
        ({"Sec-Fetch-Site": "cross-site"}, 1008),
    ],
)
def test_a_socket_is_opened_by_this_sites_pages_alone(
    built: tuple[Parts, PretendOffice], headers: dict[str, str], closed: int
) -> None:
    async def accept(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    app = build_api(built[0])
    app.router.routes.append(WebSocketRoute("/socket", accept))

    with (
        TestClient(app, base_url="http://hub.court") as client,
        pytest.raises(WebSocketDisconnect) as over,
        client.websocket_connect("/socket", headers={"Host": "hub.court", **headers}) as opened,
    ):
        opened.receive_text()
    assert over.value.code == closed
