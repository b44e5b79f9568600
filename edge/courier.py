"""Talks with the hub: sessions, batches, acknowledgements, commands, grants. Believes only what is signed.

What to send and when is decided in ``core.outbox``; what a command or a grant means, in ``custody``. This carries.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Iterable
from functools import partial

from custody import envelope, topics, wire
from custody.envelope import MAX_BATCH_BYTES, MAX_BATCH_EVENTS
from custody.events import TimeHeard
from custody.grants import newer, unproven
from custody.messages import Ack, CheckpointOffer, Command, Head, HubPresence, LastWill, Purpose, Result, Verdict
from custody.topics import Channel, CourtChannel, CourtTopic, StationTopic
from edge.clocks import Clocks
from edge.core import outbox
from edge.core.freshness import Nonces, issue, renewal_due
from edge.core.outbox import Branch, Heard, Outbox
from edge.core.patience import reconnect_after
from edge.core.scene import Asked, Reaction, Renewed
from edge.custodian import Custodian
from edge.errors import JournalFullError
from edge.granting import Unopened, open_grants
from edge.journal import Journal, Transaction
from edge.link import Arrived, Link, LinkDown, LinkEvent, LinkUp
from edge.picture import Around
from edge.private import Private
from edge.reporting import Identity, Reporter, Session
from edge.retention import Retention
from edge.settings import Settings
from edge.witnessing import Witness

__all__ = ["Courier", "subscriptions"]

_log = logging.getLogger(__name__)
_STATE_EVERY = 200  # ms: doors that move together are told together


def subscriptions(settings: Settings) -> tuple[str, ...]:
    """What a station listens to."""
    heard = (Channel.ACKS, Channel.COMMANDS, Channel.GRANTS, Channel.PRIVATE_ACKS)
    own = (topics.station_topic(settings.court, settings.station, one) for one in heard)
    return (*own, *(topics.court_topic(settings.court, one) for one in CourtChannel))


class Courier:
    """``react`` is told of what a message changed on the scene."""

    def __init__(
        self,
        identity: Identity,
        *,
        journal: Journal,
        custodian: Custodian,
        link: Link,
        clocks: Clocks,
        react: Callable[[Reaction], None],
    ) -> None:
        self._who, self._settings = identity, identity.settings
        self._journal, self._custodian, self._link, self._clocks = journal, custodian, link, clocks
        self._react = react
        self._outbox = _outbox(journal)
        self._nonces = Nonces()
        self._connection = int(journal.kept("connection") or b"0")
        self._counter = 0
        self._up = False
        self._hub_present = True
        self._tries = 0
        self._open_at: int | None = clocks.uptime()
        self._state_at: int | None = None
        self._told: object = None
        self._unproven: bytes | None = None  # grants of a hub epoch that no recovery has led to yet
        self._time_heard_at = clocks.uptime() - self._settings.time_heard_seconds * 1000
        self._witness = Witness(
            journal=journal, belief=identity.belief, clocks=clocks, now=lambda: custodian.view().now
        )
        self._reporter = Reporter(identity, journal=journal, custodian=custodian, clocks=clocks)
        self._private = Private(
            identity,
            journal=journal,
            clocks=clocks,
            withheld=custodian.withheld,
            send=partial(self._send, Channel.PRIVATE),
        )
        self._retention = Retention(journal, custodian, clocks, days=self._settings.keep_days)

    def handle(self, event: LinkEvent) -> None:
        """Something came from the link; what belongs to an earlier connection means nothing."""
        if event.connection != self._connection:
            return
        match event:
            case LinkUp():
                _log.info("connected: connection=%d", event.connection)
                self._up, self._tries, self._nonces, self._hub_present = True, 0, Nonces(), True
                self._advance(outbox.Connected())
                self._private.connected()
                self._renew_nonce()
            case LinkDown(why=why):
                self._complain(why)
                self._up = False
                self._state_at = None
                self._advance(outbox.Disconnected())
                wait = reconnect_after(self._tries, chance=random.random())  # noqa: S311 - only spreads load
                self._tries += 1
                self._open_at = self._clocks.uptime() + wait
            case Arrived(topic=topic, payload=payload):
                self._arrived(topic, payload)

    def tick(self) -> None:
        """Whatever is due, and whatever the journal has grown by."""
        uptime = self._clocks.uptime()
        self._catch_up()
        if self._open_at is not None and uptime >= self._open_at:
            self._open_at = None
            self._open()
        if self._up:
            self._private.tick()
            if self._state_at is None and self._told != self._reporter.urgent():
                self._state_at = uptime + _STATE_EVERY
            if uptime >= renewal_due(self._nonces):
                self._renew_nonce()
            elif self._state_at is not None and uptime >= self._state_at:
                self._publish_state()
        until = outbox.due(self._outbox)
        if until is not None and uptime >= until:
            self._advance(outbox.Ticked())
        self._retention.tick()

    def due(self) -> int:
        """When ``tick`` is wanted next (uptime, ms)."""
        times = [self._retention.due, self._open_at, self._state_at, outbox.due(self._outbox)]
        if self._up:
            times += [renewal_due(self._nonces), self._private.due]
        return min(time for time in times if time is not None)

    def answer(self, results: Iterable[Result]) -> None:
        """Publish answers to commands; they are on disk."""
        for result in results:
            self._send(Channel.RESULTS, self._signed(wire.encode(result), Purpose.RESULT))

    def around(self) -> Around:
        """What the picture shows of us."""
        online = self._outbox.ready and self._hub_present
        return self._reporter.around(online=online, waiting=outbox.waiting(self._outbox))

    def goodbye(self) -> None:
        """Say that the station goes, and go."""
        if self._up:
            self._publish_state(online=False)
        self._link.close()

    # --- what arrives -------------------------------------------------------------------------------------------------

    def _complain(self, why: str) -> None:
        """Say it for people once an outage; the log's other readers get every try."""
        if self._tries == 0:
            _log.warning(
                "连接不上消息服务器 %s:%d,本机照常工作并继续尝试;地址写在 station.toml 中 · "
                "the broker %s:%d does not answer; this station works on and tries again (see station.toml)",
                *(self._settings.broker_host, self._settings.broker_port) * 2,
            )
        _log.info("not connected: connection=%d why=%s", self._connection, why)

    def _arrived(self, topic: str, payload: bytes) -> None:
        match topics.parse(topic):
            case StationTopic(channel=Channel.ACKS):
                self._ack(self._who.belief.read(payload, purpose=Purpose.ACK, kind=Ack))
            case StationTopic(channel=Channel.COMMANDS):
                self._command(self._who.belief.read(payload, purpose=Purpose.COMMAND, kind=Command))
            case StationTopic(channel=Channel.GRANTS):
                self._grants(payload)
            case StationTopic(channel=Channel.PRIVATE_ACKS):
                self._private.answered(payload)
            case CourtTopic(channel=CourtChannel.CHECKPOINTS):
                offer = self._who.belief.read(payload, purpose=Purpose.CHECKPOINT, kind=CheckpointOffer)
                if offer is not None and self._met(offer) and self._up:
                    self._publish_state()  # the hub answers with a proof from what is named in it
            case CourtTopic(channel=CourtChannel.KEYS):
                self._keys(payload)
            case CourtTopic():
                self._presence(self._who.belief.read(payload, purpose=Purpose.HUB, kind=HubPresence))
            case _:
                _log.warning("a message on a topic that is not ours was left out: topic=%s", topic)

    def _ack(self, ack: Ack | None) -> None:
        if ack is None or ack.nonce not in self._nonces.issued:
            return
        self._custodian.hear(ack.hub_time)
        if ack.connection > self._connection:
            # An old card under a wrong clock: our states would be taken for old ones as long as this connection lasts.
            self._meet_anew(ack.connection)
            return
        if ack.verdict in (Verdict.REFUSED, Verdict.FORK):
            _log.error("the hub does not take our records: verdict=%s epoch=%s why=%s", ack.verdict, ack.epoch, ack.why)
        ours = self._journal.link_kept(ack.epoch, ack.upto) if ack.link else None
        contradicts = ours is not None and ours.hex() != ack.link
        self._advance(Heard(ack.verdict, ack.epoch, ack.upto, contradicts=contradicts), ack=ack)
        if ack.offer is not None and ack.offer.court == self._settings.court:
            self._met(ack.offer)

    def _met(self, offer: CheckpointOffer) -> bool:
        """Whether a proof is to be asked for. Grants that waited for the root's word of this log count from now on."""
        asking = self._witness.meet(offer)
        if self._unproven is not None and not asking:
            self._grants(self._unproven)
        return asking

    def _command(self, command: Command | None) -> None:
        if command is None:
            return
        stored = self._journal.result_of(command.command)
        if stored:
            self._send(Channel.RESULTS, self._signed(stored, Purpose.RESULT))
        elif stored is None:
            self._react(self._custodian.meet(Asked(command), nonces=self._nonces.issued))

    def _grants(self, payload: bytes) -> None:
        grants = open_grants(payload, belief=self._who.belief, sealing=self._who.keys.sealing)
        if isinstance(grants, Unopened):
            _log.warning("grants were not accepted: why=%s", grants.why)
            return
        self._custodian.hear(grants.issued)
        held, log = self._custodian.scene.grants, self._witness.log
        self._unproven = payload if unproven(grants, held, hub_epoch=log, left=self._witness.left) else None
        if newer(grants, held, hub_epoch=log, left=self._witness.left):
            since = self._journal.about_volumes_since(*grants.upto)
            renewed = Renewed(grants, since)
            self._react(self._custodian.meet(renewed, also=lambda transaction: transaction.keep("grants", payload)))

    def _keys(self, payload: bytes) -> None:
        """The hub's next key: from here on it alone is believed, also after a restart."""
        if not self._who.belief.follow(payload):
            return
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                transaction.keep("keys", payload)
        except JournalFullError as error:
            _log.error("the hub's next key was not recorded, the journal is full: file=%s", error.fields["file"])
        if self._up:
            self._advance(outbox.Connected())
            self._publish_state()

    def _presence(self, presence: HubPresence | None) -> None:
        if presence is None:
            return
        self._custodian.hear(presence.hub_time)
        self._hub_present = presence.online
        if presence.online and self._up:
            self._advance(outbox.Connected())
            self._publish_state()

    # --- the chain ----------------------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        current, last = self._journal.current, self._outbox.branches[-1]
        assert current is not None  # the first epoch begins before anything is sent
        if last.epoch != current.epoch:
            self._advance(outbox.EpochBegan(current.epoch, current.tip, current.left))
        elif last.tip < current.tip:
            self._advance(outbox.Appended(current.tip))

    def _advance(self, stimulus: outbox.Stimulus, *, ack: Ack | None = None) -> None:
        stepped, effects = outbox.step(self._outbox, stimulus, self._clocks.uptime())
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                if ack is not None:
                    self._hear_time(transaction, ack)
                for effect in effects:
                    _keep(transaction, effect)
        except JournalFullError as error:
            # The outbox stays as it was; the next acknowledgement or time-out comes back to this.
            _log.error("what the hub has was not recorded, the journal is full: file=%s", error.fields["file"])
            return
        self._outbox = stepped
        for effect in effects:
            if isinstance(effect, outbox.Send):
                self._send_batch(effect)
            elif isinstance(effect, outbox.Greet) and self._up:
                self._publish_state()
        self._catch_up()

    def _send_batch(self, wanted: outbox.Send) -> None:
        first, lines = self._journal.lines(
            wanted.epoch, wanted.first, most=MAX_BATCH_EVENTS, most_bytes=MAX_BATCH_BYTES
        )
        if not lines:
            return
        last = first + len(lines) - 1
        head = Head(
            court=self._settings.court,
            station=self._settings.station,
            epoch=wanted.epoch,
            first=first,
            last=last,
            before=self._journal.link(wanted.epoch, first - 1).hex(),
            after=self._journal.link(wanted.epoch, last).hex(),
            checkpoint=self._witness.name,
        )
        message = envelope.sign(wire.encode(head), purpose=Purpose.EVENTS, key=self._who.keys.signing, lines=lines)
        if self._send(Channel.EVENTS, message):
            self._advance(outbox.Sent(wanted.epoch, last))

    def _hear_time(self, transaction: Transaction, ack: Ack) -> None:
        """Record the hub's time now and then, if what it has committed says more than that."""
        uptime = self._clocks.uptime()
        if (
            ack.verdict is not Verdict.COMMITTED
            or uptime < self._time_heard_at + self._settings.time_heard_seconds * 1000
        ):
            return
        known = next((one for one in self._journal.epochs if one.epoch == ack.epoch), None)
        if known is None or not known.acknowledged < ack.upto <= known.tip:
            return
        if self._journal.says_more_than_time(ack.epoch, known.acknowledged, ack.upto):
            transaction.append(TimeHeard(hub_time=ack.hub_time, epoch=ack.epoch, upto=ack.upto))
            self._time_heard_at = uptime

    # --- state --------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        # An old card put back would count from a number the hub has long heard; the wall clock usually does not.
        self._connection = max(self._connection + 1, self._clocks.wall() // 1000)
        self._counter = 0
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                transaction.keep("connection", str(self._connection).encode())
        except JournalFullError as error:
            _log.error("the connection was not numbered, the journal is full: file=%s", error.fields["file"])
        will = LastWill(station=self._settings.station, connection=self._connection)
        self._link.open(self._connection, will_topic=self._topic(Channel.STATE), will=wire.encode(will))

    def _meet_anew(self, heard: int) -> None:
        """Connect once more, with a number above the one the hub has heard of us."""
        _log.warning("the hub has heard of a later connection: ours=%d heard=%d", self._connection, heard)
        self._connection, self._up, self._state_at = heard, False, None
        self._advance(outbox.Disconnected())
        self._open()

    def _renew_nonce(self) -> None:
        self._nonces = issue(self._nonces, secrets.token_hex(16), self._clocks.uptime())
        self._publish_state()

    def _publish_state(self, *, online: bool = True) -> None:
        self._counter += 1
        self._state_at, self._told = None, self._reporter.urgent()
        session = Session(
            connection=self._connection,
            counter=self._counter,
            nonce=self._nonces.newest,
            waiting=outbox.waiting(self._outbox),
            checkpoint=self._witness.name,
        )
        header = self._reporter.state(session, online=online)
        self._send(Channel.STATE, self._signed(header, Purpose.STATE), retain=True)

    def _signed(self, header: bytes, purpose: Purpose) -> bytes:
        return envelope.sign(header, purpose=purpose, key=self._who.keys.signing)

    def _send(self, channel: Channel, payload: bytes, *, retain: bool = False) -> bool:
        return self._link.send(self._topic(channel), payload, retain=retain)

    def _topic(self, channel: Channel) -> str:
        return topics.station_topic(self._settings.court, self._settings.station, channel)


def _outbox(journal: Journal) -> Outbox:
    branches = tuple(
        Branch(epoch=one.epoch, tip=one.tip, acknowledged=one.acknowledged, sent=one.acknowledged, forked=one.forked)
        for one in journal.epochs
    )
    return Outbox(branches=branches, left=frozenset(one.left for one in journal.epochs if one.left is not None))


def _keep(transaction: Transaction, effect: outbox.Effect) -> None:
    match effect:
        case outbox.Acknowledged(epoch=epoch, upto=upto):
            transaction.acknowledge(epoch, upto)
        case outbox.Forked(epoch=epoch):
            transaction.fork(epoch)
        case outbox.OpenEpoch(reason=reason, before_epoch=before, before_sequence=sequence):
            transaction.open_epoch(secrets.token_hex(8), reason, before_epoch=before, before_sequence=sequence)
        case outbox.Send() | outbox.Greet():
            pass
