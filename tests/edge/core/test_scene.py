"""One kiosk's scene: what a step writes, what it fires, what it answers, and what survives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import desk
from custody.archiving import SCANNING_QUEUE
from custody.desk import BadgeTapped, prompt
from custody.entries import Clock, Entry
from custody.events import (
    BoardLost as BoardLostFact,
)
from custody.events import (
    CaseClosed,
    CaseOpened,
    CommandAnswered,
    CompartmentVerified,
    DoorClosed,
    DoorForced,
    DoorOpened,
    DoorsSensed,
    Fact,
    Grade,
    GrantsAccepted,
    OutcomeUnknown,
    Part,
    PowerLost,
    PowerRestored,
    PulseSent,
    StationKind,
    UnlockIntended,
    UnlockLapsed,
    VolumeCollected,
    VolumeDeposited,
)
from custody.flows.grammar import Colour, LabelScanned, Prompt, Session
from custody.grants import Grants, KnownVolume, Person, Role, badge_digest
from custody.identifiers import ActId, CourtId, LabelKind, PersonId, PlaceId, StationId, VolumeId, make_label
from custody.messages import Command, Compartment, DoorState, Outcome, Result
from custody.refusals import BadgeNotRead, InUse, JournalFull, LabelNotRead, NotNow, NotOurLabel
from edge.core.door import Door, Energise, Pulse, Remembered, Unknown
from edge.core.scene import (
    Asked,
    BoardLost,
    CaseSensed,
    Chosen,
    DoorSensed,
    Entered,
    Ground,
    ItemSensed,
    NotRead,
    PowerSensed,
    PulseReported,
    Reaction,
    Renewed,
    Restarted,
    Scene,
    Stimulus,
    TimePassed,
    alarming,
    due,
    react,
    view,
)
from edge.core.watch import Watch

COURT, STATION = CourtId("court-1"), StationId("cab-1")
ONE, TWO = PlaceId("cab-1.01"), PlaceId("cab-1.02")
KEY = "5a" * 32
LABELS = tuple(make_label(LabelKind.VOLUME, number).text for number in range(3))
CLERK, PORTER = PersonId("wang-min"), PersonId("li-qiang")


def test_a_deposit_fires_one_lock_and_is_recorded_when_the_door_closes() -> None:
    kiosk = Kiosk().shut().tap(CLERK)

    asked = kiosk.meet(LabelScanned(LABELS[0]))
    act = intended(kiosk).act
    kiosk.meet(PulseReported(ONE, act, Pulse.ACKNOWLEDGED))
    kiosk.sense(ONE, DoorState.OPEN)
    before = kiosk.written(VolumeDeposited)
    closed = kiosk.sense(ONE, DoorState.CLOSED)

    assert asked.energise == (Energise(ONE, act),)
    assert asked.sound is True
    assert before == []
    assert kiosk.written(DoorOpened) == [DoorOpened(place=ONE, act=act)]
    assert [fact.volume for fact in kiosk.written(VolumeDeposited)] == ["v-0"]
    assert closed.sound is True
    assert kiosk.written(PulseSent) == [PulseSent(place=ONE, act=act, acknowledged=True)]


def test_what_was_deposited_here_can_be_collected_here_at_once() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.put_in(0, ONE)
    kiosk.tap(PORTER)

    kiosk.meet(Chosen("collect", kiosk.held.desk.turn))
    kiosk.sense(ONE, DoorState.OPEN)
    kiosk.meet(LabelScanned(LABELS[0]))

    assert [(fact.person, fact.grade) for fact in kiosk.written(VolumeCollected)] == [(PORTER, Grade.SCANNED)]


def test_a_touch_on_an_older_picture_means_nothing() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    before = kiosk.held

    for touch in (Chosen("deposit", before.desk.turn - 1), Entered(7, before.desk.turn - 1)):
        assert kiosk.meet(touch).scene == before


def test_a_number_where_none_is_asked_is_refused() -> None:
    kiosk = Kiosk().shut().tap(CLERK)

    reaction = kiosk.meet(Entered(7, kiosk.held.desk.turn))

    assert (reaction.scene.desk.refusal, reaction.sound) == (NotNow(), False)


def test_whoever_could_not_be_read_is_told_so_and_the_words_go_by_themselves() -> None:
    kiosk = Kiosk().shut()

    told = kiosk.meet(NotRead(badge=True))

    assert (told.scene.desk.refusal, told.sound) == (BadgeNotRead(), None)
    until = due(kiosk.held)
    assert kiosk.meet(NotRead(badge=True)) == Reaction(scene=told.scene)
    assert until is not None
    kiosk.now = until
    kiosk.meet(TimePassed())
    assert kiosk.held.desk.refusal is None
    assert kiosk.tap(CLERK).held.desk.person == CLERK


def test_half_a_label_disturbs_nothing_and_a_humming_line_gives_nobody_more_time() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    before = kiosk.held

    told = kiosk.meet(NotRead(badge=False))
    again = kiosk.meet(NotRead(badge=False))  # and heard again

    assert (told.scene.desk, told.sound) == (replace(before.desk, refusal=LabelNotRead()), False)
    assert again == Reaction(scene=told.scene, sound=False)
    assert due(told.scene) == due(before)
    assert kiosk.meet(LabelScanned(LABELS[0])).energise


def test_whoever_scans_only_what_is_refused_is_given_no_more_time_by_it() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    until = due(kiosk.held)

    kiosk.now += 5_000
    kiosk.meet(LabelScanned("a stranger's code"))
    assert kiosk.held.desk.refusal == NotOurLabel()
    assert due(kiosk.held) == until
    kiosk.wait()
    assert kiosk.held.desk.person is None


def test_whatever_is_answered_gives_time_anew() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    until = due(kiosk.held)
    assert until is not None

    kiosk.now += 5_000
    kiosk.meet(Chosen("deposit", kiosk.held.desk.turn))
    after = due(kiosk.held)
    assert after is not None and after > until


def test_a_door_nobody_shuts_asks_for_somebody_until_something_is_done() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.meet(LabelScanned(LABELS[0]))
    kiosk.sense(ONE, DoorState.OPEN)
    assert kiosk.drawn().next.key == "deposit.placing.next"

    while not kiosk.held.idle:
        kiosk.wait()
    assert (kiosk.drawn().next.key, kiosk.drawn().colour) == ("door.still_open.next", Colour.PERSON)
    assert alarming(kiosk.held)
    kiosk.meet(LabelScanned("a stranger's code"))
    assert kiosk.held.idle
    kiosk.sense(ONE, DoorState.CLOSED)
    assert (kiosk.held.idle, alarming(kiosk.held)) == (False, False)
    assert kiosk.drawn().headline.key == "deposit.done.headline"


def test_a_door_that_nobody_unlocked_calls_for_somebody_while_it_stands_open() -> None:
    kiosk = Kiosk().shut()
    kiosk.sense(ONE, DoorState.OPEN)
    assert alarming(kiosk.held)
    assert (kiosk.drawn().next.key, kiosk.drawn().next.fields["number"]) == ("rest.open.next", "01")
    kiosk.tap(CLERK)
    assert kiosk.drawn().next.key == "home.next.open"

    kiosk.sense(ONE, DoorState.CLOSED)
    assert not alarming(kiosk.held)
    assert kiosk.drawn().next.key == "home.next.cabinet"


def test_what_a_sensor_says_of_the_inside_changes_the_question_and_no_record() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.put_in(0, ONE)
    written = len(kiosk.entries)

    kiosk.meet(ItemSensed(ONE, present=False))
    assert kiosk.drawn().headline.key == "putting.empty.headline"
    kiosk.meet(ItemSensed(ONE, present=None))
    assert kiosk.drawn().headline.key == "deposit.done.headline"
    assert len(kiosk.entries) == written


def test_a_failed_lock_is_remembered_beyond_its_session_until_it_opens() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.meet(LabelScanned(LABELS[0]))
    kiosk.wait()
    assert (kiosk.held.failed, view(kiosk.held, kiosk.ground()).failed) == ((ONE,), (ONE,))

    kiosk.sense(ONE, DoorState.OPEN)
    assert kiosk.held.failed == ()


def test_a_lock_is_not_fired_when_its_record_might_not_fit() -> None:
    kiosk = Kiosk(room=False).shut().tap(CLERK)
    turn = kiosk.held.desk.turn

    reaction = kiosk.meet(LabelScanned(LABELS[0]))

    assert (reaction.energise, reaction.sound) == ((), False)
    assert reaction.scene.desk.refusal == JournalFull()
    assert reaction.scene.desk.turn > turn
    assert kiosk.written(UnlockIntended) == []


def test_whoever_is_named_no_more_goes_at_once_and_whoever_stands_at_a_door_shuts_it_first() -> None:
    without = replace(GRANTS, version=GRANTS.version + 1, people=tuple(p for p in GRANTS.people if p.id != CLERK))

    for at_door in (False, True):
        kiosk = Kiosk().shut().tap(CLERK)
        if at_door:
            kiosk.meet(LabelScanned(LABELS[0]))
        kiosk.meet(Renewed(without, ()))
        assert (kiosk.held.desk.person == CLERK) is at_door

    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.meet(Renewed(replace(GRANTS, version=GRANTS.version + 1), ()))
    assert kiosk.held.desk.person == CLERK
    told = Session(flow="leave_out", state="phone", person=CLERK, confided=("p-1",))
    kiosk.held = replace(kiosk.held, desk=replace(kiosk.held.desk, session=told))
    assert kiosk.meet(Renewed(without, ())).erased == ("p-1",)


def test_a_command_opens_nothing_that_takes_two_people() -> None:
    guarded = tuple(replace(one, sensitive=True, place=ONE) if one.id == "v-0" else one for one in GRANTS.volumes)
    kiosk = Kiosk().shut()
    kiosk.meet(Renewed(replace(GRANTS, version=GRANTS.version + 1, volumes=guarded), ()))

    kiosk.meet(Asked(command()))

    assert [(one.outcome, one.refusal) for one in kiosk.answers] == [(Outcome.REFUSED, "opens_for_two")]
    assert kiosk.written(UnlockIntended) == []


def test_a_number_that_could_not_be_counted_is_not_heard() -> None:
    kiosk = Kiosk(room=False).shut().tap(CLERK)

    reaction = kiosk.meet(Entered(7, kiosk.held.desk.turn))

    assert (reaction.scene.desk.refusal, reaction.sound) == (JournalFull(), False)


def test_a_door_that_moves_by_itself_is_recorded_although_nobody_is_there() -> None:
    kiosk = Kiosk().shut()

    kiosk.sense(TWO, DoorState.OPEN)

    assert kiosk.written(DoorForced) == [DoorForced(place=TWO)]


def test_supply_and_case_are_recorded_when_they_change_and_when_trouble_is_found_at_the_start() -> None:
    kiosk = Kiosk().shut()
    place = kiosk.held.place

    for present in (True, False, False, True):
        kiosk.meet(PowerSensed("mains", present))
    for shut in (False, True):
        kiosk.meet(CaseSensed("case", shut))

    assert kiosk.written(PowerLost) == [PowerLost(place=place, sensor="mains")]
    assert kiosk.written(PowerRestored) == [PowerRestored(place=place, sensor="mains")]
    assert kiosk.written(CaseOpened) == [CaseOpened(place=place, sensor="case")]
    assert kiosk.written(CaseClosed) == [CaseClosed(place=place, sensor="case")]
    assert kiosk.held.bad == frozenset()


def test_the_watch_begins_with_all_doors_read_and_ends_with_the_board() -> None:
    kiosk = Kiosk().shut()
    kiosk.meet(BoardLost("A"))
    kiosk.sense(ONE, DoorState.UNKNOWN)
    kiosk.sense(TWO, DoorState.UNKNOWN)
    kiosk.sense(ONE, DoorState.CLOSED)
    kiosk.sense(TWO, DoorState.OPEN)

    assert kiosk.written(DoorsSensed) == [
        DoorsSensed(open=(), closed=(ONE, TWO)),
        DoorsSensed(open=(TWO,), closed=(ONE,)),
    ]
    assert kiosk.written(BoardLostFact) == [BoardLostFact(places=(ONE, TWO))]


def test_what_the_wiring_does_not_know_changes_nothing() -> None:
    kiosk = Kiosk().shut()
    before = kiosk.held

    strange = PlaceId("cab-9.01")
    assert kiosk.meet(BoardLost("Z")).scene == before
    assert kiosk.meet(DoorSensed("Z", strange, DoorState.OPEN)).scene == before


def test_a_door_not_opened_in_time_is_told_to_the_person() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.meet(LabelScanned(LABELS[0]))
    kiosk.wait()

    assert len(kiosk.written(UnlockLapsed)) == 1
    assert kiosk.held.desk.session is not None
    assert kiosk.held.desk.session.state == "not_opened"


def test_who_walks_away_is_signed_out() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.wait()

    assert kiosk.held.desk.person is None
    assert due(kiosk.held) is None


def test_a_deadline_that_is_not_over_yet_changes_nothing() -> None:
    kiosk = Kiosk().shut().tap(CLERK)

    assert kiosk.meet(TimePassed()).scene == kiosk.held


# --- commands ---------------------------------------------------------------------------------------------------------


def test_a_command_opens_one_door_and_names_the_opening() -> None:
    kiosk = Kiosk().shut()
    asked = kiosk.meet(Asked(command()))
    opened = kiosk.sense(ONE, DoorState.OPEN)

    opening = next(entry for entry in kiosk.entries if isinstance(entry.fact, DoorOpened))
    assert (len(asked.energise), asked.answers) == (1, ())
    assert opened.answers == (result(Outcome.OPENED, entry=opening.id),)
    assert kiosk.written(CommandAnswered) == [CommandAnswered(command="c-1", result=Outcome.OPENED)]
    assert intended(kiosk).command == "c-1"


def test_a_command_of_another_session_is_expired() -> None:
    kiosk = Kiosk().shut()

    reaction = kiosk.meet(Asked(command(nonce="old")))

    assert (reaction.energise, outcomes(reaction)) == ((), [(Outcome.EXPIRED, "command_not_fresh")])
    assert reaction.answers[0].entry == kiosk.entries[-1].id


@pytest.mark.parametrize("prepare", ["person", "unlocking"])
def test_a_command_waits_for_nobody_at_the_cabinet(prepare: str) -> None:
    kiosk = Kiosk().shut()
    if prepare == "person":
        kiosk.tap(CLERK)
    else:
        kiosk.meet(Asked(command(identity="c-0", place=TWO)))

    reaction = kiosk.meet(Asked(command()))

    assert (reaction.energise, outcomes(reaction)) == ((), [(Outcome.REFUSED, InUse().code)])


def test_a_command_to_an_open_door_fires_nothing() -> None:
    kiosk = Kiosk().shut()
    kiosk.sense(ONE, DoorState.OPEN)

    reaction = kiosk.meet(Asked(command()))

    assert (reaction.energise, outcomes(reaction)) == ((), [(Outcome.ALREADY_OPEN, "")])


def test_a_command_is_refused_when_its_record_might_not_fit() -> None:
    kiosk = Kiosk(room=False).shut()

    reaction = kiosk.meet(Asked(command()))

    assert (reaction.energise, outcomes(reaction)) == ((), [(Outcome.REFUSED, "journal_full")])


# --- restarts ---------------------------------------------------------------------------------------------------------


def test_an_intent_without_an_outcome_blocks_its_compartment_until_somebody_looked() -> None:
    kiosk = Kiosk()
    kiosk.meet(Restarted((Remembered(place=ONE, act=ActId("a"), command="c-1", unlocking=True),)))
    kiosk.shut()

    assert kiosk.written(OutcomeUnknown) == [OutcomeUnknown(place=ONE, act=ActId("a"))]
    assert kiosk.answers == [result(Outcome.UNKNOWN, entry=kiosk.entries[0].id)]
    assert view(kiosk.held, kiosk.ground()).compartments[ONE].blocked

    kiosk.tap(CLERK)
    kiosk.meet(Chosen("verify", kiosk.held.desk.turn))
    kiosk.sense(ONE, DoorState.OPEN)
    kiosk.sense(ONE, DoorState.CLOSED)

    assert [fact.place for fact in kiosk.written(CompartmentVerified)] == [ONE]
    assert kiosk.held.blocked == frozenset()


def test_a_deposit_cut_by_the_power_ends_when_the_door_is_found_shut() -> None:
    before = Kiosk().shut().tap(CLERK)
    before.meet(LabelScanned(LABELS[0]))
    before.sense(ONE, DoorState.OPEN)
    session, act = before.held.desk.session, intended(before).act

    after = Kiosk()
    after.held = replace(after.held, desk=desk.resumed(session))
    after.meet(Restarted((Remembered(place=ONE, act=act),)))
    waiting = after.held.desk.session
    after.shut()

    assert waiting == session
    assert after.written(DoorClosed) == [DoorClosed(place=ONE, act=act)]
    assert [fact.volume for fact in after.written(VolumeDeposited)] == ["v-0"]
    assert due(after.held) is not None


def test_a_door_that_is_no_longer_wired_is_forgotten() -> None:
    kiosk = Kiosk()

    kiosk.meet(Restarted((Remembered(place=PlaceId("cab-1.99"), act=ActId("a"), unlocking=True),)))

    assert kiosk.entries == []


# --- grants -----------------------------------------------------------------------------------------------------------


def test_newer_grants_are_seen_with_what_happened_here_since() -> None:
    kiosk = Kiosk().shut().tap(CLERK)
    kiosk.put_in(0, ONE)
    since = tuple(kiosk.entries)

    kiosk.meet(Renewed(replace(GRANTS, version=2), since))

    assert kiosk.written(GrantsAccepted) == [GrantsAccepted(hub_epoch="h", version=2)]
    assert kiosk.held.volumes[VolumeId("v-0")].place == ONE


# --- anything ---------------------------------------------------------------------------------------------------------

SOMETHING = st.sampled_from(
    (
        *(lambda kiosk, text=text: LabelScanned(text) for text in (*LABELS, "nonsense")),
        *(lambda kiosk, text=text: BadgeTapped(text) for text in ("badge-wang-min", "badge-li-qiang", "stranger")),
        *(
            lambda kiosk, choice=choice: Chosen(choice, kiosk.held.desk.turn)
            for choice in ("deposit", "collect", "return", "verify", "cancel", "retry", "all_taken", "open_next")
        ),
        *(
            lambda kiosk, place=place, state=state: DoorSensed("A", place, state)
            for place in (ONE, TWO)
            for state in DoorState
        ),
        lambda kiosk: BoardLost("A"),
        *(lambda kiosk, place=place: Asked(command(identity=f"c-{kiosk.now}", place=place)) for place in (ONE, TWO)),
        lambda kiosk: TimePassed(),
    )
)


@given(st.lists(st.tuples(SOMETHING, st.sampled_from((1, 500, 11_000, 90_000))), max_size=40))
def test_whatever_happens_no_lock_fires_without_its_intent(happened: list[tuple[Callable[..., Stimulus], int]]) -> None:
    kiosk = Kiosk()
    fired: list[str] = []
    for make, passes in happened:
        kiosk.now += passes
        reaction = kiosk.meet(make(kiosk))
        fired.extend(one.act for one in reaction.energise)
        assert not {one.place for one in reaction.energise} & unseen(kiosk.held)

    intents = [fact.act for fact in kiosk.written(UnlockIntended)]
    assert fired == intents
    assert len(set(fired)) == len(fired)
    ended = [fact.act for fact in (*kiosk.written(DoorOpened), *kiosk.written(OutcomeUnknown))]
    assert len(set(ended)) == len(ended)
    assert set(ended) <= set(fired)
    assert len({one.command for one in kiosk.answers}) == len(kiosk.answers)


# --- props ------------------------------------------------------------------------------------------------------------

PEOPLE = tuple(
    Person(id=name, name=name, roles=frozenset({role}), badge=badge_digest(f"badge-{name}", key=KEY))
    for name, role in ((CLERK, Role.STAFF), (PORTER, Role.OPERATOR))
)
VOLUMES = tuple(
    KnownVolume(id=VolumeId(f"v-{number}"), labels=(label,), title=label, part=Part.MAIN, recipient=SCANNING_QUEUE)
    for number, label in enumerate(LABELS)
)
GRANTS = Grants(
    hub_epoch="h",
    version=1,
    issued=1,
    expires=10**15,
    badge_key=KEY,
    upto=("", 0),
    people=PEOPLE,
    volumes=VOLUMES,
)
CABINET = Scene(
    court=COURT,
    station=STATION,
    kind=StationKind.CABINET,
    place=PlaceId(STATION),
    compartments={
        place: Compartment(place=place, number=place[-2:], size="M", row=0, column=column)
        for column, place in enumerate((ONE, TWO))
    },
    doors={place: Door(place) for place in (ONE, TWO)},
    boards={"A": Watch(places=(ONE, TWO))},
    grants=GRANTS,
    volumes={one.id: one for one in VOLUMES},
)


@dataclass
class Kiosk:
    """A scene that lives: each step's outcome becomes what holds, and what was written is kept in order."""

    held: Scene = CABINET
    room: bool = True
    now: int = 1_000_000
    entries: list[Entry] = field(default_factory=list)
    answers: list[Result] = field(default_factory=list)
    nonces: Mapping[str, int] = field(default_factory=lambda: {"fresh": 10**12})

    def meet(self, stimulus: Stimulus) -> Reaction:
        self.now += 1
        reaction = react(self.held, stimulus, self.ground(), self.write)
        self.held = reaction.scene
        self.answers.extend(reaction.answers)
        return reaction

    def ground(self) -> Ground:
        return Ground(
            now=1_800_000_000_000,
            uptime=self.now,
            new_id=f"act-{self.now}",
            secret=f"{self.now:032x}",
            room=self.room,
            nonces=self.nonces,
        )

    def write(self, fact: Fact) -> Entry:
        entry = Entry(
            court=COURT,
            station=STATION,
            epoch="e",
            sequence=len(self.entries) + 1,
            boot="b",
            uptime=self.now,
            time=self.now,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
        self.entries.append(entry)
        return entry

    def drawn(self) -> Prompt:
        return prompt(self.held.desk, view(self.held, self.ground()))

    def written(self, kind: type[Any]) -> list[Any]:
        return [entry.fact for entry in self.entries if isinstance(entry.fact, kind)]

    def sense(self, place: PlaceId, state: DoorState) -> Reaction:
        return self.meet(DoorSensed("A", place, state))

    def shut(self) -> "Kiosk":
        for place in (ONE, TWO):
            self.sense(place, DoorState.CLOSED)
        return self

    def tap(self, person: PersonId) -> "Kiosk":
        self.meet(BadgeTapped(f"badge-{person}"))
        return self

    def put_in(self, number: int, place: PlaceId) -> None:
        self.meet(LabelScanned(LABELS[number]))
        self.sense(place, DoorState.OPEN)
        self.sense(place, DoorState.CLOSED)

    def wait(self) -> None:
        """Until the next deadline."""
        self.now = due(self.held) or self.now
        self.meet(TimePassed())


def command(*, identity: str = "c-1", nonce: str = "fresh", place: PlaceId = ONE) -> Command:
    return Command(
        command=identity,
        court=COURT,
        station=STATION,
        nonce=nonce,
        place=place,
        person=CLERK,
        reason="inspection",
        valid=10_000,
    )


def result(outcome: Outcome, *, entry: str) -> Result:
    return Result(command="c-1", court=COURT, station=STATION, outcome=outcome, entry=entry)


def outcomes(reaction: Reaction) -> list[tuple[Outcome, str]]:
    return [(one.outcome, one.refusal) for one in reaction.answers]


def intended(kiosk: Kiosk) -> UnlockIntended:
    intents = kiosk.written(UnlockIntended)
    assert len(intents) == 1
    intent: UnlockIntended = intents[0]
    return intent


def unseen(held: Scene) -> set[PlaceId]:
    return {place for place, one in held.doors.items() if isinstance(one.state, Unknown)}
