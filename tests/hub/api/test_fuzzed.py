"""The interface is sent whatever its own description allows, and much that it does not: it answers, it never fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from custody.grants import Role
from custody.identifiers import PersonId
from hub.api.app import build_api
from hub.bootstrap import Hub
from hub.core.access import API
from hub.core.apart import SHELL
from tests.hub.pretend_office import PASSWORD
from tests.hub.sample_court import enrolled, founded, registered, send

SEED, EXAMPLES = 20261123, 6
ENDS_THE_SESSION = {
    f"DELETE {API}/session",
    f"PUT {API}/password",
    f"DELETE {API}/accounts/{{user}}",
    f"POST {API}/accounts/{{user}}/invitation",
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real hub with a cabinet, volumes, and an account of each role, named like it."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with founded(folder) as made:
        cabinet = enrolled(made, folder)
        send(made, cabinet, cabinet.batch())
        registered(made, 1, 2)
        for role in Role:
            refused = made.accounts.create(
                user=role, password=PASSWORD, person=PersonId(f"p-{role}"), name=role, roles=[role], by=SHELL
            )
            assert refused is None
        yield made


@pytest.fixture(scope="module")
def clients(hub: Hub) -> Iterator[dict[Role | None, TestClient]]:
    app = build_api(hub.parts)
    made: dict[Role | None, TestClient] = {}
    for role in (*Role, None):
        made[role] = TestClient(app, base_url="http://hub.court", raise_server_exceptions=False)
        if role is not None:
            signed_in = made[role].post(f"{API}/session", json={"user": role, "password": PASSWORD})
            assert signed_in.status_code == 200
    yield made
    for client in made.values():
        client.close()


@pytest.fixture(scope="module")
def operations(hub: Hub) -> dict[str, APIOperation[Any, Any, Any, Any]]:
    schema = schemathesis.openapi.from_dict(build_api(hub.parts).openapi())
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    return {one.label: one for one in found}


def test_no_request_makes_the_interface_fail(
    operations: dict[str, APIOperation[Any, Any, Any, Any]], clients: dict[Role | None, TestClient]
) -> None:
    failed: dict[str, str] = {}
    for label, operation in operations.items():
        welcome = {role: one for role, one in clients.items() if role is None or label not in ENDS_THE_SESSION}
        fuzz(operation, welcome, failed)

    assert failed == {}


def fuzz(
    operation: APIOperation[Any, Any, Any, Any], clients: dict[Role | None, TestClient], failed: dict[str, str]
) -> None:
    """Send some requests that fit the description and some that do not, always the same, in the name of everybody."""
    either = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=either)
    def sent(case: Case) -> None:
        for role, client in clients.items():
            status = answered(client, case)
            if status >= 500:
                failed.setdefault(f"{operation.label} as {role}", f"{status}: {case.as_curl_command()[:300]}")

    sent()


def test_every_operation_was_sent(operations: dict[str, APIOperation[Any, Any, Any, Any]]) -> None:
    assert f"POST {API}/enrolment" in operations
    assert f"GET {API}/volumes/{{volume}}" in operations


def answered(client: TestClient, case: Case) -> int:
    asked = case.as_transport_kwargs(base_url="http://hub.court")
    headers = {name: value for name, value in asked.get("headers", {}).items() if value.isascii()}
    data = asked.get("data")
    body: dict[str, Any] = {"data": data} if isinstance(data, dict) else {"content": data}
    if "json" in asked:
        body = {"json": asked["json"]}
    if asked.get("files"):
        body = {"files": asked["files"]}
    answer: httpx.Response = client.request(
        asked["method"], asked["url"], params=asked.get("params"), headers=headers, **body
    )
    return answer.status_code
