"""Hubs of the simulation: one of pure cores and dictionaries, one that is the real ingest on a real database."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import event
from sqlmodel import select

from custody import chain, envelope, wire
from custody.chain import Fork, Gap, Repeats, Tip
from custody.events import StationKind
from custody.identifiers import CourtId, StationId
from custody.messages import Purpose, Result, State, Verdict
from custody.topics import Channel, StationTopic, parse
from hub.bootstrap import assemble
from hub.core.freshness import Freshness, Heard, freshness
from hub.core.receiving import Batch, Commit, Refuse, judge_batch, read_head
from hub.feed import Changes
from hub.hearing import Hearing
from hub.ingest import Ingest
from hub.outgoing import Outgoing, Voice
from hub.settings import Settings
from hub.store.tables import EntryRow, IncidentRow, StationRow
from tests.hub.sample_court import settings_for
from tests.soak.sim_world import World

__all__ = ["HUB_EPOCH", "LightHub", "RealHub", "SimHub", "Template"]

HUB_EPOCH = "hub-epoch-1"
Lines = dict[tuple[str, str, int], bytes]


class SimHub(Protocol):
    """What the simulation asks of a hub."""

    key: Ed25519PrivateKey
    results: dict[str, set[bytes]]

    def receive(self, topic: str, payload: bytes) -> tuple[Outgoing, ...]:
        """Take a message in; its crash points are crossed."""

    def restart(self) -> None:
        """After a kill: what was committed is there."""

    def take_backup(self) -> None: ...

    def put_back(self) -> None:
        """The database as it was at the last backup."""

    def tips(self) -> dict[tuple[str, str], int]: ...

    def lines(self) -> Lines: ...

    def kept_apart(self) -> set[bytes]:
        """Lines of forked histories, which are kept whole."""

    def close(self) -> None: ...


@dataclass(slots=True)
class _Kept:
    """What is on the light hub's disk."""

    chains: dict[tuple[str, str], tuple[list[bytes], list[bytes]]] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)
    quarantine: set[bytes] = field(default_factory=set)


class LightHub:
    """Satisfies ``SimHub`` with ``hub.core`` and dictionaries: fast, for many seeds."""

    def __init__(self, world: World, court: CourtId, keys: dict[str, Ed25519PublicKey]) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
        self._world, self._court, self._keys = world, court, keys
        self._voice = Voice(court, HUB_EPOCH, self.key)
        self._kept = _Kept()
        self._backup = _Kept()
        self.results: dict[str, set[bytes]] = {}

    def receive(self, topic: str, payload: bytes) -> tuple[Outgoing, ...]:
        about = parse(topic)
        assert isinstance(about, StationTopic)
        purpose = {Channel.EVENTS: Purpose.EVENTS, Channel.STATE: Purpose.STATE}.get(about.channel, Purpose.RESULT)
        signed = envelope.verify(payload, purpose=purpose, key_of=lambda _: self._keys[about.station])
        assert isinstance(signed, envelope.Signed), signed
        if about.channel is Channel.EVENTS:
            return self._events(about.station, payload, signed)
        if about.channel is Channel.STATE:
            return self._state(about.station, signed.header)
        result = wire.decode(signed.header, Result)
        assert isinstance(result, Result)
        self.results.setdefault(result.command, set()).add(signed.header)
        return ()

    def restart(self) -> None:
        """Everything kept was kept at once."""

    def take_backup(self) -> None:
        self._backup = copy.deepcopy(self._kept)

    def put_back(self) -> None:
        self._kept = copy.deepcopy(self._backup)

    def tips(self) -> dict[tuple[str, str], int]:
        return {name: len(lines) for name, (lines, _) in self._kept.chains.items()}

    def lines(self) -> Lines:
        return {
            (*name, sequence): line
            for name, (lines, _) in self._kept.chains.items()
            for sequence, line in enumerate(lines, start=1)
        }

    def kept_apart(self) -> set[bytes]:
        return self._kept.quarantine

    def close(self) -> None:
        """Nothing is open."""

    def _commit(self, change: Callable[[], None]) -> None:
        self._world.points.cross("hub.commit.before")
        change()
        self._world.points.cross("hub.commit.after")

    def _events(self, station: StationId, payload: bytes, signed: envelope.Signed) -> tuple[Outgoing, ...]:
        head = read_head(signed.header, court=self._court, station=station)
        assert not isinstance(head, Refuse), head
        name = (str(station), head.epoch)
        lines, links = self._kept.chains.get(name, ([], []))
        origin = chain.origin(station, head.epoch)
        judged = judge_batch(
            Batch(head, payload, signed.lines),
            tip=Tip(len(lines), links[-1] if links else origin),
            link_at=lambda n: links[n - 1] if n else origin,
        )
        match judged:
            case Commit():

                def append() -> None:
                    self._kept.chains[name] = ([*lines, *judged.lines], [*links, *judged.links])
                    if not lines:
                        self._kept.newest[station] = head.epoch

                self._commit(append)
                return (self._ack(station, Verdict.COMMITTED, head.epoch, head.last),)
            case Repeats():
                return (self._ack(station, Verdict.COMMITTED, head.epoch, len(lines)),)
            case Gap(expected=expected):
                return (self._ack(station, Verdict.GAP, head.epoch, expected - 1),)
            case Fork(at=at):
                self._commit(lambda: self._kept.quarantine.update(signed.lines))
                return (self._ack(station, Verdict.FORK, head.epoch, at - 1),)
            case Refuse():
                raise AssertionError(judged)

    def _state(self, station: StationId, header: bytes) -> tuple[Outgoing, ...]:
        state = wire.decode(header, State)
        assert isinstance(state, State)
        heard = self._kept.heard.get(station)
        past = {epoch for name, epoch in self._kept.chains if name == station} - {self._kept.newest.get(station, "")}
        how_new = freshness(state, heard, past=past - ({heard.epoch} if heard else set()))
        if how_new is Freshness.OVERTAKEN:
            return ()
        newest = self._kept.newest.get(station, "")
        upto = len(self._kept.chains[(str(station), newest)][0]) if newest else 0
        if how_new is Freshness.PAST:
            assert heard is not None
            tip = self._voice.ack(
                station,
                nonce=state.nonce,
                verdict=Verdict.TIP,
                epoch=newest,
                upto=upto,
                now=self._world.now,
                connection=heard.connection,
                link=self._link(station, newest, upto),
            )
            return (tip,)

        def keep() -> None:
            self._kept.heard[station] = Heard(state.epoch, state.connection, state.counter)
            self._kept.nonces[station] = state.nonce

        self._commit(keep)
        return (self._ack(station, Verdict.TIP, newest, upto),)

    def _ack(self, station: StationId, verdict: Verdict, epoch: str, upto: int) -> Outgoing:
        nonce = self._kept.nonces.get(station, "")
        named = verdict in (Verdict.TIP, Verdict.COMMITTED)
        return self._voice.ack(
            station,
            nonce=nonce,
            verdict=verdict,
            epoch=epoch,
            upto=upto,
            now=self._world.now,
            link=self._link(station, epoch, upto) if named else b"",
        )

    def _link(self, station: StationId, epoch: str, upto: int) -> bytes:
        links = self._kept.chains.get((str(station), epoch), ([], []))[1]
        return links[upto - 1] if upto else chain.origin(station, epoch)


