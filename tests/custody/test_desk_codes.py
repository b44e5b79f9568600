"""Stories at the kiosk of who is let in by more, or less, than a badge: codes, numbers, the second of two."""

from dataclasses import replace

import pytest

from custody.codes import code_digest, tries_of
from custody.desk import Desk, patience, step
from custody.events import (
    CodeUsed,
    TriesExceeded,
    VolumeCollected,
)
from custody.flows.doors import too_late
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Chosen,
    DoorOpened,
    NumberEntered,
    Session,
    Stimulus,
    TimeUp,
)
from custody.grants import Code, KnownVolume
from custody.identifiers import PersonId, VolumeId
from custody.refusals import (
    BadgeFirst,
    CabinetFull,
    CodeNotNow,
    CodeRevoked,
    CodeSpent,
    GrantsStale,
    NoGrantsYet,
    NotAllowed,
    NothingForYou,
    NotNow,
    SecondPersonUnfit,
    ShutFirst,
    TooManyTries,
    UnknownBadge,
    UnknownCode,
    WrongPin,
)
from tests.custody.court import (
    CLERK,
    DAY,
    FIRST,
    GRANTS,
    JUDGE,
    JUDGES,
    MANAGER,
    NOW,
    OTHER,
    PORTER,
    SECOND,
    VOLUME,
    cabinet,
    compartments,
    lying,
)
from tests.custody.kiosk import Kiosk, at_cabinet

# --- with a code instead of a badge -------------------------------------------------------------------------------

CODE = Code(
    id="code-1",
    digest=code_digest("48213377", key=GRANTS.badge_key),
    person=JUDGE,
    volumes=frozenset({JUDGES}),
    since=NOW - DAY,
    until=NOW + DAY,
)


def with_code(*volumes: KnownVolume, **changes: object) -> Kiosk:
    """A cabinet that knows one code."""
    code = replace(CODE, **changes)  # type: ignore[arg-type]
    return Kiosk(replace(cabinet(*volumes), grants=replace(GRANTS, codes=(code,))))


def test_a_code_opens_for_the_volumes_it_is_for_and_for_nothing_else() -> None:
    kiosk = with_code(lying(JUDGES, FIRST, JUDGE), replace(lying(OTHER, SECOND, JUDGE)))
    assert kiosk.choices == ["enter_code"]
    kiosk.chooses("enter_code")
    assert kiosk.sees().keypad

    kiosk.does(NumberEntered(48213377)).opens(FIRST).scans(JUDGES).shuts(FIRST)
    used, taken = kiosk.facts
    assert isinstance(used, CodeUsed) and isinstance(taken, VolumeCollected)
    assert (used.code, used.person, used.place, taken.person) == ("code-1", JUDGE, FIRST, JUDGE)
    assert kiosk.unlocked == [FIRST]

    kiosk.scans(VOLUME)  # a code lets in for one thing: nothing begins anew
    assert kiosk.state == "done"
    assert kiosk.chooses(CANCEL).desk.person is None


def test_a_code_is_scanned_too_and_used_only_as_often_as_it_may_be() -> None:
    kiosk = with_code(lying(JUDGES, FIRST, JUDGE)).reads("4821 3377").opens(FIRST).shuts(FIRST).chooses("still_inside")
    kiosk.does(TimeUp())
    kiosk.view = replace(kiosk.view, used={"code-1": 1})

    assert kiosk.reads("48213377").refusal == CodeSpent()
    assert len(kiosk.facts) == 1


def test_a_code_with_nothing_behind_it_is_not_used_up() -> None:
    kiosk = with_code().reads("48213377")

    assert (kiosk.refusal, kiosk.facts, kiosk.desk.person) == (NothingForYou(), [], None)


