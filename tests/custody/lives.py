"""A small world for ``test_lives``: stations as their agents have them, and an office that grants what it heard.

The office judges batches as the real one does and folds them into grants with the real one's functions. Nothing here
decides about an opening: ``why_not_open`` says from outside whether one was right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC

from custody import chain, wire
from custody.archiving import stand
from custody.chain import Gap, Repeats, Tip
from custody.codes import uses_since
from custody.desk import Desk, step
from custody.entries import Clock, Entry
from custody.events import CodeIssued, CodeUsed, EpochOpened, EpochReason, Fact, StationKind, TimeHeard
from custody.flows.grammar import BadgeTapped, Effect, NumberEntered, Record, Stimulus, Unlock
from custody.grants import Grants, KnownVolume, Person, Role, may_see, newer
from custody.identifiers import PersonId, PlaceId, StationId, VolumeId
from custody.knowledge import View, learn, learn_delegations
from custody.messages import Compartment, DoorState, Head
from custody.parcels import PARTY, KnownParcel, fits, learn_parcels, may_take_parcel
from custody.timing import locate_all
from hub.core.arranging import Arranged, arranged
from hub.core.granting import Badge, Expiry, Registered, Shown, grants_for
from hub.core.policy import runs_out
from hub.core.receiving import Batch, Commit, judge_batch
from hub.issuing import Terms
from hub.settings import Settings
from tests.custody.court import (
    CLERK,
    COURT,
    GRANTS,
    HUB,
    JUDGE,
    JUDGES,
    KEY,
    NOW,
    OTHER,
    PEOPLE,
    SECRET,
    VOLUME,
    VOLUMES,
)

DAY = 86_400_000
DAYS = int(next(str(one.default) for one in fields(Settings) if one.name == "grants_days"))
TERMS = Terms()
KEPT = 90 * DAY  # as stations keep what the hub has
PAPERS_TOO = ("verify", "inspect")
"""Flows that open papers of others, too, so that somebody can see what is there."""

DIGITS = {"code-judge": "41424344", "code-clerk": "51525354"}
ISSUED = (
    CodeIssued(
        code="code-judge",
        person=JUDGE,
        volumes=(JUDGES, OTHER),
        since_ms=NOW,
        until_ms=NOW + 20 * DAY,
        uses=2,
        by=CLERK,
    ),
    CodeIssued(
        code="code-clerk", person=CLERK, volumes=(VOLUME, SECRET), since_ms=NOW, until_ms=NOW + DAY, uses=1, by=JUDGE
    ),
)
GUARDED = frozenset({OTHER})


def compartments(station: StationId) -> dict[PlaceId, Compartment]:
    places = (PlaceId(f"{station}.0{number}") for number in (1, 2, 3))
    return {
        place: Compartment(place=place, number=place[-2:], size=size, row=row, column=0, door=DoorState.CLOSED)
        for row, (place, size) in enumerate(zip(places, "SML", strict=True))
    }


@dataclass
class Post:
    """One station as its agent has it: what it was granted, what it saw since, its doors and its journal."""

    id: StationId
    epoch: str
    kind: StationKind
    grants: Grants
    doors: dict[PlaceId, Compartment]
    desk: Desk = field(default_factory=Desk)
    journal: dict[int, tuple[Entry, bytes]] = field(default_factory=dict)
    links: list[bytes] = field(default_factory=list)
    volumes: dict[VolumeId, KnownVolume] = field(default_factory=dict)
    parcels: dict[str, KnownParcel] = field(default_factory=dict)
    sent: int = 0
    acked: int = 0
    acts: int = 0
    shown: set[str] = field(default_factory=set)  # since the session began: whose badges, which codes

    def begin(self, now: int) -> None:
        self.write(EpochOpened(reason=EpochReason.FIRST), now)
        self.accept(self.grants)

    def view(self, now: int) -> View:
        entries = self.since(self.grants.upto[1])
        return View(
            kind=self.kind,
            place=PlaceId(self.id),
            now=now,
            new_id=f"{self.id}-act-{self.acts}",
            grants=self.grants,
            delegations=learn_delegations(self.grants.delegations, entries),
            used=uses_since(entries),
            epoch=self.epoch,
            volumes=self.volumes,
            compartments=self.doors,
            parcels=self.parcels,
        )

    def does(self, stimulus: Stimulus, now: int) -> tuple[View, tuple[Effect, ...]]:
        """What follows, and what was known before it."""
        self.acts += 1
        view = self.view(now)
        self.shown |= _shown(stimulus, view)
        self.desk, effects = step(self.desk, stimulus, self.sees(view))
        if self.desk.session is None:
            self.shown.clear()
        for effect in effects:
            if isinstance(effect, Record):
                self.write(effect.fact, now)
        return view, effects

    def sees(self, view: View) -> View:
        return view

    def write(self, fact: Fact, now: int) -> None:
        entry = Entry(
            court=COURT,
            station=self.id,
            epoch=self.epoch,
            sequence=len(self.links) + 1,
            boot="b1",
            uptime=now - NOW,
            time=now,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
        line = wire.encode_event(entry)
        self.journal[entry.sequence] = entry, line
        self.links += chain.links(self.link_at(len(self.links)), (line,))
        self.volumes = learn(self.volumes, [entry])
        self.parcels = learn_parcels(self.parcels, [entry])

    def since(self, sequence: int) -> list[Entry]:
        return [entry for at, (entry, _) in self.journal.items() if at > sequence]

    def link_at(self, sequence: int) -> bytes:
        return self.links[sequence - 1] if sequence else chain.origin(self.id, self.epoch)

    def batch(self, first: int, most: int) -> Batch | None:
        """What goes to the office next; none if there is nothing."""
        last = min(first + most - 1, len(self.links))
        if last < first:
            return None
        head = Head(
            court=COURT,
            station=self.id,
            epoch=self.epoch,
            first=first,
            last=last,
            before=self.link_at(first - 1).hex(),
            after=self.link_at(last).hex(),
        )
        return Batch(head, b"", tuple(self.journal[at][1] for at in range(first, last + 1)))

    def hear(self, upto: int, now: int) -> None:
        if upto > self.acked:
            self.acked = upto
            self.write(TimeHeard(hub_time=now, epoch=self.epoch, upto=upto), now)

    def accept(self, grants: Grants) -> None:
        if grants is self.grants or newer(grants, self.grants, hub_epoch=grants.hub_epoch):
            self.grants = grants
            self.volumes = learn({one.id: one for one in grants.volumes}, self.since(grants.upto[1]))

    def forget(self, now: int) -> None:
        """What the office has had for long enough goes."""
        old = [at for at, (entry, _) in self.journal.items() if at <= self.acked and entry.time < now - KEPT]
        for at in old:
            del self.journal[at]


@dataclass
class Office:
    """The hub: the chains it has, and what they say together. ``own``: its own chain, which issues the codes."""

    entries: list[Entry] = field(default_factory=list)
    links: dict[StationId, list[bytes]] = field(default_factory=dict)
    version: int = GRANTS.version

    own: tuple[Entry, ...] = tuple(
        Entry(
            court=COURT,
            station=HUB,
            epoch="ab" * 8,
            sequence=sequence,
            boot="b1",
            uptime=0,
            time=NOW,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
        for sequence, fact in enumerate(ISSUED, start=1)
    )

    def take_in(self, batch: Batch) -> int:
        """Up to where the office has this station's chain after a batch."""
        head = batch.head
        links = self.links.setdefault(head.station, [])
        beginning = chain.origin(head.station, head.epoch)
        tip = Tip(len(links), links[-1] if links else beginning)
        judged = judge_batch(batch, tip=tip, link_at=lambda at: links[at - 1] if at else beginning)
        match judged:
            case Commit():
                links += judged.links
                self.keep(judged.entries)
            case Repeats():
                self.repeated(batch)
            case _:
                assert isinstance(judged, Gap), judged
        return len(links)

    def keep(self, entries: Iterable[Entry]) -> None:
        self.entries += entries

    def repeated(self, batch: Batch) -> None:
        """Everything is there already."""

    def grants(self, post: StationId, epoch: str, now: int) -> Grants:
        """What this station may do from now on, from all that was heard."""
        self.version += 1
        located = locate_all(self.entries)
        order = [*self.own, *(one.entry for one in located)]
        stands: Arranged = arranged(order, hub=HUB)
        granted = grants_for(
            Expiry(hub_epoch=GRANTS.hub_epoch, version=self.version, issued=now, expires=lasts(now)),
            badge_key=KEY,
            upto=(epoch, len(self.links.get(post, []))),
            court_staffed=True,
            people=[_badge(one) for one in PEOPLE.values()],
            volumes=[
                Registered(
                    volume=one.id,
                    title=one.title,
                    part=one.part,
                    recipient=one.recipient,
                    labels=one.labels,
                    holding=(standing := stand(one.id, located)).held.holding,
                    progress=standing.progress,
                    sensitive=one.id in GUARDED,
                )
                for one in VOLUMES.values()
            ],
            places=[Shown(place=one.id, kind=one.kind, name=one.name, label=one.label) for one in GRANTS.places],
            names=GRANTS.names,
            delegations=learn_delegations((), order),
            codes=[(one, DIGITS[one.code]) for one in ISSUED],
            arranged=stands,
        )
        return replace(granted, sealing_key="00" * 32)


