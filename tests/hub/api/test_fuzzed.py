"""The interface is sent whatever its own description allows, and much that it does not: it answers, it never fails.

Each request goes out as it was made up, and again with ids of things that are there, so that it comes through.
"""

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
from hub.api.app import build_api
from hub.bootstrap import Hub
from hub.core.access import API
from tests.hub.api.walked import furnished, walk
from tests.hub.pretend_office import PASSWORD
from tests.hub.sample_court import founded

SEED, EXAMPLES = 20261123, 6
ENDS_THE_SESSION = (f"DELETE {API}/session", f"PUT {API}/password")
"""These come last, and whoever is signed out by them signs in again."""

ASK_FOR_PROOF = {
    f"POST {API}/enrolment",  # a message that proves an invitation
    f"POST {API}/renewal",  # a message signed by a station
    f"POST {API}/rotation",  # a message signed by a station
    f"PUT {API}/password",  # the present password
}
"""What is made up is refused here by the route itself, whoever asks; the walk shows that what is right is not."""

NOT_LET_IN = {401, 403, 405, 415, 422}
"""What is answered before a route is asked: not signed in, not allowed, not understood."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real hub with something of everything, and an account of each role, named like it."""
    with founded(tmp_path_factory.mktemp("fuzzed")) as made:
        yield made


@pytest.fixture(scope="module")
def ids(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of what is there, or was: one for each parameter of a path."""
    cabinet, _ = furnished(hub, tmp_path_factory.mktemp("stations"))
    app = build_api(hub.parts)

    def sign_in(user: str) -> TestClient:
        client = TestClient(app, base_url="http://hub.court")
        signed_in(client, user)
        return client

    return walk(hub, cabinet, sign_in).ids


@pytest.fixture(scope="module")
def clients(hub: Hub, ids: dict[str, str]) -> Iterator[dict[Role | None, TestClient]]:
    app = build_api(hub.parts)
    made: dict[Role | None, TestClient] = {}
    for role in (*Role, None):
        made[role] = TestClient(app, base_url="http://hub.court", raise_server_exceptions=False)
        if role is not None:
            signed_in(made[role], role)
    yield made
    for client in made.values():
        client.close()


def signed_in(client: TestClient, user: str) -> None:
    assert client.post(f"{API}/session", json={"user": user, "password": PASSWORD}).status_code == 200


@pytest.fixture(scope="module")
def operations(hub: Hub) -> dict[str, APIOperation[Any, Any, Any, Any]]:
    schema = schemathesis.openapi.from_dict(build_api(hub.parts).openapi())
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    return {one.label: one for one in found}


def test_no_request_makes_the_interface_fail(
    operations: dict[str, APIOperation[Any, Any, Any, Any]],
    clients: dict[Role | None, TestClient],
    ids: dict[str, str],
) -> None:
    """And each operation is come through to, by somebody who may, at least once."""
    failed: dict[str, str] = {}
    let_in: set[str] = set()
    for label in [*(one for one in operations if one not in ENDS_THE_SESSION), *ENDS_THE_SESSION]:
        statuses = fuzz(operations[label], clients, ids, failed)
        if statuses - NOT_LET_IN:
            let_in.add(label)

    assert failed == {}
    assert set(operations) - let_in == ASK_FOR_PROOF


def fuzz(
    operation: APIOperation[Any, Any, Any, Any],
    clients: dict[Role | None, TestClient],
    ids: dict[str, str],
    failed: dict[str, str],
) -> set[int]:
    """Send some requests that fit the description and some that do not, always the same, in the name of everybody."""
    statuses: set[int] = set()
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
        made_up = dict(case.path_parameters)
        for parameters in [made_up, {name: ids[name] for name in made_up}][: 1 + bool(made_up)]:
            case.path_parameters = parameters
            for role, client in clients.items():
                status = answered(client, case)
                statuses.add(status)
                if status >= 500:
                    failed.setdefault(f"{operation.label} as {role}", f"{status}: {case.as_curl_command()[:300]}")
                if operation.label in ENDS_THE_SESSION and role is not None and status == 204:
                    signed_in(client, role)

    sent()
    return statuses


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
