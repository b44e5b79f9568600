"""Every flow, every session it can come to, every stimulus, over views that differ in everything that matters.

Sessions are explored from the start until no new one appears, so nothing reachable is left out.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache

import pytest

from custody.archiving import Progress
from custody.events import (
    Gap,
    InspectReason,
    PaperKind,
    ParcelFault,
    Part,
    RefuseReason,
    ReturnReason,
    SendBackReason,
    StationKind,
    Step,
)
from custody.flows import FLOWS
from custody.flows.grammar import (
    CANCEL,
    START,
    STIMULI,
    BadgeTapped,
    Began,
    Chosen,
    DoorClosed,
    DoorOpened,
    Failure,
    Flow,
    LabelScanned,
    Move,
    NumberEntered,
    Prompt,
    Record,
    Session,
    Sound,
    Stimulus,
    TimeUp,
    Unlock,
    UnlockFailed,
    advance,
)
from custody.flows.parcels import late, vacant
from custody.grants import Delegation, may_see
from custody.identifiers import PersonId, PlaceId, VolumeId
from custody.knowledge import View
from custody.messages import DoorState
from custody.parcels import PARTY, KnownParcel, may_take_parcel, pickup_code
from custody.refusals import NotNow, fields_of
from tests.custody.catalogues import LANGUAGES, catalogue
from tests.custody.court import (
    CLERK,
    DAY,
    DESK,
    FIRST,
    GRANTS,
    JUDGE,
    JUDGES,
    KEY,
    LABELS,
    NOW,
    OTHER,
    PEOPLE,
    PLACES,
    PORTER,
    SCANNER,
    SECOND,
    SECRET,
    SHELF,
    SHELF_LABEL,
    STRANGE_LABEL,
    THIRD,
    TROLLEY,
    TROLLEY_LABEL,
    VOLUME,
    VOLUMES,
    WRONG_LABEL,
    at_step,
    cabinet,
    compartments,
    held,
    lying,
    station,
)

LOOKING = ("verify", "stock_take", "inspect", "clear")
"""Flows for somebody who may see what lies in a compartment, whoever it waits for."""

PERSONS = (CLERK, JUDGE, PORTER)
_BLOCKED = {**compartments(), FIRST: replace(compartments()[FIRST], blocked=True)}
_BLOCKED_OPEN = {**_BLOCKED, FIRST: replace(_BLOCKED[FIRST], door=DoorState.OPEN)}
_BLOCKED_SILENT = {**_BLOCKED, FIRST: replace(_BLOCKED[FIRST], door=DoorState.UNKNOWN)}
_TWO_BLOCKED = {**_BLOCKED, SECOND: replace(compartments()[SECOND], blocked=True)}
_FILLED = tuple(
    replace(VOLUMES[JUDGES], id=VolumeId(f"filler-{place}"), place=place, lying_for=JUDGE) for place in PLACES
)
_LYING = (lying(VOLUME, FIRST), lying(OTHER, FIRST), lying(SECRET, SECOND), lying(JUDGES, THIRD, JUDGE))

_SIZED = {**compartments(), **{place: replace(compartments()[place], size="L") for place in (SECOND, THIRD)}}

_TAKING = replace(
    GRANTS,
    sealing_key="5a" * 32,
    names={**GRANTS.names, "team:one": "一庭"},
    people=(PEOPLE[JUDGE], PEOPLE[CLERK], PEOPLE[PORTER]),
)
_FOR_PARTIES = replace(cabinet(), grants=_TAKING)
_PAPERS = (PaperKind.PLEADING, PaperKind.OTHER)
_PARCELS = (
    KnownParcel(id="pc-act-1", place=FIRST, recipient=JUDGE, papers=_PAPERS),
    KnownParcel(id="pc-2", place=SECOND, recipient=CLERK, papers=_PAPERS),
    KnownParcel(id="pc-3", place=THIRD, recipient=PARTY, papers=_PAPERS, since=NOW),
    KnownParcel(id="pc-act-1", place=FIRST, recipient=PARTY, papers=_PAPERS, since=NOW),
)

_CODES = [pickup_code(one, "0042", key=KEY) * 10_000 + 42 for one in ("pc-3", "pc-act-1")]


def later(days: int, view: View) -> View:
    """The same, so many days on, by grants that hold."""
    assert view.grants is not None
    now = NOW + days * DAY
    return replace(view, now=now, grants=replace(view.grants, expires=now + DAY))


CABINETS: dict[str, View] = {
    "empty": cabinet(),
    "lying": cabinet(*_LYING),
    "full": cabinet(*_FILLED),
    "held": cabinet(held(VOLUME, PORTER, "queue:scanning"), held(OTHER, JUDGE), held(SECRET, CLERK)),
    "elsewhere": cabinet(replace(VOLUMES[VOLUME], place=DESK), lying(OTHER, SECOND)),
    "open": cabinet(*_LYING, doors=compartments(c01=DoorState.OPEN)),
    "silent": cabinet(*_LYING, doors=compartments(**{f"c0{n}": DoorState.UNKNOWN for n in range(1, 5)})),
    "blocked": cabinet(*_LYING, doors=_BLOCKED),
    "two blocked": cabinet(*_LYING, doors=_TWO_BLOCKED),
    "blocked and open": cabinet(*_LYING, doors=_BLOCKED_OPEN),
    "blocked and silent": cabinet(*_LYING, doors=_BLOCKED_SILENT),
    "nobody known": replace(cabinet(*_LYING), grants=replace(GRANTS, people=())),
    "no grants": replace(cabinet(), grants=None, volumes={}),
    "sizes": cabinet(*_LYING[:1], doors=_SIZED),
    "sizes, all small": cabinet(doors={place: replace(one, size="S") for place, one in compartments().items()}),
    "kept for the judge": replace(cabinet(), grants=replace(GRANTS, named={FIRST: JUDGE, SECOND: JUDGE})),
    "delegated": replace(
        cabinet(lying(JUDGES, FIRST, JUDGE)), delegations=(Delegation(person=JUDGE, delegate=CLERK, until=NOW + 1),)
    ),
    "on a trolley": cabinet(lying(VOLUME, TROLLEY), lying(OTHER, TROLLEY)),
    "overdue": later(30, cabinet(*(replace(one, since=NOW) for one in _LYING))),
    "overdue, long offline": replace(cabinet(*(replace(one, since=NOW) for one in _LYING)), now=NOW + 30 * DAY),
    "one overdue": later(30, cabinet(replace(lying(VOLUME, FIRST), since=NOW))),
    "sensitive": later(8, cabinet(*(replace(one, sensitive=True, since=NOW) for one in _LYING))),
    "sensitive and blocked": cabinet(*(replace(one, sensitive=True) for one in _LYING), doors=_BLOCKED),
    "sensed empty": replace(cabinet(), items=dict.fromkeys(PLACES, False)),
    "no compartments": cabinet(*_LYING, doors={}),
    "open to parties": _FOR_PARTIES,
    "parcels": replace(_FOR_PARTIES, parcels={one.id: one for one in _PARCELS[:3]}),
    "parcels and a closed board": replace(
        _FOR_PARTIES,
        parcels={one.id: one for one in _PARCELS[:3]},
        compartments=compartments(**{f"c0{n}": DoorState.UNKNOWN for n in range(1, 5)}),
    ),
    "a parcel beside a volume": replace(
        cabinet(lying(JUDGES, FIRST, JUDGE)), grants=_TAKING, parcels={one.id: one for one in _PARCELS[:3]}
    ),
    "parties, some of each size": replace(_FOR_PARTIES, compartments=_SIZED),
    "parties, kept for the judge": replace(
        cabinet(doors=_SIZED), grants=replace(_TAKING, named={FIRST: JUDGE, SECOND: JUDGE})
    ),
    "parties, one judge": replace(_FOR_PARTIES, grants=replace(_TAKING, people=(PEOPLE[JUDGE],))),
    "parties, long offline": replace(_FOR_PARTIES, now=NOW + 30 * DAY),
    "a parcel for a party": replace(_FOR_PARTIES, parcels={"pc-3": _PARCELS[2]}),
    "parcels for a party, one nobody came for": later(
        8, replace(_FOR_PARTIES, parcels={one.id: one for one in _PARCELS[2:]})
    ),
    "parcels nobody came for": later(
        8, replace(_FOR_PARTIES, parcels={one.id: replace(one, since=NOW) for one in _PARCELS[:2]})
    ),
    "parcels for a party, still good": replace(_FOR_PARTIES, parcels={"pc-act-1": _PARCELS[3]}),
    "parcels for a party, long offline": replace(_FOR_PARTIES, parcels={"pc-3": _PARCELS[2]}, now=NOW + 30 * DAY),
    "parties, no room": replace(cabinet(*_FILLED), grants=_TAKING),
}
_ALL_STEPS = {
    f"after {step}": station(at_step(VOLUME, step), at_step(OTHER, step, CLERK), at_step(SECRET, step, CLERK))
    for step in Step
}
STATIONS: dict[str, View] = {
    "empty": station(),
    **_ALL_STEPS,
    "pages differ": station(
        replace(
            at_step(VOLUME, Step.REVIEWED), progress=Progress(done=Step.REVIEWED, declared=9, counts={Step.SCANNED: 8})
        )
    ),
    "elsewhere": station(lying(VOLUME, FIRST), held(OTHER, PORTER)),
    "on a trolley": station(lying(VOLUME, TROLLEY), lying(SECRET, SHELF), held(JUDGES, JUDGE)),
    "nobody known": replace(station(at_step(VOLUME, Step.SCANNED)), grants=replace(GRANTS, people=())),
    "no grants": replace(station(), grants=None, volumes={}),
}


_FOR = {
    "two blocked": ("verify",),
    "sensed empty": ("deposit", "return"),
    "parcels nobody came for": ("take_in", "pick_up", "stock_take", "inspect"),
}
"""Views that differ from others only in what some flows look at."""


def views_of(flow: Flow) -> dict[str, View]:
    at_cabinets = {name: view for name, view in CABINETS.items() if flow.name in _FOR.get(name, (flow.name,))}
    cabinets = {f"cabinet, {name}": view for name, view in at_cabinets.items() if StationKind.CABINET in flow.at}
    return cabinets | {f"station, {name}": view for name, view in STATIONS.items() if StationKind.STATION in flow.at}


BADGES = (*(f"badge {who}" for who in PERSONS), "badge nobody")
LABELS_READ = (*LABELS.values(), STRANGE_LABEL, WRONG_LABEL, SHELF_LABEL, TROLLEY_LABEL, "rubbish")


def stimuli(flow: Flow) -> tuple[Stimulus, ...]:
    choices = {CANCEL, "nonsense", "retry", "finish", "send_back", "all_taken", "still_inside", "open_next", "without"}
    choices |= {
        "go_on",
        "kept",
        "does_not_fit",
        "for_whom",
        "more",
        f"for:{JUDGE}",
        "for:nobody",
        "end_all",
        "day",
        "week",
        "another",
    }
    choices |= {"for:team:one", "size:S", "size:M", "size:L", "as_listed", "taken", *ParcelFault}
    choices |= {"gap", "refuse", *ReturnReason, *SendBackReason, *Gap, *RefuseReason, *InspectReason}
    doors = (FIRST, SECOND) if StationKind.CABINET in flow.at else (FIRST,)
    return (
        Began(),
        TimeUp(),
        *(BadgeTapped(text) for text in BADGES),
        *(LabelScanned(text) for text in LABELS_READ),
        *(DoorOpened(place) for place in doors),
        *(DoorClosed(place) for place in doors),
        *(UnlockFailed(place, failure) for place in doors for failure in Failure),
        *(Chosen(choice) for choice in sorted(choices)),
        *(NumberEntered(number) for number in (-1, 0, 1, 2, 8, 9999, 10_000)),
        *((NumberEntered(13904170417),) if "phone" in flow.states else ()),
        *((NumberEntered(number) for number in _CODES) if flow.name == "pick_up" else ()),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """One move that was made."""

    before: Session
    stimulus: Stimulus
    view: View
    move: Move


@dataclass(slots=True)
class Explored:
    steps: list[Made] = field(default_factory=list)
    sessions: set[Session] = field(default_factory=set)


@cache
def explored(name: str) -> Explored:
    """All moves of a flow: every session it can come to in any view meets every stimulus in every view."""
    flow, found = FLOWS[name], Explored()
    views, every = views_of(flow), stimuli(flow)
    waiting = [Session(flow=name, state=START, person=person) for person in (PERSONS if flow.rights else (PARTY,))]
    while waiting:
        session = waiting.pop()
        nothing: set[tuple[Stimulus, type | None]] = set()
        for view in views.values():
            for stimulus in every:
                move = advance(flow, session, stimulus, view)
                after = move.session
                if after == session and not any(isinstance(one, Record | Unlock) for one in move.effects):
                    alike = (stimulus, type(move.refusal) if move.refusal else None)
                    if alike in nothing:  # the same nothing in one view more
                        continue
                    nothing.add(alike)
                found.steps.append(Made(session, stimulus, view, move))
                if after is not None and after.state != START and after not in found.sessions and small(after):
                    found.sessions.add(after)
                    waiting.append(after)
    return found


def small(session: Session) -> bool:
    """Longer lists of volumes and pages are more of the same; their limits have tests of their own."""
    most = 1 if session.flow == "stock_take" else 2
    lists = len(session.volumes) <= most and len(session.pages) <= 1 and len(session.places) <= 1
    return lists and session.count <= 1 and sum(session.counts) <= 1


def end(session: Session | None) -> str:
    return START if session is None else session.state


flows = pytest.mark.parametrize("name", FLOWS)
pytestmark = pytest.mark.timeout(300)  # hundreds of thousands of steps, explored once in each process


@flows
def test_a_flow_describes_each_of_its_states(name: str) -> None:
    flow = FLOWS[name]

    assert flow.name == name
    assert set(flow.prompts) == set(flow.states)
    assert set(flow.patience) >= set(flow.states)
    assert all(flow.patience[state] > 0 for state in flow.states)
    assert flow.held | flow.over <= set(flow.states)
    assert not flow.held & flow.over
    assert {state for state, _ in flow.table} <= {START, *flow.states}
    assert {stimulus for _, stimulus in flow.table} <= set(STIMULI)


@flows
def test_every_state_is_reached_and_every_row_leads_exactly_where_it_says(name: str) -> None:
    flow = FLOWS[name]
    led: defaultdict[tuple[str, type[Stimulus]], set[str]] = defaultdict(set)
    for one in explored(name).steps:
        led[one.before.state, type(one.stimulus)].add(end(one.move.session))

    assert {session.state for session in explored(name).sessions} == set(flow.states)
    for key, row in flow.table.items():
        assert led[key] == set(row.to), key


@flows
def test_what_no_row_covers_ends_nothing_but_by_cancel_or_time(name: str) -> None:
    flow = FLOWS[name]
    for one in explored(name).steps:
        if (one.before.state, type(one.stimulus)) in flow.table:
            continue
        ends = one.stimulus in (TimeUp(), Chosen(CANCEL)) and one.before.state not in flow.held
        assert one.move.session == (None if ends else one.before)
        assert not any(isinstance(effect, Record | Unlock) for effect in one.move.effects)


@flows
def test_no_session_ends_while_its_door_may_be_open(name: str) -> None:
    flow = FLOWS[name]
    for one in explored(name).steps:
        if one.before.state in flow.held and end(one.move.session) not in flow.held:
            assert isinstance(one.stimulus, DoorClosed | UnlockFailed)
            assert one.stimulus.place == one.before.place


@flows
def test_no_door_is_unlocked_but_by_a_persons_own_act_and_only_when_sensed_shut(name: str) -> None:
    for one in explored(name).steps:
        unlocks = [effect for effect in one.move.effects if isinstance(effect, Unlock)]
        assert len(unlocks) <= 1
        for unlock in unlocks:
            larger = one.before.state == "swapping" and one.stimulus == DoorClosed(one.before.place or FIRST)
            assert larger or isinstance(one.stimulus, Began | BadgeTapped | LabelScanned | Chosen | NumberEntered)
            compartment = one.view.compartments[unlock.place]
            assert compartment.door is DoorState.CLOSED
            assert not compartment.blocked or name == "verify"
            assert (unlock.person, unlock.reason, unlock.act) == (one.before.person, name, one.view.new_id)
            assert one.move.session is not None
            assert (one.move.session.place, one.move.session.act) == (unlock.place, unlock.act)
            assert one.move.session.state in FLOWS[name].held


@flows
def test_a_door_opens_only_for_who_may_take_all_that_lies_behind_it(name: str) -> None:
    for one in explored(name).steps:
        for effect in one.move.effects:
            if isinstance(effect, Unlock):
                if one.before.person == PARTY:
                    assert _open_to_a_party(one, effect.place)
                    continue
                person = one.view.person(one.before.person)
                assert person is not None
                papers = one.view.parcels_in(effect.place)
                own = all(may_take_parcel(person, parcel) or late(person, parcel, one.view) for parcel in papers)
                assert not papers or (name == "take_in" and own) or name in ("verify", "inspect")
                assert all(may_see(person, volume.part) for volume in one.view.lying_in(effect.place))
                if name in LOOKING:
                    continue
                assert not one.view.lying_in(effect.place) or effect.place in one.view.takeable(person)


def _open_to_a_party(made: Made, place: PlaceId) -> bool:
    """Nothing is recorded in it, or the one parcel whose code was given."""
    papers = made.view.parcels_in(place)
    if not papers:
        return vacant(place, made.view, made.before.recipient)
    assert made.move.session is not None and not made.view.lying_in(place)
    return [(one.id, one.recipient) for one in papers] == [(made.move.session.parcel, PARTY)]


@flows
def test_a_refusal_sounds_and_changes_nothing_but_the_screen(name: str) -> None:
    for one in explored(name).steps:
        if one.move.refusal is not None:
            assert Sound(good=False) in one.move.effects
            assert not any(isinstance(effect, Record | Unlock) for effect in one.move.effects)
            if one.move.session is not None and one.before.state != START:
                assert one.move.session.volumes == one.before.volumes


@flows
def test_nothing_is_recorded_by_choosing_a_flow_or_by_waiting(name: str) -> None:
    for one in explored(name).steps:
        if any(isinstance(effect, Record) for effect in one.move.effects):
            assert isinstance(one.stimulus, BadgeTapped | LabelScanned | DoorClosed | Chosen | NumberEntered)


@flows
def test_whatever_is_recorded_of_a_volume_is_of_one_the_person_may_see(name: str) -> None:
    for one in explored(name).steps:
        for effect in one.move.effects:
            if isinstance(effect, Record):
                about = getattr(effect.fact, "volume", None)
                assert about is None or may_see(PEOPLE[one.before.person], _part(about))
                assert getattr(effect.fact, "person", one.before.person) == one.before.person


def _part(volume: VolumeId) -> Part:
    return next(one.part for one in (*VOLUMES.values(), *_FILLED) if one.id == volume)


def prompts(name: str) -> list[tuple[Session, View, Prompt]]:
    flow = FLOWS[name]
    views = views_of(flow)
    return [
        (session, view, flow.prompts[session.state](session, view))
        for session in explored(name).sessions
        for view in views.values()
    ]


@flows
def test_no_place_is_told_by_its_id(name: str) -> None:
    """A door has a number, and a place a name."""
    as_built = [drawn for _, view, drawn in prompts(name) if _as_built(view)]
    texts = [text for one in as_built for text in (one.headline, one.next, *(choice.text for choice in one.choices))]
    said = {value for text in texts for value in text.fields.values()}
    for one in explored(name).steps:
        if one.move.refusal is not None and _as_built(one.view):
            said |= set(fields_of(one.move.refusal).values())

    assert not said & {*PLACES, SHELF, TROLLEY, DESK}


def _as_built(view: View) -> bool:
    return view.grants is not None and (bool(view.compartments) or view.kind is StationKind.STATION)


@flows
def test_every_prompt_has_at_most_three_choices_and_a_way_out(name: str) -> None:
    flow = FLOWS[name]
    for session, _, prompt in prompts(name):
        assert len(prompt.choices) <= 3
        assert prompt.cancel is not None or session.state in flow.held
        assert len({one.id for one in prompt.choices} | {CANCEL}) == len(prompt.choices) + 1


@flows
def test_every_choice_that_is_offered_means_something(name: str) -> None:
    flow = FLOWS[name]
    for session, view, prompt in prompts(name):
        offered = [one.id for one in prompt.choices] + ([CANCEL] if prompt.cancel is not None else [])
        for choice in offered:
            assert not isinstance(advance(flow, session, Chosen(choice), view).refusal, NotNow), (session, choice)


@flows
def test_a_keypad_is_shown_exactly_where_a_number_is_taken(name: str) -> None:
    for session, _, prompt in prompts(name):
        assert prompt.keypad is ((session.state, NumberEntered) in FLOWS[name].table)


@flows
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_a_sentence_and_every_field_it_names(name: str, language: str) -> None:
    sentences = catalogue(language)
    for _, _, prompt in prompts(name):
        for text in (prompt.headline, prompt.next, prompt.cancel, *(one.text for one in prompt.choices)):
            if text is not None:
                assert sentences[text.key] % dict(text.fields)


@flows
def test_nobody_reads_the_title_of_a_volume_they_may_not_see(name: str) -> None:
    """Neither on a card, nor in a sentence, nor in a refusal."""
    secret = VOLUMES[SECRET].title
    outsiders = {one for one in PERSONS if not may_see(PEOPLE[one], Part.CONFIDENTIAL)}

    assert outsiders
    for one in explored(name).steps:
        if one.before.person in outsiders:
            assert secret not in str(one.move.refusal)
            assert secret not in str(one.move.session)
    for session, _, prompt in prompts(name):
        if session.person in outsiders:
            assert secret not in str(prompt)


@pytest.mark.parametrize("person", [PORTER, SCANNER])
def test_a_confidential_volume_is_refused_to_an_operator_everywhere(person: PersonId) -> None:
    for name, flow in FLOWS.items():
        views = views_of(flow)
        for view in views.values():
            move = advance(flow, Session(flow=name, state=START, person=person), LabelScanned(LABELS[SECRET]), view)

            assert not any(isinstance(effect, Record | Unlock) for effect in move.effects)
