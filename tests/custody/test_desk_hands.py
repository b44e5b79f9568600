"""Stories at the kiosk beyond depositing and collecting: hand-overs, trolleys, stock-takes, delegations, looking in."""

from dataclasses import replace

import pytest

from custody.desk import Desk
from custody.events import (
    CompartmentInspected,
    DelegationEnded,
    DelegationGiven,
    Gap,
    GapNoted,
    Grade,
    InspectReason,
    PlaceCounted,
    RefuseReason,
    Step,
    VolumeCollected,
    VolumeDeposited,
    VolumeHandedOver,
    VolumePlaced,
    VolumeReceived,
    VolumeRefused,
)
from custody.flows.doors import MOST_VOLUMES
from custody.flows.grammar import (
    CANCEL,
    BadgeTapped,
    Carried,
    Colour,
    NumberEntered,
    Session,
    TimeUp,
)
from custody.grants import KnownCabinet, KnownVolume
from custody.identifiers import PersonId, PlaceId, VolumeId
from custody.refusals import (
    AlreadyScanned,
    CabinetFull,
    Confidential,
    DoNotMix,
    ForSomebodyElse,
    HeldByOther,
    LargerElsewhere,
    LiesElsewhere,
    NoLarger,
    NoSuchCompartment,
    NotADelegate,
    NotAllowed,
    NotAllScanned,
    NotAPlace,
    NotAWitness,
    NotForReceiver,
    NothingForYou,
    NothingScanned,
    NotNow,
    RoomElsewhere,
    TooManyVolumes,
    UnknownBadge,
)
from tests.custody.court import (
    ADMINISTRATOR,
    CLERK,
    DAY,
    DESK,
    FIRST,
    GRANTS,
    JUDGE,
    JUDGES,
    NOW,
    OTHER,
    PORTER,
    SCANNER,
    SECOND,
    SECRET,
    SHELF,
    SHELF_LABEL,
    THIRD,
    TROLLEY,
    TROLLEY_LABEL,
    VOLUME,
    VOLUMES,
    at_step,
    cabinet,
    compartments,
    held,
    lying,
    station,
)
from tests.custody.kiosk import Kiosk, at_cabinet, at_station

TITLE = VOLUMES[VOLUME].title
FULL = tuple(Carried(volume=VolumeId(f"more-{n}"), label="", title="", ticked=True) for n in range(MOST_VOLUMES))


def full_hands(kiosk: Kiosk) -> Kiosk:
    assert kiosk.desk.session is not None
    kiosk.desk = replace(kiosk.desk, session=replace(kiosk.desk.session, volumes=FULL))
    return kiosk


# --- from hand to hand ------------------------------------------------------------------------------------------


def test_two_badges_and_a_scan_each_move_volumes_from_hand_to_hand() -> None:
    kiosk = at_cabinet(held(VOLUME, CLERK, JUDGE), held(OTHER, CLERK)).badge(CLERK).chooses("hand_over")
    assert kiosk.sees().next.key == "hand_over.scan.next.none"

    kiosk.scans(VOLUME, OTHER)
    assert (kiosk.sees().next.key, kiosk.facts) == ("hand_over.scan.next.all", [])

    kiosk.badge(JUDGE)
    first, second = kiosk.facts
    assert isinstance(first, VolumeHandedOver) and isinstance(second, VolumeHandedOver)
    assert (first.person, first.receiver, first.volume, second.volume) == (CLERK, JUDGE, VOLUME, OTHER)
    assert kiosk.sees().headline.fields == {"count": 2, "person": "name of judge"}
    sheet = kiosk.sees().sheet
    assert sheet is not None
    assert (sheet.record, sheet.giver, sheet.receiver) == (first.act, "name of clerk", "name of judge")
    assert [one.volume for one in sheet.volumes] == [VOLUME, OTHER]
    assert (kiosk.view.volumes[VOLUME].holder, kiosk.view.volumes[VOLUME].held_for) == (JUDGE, None)


def test_nothing_is_handed_over_without_a_scan_or_to_nobody() -> None:
    kiosk = at_cabinet(held(VOLUME, CLERK)).badge(CLERK).chooses("hand_over").badge(JUDGE)
    assert kiosk.refusal == NothingScanned()
    assert kiosk.scans(VOLUME, VOLUME).refusal == AlreadyScanned(volume=TITLE)
    assert kiosk.does(BadgeTapped("a bus card")).refusal == UnknownBadge()
    assert kiosk.scans(VolumeId(SECRET)).badge(PORTER).refusal == NotForReceiver(person="name of porter")
    assert kiosk.chooses("nonsense").refusal == NotNow()

    assert kiosk.badge(CLERK).desk.session is None  # the second tap of one's own badge
    assert kiosk.facts == []
    assert at_cabinet().badge(CLERK).chooses("hand_over").chooses(CANCEL).desk.session is None


