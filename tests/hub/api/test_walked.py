"""Every operation of the interface does at a real hub what it is for, and survives real ids with whatever else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from hub.api.app import build_api
from hub.bootstrap import Hub
from hub.core.access import API
from tests.hub.api.walked import Walk, furnished, walk
from tests.hub.pretend_office import PASSWORD
from tests.hub.sample_court import founded


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with founded(tmp_path_factory.mktemp("walked")) as made:
        yield made


@pytest.fixture(scope="module")
def walked(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    app = build_api(hub.parts)
    opened: list[TestClient] = []

    def sign_in(user: str) -> TestClient:
        client = TestClient(app, base_url="http://hub.court")
        opened.append(client)
        assert client.post(f"{API}/session", json={"user": user, "password": PASSWORD}).status_code == 200
        return client

    cabinet, _ = furnished(hub, tmp_path_factory.mktemp("stations"))
    yield walk(hub, cabinet, sign_in)
    for client in opened:
        client.close()


def test_every_operation_of_the_document_does_what_it_is_for(hub: Hub, walked: Walk) -> None:
    described = build_api(hub.parts).openapi()["paths"]
    operations = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}

    succeeded = {what for what, answers in walked.seen.items() if any(200 <= one < 300 for one in answers)}

    assert operations - succeeded == set(), {what: walked.seen.get(what) for what in operations - succeeded}
