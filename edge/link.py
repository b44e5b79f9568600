"""The link to the broker: carries bytes, and nothing else. One client per connection, so nothing old is ever resent.

It speaks MQTT 5 over TLS with the station's certificate, and reports on the agent's queue what became of it.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.errors import EdgeError

__all__ = ["Arrived", "Broker", "Link", "LinkDown", "LinkEvent", "LinkUp", "MqttLink"]

_log = logging.getLogger(__name__)
_KEEPALIVE = 20  # seconds
_IN_FLIGHT = 20
_CONNECT_WITHIN = 10.0  # seconds
_GOODBYE_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Connected and subscribed. ``connection`` is the number it was opened with."""

    connection: int


@dataclass(frozen=True, slots=True)
class LinkDown:
    connection: int
    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    connection: int
    topic: str
    payload: bytes


LinkEvent = LinkUp | LinkDown | Arrived


class Link(Protocol):
    def open(self, connection: int, *, will_topic: str, will: bytes) -> None:
        """Begin one connection; ends in ``LinkUp`` or ``LinkDown``, and once up, in ``LinkDown``."""

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand bytes over (QoS 1); false where there is no connection."""

    def close(self) -> None:
        """End the connection politely, after what was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is and who we are to it."""

    host: str
    port: int
    client_id: str
    tls: Path
    """Folder with ``ca.crt``, ``station.crt`` and ``station.key``."""


class MqttLink:
    """Satisfies ``Link``. ``deliver`` is called from the client's own thread."""

    def __init__(self, broker: Broker, *, subscribe: Sequence[str], deliver: Callable[[LinkEvent], None]) -> None:
        self._broker, self._deliver = broker, deliver
        self._topics = [(topic, SubscribeOptions(qos=1)) for topic in subscribe]
        _context(broker.tls)  # what is missing is said at the start
        self._client: mqtt.Client | None = None
        self._last: mqtt.MQTTMessageInfo | None = None

    def open(self, connection: int, *, will_topic: str, will: bytes) -> None:
        self._drop()
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client_id,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        client.tls_set_context(_context(self._broker.tls))  # as they are now: they are renewed while we run
        client.will_set(will_topic, will, qos=1, retain=True)
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.connect_timeout = _CONNECT_WITHIN
        self._listen(client, connection)
        self._client = client
        # Finding a host and shaking hands can take long, and the agent must not wait for it.
        threading.Thread(target=self._connect, args=(client, connection), name="link", daemon=True).start()

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        if self._client is None or not self._client.is_connected():
            return False
        self._last = self._client.publish(topic, payload, qos=1, retain=retain)
        return self._last.rc == mqtt.MQTT_ERR_SUCCESS

    def close(self) -> None:
        if self._client is not None and self._client.is_connected() and self._last is not None:
            self._last.wait_for_publish(_GOODBYE_WITHIN)
        ending = self._drop()
        if ending is not None:
            ending.join(_GOODBYE_WITHIN)

    def renewed(self) -> None:
        """Meet the broker anew, with the certificate that is there now. Safe to call from any thread."""
        client = self._client
        if client is not None:
            client.disconnect()

    def _listen(self, client: mqtt.Client, connection: int) -> None:
        down = _Once(connection, self._deliver)

        def connected(_c: mqtt.Client, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
            if reason.is_failure:
                down(str(reason))
            else:
                client.subscribe(self._topics)

        def subscribed(_c: mqtt.Client, _u: Any, _m: int, reasons: list[ReasonCode], _p: Any) -> None:
            refused = [str(reason) for reason in reasons if reason.is_failure]
            if refused:
                _log.error("the broker refused a subscription: %s", ", ".join(refused))
            self._deliver(LinkUp(connection))

        client.on_connect = connected
        client.on_subscribe = subscribed
        client.on_disconnect = lambda _c, _u, _f, reason, _p: down(str(reason))
        client.on_message = lambda _c, _u, message: self._deliver(
            Arrived(connection, message.topic, bytes(message.payload))
        )
        client.on_socket_open = _without_delay

    def _connect(self, client: mqtt.Client, connection: int) -> None:
        try:
            client.connect(
                self._broker.host, self._broker.port, _KEEPALIVE, clean_start=True, properties=_nothing_kept()
            )
        except (OSError, ValueError) as error:
            self._deliver(LinkDown(connection, str(error)))
        else:
            client.loop_start()
            if self._client is not client:  # closed in the meantime
                _end(client)

    def _drop(self) -> threading.Thread | None:
        client, self._client, self._last = self._client, None, None
        if client is None:
            return None
        client.on_disconnect = client.on_message = client.on_connect = client.on_subscribe = None
        # Joining the client's thread can wait for a dead network.
        ending = threading.Thread(target=_end, args=(client,), name="link-end", daemon=True)
        ending.start()
        return ending


class _Once:
    """A connection ends once, whatever the client library says about it."""

    def __init__(self, connection: int, deliver: Callable[[LinkEvent], None]) -> None:
        self._connection, self._deliver, self._said = connection, deliver, False

    def __call__(self, why: str) -> None:
        if not self._said:
            self._said = True
            self._deliver(LinkDown(self._connection, why))


def _end(client: mqtt.Client) -> None:
    client.disconnect()
    client.loop_stop()


def _nothing_kept() -> Properties:
    """No session survives at the broker: what matters is in the journal."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho annotates all but this
    properties.SessionExpiryInterval = 0
    return properties


def _without_delay(_client: mqtt.Client, _userdata: Any, opened: Any) -> None:
    # Without it, Nagle's algorithm and delayed acknowledgements cost every command 40 ms.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _context(tls: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(tls / "ca.crt"))
        context.load_cert_chain(tls / "station.crt", tls / "station.key")
    except (OSError, ssl.SSLError) as error:
        raise EdgeError("tls.unreadable", folder=str(tls), why=str(error)) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
