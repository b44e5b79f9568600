import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from custody.grants import Role
from hub.api.app import build_api
from hub.face import Parts
from tests.hub.pretend_office import PASSWORD, PretendOffice, pretend_parts

NOW = 1_790_000_000_000


@pytest.fixture
def built(tmp_path: Path) -> tuple[Parts, PretendOffice]:
    ticks = itertools.count(NOW)
    return pretend_parts(lambda: next(ticks), folder=tmp_path)


@pytest.fixture
def office(built: tuple[Parts, PretendOffice]) -> PretendOffice:
    return built[1]


@pytest.fixture
def arrive(built: tuple[Parts, PretendOffice]) -> Iterator[Callable[[Role | None], TestClient]]:
    """A client of the interface, signed in with one role or not at all."""
    app = build_api(built[0])
    clients = []

    def make(role: Role | None) -> TestClient:
        client = TestClient(app, base_url="http://hub.court")
        clients.append(client)
        if role is not None:
            answer = client.post("/api/v1/session", json={"user": role, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        return client

    yield make
    for client in clients:
        client.close()
