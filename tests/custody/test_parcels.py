"""A party leaves papers at the cabinet without a badge, and the judge's team takes them in."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.codes import tries_of
from custody.desk import Desk, patience, resumed, step
from custody.events import (
    DoorClosed,
    PaperKind,
    ParcelAccepted,
    ParcelDeposited,
    ParcelFault,
    ParcelRefused,
    ParcelTaken,
    PrivateKind,
)
from custody.flows.grammar import (
    CANCEL,
    BadgeTapped,
    Chosen,
    Confide,
    Effect,
    NumberEntered,
    Session,
    Stimulus,
    TimeUp,
    Withdraw,
)
from custody.grants import Person, Role
from custody.identifiers import ActId, PersonId
from custody.knowledge import View
from custody.messages import DoorState
from custody.parcels import PARTY, KnownParcel, fits, learn_parcels, may_take_parcel, pickup_code, receipt_of
from custody.private import last_four
from custody.refusals import (
    CabinetFull,
    DoorsNotRead,
    ForSomebodyElse,
    NotAPhoneNumber,
    NothingForYou,
    NothingListed,
    NotNow,
    NoWayToRecipient,
    ShutFirst,
    TooManyPapers,
    TooManyTries,
    UnknownCode,
)
from tests.custody.court import (
    CLERK,
    DAY,
    FIRST,
    GRANTS,
    JUDGE,
    JUDGES,
    LABELS,
    PEOPLE,
    PORTER,
    SECOND,
    STRANGE_LABEL,
    VOLUME,
    cabinet,
    chain,
    station,
)
from tests.custody.kiosk import Kiosk

PHONE = 13904170417
TAKING = replace(GRANTS, sealing_key="5a" * 32, names={**GRANTS.names, "team:one": "一庭"})
PARCEL = KnownParcel(id="pc-7f3a19c2aa", place=FIRST, recipient=JUDGE, papers=(PaperKind.PLEADING, PaperKind.OTHER))


@dataclass
class Party(Kiosk):
    """Somebody without a badge; everything the cabinet was asked to seal or to erase is kept for the test."""

    view: View = field(default_factory=lambda: replace(cabinet(), grants=TAKING))
    private: list[Effect] = field(default_factory=list)

    def does(self, *stimuli: Stimulus) -> "Party":
        for stimulus in stimuli:
            super().does(stimulus)
            self.private += [one for one in self.effects if isinstance(one, Confide | Withdraw)]
        return self

    def keys_in(self, *numbers: int) -> "Party":
        return self.does(*(NumberEntered(one) for one in numbers))

    def for_the_judge(self) -> "Party":
        """From rest to the phone number."""
        self.does(Chosen("drop_off"))
        while f"for:{JUDGE}" not in self.choices:
            self.does(Chosen("more"))
        return self.does(Chosen(f"for:{JUDGE}"))

    def lists(self) -> "Party":
        """From rest to the size of the compartment: one pleading, two pieces of evidence, for the judge."""
        return self.for_the_judge().keys_in(PHONE, 1, 2, 0, 0)


def test_a_party_leaves_papers_for_a_judge_and_gets_a_receipt() -> None:
    party = Party().lists()
    party.chooses("size:M").opens(FIRST)
    placing = party.sees()
    party.shuts(FIRST)
    (fact,) = party.facts
    session = party.desk.session

    assert session is not None and session.act is not None
    assert placing.lit == FIRST and placing.headline.key == "leaving.placing.headline"
    assert fact == ParcelDeposited(
        parcel=session.parcel,
        place=FIRST,
        person=PARTY,
        recipient=JUDGE,
        papers=(PaperKind.PLEADING, PaperKind.EVIDENCE, PaperKind.EVIDENCE),
        act=session.act,
    )
    assert party.sees().headline.fields["receipt"] == receipt_of(session.parcel)


def test_the_phone_number_is_sealed_the_moment_it_is_keyed_in_and_remembered_by_its_id_alone() -> None:
    party = Party().for_the_judge().keys_in(PHONE)
    (kept,) = party.private
    session = party.desk.session

    assert isinstance(kept, Confide) and session is not None
    assert (kept.text, kept.what, kept.about) == (str(PHONE), PrivateKind.PHONE, session.parcel)
    assert session.confided == (kept.value,)
    assert str(PHONE) not in repr(session) + repr(party.sees()) + repr(kept)


@pytest.mark.parametrize("ends", ["cancel", "time", "badge"])
def test_who_goes_without_leaving_anything_leaves_no_number(ends: str) -> None:
    party = Party().lists()
    if ends == "badge":
        party.badge(JUDGE)
    else:
        party.does(TimeUp()) if ends == "time" else party.chooses(CANCEL)
    kept, gone = party.private

    assert isinstance(kept, Confide) and gone == Withdraw(kept.value)
    assert party.facts == [] and party.desk.session is None
    assert party.desk.person == (JUDGE if ends == "badge" else None)


def test_papers_taken_back_from_the_open_compartment_leave_no_number_either() -> None:
    party = Party().lists()
    party.chooses("size:M").opens(FIRST).chooses(CANCEL)
    waiting = party.sees().headline.key
    party.shuts(FIRST)

    assert waiting == "leaving.undoing.headline"
    assert [type(one) for one in party.private] == [Confide, Withdraw]
    assert party.facts == [] and party.state == ""


def test_what_was_left_is_not_withdrawn_when_the_party_goes() -> None:
    party = Party().lists()
    party.chooses("size:M").opens(FIRST).shuts(FIRST).does(TimeUp())

    assert [type(one) for one in party.private] == [Confide]
    assert party.sees().headline.key == "rest.headline"


def test_the_label_on_a_letter_of_the_court_leads_to_the_judge_and_shows_nothing_else() -> None:
    party = Party()
    party.chooses("drop_off").reads(LABELS[VOLUME])
    queue = party.refusal
    party.reads(STRANGE_LABEL)
    party.reads(LABELS[JUDGES])

    assert queue == NoWayToRecipient()
    assert party.state == "phone"
    assert "民初" not in repr(party.sees())


def test_numbers_that_cannot_be_are_said_so_and_nothing_is_lost() -> None:
    party = Party().for_the_judge()
    refused = [party.keys_in(one).refusal for one in (110, 12345678901)]
    party.keys_in(PHONE, 21)
    too_many = party.refusal
    party.keys_in(0, 0, 0, 0)

    assert refused == [NotAPhoneNumber(), NotAPhoneNumber()]
    assert too_many == TooManyPapers(most=20)
    assert (party.refusal, party.state) == (NothingListed(), "list")
    assert party.sees().headline.key == "leaving.list.pleading.headline"


def test_the_last_vacant_compartment_may_go_while_the_list_is_made() -> None:
    party = Party().for_the_judge().keys_in(PHONE, 1, 0, 0)
    party.view = replace(party.view, compartments={})
    party.keys_in(0)

    assert party.refusal == CabinetFull()


def test_doors_that_were_not_read_yet_make_no_cabinet_full() -> None:
    party = Party().for_the_judge().keys_in(PHONE, 1, 0, 0)
    unread = {at: replace(one, door=DoorState.UNKNOWN) for at, one in party.view.compartments.items()}
    party.view = replace(party.view, compartments=unread)
    party.keys_in(0)

    assert party.refusal == DoorsNotRead()


def test_a_compartment_taken_in_the_meantime_is_not_opened_again() -> None:
    party = Party().lists()
    party.chooses("size:M")
    session = party.desk.session
    assert session is not None
    not_opened = replace(party.desk, session=replace(session, state="not_opened"))
    view = replace(party.view, parcels={PARCEL.id: PARCEL})
    stepped, effects = step(not_opened, Chosen("retry"), view)

    assert stepped.refusal == CabinetFull()
    assert len(effects) == 1


def test_nobody_can_begin_where_papers_are_not_taken_in() -> None:
    for view in (
        cabinet(),  # the hub has named no key
        station(),
        replace(cabinet(doors={}), grants=TAKING),
        replace(cabinet(), grants=replace(TAKING, people=(PEOPLE[PORTER],), names={})),
        replace(cabinet(), grants=None),
    ):
        kiosk = Kiosk(view)
        assert "drop_off" not in kiosk.choices
        assert kiosk.chooses("drop_off").refusal == NotNow()


def test_a_badge_at_an_open_compartment_of_a_party_waits() -> None:
    party = Party().lists()
    party.chooses("size:M").opens(FIRST).badge(JUDGE)

    assert party.refusal == ShutFirst(number="01")
    assert party.state == "placing"


def test_after_a_power_cut_the_party_goes_on_and_no_badge_is_asked_for() -> None:
    party = Party().lists()
    party.desk = resumed(party.desk.session)
    party.chooses("size:M").opens(FIRST).shuts(FIRST)
    assert party.state == "done"

    party.does(TimeUp())
    assert party.desk == Desk(turn=party.desk.turn)
    assert patience(party.desk) is None


# --- the judge's team -----------------------------------------------------------------------------------------------


def team(who: PersonId = JUDGE) -> Kiosk:
    return Kiosk(replace(cabinet(), grants=TAKING, parcels={PARCEL.id: PARCEL})).badge(who)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("as_listed", ParcelAccepted(parcel=PARCEL.id, place=FIRST, person=JUDGE)),
        ("differs", ParcelRefused(parcel=PARCEL.id, place=FIRST, person=JUDGE, reason=ParcelFault.DIFFERS)),
        ("not_for_us", ParcelRefused(parcel=PARCEL.id, place=FIRST, person=JUDGE, reason=ParcelFault.NOT_FOR_US)),
    ],
)
def test_the_judge_takes_them_out_and_says_whether_they_are_as_listed(
    answer: str, said: ParcelAccepted | ParcelRefused
) -> None:
    kiosk = team()
    kiosk.chooses_home("take_in")
    kiosk.opens(FIRST).shuts(FIRST).chooses(answer)
    taken, stated = kiosk.facts

    assert isinstance(taken, ParcelTaken) and taken.parcel == PARCEL.id
    assert stated == said
    assert kiosk.view.parcels == {}
    assert kiosk.sees().headline.key == "take_in.done.headline"


def test_papers_that_nobody_says_were_taken_stay_on_record() -> None:
    kiosk = team()
    kiosk.chooses_home("take_in")
    kiosk.opens(FIRST).shuts(FIRST).chooses(CANCEL)

    assert kiosk.facts == []
    assert kiosk.view.parcels == {PARCEL.id: PARCEL}


def test_papers_are_for_whom_they_were_left_alone() -> None:
    assert "take_in" not in team(CLERK).all_choices()
    assert team(CLERK).chooses("take_in").refusal in (NothingForYou(), NotNow())
    assert "take_in" not in team(PORTER).all_choices()


def test_a_volume_never_goes_where_papers_lie_and_no_volume_flow_opens_there() -> None:
    kiosk = team(CLERK)
    kiosk.scans(VOLUME)
    assert kiosk.unlocked == [SECOND]

    session = Session(flow="deposit", state="not_opened", person=CLERK, place=FIRST, act=ActId("a"))
    desk, _ = step(Desk(person=CLERK, session=session), Chosen("retry"), kiosk.view)
    assert desk.refusal == ForSomebodyElse(volume=receipt_of(PARCEL.id))


def test_a_team_takes_what_is_for_the_team() -> None:
    mine = Person(id=CLERK, name="", roles=frozenset({Role.STAFF}), teams=frozenset({"team:one"}))
    outsider = replace(mine, roles=frozenset({Role.OPERATOR}))
    parcel = replace(PARCEL, recipient="team:one")

    assert may_take_parcel(mine, parcel)
    assert not may_take_parcel(outsider, parcel)
    assert not may_take_parcel(replace(mine, teams=frozenset()), parcel)


def test_a_parcel_lies_there_from_its_deposit_until_it_is_taken() -> None:
    left = ParcelDeposited(
        parcel="pc-1", place=FIRST, person=PARTY, recipient=JUDGE, papers=(PaperKind.OTHER,), act=ActId("a")
    )
    taken = ParcelTaken(parcel="pc-1", place=FIRST, person=JUDGE, recipient=JUDGE, act=ActId("b"))

    assert list(learn_parcels({}, chain([left, DoorClosed(place=FIRST)]))) == ["pc-1"]
    assert learn_parcels({}, chain([left, taken, taken])) == {}


def test_a_receipt_is_short_enough_to_write_down() -> None:
    assert receipt_of("pc-7f3a19c2aabbccdd") == "7F3A 19C2"
    assert receipt_of("pc-7f") == "7F"


# --- papers for a party -----------------------------------------------------------------------------------------------


def staff() -> Party:
    return Party().does(BadgeTapped(f"badge {CLERK}"))


def left_for_a_party() -> tuple[Party, KnownParcel]:
    """A clerk leaves one paper for a party, and goes."""
    kiosk = staff()
    kiosk.chooses_home("leave_out")
    kiosk.keys_in(PHONE, 0, 0, 0, 1)
    kiosk.chooses("size:M").opens(FIRST).shuts(FIRST).does(TimeUp(), TimeUp())
    (parcel,) = kiosk.view.parcels.values()
    return kiosk, parcel


def code_of(parcel: KnownParcel, *, phone: int = PHONE) -> int:
    last = last_four(str(phone))
    return pickup_code(parcel.id, last, key=TAKING.badge_key) * 10_000 + int(last)


def test_staff_leave_papers_for_a_party_whose_number_goes_under_a_seal() -> None:
    kiosk, parcel = left_for_a_party()
    (kept,) = kiosk.private

    assert isinstance(kept, Confide) and (kept.text, kept.about) == (str(PHONE), parcel.id)
    assert (parcel.recipient, parcel.papers) == (PARTY, (PaperKind.OTHER,))
    assert kiosk.facts[0].person == CLERK  # type: ignore[union-attr]


def test_the_party_comes_with_the_code_and_the_end_of_the_number_and_states_the_receipt() -> None:
    kiosk, parcel = left_for_a_party()
    kiosk.chooses("pick_up")
    kiosk.keys_in(code_of(parcel)).opens(FIRST).shuts(FIRST).chooses("taken")
    _, taken, accepted = kiosk.facts

    assert isinstance(taken, ParcelTaken) and (taken.parcel, taken.person) == (parcel.id, PARTY)
    assert accepted == ParcelAccepted(parcel=parcel.id, place=FIRST, person=PARTY)
    assert kiosk.view.parcels == {}
    assert kiosk.does(TimeUp()).choices == ["drop_off"]


@pytest.mark.parametrize("wrong", [0, -1, 123456789012, 10**13])
def test_a_wrong_code_opens_nothing_and_ends(wrong: int) -> None:
    kiosk, _ = left_for_a_party()
    kiosk.chooses("pick_up")
    kiosk.keys_in(wrong)

    assert (kiosk.refusal, kiosk.state, kiosk.unlocked) == (UnknownCode(), "", [FIRST])


def test_wrong_numbers_are_counted_and_the_right_one_ends_the_count() -> None:
    kiosk, parcel = left_for_a_party()
    for _ in range(4):
        kiosk.chooses("pick_up")
        kiosk.keys_in(123456789012)
    assert tries_of(kiosk.desk.tries, None).count == 4
    kiosk.chooses("pick_up")
    kiosk.keys_in(code_of(parcel))

    assert (kiosk.desk.tries, kiosk.unlocked[-1]) == ((), parcel.place)


def test_after_five_wrong_numbers_nobody_without_a_badge_is_let_in_for_a_while() -> None:
    kiosk, parcel = left_for_a_party()
    for _ in range(5):
        kiosk.chooses("pick_up")
        kiosk.keys_in(123456789012)

    kiosk.chooses("pick_up")
    assert (kiosk.refusal, kiosk.state) == (TooManyTries(seconds=15), "")
    kiosk.chooses("drop_off")
    assert kiosk.refusal == TooManyTries(seconds=15)

    kiosk.view = replace(kiosk.view, now=kiosk.view.now + 15_000)
    kiosk.chooses("pick_up")
    kiosk.keys_in(code_of(parcel))
    assert kiosk.unlocked[-1] == parcel.place


def test_the_code_of_one_number_is_no_code_with_another() -> None:
    kiosk, parcel = left_for_a_party()
    kiosk.chooses("pick_up")
    kiosk.keys_in(code_of(parcel) + 1)

    assert kiosk.refusal == UnknownCode()


def test_a_party_who_leaves_it_inside_has_taken_nothing() -> None:
    kiosk, parcel = left_for_a_party()
    kiosk.chooses("pick_up")
    kiosk.keys_in(code_of(parcel)).opens(FIRST).shuts(FIRST).chooses(CANCEL)

    assert kiosk.view.parcels == {parcel.id: parcel}
    assert len(kiosk.facts) == 1


def test_what_a_party_never_came_for_is_taken_back_after_its_time_and_not_before() -> None:
    kiosk, _ = left_for_a_party()
    kiosk.badge(CLERK)
    before = kiosk.all_choices()
    kiosk.view = replace(
        kiosk.view, now=kiosk.view.now + 8 * DAY, grants=replace(TAKING, expires=kiosk.view.now + 30 * DAY)
    )
    kiosk.does(TimeUp()).badge(CLERK)

    assert "take_in" not in before
    assert "take_in" in kiosk.all_choices()


@given(st.text("0123456789abcdef", min_size=1, max_size=16), st.integers(0, 9999))
def test_a_code_has_eight_digits_and_fits_its_own_parcel_and_number(name: str, number: int) -> None:
    parcel = replace(PARCEL, id=f"pc-{name}", recipient=PARTY)
    code = pickup_code(parcel.id, f"{number:04}", key=TAKING.badge_key)

    assert 10_000_000 <= code < 100_000_000
    assert fits(parcel, code * 10_000 + number, key=TAKING.badge_key)
    assert not fits(replace(parcel, recipient=JUDGE), code * 10_000 + number, key=TAKING.badge_key)
    assert not fits(parcel, code * 10_000 + (number + 1) % 10_000, key=TAKING.badge_key)
    assert not fits(parcel, code * 10_000 + number, key="00" * 16)
