"""Stories at a scanning station: down the archive line, step by step, and back."""

from dataclasses import replace

from custody.desk import Desk
from custody.events import (
    SendBackReason,
    SentBack,
    Step,
    StepFinished,
    VolumeReceived,
)
from custody.flows.grammar import (
    CANCEL,
    LabelScanned,
    NumberEntered,
    Session,
)
from custody.refusals import (
    AlreadyScanned,
    AlreadyShelved,
    BadNumber,
    Confidential,
    FourEyes,
    NotAllowed,
    NotAShelf,
    NotNow,
    NotReceivedHere,
    PagesDiffer,
    TooManyPages,
    UnknownLabel,
    WrongStep,
)
from tests.custody.court import (
    CLERK,
    DESK,
    FIRST,
    LABELS,
    OTHER,
    PORTER,
    SCANNER,
    SECRET,
    SHELF,
    SHELF_LABEL,
    STRANGE_LABEL,
    VOLUME,
    VOLUMES,
    at_step,
    held,
    lying,
    station,
)
from tests.custody.kiosk import at_station

# --- the archive line -----------------------------------------------------------------------------------------------


def test_a_volume_goes_down_the_whole_line_in_the_hands_of_three_people() -> None:
    kiosk = at_station(held(VOLUME, PORTER, "queue:scanning")).badge(SCANNER).scans(VOLUME).chooses(CANCEL)
    kiosk.scans(VOLUME).does(NumberEntered(80)).scans(VOLUME).does(NumberEntered(80))
    assert kiosk.scans(VOLUME).refusal == FourEyes(volume=VOLUMES[VOLUME].title, step=Step.SCANNED)

    kiosk.badge(PORTER).scans(VOLUME).does(NumberEntered(80))
    assert kiosk.scans(VOLUME).refusal == FourEyes(volume=VOLUMES[VOLUME].title, step=Step.CHECKED)
    kiosk.badge(CLERK).scans(VOLUME).chooses("finish").scans(VOLUME).does(NumberEntered(80))
    kiosk.scans(VOLUME).does(LabelScanned(SHELF_LABEL))

    assert isinstance(kiosk.facts[0], VolumeReceived)
    finished = [one for one in kiosk.facts if isinstance(one, StepFinished)]
    assert [one.step for one in finished] == list(Step)[2:]
    assert [one.place for one in finished] == [*[DESK] * 5, SHELF]
    assert kiosk.view.volumes[VOLUME].place == SHELF
    assert kiosk.desk.refusal is None


def test_several_volumes_are_received_one_after_another() -> None:
    kiosk = at_station(held(VOLUME, PORTER), lying(OTHER, FIRST)).badge(SCANNER).chooses("receive").scans(VOLUME, OTHER)

    assert [type(one) for one in kiosk.facts] == [VolumeReceived, VolumeReceived]
    assert kiosk.scans(OTHER).refusal == AlreadyScanned(volume=VOLUMES[OTHER].title)
    assert kiosk.scans(SECRET).refusal == Confidential()
    assert kiosk.does(LabelScanned(STRANGE_LABEL)).refusal == UnknownLabel(label=STRANGE_LABEL)


def test_a_checker_sends_two_pages_back() -> None:
    kiosk = at_station(at_step(VOLUME, Step.SCANNED)).badge(CLERK).scans(VOLUME).chooses("send_back")
    assert kiosk.choices == ["missing_page", "skewed", "unreadable"]
    assert kiosk.chooses("nonsense").refusal == NotNow()

    kiosk.chooses("skewed")
    assert kiosk.sees().next.key == "step.which.next_none"
    kiosk.does(NumberEntered(17), NumberEntered(3), NumberEntered(5), NumberEntered(5))
    assert kiosk.does(NumberEntered(0)).refusal == BadNumber(least=1, most=9999)
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.sees().next.fields == {"pages": "3、17", "count": 2}

    kiosk.chooses("send_back")
    (fact,) = kiosk.facts
    assert isinstance(fact, SentBack)
    assert (fact.reason, fact.pages, fact.back_to) == (SendBackReason.SKEWED, (3, 17), Step.SCANNED)
    assert kiosk.sees().next.key == "step.sent_back.skewed"
    assert kiosk.view.volumes[VOLUME].progress.done is Step.PREPARED


def test_every_step_back_on_the_screen_keeps_the_volume() -> None:
    kiosk = at_station(at_step(VOLUME, Step.SCANNED)).badge(CLERK).scans(VOLUME).chooses("send_back").chooses("skewed")

    assert kiosk.chooses(CANCEL).state == "work"
    assert kiosk.chooses("send_back").chooses(CANCEL).state == "work"
    assert len(kiosk.sees().cards) == 1
    assert kiosk.chooses("nonsense").refusal == NotNow()
    assert kiosk.does(NumberEntered(10_000)).refusal == BadNumber(least=1, most=9999)
    assert (kiosk.chooses(CANCEL).desk.session, kiosk.facts) == (None, [])


def test_a_note_of_pages_has_an_end() -> None:
    kiosk = at_station(at_step(VOLUME, Step.SCANNED)).badge(CLERK).scans(VOLUME).chooses("send_back").chooses("skewed")

    kiosk.does(*(NumberEntered(page) for page in range(1, 102)))

    assert kiosk.refusal == TooManyPages(most=100)


def test_a_step_before_its_turn_names_the_one_that_is_due() -> None:
    kiosk = at_station(at_step(VOLUME, Step.RECEIVED))
    kiosk.desk = Desk(person=CLERK, session=Session(flow="bind", state="scan", person=CLERK))

    assert kiosk.scans(VOLUME).refusal == WrongStep(volume=VOLUMES[VOLUME].title, expected=Step.PREPARED)
    kiosk.view = station(replace(at_step(VOLUME, Step.REVIEWED), place=None))
    assert kiosk.scans(VOLUME).refusal == NotReceivedHere(volume=VOLUMES[VOLUME].title)
    kiosk.view = station(at_step(VOLUME, Step.SHELVED))
    assert kiosk.scans(VOLUME).refusal == AlreadyShelved(volume=VOLUMES[VOLUME].title)


def test_an_operator_begins_no_step_of_a_confidential_volume() -> None:
    kiosk = at_station(at_step(SECRET, Step.RECEIVED, CLERK)).badge(SCANNER).scans(SECRET)

    assert kiosk.refusal == Confidential()
    assert VOLUMES[SECRET].title not in str((kiosk.sees(), kiosk.desk))


def test_a_count_that_differs_keeps_a_volume_from_being_bound() -> None:
    kiosk = at_station(at_step(VOLUME, Step.REVIEWED, pages=80)).badge(CLERK).scans(VOLUME).does(NumberEntered(79))

    assert kiosk.refusal == PagesDiffer(volume=VOLUMES[VOLUME].title, counts="80 / 80 / 79")
    assert kiosk.does(NumberEntered(80)).state == "done"


def test_only_a_shelf_shelves() -> None:
    kiosk = at_station(at_step(VOLUME, Step.BOUND)).badge(CLERK).scans(VOLUME)

    assert kiosk.does(LabelScanned("7" * 99)).refusal == NotAShelf(label="7" * 40)
    assert kiosk.scans(OTHER).refusal == NotAShelf(label=LABELS[OTHER])
    assert kiosk.facts == []


def test_a_volume_that_vanished_from_the_grants_is_not_finished() -> None:
    kiosk = at_station(at_step(VOLUME, Step.RECEIVED)).badge(CLERK).scans(VOLUME)
    kiosk.view = replace(kiosk.view, volumes={})

    assert kiosk.does(NumberEntered(5)).refusal == NotAllowed()