def test_what_is_recorded_with_somebody_else_or_elsewhere_is_not_the_givers_to_hand_over() -> None:
    kiosk = at_cabinet(held(VOLUME, PORTER), lying(OTHER, SHELF)).badge(CLERK).chooses("hand_over")

    assert kiosk.scans(VOLUME).refusal == HeldByOther(volume=TITLE, person="name of porter", since_ms=NOW - 5)
    assert kiosk.scans(OTHER).refusal == LiesElsewhere(volume=VOLUMES[OTHER].title, place="A1 架")
    assert at_station(at_step(VOLUME, Step.SCANNED)).badge(SCANNER).chooses("hand_over").scans(VOLUME).refusal is None
    assert full_hands(kiosk).scans(JUDGES).refusal == TooManyVolumes(most=MOST_VOLUMES)


def test_a_trolley_is_handed_over_by_scanning_all_that_is_on_it() -> None:
    kiosk = at_station(lying(VOLUME, TROLLEY), lying(OTHER, TROLLEY)).badge(PORTER).chooses("hand_over")
    kiosk.reads(TROLLEY_LABEL).scans(VOLUME)
    assert kiosk.sees().next.key == "hand_over.scan.next.some"
    assert kiosk.badge(SCANNER).refusal == NotAllScanned(count=1)

    kiosk.reads(TROLLEY_LABEL).chooses("without").badge(SCANNER)
    (fact,) = kiosk.facts
    assert isinstance(fact, VolumeHandedOver)
    assert (fact.volume, fact.receiver) == (VOLUME, SCANNER)


def test_a_trolley_with_a_confidential_volume_is_no_operators_business() -> None:
    kiosk = at_station(lying(SECRET, TROLLEY)).badge(PORTER).chooses("hand_over").reads(TROLLEY_LABEL)
    assert kiosk.refusal == Confidential()
    assert full_hands(at_station(lying(VOLUME, TROLLEY)).badge(PORTER).chooses("hand_over")).reads(
        TROLLEY_LABEL
    ).refusal == TooManyVolumes(most=MOST_VOLUMES)


# --- shelves, trolleys, cupboards --------------------------------------------------------------------------------


def test_volumes_are_laid_on_a_trolley_and_then_on_a_shelf() -> None:
    kiosk = at_station(held(VOLUME, PORTER), at_step(OTHER, Step.BOUND)).badge(PORTER).chooses("lay")
    assert kiosk.scans(VOLUME).refusal == NotAPlace(label=kiosk.view.volumes[VOLUME].labels[0])

    kiosk.reads(TROLLEY_LABEL).scans(VOLUME).reads(SHELF_LABEL).scans(OTHER)
    assert [(one.volume, one.place) for one in kiosk.facts if isinstance(one, VolumePlaced)] == [
        (VOLUME, TROLLEY),
        (OTHER, SHELF),
    ]
    assert kiosk.scans(OTHER).refusal == AlreadyScanned(volume=VOLUMES[OTHER].title)
    assert kiosk.scans(SECRET).refusal == Confidential()


def test_what_somebody_else_holds_is_not_laid_down_by_another() -> None:
    kiosk = at_station(held(VOLUME, CLERK)).badge(PORTER).chooses("lay").reads(TROLLEY_LABEL).scans(VOLUME)

    assert kiosk.refusal == HeldByOther(volume=TITLE, person="name of clerk", since_ms=NOW - 5)


def test_a_volume_leaves_the_station_in_somebodys_hands() -> None:
    kiosk = at_station(at_step(VOLUME, Step.BOUND), lying(JUDGES, DESK, JUDGE), held(OTHER, CLERK)).badge(SCANNER)
    kiosk.chooses("take").scans(VOLUME)
    (fact,) = kiosk.facts
    assert isinstance(fact, VolumeCollected)
    assert (fact.place, fact.person, fact.grade) == (DESK, SCANNER, Grade.SCANNED)

    assert kiosk.scans(VOLUME).refusal == AlreadyScanned(volume=TITLE)
    assert kiosk.scans(OTHER).refusal == HeldByOther(
        volume=VOLUMES[OTHER].title, person="name of clerk", since_ms=NOW - 5
    )
    assert kiosk.scans(JUDGES).refusal == ForSomebodyElse(volume=VOLUMES[JUDGES].title)
    assert kiosk.scans(SECRET).refusal == Confidential()
    assert kiosk.badge(CLERK).chooses("take").scans(JUDGES).refusal is None  # the court's own staff may


