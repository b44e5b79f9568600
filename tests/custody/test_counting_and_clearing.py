"""Stock-takes that find more than expected or are left in the middle, hand-overs that wait, and what lay too long."""

from dataclasses import replace

from custody.events import ParcelTaken, PlaceCounted, VolumeHandedOver
from custody.flows.grammar import Colour, NumberEntered, TimeUp
from custody.parcels import KnownParcel
from custody.refusals import HoldsPapers, NotNow
from tests.custody.court import (
    CLERK,
    DAY,
    FIRST,
    GRANTS,
    JUDGE,
    JUDGES,
    NOW,
    OTHER,
    PORTER,
    SECOND,
    SHELF,
    SHELF_LABEL,
    VOLUME,
    VOLUMES,
    cabinet,
    held,
    lying,
)
from tests.custody.kiosk import Kiosk, at_cabinet, at_station

PAPERS = KnownParcel(id="pc-1", place=FIRST, recipient=JUDGE, papers=(), since=NOW)


def counting() -> Kiosk:
    """The clerk counts the shelf, on which one volume is recorded, and has scanned it."""
    kiosk = at_station(lying(VOLUME, SHELF), held(OTHER, PORTER)).badge(CLERK).chooses_home("stock_take")
    return kiosk.reads(SHELF_LABEL).scans(VOLUME)


# --- stock-take -------------------------------------------------------------------------------------------------------


def test_a_volume_that_is_not_recorded_here_is_told_where_it_belongs_at_once() -> None:
    kiosk = at_cabinet(lying(VOLUME, FIRST), lying(OTHER, SECOND), lying(JUDGES, SHELF, JUDGE)).badge(CLERK)
    kiosk.chooses_home("stock_take").does(NumberEntered(1)).opens(FIRST)

    here = kiosk.scans(OTHER).sees()
    assert (here.next.key, here.colour) == ("stock_take.extra.here.waits", Colour.PERSON)
    assert (here.next.fields["number"], here.next.fields["recipient"]) == ("02", "扫描室")
    there = kiosk.scans(JUDGES).sees()
    assert (there.next.key, there.next.fields["place"]) == ("stock_take.extra.there.waits", "A1 架")
    assert kiosk.scans(VOLUME).sees().next.key == "stock_take.looking.next"


def test_an_extra_volume_may_be_in_somebodys_hands_or_nowhere() -> None:
    nobodys = replace(VOLUMES[JUDGES], recipient=None)
    kiosk = at_station(held(OTHER, PORTER), nobodys).badge(CLERK).chooses_home("stock_take").reads(SHELF_LABEL)

    assert kiosk.scans(OTHER).sees().next.fields["person"] == "name of porter"
    assert kiosk.scans(JUDGES).sees().next.key == "stock_take.extra.nowhere"


def test_papers_of_a_party_are_not_opened_to_be_counted() -> None:
    view = replace(cabinet(), parcels={PAPERS.id: PAPERS})
    kiosk = Kiosk(view).badge(CLERK).chooses_home("stock_take").does(NumberEntered(1))

    assert (kiosk.refusal, kiosk.unlocked) == (HoldsPapers(number="01"), [])


def test_a_badge_in_the_middle_of_a_count_asks_before_it_drops_it() -> None:
    for who in (CLERK, JUDGE):
        kiosk = counting().badge(who)
        assert (kiosk.state, kiosk.sees().next.fields["count"]) == ("leaving", 1)
        assert kiosk.chooses("nonsense").refusal == NotNow()
        assert kiosk.chooses("go_on").state == "counting"
        assert kiosk.badge(who).scans(OTHER).state == "counting"
        kiosk.badge(who).badge(who)
        assert (kiosk.desk.session, kiosk.facts) == (None, [])
        assert kiosk.desk.person == (None if who == CLERK else JUDGE)  # nobody goes on under another's name


def test_a_count_that_was_left_alone_may_still_be_finished() -> None:
    kiosk = counting().does(TimeUp()).chooses("finish")
    assert [type(one) for one in kiosk.facts] == [PlaceCounted]

    assert counting().does(TimeUp(), TimeUp()).desk.session is None


