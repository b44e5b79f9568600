"""What the hub says over MQTT: each message signed for one purpose and one receiver."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import envelope, wire
from custody.identifiers import CourtId, StationId
from custody.messages import (
    Ack,
    CheckpointOffer,
    Command,
    GrantsMessage,
    HubPresence,
    PrivateAnswer,
    Purpose,
    Verdict,
)
from custody.topics import Channel, CourtChannel, court_topic, station_topic

__all__ = ["COMMAND_EXPIRY", "Outgoing", "Voice"]

COMMAND_EXPIRY = 10
"""Seconds after which the broker drops a command that it could not deliver."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to publish. ``expiry``: seconds, by the broker's own clock."""

    topic: str
    payload: bytes
    retain: bool = False
    expiry: int | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """The hub's key, and who it speaks as."""

    court: CourtId
    hub_epoch: str
    key: Ed25519PrivateKey

    def ack(
        self,
        station: StationId,
        *,
        nonce: str,
        verdict: Verdict,
        epoch: str,
        upto: int,
        now: int,
        at: int = 0,
        why: str = "",
        offer: CheckpointOffer | None = None,
        connection: int = 0,
        link: bytes = b"",
    ) -> Outgoing:
        ack = Ack(
            court=self.court,
            station=station,
            nonce=nonce,
            verdict=verdict,
            epoch=epoch,
            upto=upto,
            hub_time=now,
            at=at,
            why=why,
            offer=offer,
            connection=connection,
            link=link.hex(),
        )
        return Outgoing(station_topic(self.court, station, Channel.ACKS), self._signed(ack, Purpose.ACK))

    def command(self, command: Command) -> Outgoing:
        topic = station_topic(self.court, command.station, Channel.COMMANDS)
        return Outgoing(topic, self._signed(command, Purpose.COMMAND), expiry=COMMAND_EXPIRY)

    def grants(self, message: GrantsMessage) -> Outgoing:
        payload = self._signed(message, Purpose.GRANTS)
        return Outgoing(self.grants_topic(message.station), payload, retain=True)

    def grants_topic(self, station: StationId) -> str:
        return station_topic(self.court, station, Channel.GRANTS)

    def presence(self, *, online: bool, now: int) -> Outgoing:
        said = HubPresence(court=self.court, hub_epoch=self.hub_epoch, online=online, hub_time=now)
        return Outgoing(court_topic(self.court, CourtChannel.HUB), self._signed(said, Purpose.HUB), retain=True)

    def checkpoint(self, offer: CheckpointOffer) -> Outgoing:
        topic = court_topic(self.court, CourtChannel.CHECKPOINTS)
        return Outgoing(topic, self._signed(offer, Purpose.CHECKPOINT), retain=True)

    def private_answer(self, answer: PrivateAnswer) -> Outgoing:
        topic = station_topic(self.court, answer.station, Channel.PRIVATE_ACKS)
        return Outgoing(topic, self._signed(answer, Purpose.PRIVATE_ANSWER))

    def _signed(
        self,
        message: Ack | CheckpointOffer | Command | GrantsMessage | HubPresence | PrivateAnswer,
        purpose: Purpose,
    ) -> bytes:
        return envelope.sign(wire.encode(message), purpose=purpose, key=self.key)