# --- accepted, with a gap, refused ---------------------------------------------------------------------------------


def test_a_volume_is_accepted_with_a_gap() -> None:
    kiosk = at_station(held(VOLUME, PORTER)).badge(SCANNER).scans(VOLUME).chooses("gap")
    assert kiosk.chooses("nonsense").refusal == NotNow()
    kiosk.chooses("exhibits")

    assert [type(one) for one in kiosk.facts] == [VolumeReceived, GapNoted]
    assert isinstance(kiosk.facts[1], GapNoted) and kiosk.facts[1].gap is Gap.EXHIBITS
    assert (kiosk.state, kiosk.sees().next.key) == ("noted", "receive.noted.next.exhibits")
    assert kiosk.chooses("gap").chooses(CANCEL).state == "received"


def test_a_volume_that_somebody_else_waits_for_says_so_where_it_was_taken_for_another() -> None:
    kiosk = at_station(held(JUDGES, PORTER)).badge(SCANNER).scans(JUDGES)
    assert [type(one) for one in kiosk.facts] == [VolumeReceived]
    assert (kiosk.state, kiosk.sees().colour) == ("astray", Colour.PERSON)
    assert kiosk.sees().next.fields["recipient"] == "name of judge"

    assert kiosk.scans(VOLUME).state == "received"


def test_what_its_own_recipient_brings_to_the_archive_has_come_right() -> None:
    assert at_station(held(JUDGES, JUDGE)).badge(SCANNER).scans(JUDGES).state == "received"
    assert at_station(VOLUMES[JUDGES]).badge(JUDGE).scans(JUDGES).state == "received"


def test_a_volume_whose_giver_is_not_known_is_refused_without_naming_anybody() -> None:
    kiosk = at_station(VOLUMES[VOLUME]).badge(SCANNER).scans(VOLUME).chooses("refuse").chooses("damaged")

    assert kiosk.sees().next.key == "receive.refused.next.nobody"


def test_a_volume_is_refused_and_goes_back_to_who_brought_it() -> None:
    kiosk = at_station(held(VOLUME, PORTER)).badge(SCANNER).scans(VOLUME).chooses("refuse")
    assert kiosk.chooses("nonsense").refusal == NotNow()
    kiosk.chooses("damaged")

    fact = kiosk.facts[-1]
    assert isinstance(fact, VolumeRefused)
    assert (fact.reason, fact.back_to) == (RefuseReason.DAMAGED, PORTER)
    assert kiosk.sees().next.fields["person"] == "name of porter"
    assert kiosk.view.volumes[VOLUME].holder == PORTER
    assert kiosk.scans(VOLUME).state == "received"  # mended, and brought again
    assert kiosk.chooses("refuse").chooses(CANCEL).state == "received"


def test_who_brought_a_refused_volume_may_not_be_known() -> None:
    kiosk = at_station().badge(SCANNER).scans(VOLUME).chooses("refuse").chooses("not_for_us")

    assert isinstance(kiosk.facts[-1], VolumeRefused) and kiosk.facts[-1].back_to is None
    assert kiosk.sees().next.fields["person"] == ""


# --- stock-take -----------------------------------------------------------------------------------------------------


def test_a_compartment_is_counted_and_what_differs_is_told_at_once() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), lying(OTHER, FIRST)).badge(CLERK).chooses("stock_take")
    assert kiosk.does(NumberEntered(99)).refusal == NoSuchCompartment(place="99")

    kiosk.does(NumberEntered(1)).opens(FIRST).scans(VOLUME, JUDGES).does(TimeUp())
    assert kiosk.scans(VOLUME).refusal == AlreadyScanned(volume=TITLE)
    assert kiosk.shuts(SECOND).state == "looking"
    kiosk.shuts(FIRST)

    (fact,) = kiosk.facts
    assert isinstance(fact, PlaceCounted)
    assert (fact.place, fact.contents) == (FIRST, (VOLUME, JUDGES))
    assert kiosk.sees().colour is Colour.PERSON
    assert {name: kiosk.sees().next.fields[name] for name in ("count", "missing", "extra")} == {
        "count": 2,
        "missing": 1,
        "extra": 1,
    }
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.chooses("another").state == "choose"


