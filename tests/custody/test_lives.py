"""Several people, two cabinets, a station, and a hub that is often away: what holds whatever they do.

No door opens for somebody who may not see all that lies behind it as far as is known there, no fact is lost or counted
twice on its way, and where everything is follows from the facts, in whatever order they arrive.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from custody.archiving import stand
from custody.desk import at_door, prompt
from custody.entries import Entry
from custody.events import EpochOpened, Fact, StationKind, TimeHeard
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
from custody.grants import Grants
from custody.identifiers import PersonId, StationId
from custody.messages import DoorState
from custody.parcels import PARTY, pickup_code
from custody.timing import locate_all
from hub.core.receiving import Batch
from tests.custody.court import (
    ADMINISTRATOR,
    CLERK,
    DESK,
    JUDGE,
    KEY,
    LABELS,
    NOW,
    PORTER,
    SCANNER,
    SHELF_LABEL,
    TROLLEY_LABEL,
    VOLUMES,
)
from tests.custody.lives import DAY, DIGITS, ISSUED, KEPT, Office, Post, compartments, uses, why_not_open

PEOPLE = (CLERK, JUDGE, PORTER, SCANNER, ADMINISTRATOR)
STATIONS = {StationId("cab-1"): StationKind.CABINET, StationId("cab-2"): StationKind.CABINET}
STATIONS |= {StationId(DESK): StationKind.STATION}
PHONE = 13_800_004_321
OPENS = ("collect", "take_in", "inspect", "stock_take")
WAITS_FOR_ANOTHER = frozenset({"second", "witness"})


class Lives(RuleBasedStateMachine):
    """Time goes on by a second with everything that happens, by days when the hub is away, by seasons at times."""

    office_kind: ClassVar[type[Office]] = Office
    post_kind: ClassVar[type[Post]] = Post

    @initialize()
    def opened(self) -> None:
        self.now = NOW
        self.office = self.office_kind()
        self.under_way: list[Batch] = []
        self.answers: list[tuple[int, int]] = []
        self.retained: list[tuple[int, Grants]] = []
        self.posts = [
            self.post_kind(
                id=station,
                epoch=f"{number:016x}",
                kind=kind,
                grants=self.office.grants(station, f"{number:016x}", self.now),
                doors=compartments(station) if kind is StationKind.CABINET else {},
            )
            for number, (station, kind) in enumerate(STATIONS.items())
        ]
        self.made: list[list[Fact]] = [[] for _ in self.posts]
        self.opened_wrongly = ""
        self.truth: list[Entry] = []
        for post in self.posts:
            post.begin(self.now)
            self.truth += post.since(0)

    posts_ = st.integers(0, len(STATIONS) - 1)
    cabinets_ = st.integers(0, 1)
    few = st.integers(0, 3)
    read = st.sampled_from((*LABELS.values(), SHELF_LABEL, TROLLEY_LABEL, "rubbish"))

    # --- what people do ---------------------------------------------------------------------------------------------

    @rule(post=posts_, person=st.sampled_from(PEOPLE))
    def taps(self, post: int, person: PersonId) -> None:
        self._does(post, BadgeTapped(f"badge {person}"))

    @rule(post=posts_, label=read)
    def scans(self, post: int, label: str) -> None:
        self._does(post, LabelScanned(label))

    @rule(
        post=posts_,
        person=st.sampled_from(PEOPLE),
        flow=st.sampled_from(("", *FLOWS, *OPENS)),
        before=st.lists(read, max_size=2),
        number=st.integers(1, 3),
        within=st.lists(read, max_size=2),
        ends=st.sampled_from(("", "all_taken", "finish", "handed", "as_listed")),
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
        """Somebody does a thing from beginning to end, as far as it is theirs to do; another stands by if asked."""
        here = self.posts[post]
        self._leaves(post)
        if here.desk.session is None and here.desk.person != person:
            self.taps(post, person)
        if flow:
            self._does(post, Chosen(flow))
        for label in before:
            self.scans(post, label)
        self._does(post, NumberEntered(number))
        self._does(post, Chosen("mislaid"))
        if here.desk.session is not None and here.desk.session.state in WAITS_FOR_ANOTHER:
            self.taps(post, other)
        self.door(post, opens=True)
        for label in within:
            self.scans(post, label)
        self.door(post, opens=True)
        self._does(post, BadgeTapped(f"badge {other}") if ends == "handed" else Chosen(ends) if ends else TimeUp())

    @rule(post=cabinets_, person=st.sampled_from(PEOPLE), label=st.sampled_from(tuple(LABELS.values())))
    def is_put_in(self, post: int, person: PersonId, label: str) -> None:
        self._leaves(post)
        self.taps(post, person)
        self.scans(post, label)
        self.door(post, opens=True)
        self.door(post, opens=True)
        self._leaves(post)

    @rule(post=cabinets_, code=st.sampled_from(sorted(DIGITS)), other=st.sampled_from(PEOPLE), read=st.lists(read))
    def comes_with_a_code(self, post: int, code: str, other: PersonId, read: list[str]) -> None:
        """Without a badge; for guarded volumes with somebody who has one."""
        self._leaves(post)
        self._does(post, Chosen("enter_code"))
        self._does(post, NumberEntered(int(DIGITS[code])))
        session = self.posts[post].desk.session
        if session is not None and session.state in WAITS_FOR_ANOTHER:
            self.taps(post, other)
        self.door(post, opens=True)
        for label in read[:3]:
            self.scans(post, label)
        self.door(post, opens=True)
        self._does(post, Chosen("still_inside"))

    @rule(
        post=cabinets_,
        whom=st.sampled_from((CLERK, JUDGE, PARTY)),
        by=st.sampled_from((CLERK, JUDGE)),
        size=st.sampled_from("SML"),
    )
    def papers_are_left(self, post: int, whom: PersonId, by: PersonId, size: str) -> None:
        """A party leaves papers for one of the court, or one of the court for a party."""
        self._leaves(post)
        if whom == PARTY:
            self.taps(post, by)
            self._does(post, Chosen("leave_out"))
        else:
            self._does(post, Chosen("drop_off"))
            self._does(post, Chosen(f"for:{whom}"))
        for number in (PHONE, 0, 2, 0, 1):
            self._does(post, NumberEntered(number))
        self._does(post, Chosen(f"size:{size}"))
        self.door(post, opens=True)
        self.door(post, opens=True)
        self._leaves(post)

    @precondition(lambda self: any(self._for_a_party()))
    @rule(
        which=few,
        wrong=st.sampled_from((0, 0, 0, 1, 10_000)),
        says=st.sampled_from(("taken", "cancel")),
    )
    def a_party_comes_for_papers(self, which: int, wrong: int, says: str) -> None:
        waiting = list(self._for_a_party())
        post, parcel = waiting[which % len(waiting)]
        self._leaves(post)
        last_four = PHONE % 10_000
        code = pickup_code(parcel, str(last_four), key=KEY)
        self._does(post, Chosen("pick_up"))
        self._does(post, NumberEntered(code * 10_000 + last_four + wrong))
        self.door(post, opens=True)
        self.door(post, opens=True)
        self._does(post, Chosen(says))

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

    # --- what the line does -----------------------------------------------------------------------------------------

    @rule(post=posts_, most=st.integers(1, 40))
    def sends(self, post: int, most: int) -> None:
        here = self.posts[post]
        batch = here.batch(here.sent + 1, most)
        if batch is not None:
            here.sent = batch.head.last
            self.under_way.append(batch)

    @precondition(lambda self: self.under_way)
    @rule(which=few, again=st.booleans())
    def arrives(self, which: int, *, again: bool) -> None:
        """Any of what is under way, perhaps not for the last time. The answer goes on its own way."""
        batch = self.under_way[which % len(self.under_way)]
        if not again:
            self.under_way.remove(batch)
        post = list(STATIONS).index(batch.head.station)
        self.answers.append((post, self.office.take_in(batch)))

    @precondition(lambda self: self.answers)
    @rule(which=few)
    def is_answered(self, which: int) -> None:
        post, upto = self.answers.pop(which % len(self.answers))
        self._hears(post, upto)

    @rule()
    def the_line_breaks(self) -> None:
        """What is under way is gone, and stations send anew from what they know to have arrived."""
        self.under_way.clear()
        self.answers.clear()
        for post in self.posts:
            post.sent = post.acked

    @rule(post=posts_)
    def grants_are_issued(self, post: int) -> None:
        here = self.posts[post]
        self.retained.append((post, self.office.grants(here.id, here.epoch, self.now)))

    @precondition(lambda self: self.retained)
    @rule(which=few)
    def grants_arrive(self, which: int) -> None:
        post, grants = self.retained.pop(which % len(self.retained))
        self.posts[post].accept(grants)

    @precondition(lambda self: self.now < NOW + 20 * DAY)
    @rule(days=st.integers(1, 7))
    def hub_is_away(self, days: int) -> None:
        self.now += days * DAY

    @precondition(lambda self: self.now < NOW + 300 * DAY)
    @rule()
    def a_season_goes_by(self) -> None:
        """All is well for so long that stations forget what the office has had for long enough."""
        self._everything_arrives()
        self.now += KEPT + DAY
        self.retained.clear()
        for post in self.posts:
            post.accept(self.office.grants(post.id, post.epoch, self.now))
            post.forget(self.now)

    # --- what holds -------------------------------------------------------------------------------------------------

    @invariant()
    def where_everything_is_follows_from_the_facts_in_any_order(self) -> None:
        shuffled = list(self.truth)
        Random(len(shuffled)).shuffle(shuffled)
        one, other = locate_all(self.truth), locate_all(shuffled)

        for volume in VOLUMES:
            assert stand(volume, one) == stand(volume, other)

    @invariant()
    def no_fact_is_lost(self) -> None:
        """Each that was made is with the office or still at its station, once, and in its place."""
        for post, made in zip(self.posts, self.made, strict=True):
            heard = [one for one in self.office.entries if one.station == post.id]
            kept = post.since(len(self.office.links.get(post.id, [])))
            assert facts_of_people((*heard, *kept)) == made

    @invariant()
    def nobody_opens_what_they_may_not_see(self) -> None:
        assert self.opened_wrongly == ""

    @invariant()
    def no_code_is_used_more_often_than_it_may_be(self) -> None:
        for made in self.made:
            assert all(uses(made, one.code) <= one.uses for one in ISSUED)

    def teardown(self) -> None:
        """When the hub is back everything is with it, folded once, and it knows what the stations know together."""
        self._everything_arrives()
        self.no_fact_is_lost()
        folded, every = locate_all(self.office.entries), locate_all(self.truth)
        assert len(folded) == len(every)
        for volume in VOLUMES:
            assert stand(volume, folded) == stand(volume, every)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _does(self, post: int, stimulus: Stimulus) -> None:
        here = self.posts[post]
        self.now += 1000
        before = len(here.links)
        view, effects = here.does(stimulus, self.now)
        self.made[post] += [one.fact for one in effects if isinstance(one, Record)]
        self.truth += here.since(before)
        for effect in effects:
            if isinstance(effect, Unlock):
                self.opened_wrongly = self.opened_wrongly or why_not_open(here, effect, view)
                assert at_door(here.desk)

    def _for_a_party(self) -> Iterator[tuple[int, str]]:
        for number, post in enumerate(self.posts):
            yield from ((number, one.id) for one in post.parcels.values() if one.recipient == PARTY)

    def _leaves(self, post: int) -> None:
        """Whoever is there goes, unless a door is open."""
        self._does(post, Chosen("cancel"))
        self._does(post, TimeUp())
        self._does(post, TimeUp())

    def _hears(self, post: int, upto: int) -> None:
        here = self.posts[post]
        before = len(here.links)
        here.hear(upto, self.now)
        self.truth += here.since(before)

    def _everything_arrives(self) -> None:
        self.the_line_breaks()
        for number, post in enumerate(self.posts):
            batch = post.batch(post.acked + 1, len(post.links))
            if batch is not None:
                self._hears(number, self.office.take_in(batch))
            last = post.batch(post.acked + 1, len(post.links))  # that it heard so
            if last is not None:
                post.acked = post.sent = self.office.take_in(last)


def facts_of_people(entries: Iterable[Entry]) -> list[object]:
    """What people did: not what a station says of itself."""
    return [one.fact for one in entries if not isinstance(one.fact, EpochOpened | TimeHeard)]


SETTINGS = settings(
    max_examples=250, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLives = Lives.TestCase
TestLives.settings = SETTINGS