def lasts(issued: int) -> int:
    """Until when grants hold, as nothing was decided yet."""
    return runs_out(issued, renewed_within=TERMS.renewed_within(DAYS), days=DAYS, closures=(), zone=UTC)


def _badge(one: Person) -> Badge:
    return Badge(person=one.id, name=one.name, roles=one.roles, text=f"badge {one.id}")


def _shown(stimulus: Stimulus, view: View) -> set[str]:
    """Whose badge, or which codes, somebody has just shown."""
    match stimulus:
        case BadgeTapped(text=text):
            return {text.removeprefix("badge ")}
        case NumberEntered(number=number):
            parcels = {one.id for one in view.parcels.values() if fits(one, number, key=KEY)}
            return parcels | {code for code, digits in DIGITS.items() if digits == str(number)}
        case _:
            return set()


def why_not_open(post: Post, unlock: Unlock, view: View) -> str:
    """Why a lock must not fire for this, as far as is known at the station; empty if it may."""
    session, lying, parcels = post.desk.session, view.lying_in(unlock.place), view.parcels_in(unlock.place)
    if view.grants is None or session is None or view.now >= view.grants.expires:
        return "nobody may open anything now"
    if post.doors[unlock.place].door is not DoorState.CLOSED:
        return "it is not shut"
    if post.desk.person != unlock.person:
        return "it opens for somebody who is not here"
    if unlock.person == PARTY:
        theirs = post.shown & {session.parcel} if session.flow == "pick_up" else set()
        return "it is not the party's" if lying or {one.id for one in parcels} != theirs else ""
    person = view.person(unlock.person)
    if person is None or not all(may_see(person, one.part) for one in lying):
        return "they may not see what lies there"
    others = [found for one in post.shown - {person.id} if (found := view.person(PersonId(one))) is not None]
    guarded = [one.part for one in lying if one.sensitive]
    if guarded and not any(all(may_see(one, part) for part in guarded) for one in others):
        return "nobody stands by"
    if session.code:
        code = next((one for one in view.grants.codes if one.id in post.shown), None)
        if code is None or not code.since <= view.now < code.until or not {one.id for one in lying} <= code.volumes:
            return "the code is not for this, or not now"
    if session.flow in PAPERS_TOO and person.roles & {Role.STAFF, Role.ADMINISTRATOR}:
        return ""
    after = view.grants.overdue_after if session.flow == "take_in" and Role.STAFF in person.roles else None
    lain = {one.id for one in parcels if after is not None and view.now - one.since > after}
    mine = all(one.id in lain or may_take_parcel(person, one) for one in parcels)
    return "" if mine else "papers of others lie there"


def uses(entries: Iterable[Fact], code: str) -> int:
    return sum(isinstance(one, CodeUsed) and one.code == code for one in entries)
