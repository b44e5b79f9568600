"""The hub's certificates are looked after for as long as it runs, whatever fails meanwhile."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from hub.serving import Freshness, configuration, serve_beside
from tests.hub.sample_court import settings_for
from tests.support.ports import wait_until


def test_a_database_that_is_away_does_not_end_the_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hub.serving._AGAIN", 0.01)
    looks, again = list[int](), threading.Event()

    def go_on() -> bool:
        looks.append(1)
        if len(looks) < 3:
            raise OperationalError("SELECT", None, Exception("the server closed the connection"))
        again.set()
        return False

    freshness = Freshness(settings_for(tmp_path), [], go_on=go_on)
    freshness.start()

    assert again.wait(20)
    freshness.stop()
    assert [one.levelname for one in caplog.records if one.name == "hub.serving"][:2] == ["ERROR", "ERROR"]


def test_a_step_whose_certificates_could_not_be_loaded_is_loaded_by_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, told = [True, False, False], list[str]()
    freshness = Freshness(settings_for(tmp_path), [], go_on=lambda: steps.pop(0))
    monkeypatch.setattr("hub.serving.tell", told.append)
    with monkeypatch.context() as patched:
        patched.setattr("hub.serving.renew_own", lambda *_, **__: 1 / 0)
        assert not freshness.look()

    assert freshness.look()
    assert told == [""]
    assert not freshness.look()


def test_who_asks_hangs_up_first(tmp_path: Path) -> None:
    """Most programs keep an idle connection for 5 seconds; closed here just then, it would eat the next request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = serve_beside(configuration(settings_for(tmp_path), FastAPI(), secure=False), listener)
        wait_until(lambda: server.started, seconds=20, what="the pages")
        asked = http.client.HTTPConnection(*listener.getsockname())
        asked.auto_open = 0
        asked.connect()
        for pause in (6, 0):
            asked.request("GET", "/")
            asked.getresponse().read()
            time.sleep(pause)
        server.should_exit = True
