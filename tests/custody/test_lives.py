"""Several people, two cabinets, a station, and a hub that is often away: what holds whatever they do.

No door opens for somebody who may not see all that lies behind it as far as is known there, no fact is lost, and where
everything is follows from the facts, in whatever order they arrive.
"""

from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custody.archiving import Standing, stand
from custody.desk import Desk, at_door, prompt, step
from custody.entries import Clock, Entry
from custody.events import EpochOpened, EpochReason, Fact, StationKind, TimeHeard
from custody.flows import FLOWS
from custody.flows.grammar import (
    BadgeTapped,
    Chosen,
    DoorClosed,
    DoorOpened,
    Failure,
    LabelScanned,
    NumberEntered,
    Record,
    Stimulus,
    TimeUp,
    Unlock,
    UnlockFailed,
)
from custody.grants import Grants, KnownVolume, may_see
from custody.holding import AtPlace, WithPerson
from custody.identifiers import PersonId, PlaceId, StationId, VolumeId
from custody.knowledge import View, learn, learn_delegations
from custody.messages import Compartment, DoorState
from custody.timing import locate_all
from tests.custody.court import (
    ADMINISTRATOR,
    CLERK,
    COURT,
    DESK,
    GRANTS,
    JUDGE,
    LABELS,
    NOW,
    PORTER,
    SCANNER,
    SHELF_LABEL,
    TROLLEY_LABEL,
    VOLUMES,
)

DAY = 86_400_000
PEOPLE = (CLERK, JUDGE, PORTER, SCANNER, ADMINISTRATOR)
STATIONS = {StationId("cab-1"): StationKind.CABINET, StationId("cab-2"): StationKind.CABINET}
STATIONS |= {StationId(DESK): StationKind.STATION}
LONG = replace(GRANTS, expires=NOW + 30 * DAY)


