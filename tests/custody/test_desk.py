"""People at a kiosk, as stories: what they did, what they saw, what was recorded and which door was opened."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.desk import Desk, allowed, at_door, patience, resumed, step
from custody.events import (
    CompartmentVerified,
    Grade,
    ReturnReason,
    VolumeCollected,
    VolumeDeposited,
    VolumeReturned,
)
from custody.flows import FLOWS
from custody.flows.doors import MOST_VOLUMES
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Began,
    Carried,
    Chosen,
    Colour,
    DoorClosed,
    DoorOpened,
    Failure,
    LabelScanned,
    NumberEntered,
    Session,
    Sound,
    Stimulus,
    TimeUp,
    Unlock,
    UnlockFailed,
)
from custody.grants import KnownVolume, Role
from custody.identifiers import LabelKind, PlaceId, VolumeId, make_label
from custody.messages import Compartment, DoorState
from custody.refusals import (
    AlreadyScanned,
    BadgeFirst,
    BoardSilent,
    CabinetFull,
    CompartmentFull,
    Confidential,
    DoNotMix,
    DoorNotOpened,
    DoorsNotRead,
    DoorStandsOpen,
    ForSomebodyElse,
    GrantsStale,
    HeldByOther,
    LiesElsewhere,
    NotAllowed,
    NotHeldByYou,
    NothingForYou,
    NotNow,
    OutcomeNotKnown,
    Refusal,
    ShutFirst,
    UnknownBadge,
    UnknownLabel,
)
from tests.custody.court import (
    ADMINISTRATOR,
    CLERK,
    FIRST,
    GRANTS,
    JUDGE,
    JUDGES,
    LABELS,
    MANAGER,
    OTHER,
    PEOPLE,
    PLACES,
    PORTER,
    SCANNER,
    SECOND,
    SECRET,
    SHELF_LABEL,
    STRANGE_LABEL,
    THIRD,
    VOLUME,
    VOLUMES,
    cabinet,
    compartments,
    held,
    lying,
    station,
)
from tests.custody.kiosk import Kiosk, at_cabinet, at_station, blocked

# --- signing in -------------------------------------------------------------------------------------------------


def test_at_rest_the_kiosk_asks_for_a_badge_and_waits_for_ever() -> None:
    kiosk = at_cabinet()

    assert kiosk.sees().headline.key == "rest.headline"
    assert patience(kiosk.desk) is None


def test_a_badge_signs_in_and_the_same_badge_signs_out() -> None:
    kiosk = at_cabinet().badge(CLERK)

    assert kiosk.sees().headline.fields == {"person": "name of clerk"}
    assert kiosk.effects == (Sound(good=True),)
    assert patience(kiosk.desk) == 20
    assert kiosk.badge(CLERK).desk.person is None


@pytest.mark.parametrize(
    ("text", "now", "refusal"),
    [
        ("a bus card", GRANTS.issued, UnknownBadge()),
        ("badge clerk", GRANTS.expires, GrantsStale(until_ms=GRANTS.expires)),
        ("badge manager", GRANTS.issued, NotAllowed()),
    ],
)
def test_a_badge_that_may_not_says_why_and_the_screen_clears_by_itself(text: str, now: int, refusal: Refusal) -> None:
    kiosk = Kiosk(replace(cabinet(), now=now)).does(BadgeTapped(text))

    assert (kiosk.desk.person, kiosk.sees().refusal) == (None, refusal)
    assert patience(kiosk.desk) == 8
    assert kiosk.does(TimeUp()).refusal is None


@pytest.mark.parametrize(("text", "refusal"), [("a bus card", UnknownBadge()), (f"badge {MANAGER}", NotAllowed())])
def test_the_next_badge_ends_what_was_there_even_one_that_may_do_nothing(text: str, refusal: Refusal) -> None:
    kiosk = at_cabinet().badge(CLERK).chooses("deposit").does(BadgeTapped(text))
    assert (kiosk.desk.person, kiosk.desk.session, kiosk.refusal) == (None, None, refusal)

    at_a_door = at_cabinet().badge(CLERK).scans(VOLUME).does(BadgeTapped(text))
    assert (at_a_door.desk.person, at_a_door.refusal) == (CLERK, ShutFirst(number="01"))


def test_another_person_takes_over_between_doors_but_never_at_one() -> None:
    kiosk = at_cabinet().badge(CLERK).chooses("deposit").badge(JUDGE)
    assert (kiosk.desk.person, kiosk.desk.session) == (JUDGE, None)

    kiosk.scans(VOLUME).badge(CLERK)
    assert (kiosk.desk.person, kiosk.refusal) == (JUDGE, ShutFirst(number="01"))
    assert at_door(kiosk.desk)


def test_nothing_but_a_badge_means_anything_at_rest() -> None:
    kiosk = at_cabinet()
    for stimulus in (LabelScanned("rubbish"), NumberEntered(3), Chosen("deposit"), Began()):
        assert kiosk.does(stimulus).refusal == NotNow()
    assert kiosk.scans(VOLUME).refusal == BadgeFirst()
    for moved in (DoorOpened(FIRST), DoorClosed(FIRST), UnlockFailed(FIRST, Failure.LAPSED)):
        assert kiosk.does(moved).effects == ()
    assert kiosk.does(TimeUp()).desk.refusal is None


def test_at_home_what_is_no_choice_is_refused_and_doors_are_no_business_of_the_screen() -> None:
    kiosk = at_cabinet().badge(CLERK)
    for stimulus in (NumberEntered(3), Began(), Chosen("receive"), Chosen("nonsense")):
        assert kiosk.does(stimulus).refusal == NotNow()
    for moved in (DoorOpened(FIRST), DoorClosed(FIRST), UnlockFailed(FIRST, Failure.LAPSED)):
        assert kiosk.does(moved).effects == ()
    assert kiosk.does(LabelScanned(STRANGE_LABEL)).refusal == UnknownLabel(label=STRANGE_LABEL)
    assert kiosk.chooses(CANCEL).desk.person is None
    assert kiosk.badge(CLERK).does(TimeUp()).desk.person is None


def test_home_offers_only_what_there_is_to_do() -> None:
    assert at_cabinet().badge(PORTER).choices == ["deposit", "hand_over", "find"]
    assert at_cabinet(lying(VOLUME, FIRST), held(OTHER, PORTER)).badge(PORTER).all_choices() == [
        "collect",
        "return",
        "deposit",
        "hand_over",
        "find",
    ]
    assert at_station().badge(SCANNER).all_choices() == ["hand_over", "receive", "lay", "take", "find"]


def test_home_shows_two_choices_and_the_way_to_the_next_two_when_there_are_more_than_three() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), held(OTHER, CLERK), doors=blocked()).badge(CLERK)
    assert kiosk.choices == ["collect", "return", "more"]
    assert kiosk.chooses("more").choices == ["verify", "deposit", "more"]
    assert kiosk.chooses("more").choices == ["hand_over", "delegate", "more"]

    assert kiosk.chooses("more").chooses("more").chooses("more").choices == ["verify", "deposit", "more"]
    assert kiosk.chooses("deposit").desk.session == Session(flow="deposit", state="scan", person=CLERK)


@pytest.mark.parametrize("role", Role)
def test_rights_say_which_flows_a_role_is_offered(role: Role) -> None:
    person = replace(PEOPLE[CLERK], roles=frozenset({role}))

    assert {one.name for view in (cabinet(), station()) for one in allowed(person, view)} == {
        name for name, flow in FLOWS.items() if role in flow.rights
    }


def test_a_person_whose_rights_were_withdrawn_meanwhile_can_begin_nothing() -> None:
    kiosk = at_cabinet().badge(CLERK)
    kiosk.view = replace(
        kiosk.view, grants=replace(GRANTS, people=(replace(PEOPLE[CLERK], roles=frozenset({Role.MANAGER})),))
    )
    assert kiosk.scans(VOLUME).refusal == NotAllowed()

    kiosk.view = replace(kiosk.view, grants=replace(GRANTS, people=()))
    assert kiosk.scans(VOLUME).refusal == BadgeFirst()
    assert kiosk.sees().headline.key == "rest.headline"
    assert kiosk.unlocked == []


def test_every_step_is_a_turn_of_its_own() -> None:
    desk, _ = step(Desk(turn=6), TimeUp(), cabinet())

    assert desk.turn == 7


# --- deposit ----------------------------------------------------------------------------------------------------


def test_a_clerk_deposits_three_volumes_of_which_the_confidential_one_goes_elsewhere() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME)
    assert (kiosk.state, kiosk.unlocked, kiosk.sees().colour) == ("opening", [FIRST], Colour.WAIT)

    kiosk.scans(OTHER).opens(FIRST)  # the second one is scanned before the door has sprung
    assert (kiosk.state, len(kiosk.sees().cards)) == ("placing", 2)
    assert kiosk.scans(VOLUME).refusal == AlreadyScanned(volume=VOLUMES[VOLUME].title)
    assert kiosk.scans(SECRET).refusal == DoNotMix(volume=VOLUMES[SECRET].title)
    assert kiosk.scans(JUDGES).refusal == DoNotMix(volume=VOLUMES[JUDGES].title)
    assert kiosk.facts == []  # nothing was put in before the door is sensed shut

    kiosk.shuts(FIRST)
    assert [(type(one), one.volume) for one in kiosk.facts if isinstance(one, VolumeDeposited)] == [
        (VolumeDeposited, VOLUME),
        (VolumeDeposited, OTHER),
    ]
    assert kiosk.sees().colour is Colour.DONE
    assert all(card.ticked for card in kiosk.sees().cards)
    assert kiosk.sees().next.fields == {"recipient": "扫描室"}

    kiosk.scans(SECRET)
    assert kiosk.unlocked == [FIRST, SECOND]


def test_the_screen_goes_home_by_itself_when_all_is_done() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).shuts(FIRST).does(TimeUp())

    assert (kiosk.desk.session, kiosk.sees().headline.key) == (None, "home.headline")


def test_a_change_of_mind_records_nothing() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses(CANCEL)
    assert (kiosk.state, kiosk.sees().cancel) == ("undoing", None)

    kiosk.does(TimeUp()).shuts(SECOND).shuts(FIRST)
    assert (kiosk.desk.session, kiosk.facts) == (None, [])


def test_waiting_at_an_open_door_ends_nothing() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).does(TimeUp())
    assert kiosk.state == "opening"
    assert kiosk.opens(SECOND).state == "opening"
    assert kiosk.opens(FIRST).does(TimeUp()).shuts(SECOND).state == "placing"
    assert kiosk.chooses("nonsense").refusal == NotNow()


def test_somebody_elses_volume_is_refused_by_name_and_time() -> None:
    kiosk = at_cabinet(held(VOLUME, JUDGE)).badge(CLERK).chooses("deposit").scans(VOLUME)

    assert kiosk.refusal == HeldByOther(
        volume=VOLUMES[VOLUME].title, person="name of judge", since_ms=held(VOLUME, JUDGE).since
    )
    assert (kiosk.state, kiosk.unlocked) == ("scan", [])


def test_a_full_cabinet_keeps_its_doors_shut() -> None:
    filled = [
        replace(VOLUMES[JUDGES], id=VolumeId(f"f{n}"), place=place, lying_for=JUDGE) for n, place in enumerate(PLACES)
    ]

    kiosk = at_cabinet(*filled).badge(CLERK).scans(VOLUME)

    assert (kiosk.refusal, kiosk.unlocked) == (CabinetFull(), [])


_UNREAD = compartments(**{f"c0{n}": DoorState.UNKNOWN for n in range(1, 5)})


def test_just_after_the_start_nothing_is_called_full() -> None:
    """No door was read yet, so nobody knows whether there is room; once they are read the same scan opens one."""
    kiosk = at_cabinet(doors=_UNREAD).badge(CLERK).scans(VOLUME)
    assert (kiosk.refusal, kiosk.unlocked) == (DoorsNotRead(), [])

    read = Kiosk(cabinet(), desk=kiosk.desk).scans(VOLUME)
    assert len(read.unlocked) == 1


def test_a_cabinet_is_full_when_no_unread_door_could_change_that() -> None:
    filled = [
        replace(VOLUMES[JUDGES], id=VolumeId(f"f{n}"), place=place, lying_for=JUDGE) for n, place in enumerate(PLACES)
    ]

    kiosk = at_cabinet(*filled, doors=_UNREAD).badge(CLERK).scans(VOLUME)

    assert kiosk.refusal == CabinetFull()


def test_a_confidential_volume_in_an_operators_hands_is_refused_without_its_title() -> None:
    for volume in (VOLUMES[SECRET], lying(SECRET, FIRST), held(SECRET, PORTER)):
        kiosk = at_cabinet(volume).badge(PORTER).scans(SECRET)
        assert kiosk.refusal == Confidential()
        assert VOLUMES[SECRET].title not in str((kiosk.sees(), kiosk.desk))


def test_what_was_deposited_a_moment_ago_is_collected_by_scanning_it_again() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).shuts(FIRST).scans(VOLUME)

    assert (kiosk.desk.session is not None and kiosk.desk.session.flow, kiosk.unlocked) == ("collect", [FIRST, FIRST])


def labelled(count: int) -> tuple[KnownVolume, ...]:
    return tuple(
        replace(
            VOLUMES[VOLUME],
            id=VolumeId(f"many-{number}"),
            labels=(make_label(LabelKind.VOLUME, 5000 + number).text,),
        )
        for number in range(count)
    )


def test_one_compartment_takes_only_so_many() -> None:
    many = labelled(MOST_VOLUMES + 1)
    kiosk = at_cabinet(*many).badge(CLERK)

    kiosk.does(*(LabelScanned(one.labels[0]) for one in many))

    assert kiosk.refusal == CompartmentFull(number="01", most=MOST_VOLUMES)
    assert len(kiosk.opens(FIRST).shuts(FIRST).facts) == MOST_VOLUMES


# --- doors that do not do as they are told ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [
        (Failure.LAPSED, DoorNotOpened(number="01")),
        (Failure.SILENT, BoardSilent(number="01")),
        (Failure.UNKNOWN, OutcomeNotKnown(number="01")),
    ],
)
def test_a_door_that_did_not_open_says_why_and_may_be_tried_again_by_hand(failure: Failure, refusal: Refusal) -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).does(UnlockFailed(SECOND, failure))
    assert kiosk.state == "opening"

    kiosk.does(UnlockFailed(FIRST, failure))
    assert (kiosk.refusal, kiosk.state, kiosk.choices) == (refusal, "not_opened", ["retry", "another"])
    assert kiosk.unlocked == [FIRST]  # never again by itself
    assert kiosk.does(TimeUp()).desk.session is None


def test_trying_again_is_a_new_act() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME)
    first = kiosk.desk.session
    kiosk.does(UnlockFailed(FIRST, Failure.LAPSED)).chooses("retry")

    assert kiosk.unlocked == [FIRST, FIRST]
    assert first is not None
    assert kiosk.desk.session is not None
    assert kiosk.desk.session.act != first.act


@pytest.mark.parametrize(
    ("doors", "refusal"),
    [
        (compartments(c01=DoorState.OPEN), DoorStandsOpen(number="01")),
        (compartments(c01=DoorState.UNKNOWN), BoardSilent(number="01")),
        ({**compartments(), FIRST: replace(compartments()[FIRST], blocked=True)}, OutcomeNotKnown(number="01")),
    ],
)
def test_a_door_not_sensed_shut_is_not_tried_again(doors: dict[PlaceId, Compartment], refusal: Refusal) -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).does(UnlockFailed(FIRST, Failure.LAPSED))
    kiosk.view = replace(kiosk.view, compartments=doors)

    assert kiosk.chooses("retry").refusal == refusal
    assert kiosk.unlocked == [FIRST]
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.chooses(CANCEL).desk.session is None


def test_a_door_that_opens_late_is_still_seen() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).does(UnlockFailed(FIRST, Failure.LAPSED)).opens(FIRST)

    assert kiosk.state == "placing"


# --- collect ----------------------------------------------------------------------------------------------------


def test_a_porter_scans_out_what_waits_for_scanning() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), lying(OTHER, SECOND)).badge(PORTER).chooses("collect").opens(FIRST)
    assert (kiosk.unlocked, [card.ticked for card in kiosk.sees().cards]) == ([FIRST], [False])

    kiosk.scans(VOLUME)
    assert [card.ticked for card in kiosk.sees().cards] == [True]
    assert kiosk.scans(VOLUME).refusal == AlreadyScanned(volume=VOLUMES[VOLUME].title)
    kiosk.does(TimeUp()).shuts(SECOND).shuts(FIRST)
    assert (kiosk.state, kiosk.choices) == ("next", ["open_next"])

    kiosk.chooses("open_next").opens(SECOND).scans(OTHER).shuts(SECOND)
    taken = [one for one in kiosk.facts if isinstance(one, VolumeCollected)]
    assert [(one.volume, one.grade, one.recipient) for one in taken] == [
        (VOLUME, Grade.SCANNED, "queue:scanning"),
        (OTHER, Grade.SCANNED, "queue:scanning"),
    ]
    assert kiosk.sees().colour is Colour.DONE


@pytest.mark.parametrize(("said", "facts"), [("all_taken", 1), ("still_inside", 0), (CANCEL, 0)])
def test_what_was_not_scanned_is_stated_or_stays(said: str, facts: int) -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST)).badge(PORTER).chooses("collect").opens(FIRST).shuts(FIRST)
    assert (kiosk.state, kiosk.choices) == ("confirm", ["all_taken", "still_inside"])
    assert kiosk.chooses("nonsense").refusal == NotNow()

    kiosk.chooses(said)

    assert [one.grade for one in kiosk.facts if isinstance(one, VolumeCollected)] == [Grade.STATED] * facts
    assert [one.label for one in kiosk.facts if isinstance(one, VolumeCollected)] == [None] * facts
    assert kiosk.state == "done"


def test_a_volume_may_be_scanned_after_the_door_was_shut() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), lying(OTHER, FIRST)).badge(PORTER).scans(VOLUME).opens(FIRST).shuts(FIRST)

    assert kiosk.scans(VOLUME).state == "confirm"
    assert kiosk.scans(OTHER).state == "done"


def test_a_volume_nobody_expected_here_is_taken_by_who_may() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), lying(JUDGES, THIRD, JUDGE)).badge(PORTER).chooses("collect").opens(FIRST)

    kiosk.scans(OTHER)
    assert [card.title for card in kiosk.sees().cards] == [VOLUMES[VOLUME].title, VOLUMES[OTHER].title]
    assert kiosk.scans(JUDGES).refusal == LiesElsewhere(volume=VOLUMES[JUDGES].title, place="一号柜 03")
    assert kiosk.scans(SECRET).refusal == Confidential()
    kiosk.view = replace(kiosk.view, volumes={**kiosk.view.volumes, JUDGES: VOLUMES[JUDGES]})
    assert kiosk.scans(JUDGES).refusal == ForSomebodyElse(volume=VOLUMES[JUDGES].title)
    assert kiosk.does(LabelScanned(STRANGE_LABEL)).refusal == UnknownLabel(label=STRANGE_LABEL)


def test_what_waits_for_nobody_is_taken_for_oneself() -> None:
    found = replace(VOLUMES[VOLUME], place=FIRST, lying_for=None, recipient=None)
    kiosk = at_cabinet(found).badge(CLERK).scans(VOLUME).opens(FIRST).scans(VOLUME)

    assert [one.recipient for one in kiosk.facts if isinstance(one, VolumeCollected)] == [CLERK]


def test_no_more_than_fits_is_scanned_out() -> None:
    many = labelled(MOST_VOLUMES)
    kiosk = at_cabinet(lying(VOLUME, FIRST), *many).badge(PORTER).chooses("collect").opens(FIRST)

    kiosk.does(*(LabelScanned(one.labels[0]) for one in many))

    assert kiosk.refusal == CompartmentFull(number="01", most=MOST_VOLUMES)


def test_somebody_elses_compartment_stays_shut() -> None:
    kiosk = at_cabinet(lying(JUDGES, FIRST, JUDGE)).badge(CLERK)
    assert kiosk.chooses("collect").refusal == NothingForYou()
    assert kiosk.unlocked == []


def test_the_doors_that_can_be_opened_come_first() -> None:
    volumes = (lying(VOLUME, FIRST), lying(OTHER, SECOND))
    kiosk = at_cabinet(*volumes, doors=compartments(c01=DoorState.UNKNOWN)).badge(PORTER).chooses("collect")
    assert kiosk.unlocked == [SECOND]

    kiosk.opens(SECOND).scans(OTHER).shuts(SECOND).chooses("open_next")
    assert (kiosk.refusal, kiosk.state, kiosk.unlocked) == (BoardSilent(number="01"), "next", [SECOND])
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.chooses(CANCEL).desk.session is None


def test_what_was_given_to_somebody_else_meanwhile_is_not_opened() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), lying(OTHER, SECOND)).badge(PORTER).chooses("collect")
    kiosk.opens(FIRST).scans(VOLUME).shuts(FIRST)
    kiosk.view = replace(kiosk.view, volumes={**kiosk.view.volumes, OTHER: lying(OTHER, SECOND, JUDGE)})

    assert kiosk.chooses("open_next").refusal == NothingForYou()
    assert (kiosk.state, kiosk.unlocked) == ("done", [FIRST])


# --- return -----------------------------------------------------------------------------------------------------


def test_the_holder_returns_a_volume_for_whom_it_waited_and_says_why() -> None:
    kiosk = at_cabinet(held(VOLUME, PORTER, "queue:scanning")).badge(PORTER).scans(VOLUME).opens(FIRST)
    assert kiosk.sees().next.key == "return.placing.next.finished"
    assert kiosk.choices == ["wrong_volume", "incomplete", "does_not_fit"]

    kiosk.chooses("incomplete")
    assert kiosk.sees().next.key == "return.placing.next.incomplete"
    kiosk.shuts(FIRST)
    (fact,) = kiosk.facts
    assert isinstance(fact, VolumeReturned)
    assert (fact.reason, fact.recipient) == (ReturnReason.INCOMPLETE, "queue:scanning")


def test_without_a_word_a_volume_comes_back_finished() -> None:
    kiosk = at_cabinet(held(JUDGES, CLERK)).badge(CLERK).chooses("return").scans(JUDGES).opens(FIRST).shuts(FIRST)

    (fact,) = kiosk.facts
    assert isinstance(fact, VolumeReturned)
    assert (fact.reason, fact.recipient) == (ReturnReason.FINISHED, JUDGE)


def test_only_the_holder_returns() -> None:
    kiosk = at_cabinet(held(VOLUME, PORTER), held(OTHER, CLERK)).badge(PORTER).chooses("return")

    assert kiosk.scans(OTHER).refusal == NotHeldByYou(volume=VOLUMES[OTHER].title)
    assert kiosk.does(LabelScanned(STRANGE_LABEL)).refusal == UnknownLabel(label=STRANGE_LABEL)


# --- verify -----------------------------------------------------------------------------------------------------


def test_staff_look_into_a_compartment_whose_last_opening_is_not_known() -> None:
    kiosk = at_cabinet(lying(VOLUME, SECOND), doors=blocked()).badge(CLERK).chooses("verify").opens(SECOND)
    kiosk.scans(OTHER)
    assert kiosk.scans(OTHER).refusal == AlreadyScanned(volume=VOLUMES[OTHER].title)
    assert kiosk.does(LabelScanned(STRANGE_LABEL)).refusal == UnknownLabel(label=STRANGE_LABEL)

    kiosk.does(TimeUp()).shuts(FIRST).shuts(SECOND)
    (fact,) = kiosk.facts
    assert isinstance(fact, CompartmentVerified)
    assert (fact.place, fact.contents) == (SECOND, (OTHER,))
    assert kiosk.view.volumes[VOLUME].place is None
    assert kiosk.sees().colour is Colour.DONE


def test_a_compartment_left_open_is_verified_without_unlocking() -> None:
    kiosk = at_cabinet(doors=blocked(DoorState.OPEN)).badge(CLERK).chooses("verify")
    assert (kiosk.state, kiosk.unlocked) == ("looking", [])

    kiosk.shuts(SECOND)
    assert [type(one) for one in kiosk.facts] == [CompartmentVerified]


def test_verifying_may_be_tried_again() -> None:
    kiosk = at_cabinet(doors=blocked()).badge(CLERK).chooses("verify").does(UnlockFailed(SECOND, Failure.LAPSED))

    assert kiosk.chooses("retry").unlocked == [SECOND, SECOND]


def test_an_operator_verifies_nothing() -> None:
    assert "verify" not in at_cabinet(doors=blocked()).badge(PORTER).choices


def test_with_nothing_to_verify_verifying_ends_at_once() -> None:
    assert at_cabinet().badge(CLERK).chooses("verify").refusal == NothingForYou()


def test_no_more_than_fits_is_found_in_a_compartment() -> None:
    many = labelled(MOST_VOLUMES + 1)
    kiosk = at_cabinet(*many, doors=blocked()).badge(CLERK).chooses("verify").opens(SECOND)

    kiosk.does(*(LabelScanned(one.labels[0]) for one in many))

    assert kiosk.refusal == CompartmentFull(number="02", most=MOST_VOLUMES)


# --- after a restart --------------------------------------------------------------------------------------------


def test_after_a_restart_a_session_goes_on_and_one_nobody_knows_any_more_is_over() -> None:
    session = Session(
        flow="deposit",
        state="placing",
        person=CLERK,
        volumes=(Carried(volume=VOLUME, label=LABELS[VOLUME], title=""),),
        place=FIRST,
    )

    assert resumed(session) == Desk(person=CLERK, session=session)
    for unknown in (
        None,
        replace(session, flow="juggle"),
        replace(session, state="flying"),
        replace(session, state=START),
    ):
        assert resumed(unknown) == Desk()


# --- whatever happens ---------------------------------------------------------------------------------------------

anything = st.one_of(
    st.sampled_from([BadgeTapped(f"badge {who}") for who in (CLERK, JUDGE, PORTER, SCANNER, ADMINISTRATOR, MANAGER)]),
    st.sampled_from([LabelScanned(text) for text in (*LABELS.values(), SHELF_LABEL, STRANGE_LABEL, "rubbish")]),
    st.sampled_from([DoorOpened(place) for place in PLACES]),
    st.sampled_from([DoorClosed(place) for place in PLACES]),
    st.builds(UnlockFailed, st.sampled_from(PLACES), st.sampled_from(Failure)),
    st.sampled_from([Chosen(one) for one in (CANCEL, *FLOWS, "retry", "finish", "send_back", "all_taken", "skewed")]),
    st.builds(NumberEntered, st.integers(-1, 10_000)),
    st.sampled_from([TimeUp(), Began(), BadgeTapped("a bus card")]),
)
started: Any = st.sampled_from([at_cabinet, at_station, lambda: at_cabinet(lying(VOLUME, FIRST), doors=blocked())])


@given(started, st.lists(anything, max_size=40))
def test_whatever_happens_the_desk_answers_and_doors_open_only_for_a_person(
    start: Any, happenings: Sequence[Stimulus]
) -> None:
    kiosk: Kiosk = start()
    for stimulus in happenings:
        before = kiosk.desk
        kiosk.does(stimulus)

        assert kiosk.sees().headline.key
        assert len(kiosk.sees().choices) <= 3
        assert (patience(kiosk.desk) or 1) > 0
        if any(isinstance(effect, Unlock) for effect in kiosk.effects):
            assert before.person is not None
            assert isinstance(stimulus, LabelScanned | Chosen)
        if at_door(before) and not at_door(kiosk.desk):
            assert isinstance(stimulus, DoorClosed | UnlockFailed)