def test_a_shelf_is_counted_by_its_label() -> None:
    kiosk = at_station(lying(VOLUME, SHELF)).badge(CLERK).chooses("stock_take")
    assert kiosk.scans(VOLUME).refusal == NotAPlace(label=VOLUMES[VOLUME].labels[0])
    kiosk.reads(SHELF_LABEL).scans(VOLUME)
    assert kiosk.chooses("nonsense").refusal == NotNow()
    kiosk.chooses("finish")

    (fact,) = kiosk.facts
    assert isinstance(fact, PlaceCounted)
    assert (fact.place, fact.contents, kiosk.sees().colour) == (SHELF, (VOLUME,), Colour.DONE)
    assert kiosk.chooses("another").state == "where"
    assert kiosk.reads(SHELF_LABEL).chooses(CANCEL).desk.session is None
    assert len(kiosk.facts) == 1


def test_nobody_counts_what_they_may_not_see_nor_without_end() -> None:
    for kiosk in (at_station(lying(SECRET, SHELF)), at_station()):
        kiosk.desk = Desk(person=PORTER, session=Session(flow="stock_take", state="where", person=PORTER))
    kiosk = at_station(lying(SECRET, SHELF))
    kiosk.desk = Desk(person=PORTER, session=Session(flow="stock_take", state="where", person=PORTER))
    assert kiosk.reads(SHELF_LABEL).refusal == Confidential()
    kiosk.view = replace(kiosk.view, grants=replace(GRANTS, people=()))
    assert kiosk.reads(SHELF_LABEL).refusal == NotAllowed()

    kiosk = at_cabinet().badge(CLERK).chooses("stock_take").does(NumberEntered(1)).opens(FIRST).scans(SECRET)
    assert full_hands(kiosk).scans(OTHER).refusal == TooManyVolumes(most=MOST_VOLUMES)


# --- looking in with a reason, clearing ---------------------------------------------------------------------------


def test_an_administrator_opens_a_compartment_for_a_reason() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST)).badge(ADMINISTRATOR).chooses_home("inspect").does(NumberEntered(1))
    assert kiosk.chooses("nonsense").refusal == NotNow()
    kiosk.chooses("repair").opens(FIRST).does(TimeUp()).shuts(SECOND).shuts(FIRST)

    (fact,) = kiosk.facts
    assert isinstance(fact, CompartmentInspected)
    assert (fact.place, fact.reason, fact.witness) == (FIRST, InspectReason.REPAIR, None)


def test_where_a_confidential_volume_lies_it_takes_two_of_the_courts_own() -> None:
    kiosk = at_cabinet(lying(SECRET, SECOND)).badge(ADMINISTRATOR).chooses_home("inspect")
    assert kiosk.does(NumberEntered(77)).refusal == NoSuchCompartment(place="77")
    kiosk.does(NumberEntered(2)).chooses(CANCEL).does(NumberEntered(2)).chooses("urgent")
    assert (kiosk.state, kiosk.unlocked) == ("witness", [])

    for nobody in (ADMINISTRATOR, PORTER):
        assert kiosk.badge(nobody).refusal == NotAWitness()
    assert kiosk.does(BadgeTapped("a bus card")).refusal == UnknownBadge()
    assert kiosk.unlocked == []

    kiosk.badge(CLERK).opens(SECOND).shuts(SECOND)
    (fact,) = kiosk.facts
    assert isinstance(fact, CompartmentInspected)
    assert (fact.person, fact.witness, kiosk.unlocked) == (ADMINISTRATOR, CLERK, [SECOND])


def test_staff_clear_what_has_lain_too_long() -> None:
    old = replace(lying(JUDGES, FIRST, JUDGE), since=NOW - 8 * DAY)
    new = replace(lying(VOLUME, SECOND), since=NOW - DAY)
    kiosk = at_cabinet(old, new).badge(CLERK).chooses_home("clear").opens(FIRST).scans(JUDGES).shuts(FIRST)

    (fact,) = kiosk.facts
    assert isinstance(fact, VolumeCollected)
    assert (fact.person, fact.recipient, kiosk.unlocked) == (CLERK, JUDGE, [FIRST])
    assert kiosk.view.volumes[JUDGES].held_for == JUDGE
    assert at_cabinet(new).badge(CLERK).chooses("clear").refusal == NothingForYou()


# --- delegation ---------------------------------------------------------------------------------------------------


