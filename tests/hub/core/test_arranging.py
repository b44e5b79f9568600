"""What the office has arranged follows from the entries that say so, and from nothing else."""

from dataclasses import replace

import pytest

from custody.entries import Clock, Entry
from custody.events import (
    CodeIssued,
    CodeRevoked,
    CodeUsed,
    CompartmentFreed,
    CompartmentKept,
    Fact,
    GuardLifted,
    PersonErased,
    PinEnded,
    PinGiven,
    SealedAccountUsed,
    TeamJoined,
    TeamLeft,
    TeamRegistered,
    VolumeGuarded,
    VolumeUnguarded,
)
from custody.identifiers import CourtId, PersonId, StationId, VolumeId
from hub.core.arranging import (
    LONGEST_CODE,
    MOST_USES,
    Arranged,
    arranged,
    code_digits,
    code_refusal,
    end_pin_refusal,
    granted_code,
    lift_refusal,
    pin_digits,
    unguard_refusal,
)
from tests.hub.core.samples import LI, P7, V1, V2, WANG

HUB = StationId("hub-1")
TEAM = "team:7f3a"
NOW = 1_790_000_000_000
ISSUED = CodeIssued(code="c-1", person=LI, volumes=(V1,), since_ms=NOW, until_ms=NOW + 9, uses=2, by=WANG)


def entry(fact: Fact, station: StationId = HUB) -> Entry:
    return Entry(
        court=CourtId("yk0802"),
        station=station,
        epoch="e1",
        sequence=1,
        boot="b1",
        uptime=1,
        time=NOW,
        clock=Clock.SYNCHRONISED,
        fact=fact,
    )


def stands(*facts: Fact) -> Arranged:
    return arranged(map(entry, facts), hub=HUB)


def test_members_belong_to_a_team_until_they_leave() -> None:
    joined = stands(TeamRegistered(team=TEAM, by=WANG), TeamJoined(person=LI, team=TEAM, by=WANG))
    left = stands(TeamJoined(person=LI, team=TEAM, by=WANG), TeamLeft(person=LI, team=TEAM, by=WANG))

    assert (joined.teams, joined.members) == ((TEAM,), {LI: frozenset({TEAM})})
    assert left.members == {}


def test_a_compartment_is_kept_for_the_latest_recipient_until_it_is_freed() -> None:
    kept = (CompartmentKept(place=P7, recipient=LI, by=WANG), CompartmentKept(place=P7, recipient=TEAM, by=WANG))

    assert stands(*kept).kept == {P7: TEAM}
    assert stands(*kept, CompartmentFreed(place=P7, by=WANG)).kept == {}


def test_a_volume_is_guarded_by_whoever_decided_it_until_that_ends() -> None:
    guarded = VolumeGuarded(volume=V1, by=WANG, reason="privacy")

    assert stands(guarded).guarded == {V1: WANG}
    assert stands(guarded, VolumeUnguarded(volume=V1, by=LI, reason="lifted")).guarded == {}
    assert stands(guarded, GuardLifted(volume=V1, person=LI, second=WANG, reason="lifted")).guarded == {}


def test_uses_of_a_code_count_at_whatever_cabinet() -> None:
    used = CodeUsed(code="c-1", person=LI)

    found = arranged([entry(ISSUED), entry(used, StationId("cab-1")), entry(used, StationId("cab-2"))], hub=HUB)

    assert (found.codes, found.used) == ({"c-1": ISSUED}, {"c-1": 2})
    assert stands(ISSUED, CodeRevoked(code="c-1", by=WANG)).codes == {}


def test_what_another_station_says_arranges_nothing() -> None:
    assert arranged([entry(ISSUED, StationId("cab-1"))], hub=HUB) == Arranged()


def test_what_arranges_nothing_changes_nothing() -> None:
    assert stands(SealedAccountUsed(person=WANG)) == Arranged()


