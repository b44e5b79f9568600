"""The whole matrix: every route of the interface, walked by every role and by somebody who is not signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from custody.grants import Role
from hub.api.app import build_api, include, routes_of
from hub.core.access import ACCESS, API
from hub.face import Parts
from hub.web.pages.login import forms
from tests.hub.pretend_office import PASSWORD, PretendOffice

BODIES: dict[str, dict[str, Any]] = {
    f"POST {API}/session": {"json": {"user": "manager", "password": PASSWORD}},
    f"POST {API}/volumes/{{volume}}/corrections": {
        "json": {"entry": "cab-1.aa.1", "reason": "wrong_place", "place": "shelf-a1"}
    },
    f"POST {API}/period": {"json": {"until_ms": 1}},
    f"POST {API}/volumes/{{volume}}/release": {"json": {"reason": "counted_again"}},
    f"POST {API}/discrepancies/{{discrepancy}}/resolve": {"json": {"decision": "found_there"}},
    f"POST {API}/stations/{{station}}/compartments/{{place}}/open": {"json": {"reason": "repair"}},
    f"POST {API}/enrolment": {"content": b"yg1", "headers": {"Content-Type": "application/octet-stream"}},
    f"POST {API}/rotation": {"content": b"yg1", "headers": {"Content-Type": "application/octet-stream"}},
    f"POST {API}/renewal": {"content": b"yg1", "headers": {"Content-Type": "application/octet-stream"}},
    f"POST {API}/invitations": {
        "json": {"station": "cab-2", "kind": "cabinet", "name": "二号柜", "court_staffed": True}
    },
    f"POST {API}/stations/{{station}}/revoke": {"json": {"reason": "stolen"}},
    f"PUT {API}/password": {"json": {"before": PASSWORD, "after": "another-good-7"}},
    f"PUT {API}/accounts/{{user}}/roles": {"json": {"roles": ["auditor"]}},
    f"PUT {API}/accounts/{{user}}/subject": {"json": {"subject": "https://sso.court 4711"}},
    f"POST {API}/people": {"json": {"name": "周岚", "roles": ["staff"], "badge": "04A1"}},
    f"PUT {API}/policy/{{rule}}": {"json": {"value": 10}},
    f"POST {API}/closures": {"json": {"first": "2027-02-05", "last": "2027-02-12"}},
    f"POST {API}/teams": {"json": {"name": "民一庭"}},
    f"PUT {API}/compartments/{{place}}/kept": {"json": {"recipient": "p-li"}},
    f"POST {API}/volumes/{{volume}}/guard": {"json": {"reason": "state_secret"}},
    f"POST {API}/volumes/{{volume}}/unguard": {"json": {"reason": "lifted"}},
    f"POST {API}/codes": {"json": {"person": "p-li", "volumes": ["v-0000"]}},
    f"POST {API}/accounts": {"json": {"user": "zhoulan", "person": "p-li", "roles": ["staff"]}},
    f"POST {API}/import": {"files": {"file": ("list.csv", "案号,正副卷,册号,总册数\n".encode())}},
    f"GET {API}/volumes": {"params": {"search": "民初"}},
}
IDS = {
    "{volume}": "v-0000",
    "{station}": "cab-1",
    "{place}": "cab-1.01",
    "{command}": "c-0",
    "{discrepancy}": "not_there.v-0000.cab-1.aa.0",
    "{entry}": "cab-1.aa.1",
    "{user}": "operator",
    "{correction}": "k-1",
    "{person}": "p-li",
    "{team}": "team:0",
    "{code}": "c-0",
    "{rule}": "grants_days",
    "{value}": "pv-7f3a19c2",
    "{first}": "2027-02-05",
    "{last}": "2027-02-12",
}
WELCOME = f"POST {API}/welcome"
ROUTES = sorted(what for what in ACCESS if API in what and not what.endswith("openapi.json"))


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("what", [one for one in ROUTES if one != WELCOME])
def test_a_route_lets_in_exactly_the_roles_it_lists(
    what: str, role: Role | None, arrive: Callable[[Role | None], TestClient], office: PretendOffice
) -> None:
    method, path = what.split(" ")
    if "{command}" in path:
        arrive(Role.ADMINISTRATOR).post(f"{API}/stations/cab-1/compartments/cab-1.01/open", json={"reason": "repair"})
    for name, value in IDS.items():
        path = path.replace(name, value)
    before = len(office.done)

    client = arrive(role)
    if "{session}" in path:
        known = client.get(f"{API}/sessions").json()
        path = path.replace("{session}", known[0]["id"] if role is not None else "none")
    answer = client.request(method, path, **BODIES.get(what, {}))

    needed = ACCESS[what]
    if needed is None or role in needed:
        assert answer.status_code < 300, answer.text
    else:
        assert answer.status_code == (401 if role is None else 403)
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(office.done) == before


def test_whoever_has_a_one_time_code_is_let_in_without_a_session(arrive: Callable[[Role | None], TestClient]) -> None:
    opened = arrive(Role.ADMINISTRATOR).post(f"{API}/accounts", **BODIES[f"POST {API}/accounts"]).json()
    stranger = arrive(None)

    wrong = stranger.post(WELCOME.split()[1], json={"user": "zhoulan", "code": "abc", "password": "lotus-pond-88"})
    came = stranger.post(
        WELCOME.split()[1], json={"user": "zhoulan", "code": opened["code"], "password": "lotus-pond-88"}
    )

    assert (wrong.status_code, came.status_code) == (401, 200)
    assert stranger.get(f"{API}/session").json()["user"] == "zhoulan"


def test_every_route_is_listed_and_every_listed_route_exists(built: tuple[Parts, PretendOffice]) -> None:
    described = build_api(built[0]).openapi()["paths"]
    found = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}

    assert found == set(ROUTES)


def test_a_route_nobody_listed_stops_the_start(built: tuple[Parts, PretendOffice]) -> None:
    router = APIRouter(prefix=API)
    router.add_api_route("/forget", lambda: None, methods=["POST"])

    with pytest.raises(ValueError, match="POST /api/v1/forget"):
        include(FastAPI(), router)


def test_the_forms_of_the_pages_are_listed_too() -> None:
    assert routes_of(forms) <= ACCESS.keys()