def test_wrong_codes_make_the_kiosk_wait() -> None:
    kiosk = with_code(lying(JUDGES, FIRST, JUDGE)).chooses("enter_code")
    assert patience(kiosk.desk) == 20
    for _ in range(5):
        assert kiosk.does(NumberEntered(1)).refusal == UnknownCode()
    kiosk.chooses(CANCEL).badge(CLERK).badge(CLERK).chooses("enter_code")  # a badge does not end the count
    assert kiosk.does(NumberEntered(48213377)).refusal == TooManyTries(seconds=15)
    assert kiosk.facts == [TriesExceeded(place=kiosk.view.place, tries=5)]

    kiosk.view = replace(kiosk.view, now=NOW + 15_000)
    assert kiosk.does(NumberEntered(48213377)).unlocked == [FIRST]
    assert kiosk.desk.tries == ()


def test_a_label_at_rest_still_wants_a_badge_first() -> None:
    kiosk = with_code(lying(JUDGES, FIRST, JUDGE))
    assert kiosk.scans(VOLUME).refusal == BadgeFirst()
    assert kiosk.does(NumberEntered(3)).refusal == NotNow()
    assert at_cabinet().chooses("enter_code").refusal == NotNow()
    assert replace(cabinet(), grants=None).by_code("1") == NoGrantsYet()


# --- a number after the badge -------------------------------------------------------------------------------------

PIN = 731904


def with_pins(*people: PersonId, volumes: tuple[KnownVolume, ...] = ()) -> Kiosk:
    """A cabinet where these people have a number."""
    digest = code_digest(str(PIN), key=GRANTS.badge_key)
    known = tuple(replace(one, pin=digest) if one.id in people else one for one in GRANTS.people)
    return Kiosk(replace(cabinet(*volumes), grants=replace(GRANTS, people=known)))


def keys(kiosk: Kiosk, number: int = PIN) -> Kiosk:
    return kiosk.does(NumberEntered(number))


def test_a_badge_with_a_number_lets_nobody_in_before_it_was_keyed_in() -> None:
    kiosk = with_pins(JUDGE, volumes=(lying(JUDGES, FIRST, JUDGE),)).badge(JUDGE)
    assert kiosk.desk.person is None
    assert (kiosk.sees().keypad, kiosk.sees().secret, kiosk.sees().headline.key) == (True, True, "rest.pin.headline")
    assert patience(kiosk.desk) == 20
    assert kiosk.chooses("collect").refusal == NotNow()
    assert kiosk.scans(JUDGES).refusal == NotNow()
    assert keys(kiosk, 1).refusal == WrongPin()
    assert (kiosk.desk.person, kiosk.unlocked, kiosk.sees().keypad) == (None, [], True)

    assert keys(kiosk).desk.person == JUDGE
    assert kiosk.desk.tries == ()
    assert kiosk.chooses("collect").unlocked == [FIRST]
    assert kiosk.badge(CLERK).refusal == ShutFirst(number="01")


@pytest.mark.parametrize("leaving", [Chosen(CANCEL), BadgeTapped(f"badge {JUDGE}"), TimeUp()])
def test_whoever_does_not_key_it_in_leaves_the_kiosk_at_rest(leaving: Stimulus) -> None:
    kiosk = with_pins(JUDGE).badge(JUDGE).does(leaving)

    assert (kiosk.desk.proving, kiosk.desk.person, kiosk.refusal) == (None, None, None)
    assert kiosk.sees().headline.key == "rest.headline"
    assert keys(kiosk).refusal == NotNow()


def test_who_signs_out_or_comes_with_another_badge_needs_no_number() -> None:
    kiosk = keys(with_pins(JUDGE).badge(JUDGE))
    assert kiosk.badge(JUDGE).desk == Desk(turn=kiosk.desk.turn)

    assert kiosk.badge(JUDGE).badge(CLERK).desk.person == CLERK
    assert kiosk.badge(JUDGE).desk.person is None  # the next badge ends a session, whether or not its number comes
    assert kiosk.does(BadgeTapped("a bus card")).refusal == UnknownBadge()
    assert kiosk.desk.proving is None