def test_who_keys_in_a_number_does_so_until_somebody_else_ends_it() -> None:
    given = PinGiven(person=LI, by=WANG)

    assert stands(given).pins == {LI: WANG}
    assert end_pin_refusal(stands(given), LI, by=WANG) is None
    assert end_pin_refusal(stands(given), LI, by=LI) == "pin.own"
    assert stands(given, PinEnded(person=LI, by=WANG)).pins == {}
    assert end_pin_refusal(stands(), LI, by=WANG) == "pin.none"


@pytest.mark.parametrize("chance", [0, 1, 899_999, 900_000, 2**64 - 1])
def test_a_number_has_six_digits_and_the_first_is_none_that_a_keypad_loses(chance: int) -> None:
    digits = pin_digits(chance)

    assert len(digits) == 6
    assert str(int(digits)) == digits


def test_nothing_opens_for_somebody_who_was_erased() -> None:
    before = (
        PinGiven(person=LI, by=WANG),
        ISSUED,
        TeamJoined(person=LI, team=TEAM, by=WANG),
        CompartmentKept(place=P7, recipient=LI, by=WANG),
    )

    assert stands(*before, PersonErased(person=LI)) == Arranged()


def test_a_station_is_told_of_a_code_by_its_digest() -> None:
    told = granted_code(ISSUED, "d1", used=1)

    assert (told.id, told.digest, told.person, told.volumes) == ("c-1", "d1", LI, frozenset({V1}))
    assert (told.since, told.until, told.uses, told.used) == (NOW, NOW + 9, 2, 1)


@pytest.mark.parametrize(
    ("volumes", "until", "uses", "why"),
    [
        ((V1, V2), NOW + 1, 1, None),
        ((V1,), NOW + LONGEST_CODE, MOST_USES, None),
        ((), NOW + 1, 1, "code.no_volumes"),
        ((V1,), NOW + 1, 0, "code.too_many_uses"),
        ((V1,), NOW + 1, MOST_USES + 1, "code.too_many_uses"),
        ((V1,), NOW, 1, "code.over_already"),
        ((V1,), NOW + LONGEST_CODE + 1, 1, "code.too_long"),
    ],
)
def test_a_code_is_for_some_volumes_and_some_time(
    volumes: tuple[VolumeId, ...], until: int, uses: int, why: str | None
) -> None:
    assert code_refusal(volumes, since=NOW - 5, until=until, uses=uses, now=NOW) == why


def test_a_person_may_belong_to_several_teams() -> None:
    other = replace(TeamJoined(person=LI, team=TEAM, by=WANG), team="team:2")

    assert stands(TeamJoined(person=LI, team=TEAM, by=WANG), other).members == {PersonId(LI): {TEAM, "team:2"}}


@pytest.mark.parametrize("chance", [0, 1, 89_999_999, 90_000_000, 2**64 - 1])
def test_the_digits_of_a_code_are_what_a_keypad_tells_of_them(chance: int) -> None:
    """A keypad tells a number: a code that began with 0 would never be the one that was keyed in."""
    digits = code_digits(chance)

    assert len(digits) == 8
    assert str(int(digits)) == digits


def test_the_rule_for_two_is_asked_to_end_once() -> None:
    stands = Arranged(guarded={V1: WANG})

    assert unguard_refusal(stands, V1, asked=False) is None
    assert unguard_refusal(stands, V1, asked=True) == "guard.asked_already"
    assert unguard_refusal(stands, V2, asked=False) == "guard.not_guarded"


def test_the_rule_for_two_is_ended_by_two() -> None:
    stands = Arranged(guarded={V1: WANG})

    assert lift_refusal(stands, V1, asked_by=LI, by=LI) == "guard.same_person"
    assert lift_refusal(stands, V1, asked_by=LI, by=WANG) is None
    assert lift_refusal(stands, V1, asked_by=None, by=WANG) == "guard.not_asked"
    assert lift_refusal(stands, V2, asked_by=LI, by=WANG) == "guard.not_asked"
