"""The servers that other tests lean on do what they say."""

import os
import signal
import socket
import ssl
import sys
from pathlib import Path
from queue import Queue

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions
from playwright.sync_api import Page

from tests.support.broker import Broker, Security
from tests.support.certificates import Authority, Identity
from tests.support.ports import answers, free_port, wait_until
from tests.support.postgres import Postgres
from tests.support.processes import Process


def test_a_retained_message_survives_a_restart_but_not_a_wiped_memory(broker: Broker) -> None:
    port = broker.port
    publish(broker, topic="yungui/test", text="kept")

    broker.restart()
    kept = retained(broker, topic="yungui/test")
    broker.restart_forgetful()

    assert (kept, retained(broker, topic="yungui/test"), broker.port) == ("kept", None, port)


def test_a_client_with_a_certificate_is_let_in(tls_broker: Broker, security: Security) -> None:
    station = security.authority.issue("cabinet-1")

    publish(tls_broker, topic="yungui/test", text="hello", identity=station)

    assert retained(tls_broker, topic="yungui/test", identity=station) == "hello"


def test_a_stranger_is_turned_away(tls_broker: Broker, security: Security, tmp_path: Path) -> None:
    stranger = Authority(tmp_path).issue("cabinet-1")

    with (
        socket.create_connection((tls_broker.host, tls_broker.port), timeout=5) as raw,
        security.client_context(stranger).wrap_socket(raw, server_hostname="localhost") as channel,
        pytest.raises(ssl.SSLError, match="alert"),
    ):
        # In TLS 1.3 the server's refusal reaches the client with its first answer.
        channel.recv(1)


def test_each_test_gets_an_empty_database(postgres: Postgres, postgres_url: str) -> None:
    other = postgres.new_database()
    with connect(postgres_url) as connection:
        connection.execute("CREATE TABLE volumes (id text)")

    with connect(other) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    postgres.drop_database(other)

    assert tables == (0,)


def test_a_page_shows_chinese(page: Page) -> None:
    page.set_content("<h1>云柜</h1>")

    assert page.locator("h1").inner_text() == "云柜"


def test_a_process_that_ends_too_soon_is_reported_with_its_words(tmp_path: Path) -> None:
    doomed = Process([sys.executable, "-c", "print('no paper'); raise SystemExit(3)"], log=tmp_path / "log").start()

    with pytest.raises(AssertionError, match=r"(?s)ended with 3.*no paper"):
        doomed.wait_ready(lambda: False)


def test_a_process_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = Process([sys.executable, "-c", deaf], log=tmp_path / "log").start()
    process.wait_ready(lambda: "deaf" in process.output)

    assert process.stop(seconds=0.2) == -signal.SIGKILL


def test_children_die_with_their_parent(tmp_path: Path) -> None:
    child_log = tmp_path / "child.log"
    parent_code = (
        "import sys, time\nfrom pathlib import Path\nfrom tests.support.processes import Process\n"
        f"child = Process(['sleep', '60'], log=Path({str(child_log)!r})).start()\n"
        "print(child.pid, flush=True)\ntime.sleep(60)"
    )
    parent = Process([sys.executable, "-c", parent_code], log=tmp_path / "log").start()
    parent.wait_ready(lambda: parent.output.endswith("\n"))
    child = int(parent.output)
    # Before it is itself, it has not yet asked to die with its parent.
    wait_until(lambda: Path(f"/proc/{child}/comm").read_text().strip() == "sleep", what="the child itself")

    parent.kill()

    wait_until(lambda: not alive(child), what="the child's end")


def test_a_free_port_has_no_listener() -> None:
    assert not answers(free_port())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def client(broker: Broker, *, identity: Identity | None) -> mqtt.Client:
    made = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    if identity is not None and broker.security is not None:
        made.tls_set_context(broker.security.client_context(identity))
    made.connect(broker.host, broker.port)
    made.loop_start()
    try:
        wait_until(made.is_connected, seconds=3, what="the connection")
    except AssertionError:
        made.loop_stop()
        raise
    return made


def publish(broker: Broker, *, topic: str, text: str, identity: Identity | None = None) -> None:
    sender = client(broker, identity=identity)
    try:
        sender.publish(topic, text, qos=1, retain=True).wait_for_publish(5)
    finally:
        sender.disconnect()
        sender.loop_stop()


def retained(broker: Broker, *, topic: str, identity: Identity | None = None) -> str | None:
    """What the broker keeps there; a message sent afterwards proves that nothing older is still on its way."""
    texts: Queue[str] = Queue()
    receiver = client(broker, identity=identity)
    receiver.on_message = lambda _client, _userdata, message: texts.put(message.payload.decode())
    try:
        receiver.subscribe([(topic, SubscribeOptions(qos=1)), (f"{topic}/end", SubscribeOptions(qos=1))])
        receiver.publish(f"{topic}/end", "end", qos=1)
        first = texts.get(timeout=5)
    finally:
        receiver.disconnect()
        receiver.loop_stop()
    return None if first == "end" else first