class RealHub:
    """Satisfies ``SimHub`` with the real ingest, hearing and SQLite database."""

    def __init__(
        self,
        world: World,
        folder: Path,
        template: Template,
        stations: Iterable[tuple[str, Ed25519PublicKey, X25519PublicKey]],
    ) -> None:
        self._world, self._folder = world, folder
        shutil.copytree(template.folder, folder)
        self._settings = replace(template.settings, folder=folder)
        self.results: dict[str, set[bytes]] = {}
        self._open()
        with self._database.write() as session:
            for station, signing, sealing in stations:
                session.add(
                    StationRow(
                        court=self._settings.court,
                        station=StationId(station),
                        kind=StationKind.CABINET.value,
                        name=station,
                        place=station,
                        public_key=envelope.raw(signing).hex(),
                        sealing_key=envelope.raw(sealing).hex(),
                        court_staffed=True,
                        enrolled_at=0,
                    )
                )
        self.take_backup()

    def receive(self, topic: str, payload: bytes) -> tuple[Outgoing, ...]:
        about = parse(topic)
        assert isinstance(about, StationTopic)
        if about.channel is Channel.RESULTS:
            signed = envelope.split(payload)
            assert isinstance(signed, envelope.Signed)
            result = wire.decode(signed.header, Result)
            assert isinstance(result, Result)
            self.results.setdefault(result.command, set()).add(signed.header)
        answers = self._ingest.receive(topic, payload).answers
        self._world.points.cross("hub.commit.after")
        return answers

    def restart(self) -> None:
        self._database.reopen()

    def take_backup(self) -> None:
        self._database.close()
        shutil.copyfile(self._folder / "hub.sqlite", self._folder / "backup")
        self._open()

    def put_back(self) -> None:
        self._database.close()
        for old in self._folder.glob("hub.sqlite*"):
            old.unlink()
        shutil.copyfile(self._folder / "backup", self._folder / "hub.sqlite")
        self._open()

    def tips(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for station, epoch, sequence in self.lines():
            found[(station, epoch)] = max(found.get((station, epoch), 0), sequence)
        return found

    def lines(self) -> Lines:
        with self._database.read() as session:
            rows = session.exec(select(EntryRow)).all()
            return {(row.station, row.epoch, row.sequence): row.line for row in rows if row.station != self._own}

    def kept_apart(self) -> set[bytes]:
        found: set[bytes] = set()
        with self._database.read() as session:
            for row in session.exec(select(IncidentRow)):
                signed = envelope.split(row.message)
                if row.code == "fork" and isinstance(signed, envelope.Signed):
                    found.update(signed.lines)
        return found

    def close(self) -> None:
        self._database.close()

    def _open(self) -> None:
        with_keys = assemble(self._settings)
        self._database = with_keys.database
        self._own = self._settings.hub
        self.key = with_keys.acting.own.key
        clock = lambda: self._world.now  # noqa: E731
        own = replace(with_keys.acting.own, clock=clock, uptime=clock)
        event.listen(self._database._writer, "commit", lambda _: self._world.points.cross("hub.commit.before"))
        self._ingest = Ingest(
            court=self._settings.court,
            database=self._database,
            voice=Voice(self._settings.court, HUB_EPOCH, self.key),
            changes=Changes(),
            hearing=Hearing(court=self._settings.court, own=own),
            clock=clock,
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A founded hub, to be copied: founding one takes long."""

    folder: Path
    settings: Settings

    @classmethod
    def founded(cls, folder: Path) -> Template:
        settings = settings_for(folder)
        assemble(settings).close()
        return cls(folder, settings)
