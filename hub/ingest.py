"""Takes in one message of a station: verify, judge, append, commit, answer. Every message gets a final disposition.

Only a failed commit raises; then nothing was taken in and nothing is answered. No message stands in another's way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import Session

from custody import envelope, wire
from custody.chain import Fork, Gap, Repeats
from custody.entries import entry_id
from custody.events import Unrecognised
from custody.identifiers import CourtId, StationId
from custody.messages import CheckpointOffer, Head, Purpose, State, Verdict
from custody.topics import Channel, StationTopic, parse
from hub.checkpointing import offer_to
from hub.core.freshness import Freshness
from hub.core.receiving import Batch, Commit, Judged, Refuse, judge_batch, read_head
from hub.feed import Changed, Changes, both
from hub.hearing import Hearing
from hub.incidents import note
from hub.outgoing import Outgoing, Voice
from hub.private import Private
from hub.recording import record
from hub.store.database import Database
from hub.store.ledger import links_of, newest_epoch, tip_of
from hub.store.tables import AckRow, StateRow, StationRow
from hub.witnessing import witness

__all__ = ["Disposition", "Ingest"]


@dataclass(frozen=True, slots=True)
class Disposition:
    """What became of a message, and what is to be answered. It is final: the broker may forget the message."""

    code: str
    answers: tuple[Outgoing, ...] = ()


class Ingest:
    """``hearing`` takes in what stations say about themselves, ``private`` what is only for the hub to read.

    Not safe for two threads: the chain has one writer.
    """

    def __init__(
        self,
        *,
        court: CourtId,
        database: Database,
        voice: Voice,
        changes: Changes,
        hearing: Hearing,
        private: Private | None = None,
        clock: Callable[[], int],
    ) -> None:
        self._court = court
        self._database = database
        self._voice = voice
        self._changes = changes
        self._hearing = hearing
        self._private = private
        self._clock = clock

    def receive(self, topic: str, payload: bytes) -> Disposition:
        """Take in a message. What it changed is committed, and subscribers told, when this returns."""
        about = parse(topic)
        if not isinstance(about, StationTopic) or about.court != self._court:
            return Disposition("not_ours")
        with self._database.write() as session:
            disposition, changed = self._taken_in(session, about, topic, payload)
        if changed != Changed():
            self._changes.publish(changed)
        return disposition

    def give_up(self, topic: str, payload: bytes, *, why: str) -> Disposition:
        """A message that we failed to take in by our own mistake: kept as an incident, so that others go on."""
        about = parse(topic)
        if not isinstance(about, StationTopic):
            return Disposition("not_ours")
        with self._database.write() as session:
            note(session, about, topic, payload, code="failed", detail=why, now=self._clock())
        return Disposition("failed")

    def _taken_in(
        self, session: Session, about: StationTopic, topic: str, payload: bytes
    ) -> tuple[Disposition, Changed]:
        now = self._clock()
        if about.channel is Channel.STATE and not payload.startswith(b"yg1 "):
            return self._will(session, about.station, payload, now)
        purpose = _PURPOSES.get(about.channel)
        if purpose is None:
            return Disposition("not_ours"), Changed()
        station = session.get(StationRow, (self._court, about.station))
        if station is None:
            return self._refused(session, about, topic, payload, Refuse("unknown_station", about.station))
        if station.revoked is not None:
            return self._refused(session, about, topic, payload, Refuse("revoked", station.revoked_why))
        signed = envelope.verify(payload, purpose=purpose, key_of=_key_of(station))
        if isinstance(signed, envelope.Signed) and station.previous_key and _is_current(station, signed.key_id):
            station.previous_key = ""  # the new key is in use: the one before says nothing more
        if isinstance(signed, envelope.Rejected):
            return self._refused(session, about, topic, payload, Refuse(f"message_{signed.why}"))
        match about.channel:
            case Channel.EVENTS:
                return self._events(session, about, topic, payload, signed)
            case Channel.STATE:
                refused, changed, how_new = self._hearing.state(session, station, signed.header, now=now)
                if refused is not None:
                    return self._refused(session, about, topic, payload, refused)
                if how_new is Freshness.OVERTAKEN:
                    return Disposition("state_stale"), changed
                if how_new is Freshness.PAST:
                    return Disposition(
                        "state_past", (self._behind(session, about.station, signed.header, now),)
                    ), changed
                answer, doubt = self._greeted(session, about.station, signed.header, now)
                return Disposition("state", (answer,)), both(changed, doubt)
            case Channel.PRIVATE if self._private is not None:
                refused, answers = self._private.take_in(session, station, signed.header, now=now)
                if refused is None:
                    return Disposition("private", answers), Changed()
                # An incident keeps no sealed value: it could not be erased from there.
                disposition, changed = self._refused(session, about, topic, b"", refused)
                return replace(disposition, answers=answers), changed
            case _:
                refused, changed = self._hearing.result(session, station, signed.header, now=now)
                if refused is not None:
                    return self._refused(session, about, topic, payload, refused)
                return Disposition("result"), changed

    def _will(self, session: Session, station: StationId, payload: bytes, now: int) -> tuple[Disposition, Changed]:
        changed = self._hearing.will(session, station, payload, now=now)
        return Disposition("will"), changed

    def _events(
        self, session: Session, about: StationTopic, topic: str, payload: bytes, signed: envelope.Signed
    ) -> tuple[Disposition, Changed]:
        head = read_head(signed.header, court=self._court, station=about.station)
        if isinstance(head, Refuse):
            return self._refused(session, about, topic, payload, head, answer=True)
        tip = tip_of(session, self._court, about.station, epoch=head.epoch)
        links = links_of(session, self._court, about.station, epoch=head.epoch)
        judged: Judged = judge_batch(Batch(head, payload, signed.lines), tip=tip, link_at=links)
        now = self._clock()
        match judged:
            case Commit():
                message = b"\n".join(payload.split(b"\n", 2)[:2])
                last = entry_id(head.station, head.epoch, head.last)
                doubt = witness(
                    session, self._court, self._voice.hub_epoch, head.station, head.checkpoint, entry=last, now=now
                )
                changed = both(record(session, head, judged, message=message, now=now), doubt)
                for one in judged.entries:
                    if isinstance(one.fact, Unrecognised) and not one.fact.type:
                        note(session, about, topic, payload, code="line_unreadable", detail=one.id, now=now)
                ack = self._ack(session, head, Verdict.COMMITTED, head.last, now, link=judged.links[-1])
                _keep_ack(session, head, ack, upto=head.last, now=now)
                return Disposition("committed", (ack,)), changed
            case Repeats():
                repeated = self._ack(session, head, Verdict.COMMITTED, tip.sequence, now, link=tip.link)
                return Disposition("repeated", (repeated,)), Changed()
            case Gap(expected=expected):
                return Disposition("gap", (self._ack(session, head, Verdict.GAP, expected - 1, now),)), Changed()
            case Fork(at=at):
                entry = entry_id(about.station, head.epoch, at)
                note(session, about, topic, payload, code="fork", detail=f"{at}", entry=entry, now=now)
                ack = self._ack(session, head, Verdict.FORK, at - 1, now, at=at)
                return Disposition("fork", (ack,)), Changed(stations=frozenset({about.station}))
            case Refuse():
                return self._refused(session, about, topic, payload, judged, answer=True, head=head)

    def _refused(
        self,
        session: Session,
        about: StationTopic,
        topic: str,
        payload: bytes,
        refuse: Refuse,
        *,
        answer: bool = False,
        head: Head | None = None,
    ) -> tuple[Disposition, Changed]:
        """Keep what happened. Only who proved to be the station is answered."""
        now = self._clock()
        note(session, about, topic, payload, code=refuse.code, detail=refuse.detail, now=now)
        if not answer:
            return Disposition(refuse.code), Changed()
        epoch = "" if head is None else head.epoch
        tip = 0 if head is None else tip_of(session, self._court, about.station, epoch=epoch).sequence
        nonce = self._nonce(session, about.station)
        ack = self._voice.ack(
            about.station,
            nonce=nonce,
            verdict=Verdict.REFUSED,
            epoch=epoch,
            upto=tip,
            now=now,
            at=refuse.at,
            why=refuse.code,
        )
        return Disposition(refuse.code, (ack,)), Changed(stations=frozenset({about.station}))

    def _greeted(self, session: Session, station: StationId, header: bytes, now: int) -> tuple[Outgoing, Changed]:
        """Our tip, and the newest checkpoint with a proof from the one the station has."""
        state = wire.decode(header, State)
        assert isinstance(state, State)  # it was heard a moment ago
        log, named = self._voice.hub_epoch, state.checkpoint
        entry = entry_id(station, state.epoch, max(state.tip, 1))
        doubt = witness(session, self._court, log, station, named, entry=entry, now=now)
        return self._tip(session, station, now, offer_to(session, self._court, log, named)), doubt

    def _behind(self, session: Session, station: StationId, header: bytes, now: int) -> Outgoing:
        """Our tip for a station that speaks from its past: it hears the answer by the nonce of its own old state."""
        state = wire.decode(header, State)
        assert isinstance(state, State)  # it was heard a moment ago
        heard = session.get_one(StateRow, (self._court, station))
        return self._tip(session, station, now, None, nonce=state.nonce, connection=heard.connection)

    def _tip(
        self,
        session: Session,
        station: StationId,
        now: int,
        offer: CheckpointOffer | None,
        *,
        nonce: str | None = None,
        connection: int = 0,
    ) -> Outgoing:
        newest = newest_epoch(session, self._court, station)
        return self._voice.ack(
            station,
            nonce=self._nonce(session, station) if nonce is None else nonce,
            verdict=Verdict.TIP,
            epoch="" if newest is None else newest.epoch,
            upto=0 if newest is None else newest.tip,
            link=b"" if newest is None else newest.link,
            now=now,
            offer=offer,
            connection=connection,
        )

    def _ack(
        self, session: Session, head: Head, verdict: Verdict, upto: int, now: int, *, at: int = 0, link: bytes = b""
    ) -> Outgoing:
        return self._voice.ack(
            head.station,
            nonce=self._nonce(session, head.station),
            verdict=verdict,
            epoch=head.epoch,
            upto=upto,
            now=now,
            at=at,
            link=link,
        )

    def _nonce(self, session: Session, station: StationId) -> str:
        state = session.get(StateRow, (self._court, station))
        return "" if state is None else state.nonce


_PURPOSES = {
    Channel.EVENTS: Purpose.EVENTS,
    Channel.STATE: Purpose.STATE,
    Channel.RESULTS: Purpose.RESULT,
    Channel.PRIVATE: Purpose.PRIVATE,
}


def _is_current(station: StationRow, name: str) -> bool:
    key = envelope.public_key(station.public_key)
    return key is not None and envelope.key_id(key) == name


def _key_of(station: StationRow) -> Callable[[str], Ed25519PublicKey | None]:
    believed = [envelope.public_key(one) for one in (station.public_key, station.previous_key) if one]

    def key_of(name: str) -> Ed25519PublicKey | None:
        return next((key for key in believed if key is not None and envelope.key_id(key) == name), None)

    return key_of


def _keep_ack(session: Session, head: Head, ack: Outgoing, *, upto: int, now: int) -> None:
    row = session.get(AckRow, (head.court, head.station, head.epoch))
    if row is None:
        row = AckRow(court=head.court, station=head.station, epoch=head.epoch, upto=0, hub_time=0, message=b"")
    row.upto, row.hub_time, row.message = upto, now, ack.payload
    session.add(row)