def test_who_may_do_nothing_here_is_told_so_without_being_asked_for_a_number() -> None:
    assert with_pins(MANAGER).badge(MANAGER).refusal == NotAllowed()


def test_wrong_numbers_make_the_kiosk_wait_and_only_the_right_one_ends_the_count() -> None:
    kiosk = with_pins(JUDGE).badge(JUDGE)
    for _ in range(5):
        assert keys(kiosk, 1).refusal == WrongPin()
    assert keys(kiosk).refusal == TooManyTries(seconds=15)
    assert (tries_of(kiosk.desk.tries, JUDGE).count, kiosk.desk.proving is not None) == (5, True)
    assert kiosk.facts == [TriesExceeded(place=kiosk.view.place, tries=5, person=JUDGE)]
    kiosk.chooses(CANCEL).badge(CLERK).badge(CLERK).badge(JUDGE)
    assert keys(kiosk).refusal == TooManyTries(seconds=15)

    kiosk.view = replace(kiosk.view, now=NOW + 15_000)
    assert keys(kiosk).desk.person == JUDGE
    assert kiosk.desk.tries == ()


def test_a_number_of_ones_own_gives_no_more_tries_of_somebody_elses() -> None:
    kiosk = with_pins(JUDGE, CLERK)
    for _ in range(4):
        keys(kiosk.badge(JUDGE), 1).chooses(CANCEL)
        assert keys(kiosk.badge(CLERK)).desk.person == CLERK
        kiosk.badge(CLERK)
    assert kiosk.facts == []

    assert keys(kiosk.badge(JUDGE), 1).facts == [TriesExceeded(place=kiosk.view.place, tries=5, person=JUDGE)]
    assert keys(kiosk).refusal == TooManyTries(seconds=15)
    assert keys(kiosk.chooses(CANCEL).badge(CLERK)).desk.person == CLERK, "who has done nothing wrong need not wait"


def test_the_second_of_two_keys_in_a_number_too_and_what_is_under_way_waits() -> None:
    guarded = replace(lying(JUDGES, FIRST, JUDGE), sensitive=True)
    kiosk = with_pins(CLERK, volumes=(guarded,)).badge(JUDGE).chooses("collect").badge(CLERK)
    assert (kiosk.state, kiosk.unlocked, kiosk.sees().keypad) == ("second", [], True)
    assert keys(kiosk, 1).unlocked == []
    kiosk.chooses(CANCEL)
    assert (kiosk.state, kiosk.sees().keypad) == ("second", False)

    assert keys(kiosk.badge(CLERK)).unlocked == [FIRST]
    assert kiosk.desk.person == JUDGE


def test_ones_own_badge_ends_a_wait_for_the_second_without_a_number() -> None:
    guarded = replace(lying(JUDGES, FIRST, JUDGE), sensitive=True)
    kiosk = keys(with_pins(JUDGE, volumes=(guarded,)).badge(JUDGE)).chooses("collect")
    assert kiosk.state == "second"

    kiosk.badge(JUDGE)

    assert kiosk.desk.proving is None
    assert kiosk.desk.session is None


def test_a_door_that_moves_while_a_number_is_asked_for_is_not_missed() -> None:
    guarded = replace(lying(JUDGES, FIRST, JUDGE), sensitive=True)
    kiosk = with_pins(CLERK, volumes=(guarded,)).badge(JUDGE).chooses("collect").badge(CLERK)

    kiosk.opens(SECOND)
    assert (kiosk.state, kiosk.desk.proving is not None) == ("second", True)
    moved = with_pins(CLERK).badge(JUDGE).chooses("deposit").scans(VOLUME)
    assert moved.unlocked
    beneath = replace(moved.desk, proving=BadgeTapped(f"badge {CLERK}"))
    after, _ = step(beneath, DoorOpened(moved.unlocked[0]), moved.view)
    assert after.session != beneath.session
    assert after.proving is None


