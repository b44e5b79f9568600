"""The hub's end of the wire for tests: real signatures and the real judgement of chains, a store made of dictionaries.

It answers as a hub does: every state with its tip, every batch with what it has committed.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from custody import chain, envelope, topics, wire
from custody.checkpoints import Checkpoint, note_text, origin_line
from custody.entries import Entry
from custody.events import Fact
from custody.grants import Grants
from custody.identifiers import CourtId, PersonId, PlaceId, StationId
from custody.messages import (
    Ack,
    CheckpointOffer,
    Command,
    GrantsMessage,
    Head,
    HubPresence,
    LastWill,
    PrivateAnswer,
    PrivateMessage,
    PrivateVerdict,
    Proof,
    Purpose,
    Result,
    State,
    Verdict,
)
from custody.topics import Channel, CourtChannel, StationTopic
from custody.wire import Malformed
from tests.support.broker import Broker
from tests.support.certificates import Identity
from tests.support.ports import wait_until

HUB_EPOCH = "hub-epoch-1"


@dataclass
class Chain:
    """What the hub has of one epoch."""

    lines: list[bytes] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)


class HubEnd:
    """One station's hub. Leaving the `with` block ends it."""

    def __init__(
        self, broker: Broker, identity: Identity, *, court: str, station: str, station_key: Ed25519PublicKey
    ) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.court, self.station = CourtId(court), StationId(station)
        self.chains: dict[str, Chain] = {}
        self.quarantine: list[bytes] = []
        self.states: list[State] = []
        self.wills: list[LastWill] = []
        self.results: list[Result] = []
        self.heads: list[Head] = []
        self.private: list[PrivateMessage] = []
        self.messages = 0
        self.mute = False
        self._broker, self._identity, self._station_key = broker, identity, station_key
        self._client: mqtt.Client | None = None
        self._lock = threading.RLock()

    # --- what a test sees -------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self.states[-1]

    def entries(self, epoch: str | None = None) -> list[Entry]:
        """Everything committed, epoch after epoch in the order of their arrival."""
        with self._lock:
            chains = [one for name, one in self.chains.items() if epoch in (None, name)]
            return [entry for one in chains for line in one.lines if (entry := _read(line))]

    def facts(self) -> list[Any]:
        return [entry.fact for entry in self.entries()]

    def of_kind(self, kind: type[Fact]) -> list[Any]:
        return [fact for fact in self.facts() if isinstance(fact, kind)]

    def await_fact(self, kind: type[Fact], *, count: int = 1, seconds: float = 30) -> Any:
        wait_until(lambda: len(self.of_kind(kind)) >= count, seconds=seconds, what=f"{count} × {kind.__name__}")
        return self.of_kind(kind)[-1]

    def await_state(self, holds: Callable[[State], bool], *, what: str, seconds: float = 30) -> State:
        wait_until(lambda: bool(self.states) and holds(self.state), seconds=seconds, what=what)
        return self.state

    # --- what a test does -------------------------------------------------------------------------------------------

    def grant(self, grants: Grants, *, to: X25519PublicKey) -> None:
        sealed = envelope.seal(wire.pack_grants(grants), recipient=to, ephemeral=X25519PrivateKey.generate())
        header = GrantsMessage(
            court=self.court, station=self.station, hub_epoch=grants.hub_epoch, version=grants.version, sealed=sealed
        )
        self._publish(Channel.GRANTS, header, Purpose.GRANTS, retain=True)

    def command(self, place: str, *, identity: str | None = None, nonce: str | None = None) -> str:
        """Ask for an opening; the id of the command."""
        command = Command(
            command=identity or secrets.token_hex(8),
            court=self.court,
            station=self.station,
            nonce=self.state.nonce if nonce is None else nonce,
            place=PlaceId(place),
            person=PersonId("zhou-jing"),
            reason="inspection",
            valid=10_000,
        )
        self._publish(Channel.COMMANDS, command, Purpose.COMMAND)
        return command.command

    def say(self, **fields: Any) -> None:
        """An acknowledgement of the test's own making."""
        ack = Ack(court=self.court, station=self.station, hub_time=_now(), **{"nonce": self.state.nonce, **fields})
        self._publish(Channel.ACKS, ack, Purpose.ACK)

    def keep(self, value: str, *, verdict: PrivateVerdict = PrivateVerdict.KEPT) -> None:
        """The answer to a private value."""
        answer = PrivateAnswer(court=self.court, station=self.station, value=value, verdict=verdict)
        self._publish(Channel.PRIVATE_ACKS, answer, Purpose.PRIVATE_ANSWER)

    def forget(self, epoch: str, after: int) -> None:
        """As a hub restored from a backup."""
        with self._lock:
            kept = self.chains[epoch]
            self.chains[epoch] = Chain(kept.lines[:after], kept.links[:after])

    def presence(self, *, online: bool) -> None:
        header = HubPresence(court=self.court, hub_epoch=HUB_EPOCH, online=online, hub_time=_now())
        topic = topics.court_topic(self.court, CourtChannel.HUB)
        message = envelope.sign(wire.encode(header), purpose=Purpose.HUB, key=self.key)
        self._running().publish(topic, message, qos=1, retain=True)

    def offer(
        self, checkpoint: Checkpoint, *, proofs: tuple[Proof, ...] = (), recoveries: tuple[bytes, ...] = ()
    ) -> None:
        """A checkpoint, as a hub publishes it."""
        text = note_text(checkpoint, court=self.court, time=_now())
        note = envelope.sign_note(text, name=origin_line(self.court), key=self.key)
        header = CheckpointOffer(court=self.court, note=note, proofs=proofs, recoveries=recoveries)
        topic = topics.court_topic(self.court, CourtChannel.CHECKPOINTS)
        message = envelope.sign(wire.encode(header), purpose=Purpose.CHECKPOINT, key=self.key)
        self._running().publish(topic, message, qos=1, retain=True)

    def raw(self, channel: Channel, payload: bytes) -> None:
        self._running().publish(topics.station_topic(self.court, self.station, channel), payload, qos=1)

    def __enter__(self) -> "HubEnd":
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self._identity.name, protocol=mqtt.MQTTv5)
        assert self._broker.security is not None
        client.tls_set_context(self._broker.security.client_context(self._identity))
        client.reconnect_delay_set(1, 1)
        heard = [(topics.station_topic(self.court, self.station, one), SubscribeOptions(qos=1)) for one in _HEARD]

        def connected(_c: mqtt.Client, _u: Any, _f: Any, _r: Any, _p: Any) -> None:
            client.subscribe(heard)

        client.on_connect = connected
        client.on_message = lambda _c, _u, message: self._heard(message)
        client.connect(self._broker.host, self._broker.port)
        self._client = client
        client.loop_start()
        wait_until(client.is_connected, what="the hub's connection")
        self.presence(online=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._running().disconnect()
        self._running().loop_stop()

    # --- as a hub does ----------------------------------------------------------------------------------------------

    def _heard(self, message: mqtt.MQTTMessage) -> None:
        topic = topics.parse(message.topic)
        assert isinstance(topic, StationTopic)
        payload = bytes(message.payload)
        with self._lock:
            if topic.channel is Channel.EVENTS:
                self._batch(payload)
            elif topic.channel is Channel.PRIVATE:
                self.private.append(self._believe(payload, Purpose.PRIVATE, PrivateMessage))
            elif topic.channel is Channel.RESULTS:
                self.results.append(self._believe(payload, Purpose.RESULT, Result))
            elif not payload.startswith(b"yg1"):
                will = wire.decode(payload, LastWill)
                assert isinstance(will, LastWill)
                self.wills.append(will)
            else:
                self._greeted(self._believe(payload, Purpose.STATE, State))

    def _believe(self, payload: bytes, purpose: Purpose, kind: Any) -> Any:
        signed = envelope.verify(payload, purpose=purpose, key_of=lambda _: self._station_key)
        assert isinstance(signed, envelope.Signed), signed
        header = wire.decode(signed.header, kind)
        assert not isinstance(header, Malformed), header
        return header

    def _greeted(self, state: State) -> None:
        self.states.append(state)
        if self.mute or not state.online:
            return
        newest = next(reversed(self.chains), "")
        links = self.chains[newest].links if newest else []
        self.say(verdict=Verdict.TIP, epoch=newest, upto=len(links), link=links[-1].hex() if links else "")

    def _batch(self, payload: bytes) -> None:
        self.messages += 1
        if self.mute:
            return
        signed = envelope.verify(payload, purpose=Purpose.EVENTS, key_of=lambda _: self._station_key)
        assert isinstance(signed, envelope.Signed), signed
        head = wire.decode(signed.header, Head)
        assert isinstance(head, Head)
        self.heads.append(head)
        known = self.chains.get(head.epoch, Chain())
        origin = chain.origin(self.station, head.epoch)
        verdict = chain.judge(
            signed.lines,
            first=head.first,
            last=head.last,
            before=bytes.fromhex(head.before),
            after=bytes.fromhex(head.after),
            tip=chain.Tip(len(known.links), known.links[-1] if known.links else origin),
            link_at=lambda n: known.links[n - 1] if n else origin,
        )
        match verdict:
            case chain.Continues(skip=skip, links=links):
                known.lines.extend(signed.lines[skip:])
                known.links.extend(links)
                self.chains[head.epoch] = known
                self.say(verdict=Verdict.COMMITTED, epoch=head.epoch, upto=len(known.lines))
            case chain.Repeats():
                self.say(verdict=Verdict.COMMITTED, epoch=head.epoch, upto=len(known.lines))
            case chain.Gap(expected=expected):
                self.say(verdict=Verdict.GAP, epoch=head.epoch, upto=expected - 1)
            case chain.Fork(at=at):
                self.quarantine.extend(signed.lines)
                self.say(verdict=Verdict.FORK, epoch=head.epoch, upto=0, at=at)
            case chain.Broken(why=why):
                self.say(verdict=Verdict.REFUSED, epoch=head.epoch, upto=0, why=why)

    def _publish(self, channel: Channel, header: Any, purpose: Purpose, *, retain: bool = False) -> None:
        message = envelope.sign(wire.encode(header), purpose=purpose, key=self.key)
        topic = topics.station_topic(self.court, self.station, channel)
        self._running().publish(topic, message, qos=1, retain=retain)

    def _running(self) -> mqtt.Client:
        assert self._client is not None
        return self._client


_HEARD = (Channel.EVENTS, Channel.STATE, Channel.RESULTS, Channel.PRIVATE)


def renewed(grants: Grants, **changes: Any) -> Grants:
    """The next version."""
    return replace(grants, version=grants.version + 1, **changes)


def _read(line: bytes) -> Entry | None:
    entry = wire.decode_event(line)
    assert isinstance(entry, Entry), entry
    return entry


def _now() -> int:
    return time.time_ns() // 1_000_000


def kinds(facts: Iterable[Any]) -> list[str]:
    return [fact.kind for fact in facts]