def test_a_count_of_nothing_yet_ends_by_waiting_and_hands_over_to_a_colleague() -> None:
    def begun() -> Kiosk:
        return at_station().badge(CLERK).chooses_home("stock_take").reads(SHELF_LABEL)

    assert begun().does(TimeUp()).desk.session is None
    assert begun().badge(JUDGE).badge(JUDGE).desk.person == JUDGE


def test_an_extra_volume_is_recorded_where_it_was_found_as_the_screen_says() -> None:
    kiosk = counting().scans(OTHER).chooses("finish")

    assert kiosk.view.volumes[OTHER].place == SHELF


# --- hand-over --------------------------------------------------------------------------------------------------------


def test_volumes_scanned_for_a_receiver_who_is_late_are_not_dropped_at_once() -> None:
    kiosk = at_cabinet(held(VOLUME, CLERK)).badge(CLERK).chooses_home("hand_over").scans(VOLUME).does(TimeUp())
    assert (kiosk.state, kiosk.sees().next.fields["count"]) == ("still", 1)
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.chooses("go_on").does(TimeUp()).scans(OTHER).state == "scan"

    kiosk.does(TimeUp()).badge(JUDGE)
    assert {type(one) for one in kiosk.facts} == {VolumeHandedOver}


def test_a_hand_over_of_nothing_ends_by_waiting_and_any_other_by_waiting_twice() -> None:
    nothing = at_cabinet().badge(CLERK).chooses_home("hand_over").does(TimeUp())
    twice = at_cabinet(held(VOLUME, CLERK)).badge(CLERK).chooses_home("hand_over").scans(VOLUME)

    assert nothing.desk.session is None
    assert twice.does(TimeUp(), TimeUp()).desk.session is None
    assert (
        at_cabinet(held(VOLUME, CLERK))
        .badge(CLERK)
        .chooses_home("hand_over")
        .scans(VOLUME)
        .does(TimeUp())
        .chooses("cancel")
        .facts
        == []
    )


# --- what lay too long -----------------------------------------------------------------------------------------------


def test_whoever_clears_reads_to_whom_to_bring_it() -> None:
    overdue = replace(lying(JUDGES, FIRST, JUDGE), since=NOW - 30 * DAY)
    kiosk = at_cabinet(overdue).badge(CLERK).chooses_home("clear").opens(FIRST).scans(JUDGES).shuts(FIRST)
    assert (kiosk.sees().next.key, kiosk.sees().next.fields["recipient"]) == ("collect.bring.to", "name of judge")

    nobodys = replace(VOLUMES[JUDGES], recipient=None, place=FIRST, since=NOW - 30 * DAY)
    kiosk = at_cabinet(nobodys).badge(CLERK).chooses_home("clear").opens(FIRST).scans(JUDGES).shuts(FIRST)
    assert kiosk.sees().next.fields.get("recipient", "name of clerk") == "name of clerk"


def test_papers_that_wait_too_long_for_a_judge_are_brought_there_by_any_of_the_staff() -> None:
    view = replace(cabinet(), parcels={PAPERS.id: PAPERS})
    assert Kiosk(view).badge(CLERK).chooses("take_in").unlocked == []

    later = replace(view, now=NOW + 8 * DAY, grants=replace(GRANTS, expires=NOW + 9 * DAY))
    kiosk = Kiosk(later).badge(CLERK).chooses_home("take_in").opens(FIRST).shuts(FIRST)
    assert (kiosk.choices, kiosk.sees().next.fields["recipient"]) == (["as_listed"], "name of judge")
    kiosk.chooses("as_listed")
    assert [type(one) for one in kiosk.facts] == [ParcelTaken]
    assert kiosk.sees().next.key == "take_in.done.next.late"


def test_an_operator_clears_no_papers() -> None:
    later = replace(cabinet(), now=NOW + 8 * DAY, grants=replace(GRANTS, expires=NOW + 9 * DAY))

    assert Kiosk(replace(later, parcels={PAPERS.id: PAPERS})).badge(PORTER).chooses("take_in").unlocked == []