def test_a_judge_sends_an_assistant() -> None:
    kiosk = at_cabinet(lying(JUDGES, FIRST, JUDGE)).badge(CLERK)
    assert "collect" not in kiosk.all_choices()

    kiosk.badge(JUDGE).chooses_home("delegate").badge(CLERK).chooses("day")
    (given,) = kiosk.facts
    assert isinstance(given, DelegationGiven)
    assert (given.person, given.delegate, given.until_ms) == (JUDGE, CLERK, NOW + DAY)

    kiosk.does(TimeUp()).badge(CLERK).chooses_home("collect").opens(FIRST).scans(JUDGES).shuts(FIRST)
    taken = kiosk.facts[-1]
    assert isinstance(taken, VolumeCollected)
    assert (taken.person, taken.recipient) == (CLERK, JUDGE)


def test_a_delegation_ends_by_itself_or_by_a_word() -> None:
    kiosk = at_cabinet(lying(JUDGES, FIRST, JUDGE)).badge(JUDGE).chooses_home("delegate").badge(CLERK).chooses("week")
    assert kiosk.sees().next.key == "delegate.done.next.week"

    later = replace(kiosk.view, now=NOW + 7 * DAY, grants=replace(GRANTS, expires=NOW + 30 * DAY))
    clerk = later.person(CLERK)
    assert clerk is not None and later.takeable(clerk) == ()

    kiosk.badge(JUDGE).badge(JUDGE).chooses_home("delegate")
    assert kiosk.sees().next.key == "delegate.who.next.given"
    kiosk.chooses("end_all")
    assert isinstance(kiosk.facts[-1], DelegationEnded)
    assert kiosk.view.delegations == ()


def test_only_the_courts_own_staff_is_delegated_to() -> None:
    kiosk = at_cabinet().badge(JUDGE).chooses_home("delegate")
    assert kiosk.badge(PORTER).refusal == NotADelegate(person="name of porter")
    assert kiosk.chooses("end_all").refusal == NotNow()  # nobody was asked to
    assert kiosk.does(BadgeTapped("a bus card")).refusal == UnknownBadge()
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.badge(CLERK).chooses("nonsense").refusal == NotNow()
    assert kiosk.chooses(CANCEL).desk.session is None
    assert kiosk.badge(JUDGE).badge(JUDGE).chooses_home("delegate").badge(JUDGE).desk.session is None
    assert kiosk.chooses_home("delegate").chooses(CANCEL).desk.session is None


# --- where it belongs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "found", "todo"),
    [
        (lying(JUDGES, FIRST, JUDGE), "here", "waits"),
        (lying(JUDGES, PlaceId("cab-2.05"), JUDGE), "there", "waits"),
        (held(JUDGES, CLERK, JUDGE), "held", "waits"),
        (replace(VOLUMES[JUDGES], recipient=None), "nowhere", "nobody"),
        (replace(at_step(JUDGES, Step.SHELVED), place=SHELF), "there", "shelved"),
    ],
)
def test_a_scan_tells_where_a_volume_belongs_and_who_waits(volume: KnownVolume, found: str, todo: str) -> None:
    kiosk = at_cabinet(volume).badge(PORTER).chooses_home("find").scans(JUDGES)

    assert kiosk.sees().headline.key == f"find.found.{found}"
    assert kiosk.sees().next.key == f"find.todo.{todo}"
    assert kiosk.facts == [] and kiosk.unlocked == []


def test_a_wrong_volume_at_home_is_answered_without_asking() -> None:
    kiosk = at_cabinet(lying(JUDGES, FIRST, JUDGE)).badge(PORTER).scans(JUDGES)

    assert (kiosk.sees().headline.key, kiosk.sees().lit) == ("find.found.here", FIRST)
    assert kiosk.scans(SECRET).refusal == Confidential()


# --- for whom, and where it fits ------------------------------------------------------------------------------------


def test_a_deposit_may_be_meant_for_somebody_else() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses("for_whom")
    offered = kiosk.all_choices()
    assert offered == ["for:judge", "for:clerk"]
    assert kiosk.chooses("nonsense").refusal == NotNow()
    kiosk.chooses("for:judge").scans(OTHER).shuts(FIRST)

    assert [one.recipient for one in kiosk.facts if isinstance(one, VolumeDeposited)] == [JUDGE, JUDGE]


def test_the_way_back_from_choosing_a_recipient() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses("for_whom")
    assert kiosk.chooses(CANCEL).state == "placing"
    assert kiosk.chooses("for_whom").does(TimeUp()).state == "placing"
    assert kiosk.chooses("for_whom").shuts(FIRST).state == "done"
    assert isinstance(kiosk.facts[0], VolumeDeposited) and kiosk.facts[0].recipient == "queue:scanning"