@dataclass
class Post:
    """One station as its agent has it: what it was granted, what it saw since, its doors and its journal."""

    id: StationId
    epoch: str
    kind: StationKind
    grants: Grants
    volumes: dict[VolumeId, KnownVolume]
    doors: dict[PlaceId, Compartment]
    desk: Desk = field(default_factory=Desk)
    journal: list[Entry] = field(default_factory=list)
    acked: int = 0
    acts: int = 0

    def view(self, now: int) -> View:
        return View(
            kind=self.kind,
            place=PlaceId(self.id),
            now=now,
            new_id=f"{self.id}-act-{self.acts}",
            grants=self.grants,
            delegations=learn_delegations(self.grants.delegations, self.journal),
            volumes=self.volumes,
            compartments=self.doors,
        )

    def write(self, fact: Fact, now: int) -> None:
        entry = Entry(
            court=COURT,
            station=self.id,
            epoch=self.epoch,
            sequence=len(self.journal) + 1,
            boot="b1",
            uptime=now - NOW,
            time=now,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
        self.journal.append(entry)
        self.volumes = learn(self.volumes, [entry])


def compartments(station: StationId) -> dict[PlaceId, Compartment]:
    places = (PlaceId(f"{station}.0{number}") for number in (1, 2, 3))
    return {
        place: Compartment(place=place, number=place[-2:], size=size, row=row, column=0, door=DoorState.CLOSED)
        for row, (place, size) in enumerate(zip(places, "SML", strict=True))
    }


class Lives(RuleBasedStateMachine):
    """Time goes on by a second with everything that happens, and by days when the hub is away."""

    @initialize()
    def opened(self) -> None:
        self.now = NOW
        self.hub: list[Entry] = []
        self.posts = [
            Post(
                id=station,
                epoch=f"{number:016x}",
                kind=kind,
                grants=LONG,
                volumes=dict(VOLUMES),
                doors=compartments(station) if kind is StationKind.CABINET else {},
            )
            for number, (station, kind) in enumerate(STATIONS.items())
        ]
        for post in self.posts:
            post.write(EpochOpened(reason=EpochReason.FIRST), self.now)

    posts_ = st.integers(0, len(STATIONS) - 1)
    read = st.sampled_from((*LABELS.values(), SHELF_LABEL, TROLLEY_LABEL, "rubbish"))

    @rule(post=posts_, person=st.sampled_from(PEOPLE))
    def taps(self, post: int, person: PersonId) -> None:
        self._does(post, BadgeTapped(f"badge {person}"))

    @rule(post=posts_, label=read)
    def scans(self, post: int, label: str) -> None:
        self._does(post, LabelScanned(label))

    @rule(
        post=posts_,
        person=st.sampled_from(PEOPLE),
        flow=st.sampled_from(("", *FLOWS)),
        before=st.lists(read, max_size=2),
        number=st.integers(1, 3),
        within=st.lists(read, max_size=2),
        ends=st.sampled_from(("", "all_taken", "finish", "handed")),
        other=st.sampled_from(PEOPLE),
    )
    def comes_and_goes(
        self,
        post: int,
        person: PersonId,
        flow: str,
        before: list[str],
        number: int,
        within: list[str],
        ends: str,
        other: PersonId,
    ) -> None:
        """Somebody does a thing from beginning to end, as far as it is theirs to do."""
        here = self.posts[post]
        if here.desk.session is None and here.desk.person != person:
            self.taps(post, person)
        if flow:
            self._does(post, Chosen(flow))
        for label in before:
            self.scans(post, label)
        self._does(post, NumberEntered(number))
        self._does(post, Chosen("mislaid"))
        self.door(post, opens=True)
        for label in within:
            self.scans(post, label)
        self.door(post, opens=True)
        self._does(post, BadgeTapped(f"badge {other}") if ends == "handed" else Chosen(ends) if ends else TimeUp())

    @rule(post=posts_, which=st.integers(0, 3))
    def touches(self, post: int, which: int) -> None:
        choices = [one.id for one in prompt(self.posts[post].desk, self.posts[post].view(self.now)).choices]
        self._does(post, Chosen((*choices, "cancel")[min(which, len(choices))]))

    @rule(post=posts_, number=st.integers(1, 4))
    def types(self, post: int, number: int) -> None:
        self._does(post, NumberEntered(number))

    @rule(post=posts_)
    def waits(self, post: int) -> None:
        self._does(post, TimeUp())

    @rule(post=posts_, opens=st.booleans())
    def door(self, post: int, *, opens: bool) -> None:
        """The door in question opens (or fails to), or closes again."""
        here = self.posts[post]
        place = None if here.desk.session is None else here.desk.session.place
        if place is None or not at_door(here.desk):
            return
        if here.doors[place].door is DoorState.OPEN:
            here.doors[place] = replace(here.doors[place], door=DoorState.CLOSED)
            self._does(post, DoorClosed(place))
        elif opens:
            here.doors[place] = replace(here.doors[place], door=DoorState.OPEN)
            self._does(post, DoorOpened(place))
        else:
            self._does(post, UnlockFailed(place, Failure.LAPSED))

    @rule(post=posts_)
    def uploads(self, post: int) -> None:
        """The hub hears everything, says so, and grants anew what all facts together say."""
        here = self.posts[post]
        self.hub += here.journal[here.acked :]
        here.write(TimeHeard(hub_time=self.now, epoch=here.journal[0].epoch, upto=len(here.journal)), self.now)
        self.hub.append(here.journal[-1])
        here.acked = len(here.journal)
        here.grants = replace(
            LONG, version=here.grants.version + 1, delegations=learn_delegations((), self._in_time(self.hub))
        )
        here.volumes = {one: self._granted(one) for one in VOLUMES}

    @precondition(lambda self: self.now < NOW + 20 * DAY)
    @rule(days=st.integers(1, 7))
    def hub_is_away(self, days: int) -> None:
        self.now += days * DAY

    @invariant()
    def where_everything_is_follows_from_the_facts_in_any_order(self) -> None:
        entries = [entry for post in self.posts for entry in post.journal]
        shuffled = list(entries)
        Random(len(entries)).shuffle(shuffled)

        for volume in VOLUMES:
            assert stand(volume, locate_all(entries)) == stand(volume, locate_all(shuffled))

    @invariant()
    def no_fact_is_lost(self) -> None:
        for post in self.posts:
            heard = [one for one in self.hub if one.station == post.id]
            assert heard == post.journal[: post.acked]
            assert [one.sequence for one in post.journal] == list(range(1, len(post.journal) + 1))

    def teardown(self) -> None:
        """When the hub is back everything is uploaded, and the hub knows what the stations know together."""
        for post in range(len(self.posts)):
            self.uploads(post)
        every = [entry for post in self.posts for entry in post.journal]
        for volume in VOLUMES:
            assert stand(volume, locate_all(self.hub)) == stand(volume, locate_all(every))

    def _does(self, post: int, stimulus: Stimulus) -> None:
        here = self.posts[post]
        self.now += 1000
        here.acts += 1
        view = here.view(self.now)
        here.desk, effects = step(here.desk, stimulus, view)
        for effect in effects:
            if isinstance(effect, Unlock):
                self._may_open(here, effect, view)
            if isinstance(effect, Record):
                here.write(effect.fact, self.now)
        if any(isinstance(one, Unlock) for one in effects):
            assert at_door(here.desk)

    def _may_open(self, here: Post, unlock: Unlock, view: View) -> None:
        person = view.person(unlock.person)
        assert person is not None and person.id == here.desk.person
        assert all(may_see(person, one.part) for one in view.lying_in(unlock.place))
        assert here.doors[unlock.place].door is DoorState.CLOSED

    def _granted(self, volume: VolumeId) -> KnownVolume:
        standing: Standing = stand(volume, locate_all(self.hub))
        known = replace(VOLUMES[volume], progress=standing.progress)
        match standing.held.holding:
            case AtPlace(place=place, recipient=recipient, evidence=evidence):
                return replace(known, place=place, lying_for=recipient, since=evidence.time)
            case WithPerson(person=person, on_behalf=on_behalf, evidence=evidence):
                return replace(known, holder=person, held_for=on_behalf, since=evidence.time)
            case _:
                return known

    def _in_time(self, entries: list[Entry]) -> list[Entry]:
        return sorted(entries, key=lambda one: (one.time, one.station, one.sequence))


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
