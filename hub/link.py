"""The hub's end of MQTT: one thread takes messages in, one after the other, and acknowledges each when it is final.

PUBACK follows every final disposition. A failed commit withholds it: then the connection is dropped and made anew, and
the broker delivers again whatever was not acknowledged.
"""

from __future__ import annotations

import logging
import queue
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from custody.identifiers import CourtId, StationId
from custody.topics import Channel, StationTopic, every, parse
from hub.errors import HubError
from hub.ingest import Ingest
from hub.outgoing import Outgoing, Voice

__all__ = ["Address", "Link"]

_LOG = logging.getLogger(__name__)
_SESSION_EXPIRY = 7 * 24 * 3600
_IN_FLIGHT = 64
_AGAIN_SECONDS = 1.0
_MOST_UNASKED = 1000


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is. ``tls``: the folder with ``ca.crt``, ``hub.crt`` and ``hub.key``; none: loopback only."""

    host: str
    port: int
    tls: Path | None


@dataclass(frozen=True, slots=True)
class _Delivered:
    message: MQTTMessage
    connection: int


@dataclass(frozen=True, slots=True)
class _Anew:
    """The connection is to be made anew."""


class Link:
    """``publish`` may be called from any thread. ``connected`` is called, in the link's thread, at each connection.

    ``evict`` is called with a station that was heard though it is revoked.
    """

    def __init__(
        self,
        *,
        court: CourtId,
        hub: StationId,
        address: Address,
        ingest: Ingest,
        voice: Voice,
        clock: Callable[[], int],
        reopen: Callable[[], None],
        connected: Callable[[], None],
        evict: Callable[[StationId], object] = lambda _: None,
    ) -> None:
        self._court = court
        self._address = address
        self._ingest = ingest
        self._voice = voice
        self._clock = clock
        self._reopen = reopen
        self._connected = connected
        self._evict = evict
        self._connection = 0
        self._complained = False
        self._inbox: queue.Queue[_Delivered | _Anew | None] = queue.Queue()
        self._hub = hub
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)
        self._context = None if address.tls is None else _context(address.tls)
        self._client = self._new_client()

    def start(self) -> None:
        """Begin to connect, and keep trying; nothing waits for the broker."""
        self._thread.start()
        _LOG.info("connecting broker=%s:%d", self._address.host, self._address.port)
        self._connect()

    def stop(self) -> None:
        """Say that the hub is going, and go. What was not acknowledged is delivered again."""
        self._stopping.set()
        self._inbox.put(None)
        self._thread.join(20)
        if self._client.is_connected():
            said = self.publish(self._voice.presence(online=False, now=self._clock()))
            said.wait_for_publish(2)
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, outgoing: Outgoing) -> mqtt.MQTTMessageInfo:
        properties = None
        if outgoing.expiry is not None:
            properties = _properties(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = outgoing.expiry
        return self._client.publish(
            outgoing.topic, outgoing.payload, qos=1, retain=outgoing.retain, properties=properties
        )

    def renewed(self) -> None:
        """The certificates in the files are others. Safe to call from any thread.

        The next connection rests on them. Where an authority is believed no longer, that is now: a context can be
        given another authority, and none can be taken from it. HubError where the files cannot be read.
        """
        if self._address.tls is None or self._context is None:
            return
        fresh, before = _context(self._address.tls), self._context
        if set(before.get_ca_certs(binary_form=True)) <= set(fresh.get_ca_certs(binary_form=True)):
            _load(before, self._address.tls)
        else:
            self._context = fresh
            self._inbox.put(_Anew())

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def _connect(self) -> None:
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = _SESSION_EXPIRY
        properties.ReceiveMaximum = _IN_FLIGHT
        self._client.connect_async(
            self._address.host, self._address.port, keepalive=20, clean_start=False, properties=properties
        )
        self._client.loop_start()

    def _new_client(self) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self._hub, protocol=mqtt.MQTTv5, manual_ack=True)
        if self._context is not None:
            client.tls_set_context(self._context)
        client.reconnect_delay_set(1, 10)
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.on_socket_open = _without_delay
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        gone = self._voice.presence(online=False, now=self._clock())
        client.will_set(gone.topic, gone.payload, qos=1, retain=True)
        return client

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _LOG.error("the broker refuses the hub reason=%s; check its certificate and the broker's list", reason)
            return
        self._connection += 1
        self._complained = False
        _LOG.info("connected broker=%s:%d", self._address.host, self._address.port)
        options = SubscribeOptions(qos=1)
        channels = (Channel.EVENTS, Channel.STATE, Channel.RESULTS, Channel.PRIVATE)
        client.subscribe([(every(self._court, channel), options) for channel in channels])

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        """Only now does the hub listen; whoever hears so may send."""
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            _LOG.error("the broker refuses a subscription: %s; check the broker's list", ", ".join(refused))
        self.publish(self._voice.presence(online=True, now=self._clock()))
        self._connected()

    def _on_connect_fail(self, _client: mqtt.Client, _userdata: object) -> None:
        if not self._complained:
            self._complained = True
            _LOG.warning(
                "连接不上消息服务器 %s:%d,将继续尝试 · the broker %s:%d does not answer; trying again until it does",
                *(self._address.host, self._address.port) * 2,
            )

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connection += 1  # acknowledging what an earlier connection delivered would name another message
        _LOG.warning("disconnected reason=%s", reason)

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: MQTTMessage) -> None:
        if message.qos == 0 and self._inbox.qsize() > _MOST_UNASKED:
            return  # nobody of ours sends so; the broker limits only what is to be acknowledged
        self._inbox.put(_Delivered(message, self._connection))

    def _work(self) -> None:
        while (item := self._inbox.get()) is not None:
            if isinstance(item, _Anew):
                self._hang_up()
                self._client = self._new_client()
                self._connect()
            elif item.connection == self._connection:
                self._take_in(item)

    def _take_in(self, delivered: _Delivered) -> None:
        message = delivered.message
        payload = bytes(message.payload)
        try:
            disposition = self._ingest.receive(message.topic, payload)
        except (OperationalError, InterfaceError, InternalError, OSError):
            _LOG.exception("nothing was committed topic=%s; beginning again", message.topic)
            self._begin_again()
            return
        except Exception as error:  # noqa: BLE001  # one message must never stop all others
            _LOG.exception("a message could not be taken in topic=%s bytes=%d", message.topic, len(payload))
            disposition = self._ingest.give_up(message.topic, payload, why=type(error).__name__)
        _LOG.debug("taken in topic=%s disposition=%s", message.topic, disposition.code)
        for answer in disposition.answers:
            self.publish(answer)
        about = parse(message.topic) if disposition.code == "revoked" else None
        if isinstance(about, StationTopic):
            self._evict(about.station)
        if delivered.connection == self._connection:
            self._client.ack(message.mid, message.qos)

    def _begin_again(self) -> None:
        """Drop the connection without acknowledging: the broker delivers once more to the next."""
        self._hang_up()
        self._reopen()
        if not self._stopping.wait(_AGAIN_SECONDS):
            self._client = self._new_client()
            self._connect()

    def _hang_up(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._connection += 1


def _context(tls: Path) -> ssl.SSLContext:
    """How the hub meets the broker: each shows a certificate of the court's own authority."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _load(context, tls)
    except (OSError, ssl.SSLError) as error:
        raise HubError(
            f"{tls} 中的证书无法读取({error})。请从备份恢复。\n"
            f"The certificates in {tls} cannot be read ({error}). Restore them from a backup."
        ) from None
    return context


def _load(context: ssl.SSLContext, tls: Path) -> None:
    context.load_verify_locations(tls / "ca.crt")
    context.load_cert_chain(tls / "hub.crt", tls / "hub.key")


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho says no types here


def _without_delay(_client: mqtt.Client, _userdata: object, opened: object) -> None:
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