def test_somebody_who_left_the_court_meanwhile_is_not_let_in_by_the_right_number() -> None:
    kiosk = with_pins(JUDGE).badge(JUDGE)
    assert kiosk.view.grants is not None
    kiosk.view = replace(kiosk.view, grants=replace(kiosk.view.grants, people=()))
    assert kiosk.sees().headline.fields == {"person": ""}

    assert keys(kiosk).refusal == UnknownBadge()
    assert kiosk.desk.proving is None
    kiosk.view = replace(kiosk.view, grants=None)
    assert keys(Kiosk(kiosk.view, Desk(proving=BadgeTapped("x")))).refusal == NoGrantsYet()


# --- sensitive volumes --------------------------------------------------------------------------------------------


def test_a_sensitive_volume_takes_two_entitled_people() -> None:
    kiosk = at_cabinet(replace(lying(JUDGES, FIRST, JUDGE), sensitive=True)).badge(JUDGE).chooses("collect")
    assert (kiosk.state, kiosk.unlocked) == ("second", [])
    assert kiosk.does(BadgeTapped("a bus card")).refusal == UnknownBadge()
    assert kiosk.badge(MANAGER).refusal == SecondPersonUnfit()

    kiosk.badge(CLERK).opens(FIRST)
    assert kiosk.unlocked == [FIRST]
    assert kiosk.desk.session is not None and kiosk.desk.session.second == CLERK


def test_the_second_tap_of_ones_own_badge_ends_it_there_too() -> None:
    kiosk = at_cabinet(replace(lying(JUDGES, FIRST, JUDGE), sensitive=True)).badge(JUDGE).chooses("collect")

    assert kiosk.badge(JUDGE).desk.session is None
    assert kiosk.unlocked == []


def test_nothing_is_laid_beside_a_sensitive_volume() -> None:
    shared = [replace(lying(VOLUME, place), id=VolumeId(f"lies-{place}"), sensitive=True) for place in compartments()]

    assert at_cabinet(*shared).badge(PORTER).scans(OTHER).refusal == CabinetFull()


# --- what was granted ends while somebody stands there -------------------------------------------------------------


def test_whoever_was_let_in_in_time_opens_nothing_once_it_is_over_and_may_still_leave() -> None:
    kiosk = Kiosk(cabinet(lying(JUDGES, FIRST, JUDGE))).badge(JUDGE)
    kiosk.view = replace(kiosk.view, now=GRANTS.expires)

    assert kiosk.chooses("collect").refusal == GrantsStale(until_ms=GRANTS.expires)
    assert kiosk.unlocked == []
    assert kiosk.badge(JUDGE).desk.person is None


def test_nobody_is_let_in_any_more_once_it_is_over() -> None:
    kiosk = Kiosk(cabinet(lying(JUDGES, FIRST, JUDGE))).badge(JUDGE)
    kiosk.view = replace(kiosk.view, now=GRANTS.expires)

    assert kiosk.badge(CLERK).desk.person is None
    assert kiosk.refusal == GrantsStale(until_ms=GRANTS.expires)


def test_a_code_that_ran_out_meanwhile_opens_no_further_door() -> None:
    session = Session(flow="collect", state=START, person=CODE.person, code=CODE.id)
    grants = replace(GRANTS, codes=(CODE,), expires=CODE.until + DAY)
    view = replace(cabinet(), grants=grants, now=CODE.until - 1)

    assert too_late(session, view) is None
    late = replace(view, now=CODE.until)
    assert too_late(session, late) == CodeNotNow(until_ms=CODE.until)
    assert too_late(session, replace(view, grants=None)) == NoGrantsYet()


def test_a_code_that_was_withdrawn_meanwhile_opens_no_further_door() -> None:
    session = Session(flow="collect", state=START, person=CODE.person, code=CODE.id)
    spent = replace(cabinet(), grants=replace(GRANTS, codes=(replace(CODE, used=CODE.uses),)))

    assert too_late(session, spent) is None
    assert too_late(session, cabinet()) == CodeRevoked()