def test_recipients_do_not_mix_in_one_compartment() -> None:
    shared = at_cabinet(*(replace(lying(VOLUME, place), id=VolumeId(f"lies-{place}")) for place in compartments()))
    kiosk = shared.badge(PORTER).scans(OTHER).opens(FIRST).chooses("for_whom")
    assert kiosk.chooses("for:judge").refusal == DoNotMix(volume=VOLUMES[OTHER].title)

    kept = Kiosk(replace(cabinet(), grants=replace(GRANTS, named={FIRST: JUDGE})))
    kept.badge(PORTER).scans(VOLUME)
    assert kept.unlocked == [SECOND]
    assert Kiosk(kept.view).badge(CLERK).scans(JUDGES).unlocked == [FIRST]


def test_what_does_not_fit_gets_a_larger_compartment_in_the_same_session() -> None:
    doors = {**compartments(), THIRD: replace(compartments()[THIRD], size="L")}
    kiosk = at_cabinet(doors=doors).badge(CLERK).scans(VOLUME, OTHER).opens(FIRST).chooses("does_not_fit")
    assert kiosk.sees().headline.key == "putting.swapping.headline"
    assert kiosk.shuts(SECOND).state == "swapping"
    kiosk.shuts(FIRST).opens(THIRD).shuts(THIRD)

    assert [one.place for one in kiosk.facts if isinstance(one, VolumeDeposited)] == [THIRD, THIRD]
    assert kiosk.unlocked == [FIRST, THIRD]


def test_when_nothing_larger_is_free_nothing_was_put_in() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses("does_not_fit").shuts(FIRST)

    assert (kiosk.refusal, kiosk.facts, kiosk.desk.session) == (NoLarger(), [], None)
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses("does_not_fit")
    kiosk.view = replace(kiosk.view, grants=replace(GRANTS, people=()))
    assert kiosk.shuts(FIRST).refusal == NotAllowed()


def test_a_full_cabinet_names_another_with_room() -> None:
    others = (KnownCabinet(name="四号柜", free={"S": 0}), KnownCabinet(name="二号柜", free={"S": 3, "M": 1}))
    grants = replace(GRANTS, elsewhere=(*others, KnownCabinet(name="三号柜", free={"L": 7})))
    kiosk = Kiosk(replace(cabinet(doors={}), grants=grants)).badge(CLERK).scans(VOLUME)

    assert kiosk.refusal == RoomElsewhere(cabinet="二号柜", count=4)
    assert replace(station(), grants=None).no_room() == CabinetFull()


def test_where_nothing_larger_is_free_another_cabinet_with_such_is_named() -> None:
    others = (KnownCabinet(name="二号柜", free={"S": 3, "M": 1}), KnownCabinet(name="三号柜", free={"L": 7}))
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses("does_not_fit")
    kiosk.view = replace(kiosk.view, grants=replace(GRANTS, elsewhere=others))

    assert kiosk.shuts(FIRST).refusal == LargerElsewhere(cabinet="三号柜", count=7)
    assert kiosk.view.no_larger("") == NoLarger()


def test_a_volume_that_does_not_fit_gets_the_next_size() -> None:
    sized = {place: replace(one, size=size) for (place, one), size in zip(compartments().items(), "SLML", strict=True)}
    kiosk = at_cabinet(doors=sized).badge(CLERK).scans(VOLUME).opens(FIRST).chooses("does_not_fit").shuts(FIRST)

    assert kiosk.unlocked == [FIRST, THIRD]


def test_the_grants_may_be_gone_while_somebody_chooses() -> None:
    nothing = replace(cabinet(), grants=None)

    assert nothing.recipients(VOLUMES[VOLUME]) == ()
    assert nothing.overdue(next(iter(GRANTS.people))) == ()
    assert nothing.kind_of(SHELF) is None


def test_people_of_a_team_collect_for_it() -> None:
    team = replace(lying(VOLUME, FIRST, "team:civil-1"))
    people = tuple(
        replace(one, teams=frozenset({"team:civil-1"})) if one.id == PersonId("clerk") else one for one in GRANTS.people
    )
    view = replace(cabinet(team), grants=replace(GRANTS, people=people))

    assert Kiosk(view).badge(CLERK).chooses("collect").unlocked == [FIRST]
    assert Kiosk(view).badge(PORTER).chooses("collect").refusal == NothingForYou()
