"""What is said when less, or something else, happened than was meant."""

from dataclasses import replace

from custody.events import VolumeCollected, VolumeDeposited, VolumePlaced
from custody.flows.grammar import BadgeTapped, Colour, NumberEntered
from custody.grants import KnownCabinet
from custody.identifiers import PlaceId
from custody.messages import Compartment
from custody.parcels import PARTY, KnownParcel
from custody.refusals import LargerElsewhere, NoLarger, NotForReceiver, NotNow, UnknownBadge
from tests.custody.court import (
    CLERK,
    DAY,
    FIRST,
    FOURTH,
    GRANTS,
    JUDGE,
    JUDGES,
    NOW,
    PORTER,
    SCANNER,
    SHELF,
    SHELF_LABEL,
    THIRD,
    VOLUME,
    VOLUMES,
    cabinet,
    compartments,
    lying,
)
from tests.custody.kiosk import Kiosk, at_cabinet, at_station


def sized(sizes: str) -> dict[PlaceId, Compartment]:
    return {place: replace(one, size=size) for (place, one), size in zip(compartments().items(), sizes, strict=True)}


def test_a_size_may_be_chosen_before_the_door_opens() -> None:
    kiosk = at_cabinet(doors=sized("SMLL")).badge(CLERK).chooses("deposit")
    assert (kiosk.choices, kiosk.sees().next.key) == (["size:S", "size:M", "size:L"], "putting.size.next.any")

    kiosk.chooses("size:L")
    assert (kiosk.choices, kiosk.sees().next.key) == (["size:S", "size:M"], "putting.size.next.L")
    assert kiosk.scans(VOLUME).unlocked == [THIRD]


def test_of_the_larger_ones_the_smallest_that_will_do_is_taken() -> None:
    kiosk = at_cabinet(doors=sized("SLLM")).badge(CLERK).chooses("deposit").chooses("size:M").scans(VOLUME)

    assert kiosk.unlocked == [FOURTH]


def test_a_size_that_is_nowhere_free_says_so_and_another_may_be_chosen() -> None:
    doors = {**sized("SSSL"), FOURTH: replace(sized("SSSL")[FOURTH], blocked=True)}
    kiosk = at_cabinet(doors=doors).badge(CLERK).chooses("deposit").chooses("size:L").scans(VOLUME)
    assert kiosk.refusal == NoLarger()
    kiosk.view = replace(kiosk.view, grants=replace(GRANTS, elsewhere=(KnownCabinet(name="二号柜", free={"L": 2}),)))
    assert kiosk.scans(VOLUME).refusal == LargerElsewhere(cabinet="二号柜", count=2)

    assert kiosk.chooses("size:S").scans(VOLUME).unlocked == [FIRST]


def test_where_all_are_alike_there_is_nothing_to_choose() -> None:
    kiosk = at_cabinet().badge(CLERK).chooses("deposit")

    assert kiosk.choices == []
    assert kiosk.chooses("size:L").refusal == NotNow()


def test_whoever_puts_something_in_reads_for_whom() -> None:
    assert at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).sees().next.fields["recipient"] == "扫描室"


def test_whoever_it_is_for_may_tap_instead_of_being_looked_up() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).chooses("for_whom")
    assert kiosk.badge(PORTER).refusal == NotForReceiver(person="name of porter")
    assert kiosk.does(BadgeTapped("a bus card")).refusal == UnknownBadge()

    kiosk.badge(JUDGE)
    assert (kiosk.state, kiosk.sees().next.fields["recipient"]) == ("placing", "name of judge")
    assert kiosk.desk.person == CLERK


def test_a_compartment_that_is_sensed_empty_is_asked_about_and_the_answer_is_a_statement() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).shuts(FIRST)
    assert kiosk.chooses("kept").refusal == NotNow()  # nothing says so

    kiosk.view = replace(kiosk.view, items={FIRST: False})
    assert (kiosk.sees().colour, kiosk.sees().headline.key) == (Colour.PERSON, "putting.empty.headline")
    kiosk.chooses("kept")
    assert [type(one) for one in kiosk.facts] == [VolumeDeposited, VolumeCollected]
    assert kiosk.view.volumes[VOLUME].holder == CLERK


def test_what_is_sensed_to_lie_there_is_no_question() -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).opens(FIRST).shuts(FIRST)
    kiosk.view = replace(kiosk.view, items={FIRST: True})

    assert kiosk.sees().headline.key == "deposit.done.headline"
    assert kiosk.chooses("cancel").desk.session is None


def test_a_door_opened_and_shut_over_nothing_is_not_green() -> None:
    kiosk = at_cabinet(lying(JUDGES, FIRST, JUDGE)).badge(JUDGE).chooses("collect").opens(FIRST).shuts(FIRST)
    prompt = kiosk.chooses("still_inside").sees()

    assert (prompt.colour, prompt.headline.key) == (Colour.UNKNOWN, "collect.nothing.headline")
    assert prompt.next.fields["left"] == 1


def test_what_was_left_behind_is_counted() -> None:
    more = replace(VOLUMES[JUDGES], id=VOLUME, labels=VOLUMES[VOLUME].labels, place=FIRST, lying_for=JUDGE)
    kiosk = at_cabinet(lying(JUDGES, FIRST, JUDGE), more).badge(JUDGE).chooses("collect").opens(FIRST).scans(JUDGES)
    prompt = kiosk.shuts(FIRST).chooses("still_inside").sees()

    assert (prompt.colour, prompt.next.key, prompt.next.fields["left"]) == (Colour.DONE, "collect.done.next.some", 1)


def test_papers_no_party_came_for_are_taken_back_and_not_refused() -> None:
    unfetched = KnownParcel(id="pc-1", place=FIRST, recipient=PARTY, papers=(), since=NOW - 30 * DAY)
    kiosk = Kiosk(replace(cabinet(), parcels={unfetched.id: unfetched})).badge(CLERK).chooses("take_in")
    kiosk.opens(FIRST).shuts(FIRST)
    assert (kiosk.choices, kiosk.sees().headline.key) == (["as_listed"], "take_in.check.headline.own")
    assert kiosk.chooses("differs").refusal == NotNow()

    assert kiosk.chooses("as_listed").sees().next.key == "take_in.done.next.own"


def test_the_label_of_a_shelf_scanned_first_begins_laying_there() -> None:
    kiosk = at_station().badge(SCANNER).reads(SHELF_LABEL).scans(VOLUME)

    (laid,) = kiosk.facts
    assert isinstance(laid, VolumePlaced) and laid.place == SHELF
    assert at_cabinet().badge(CLERK).reads(SHELF_LABEL).desk.session is None


def test_a_number_means_nothing_while_volumes_are_scanned() -> None:
    assert at_cabinet().badge(CLERK).chooses("deposit").does(NumberEntered(7)).refusal == NotNow()
