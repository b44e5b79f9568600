"""What the office arranges reaches the cabinets' grants, is on record without secrets, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from custody import envelope, wire
from custody.codes import code_digest, redeem
from custody.events import CodeUsed, DelegationGiven, DelegationWithdrawn, Part, PlaceKind
from custody.grants import Grants, Role
from custody.identifiers import ActId, PersonId, PlaceId, StationId, VolumeId
from custody.messages import GrantsMessage
from custody.refusals import CodeLocked
from hub.bootstrap import Hub
from hub.clocks import wall
from hub.face import Refused
from hub.orders import (
    Code,
    EndDelegations,
    EndPin,
    Free,
    GivePin,
    Guard,
    IssueCode,
    Join,
    Keep,
    Leave,
    Lift,
    NewTeam,
    Order,
    Pin,
    RevokeCode,
    StayGuarded,
    Unguard,
)
from hub.registering import enter_place
from hub.store.ledger import bounded_of
from hub.store.tables import CodeRow, EntryRow, PersonRow
from hub.views import VolumeView
from tests.hub.sample_court import CLERK, COURT, Sample, enrolled, founded, registered, send

CHIEF = PersonId("p-chief")
LI = PersonId("p-li")
DOOR = PlaceId("cab-1.01")
DAY = 24 * 3_600_000


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        made.office.add_person(name="李强", roles=[Role.STAFF], badge="B-1", by=CLERK, person=LI)
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    sample = enrolled(hub, tmp_path)
    send(hub, sample, sample.batch())
    with hub.acting.act() as act:
        enter_place(act, COURT, place=DOOR, kind=PlaceKind.COMPARTMENT, name="01", station=sample.id)
    return sample


def granted(hub: Hub, cabinet: Sample) -> Grants:
    """What the cabinet is told next."""
    outgoing = next(one for one in hub.issuing.issue() if f"/{cabinet.id}/" in one.topic)
    signed = envelope.split(outgoing.payload)
    assert isinstance(signed, envelope.Signed)
    message = wire.decode(signed.header, GrantsMessage)
    assert isinstance(message, GrantsMessage)
    assert cabinet.sealing is not None
    packed = envelope.unseal(message.sealed, key=cabinet.sealing)
    assert isinstance(packed, bytes)
    grants = wire.unpack_grants(packed)
    assert isinstance(grants, Grants)
    return grants


def ordered(hub: Hub, order: Order, by: PersonId = CLERK) -> Code | Pin | Refused | str | None:
    return hub.office.arrange(order, by=by)


def code_for(*volumes: VolumeId, person: PersonId = LI, days: int = 1) -> IssueCode:
    now = wall()
    return IssueCode(person=person, volumes=volumes, since=now, until=now + days * DAY, uses=2)


def _seen(hub: Hub, volume: VolumeId) -> VolumeView:
    view = hub.queries.volume(volume, roles=frozenset(Role))
    assert view is not None
    return view


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.key


def test_a_member_of_a_team_collects_for_it_until_taken_out(hub: Hub, cabinet: Sample) -> None:
    team = str(ordered(hub, NewTeam(name="民一庭")))
    assert ordered(hub, Join(person=LI, team=team)) is None

    told = granted(hub, cabinet)
    assert told.names[team] == "民一庭"
    assert {one.id: one.teams for one in told.people}[LI] == {team}
    assert hub.queries.arrangements().teams[0].members == {LI: "李强"}

    assert ordered(hub, Leave(person=LI, team=team)) is None
    assert {one.id: one.teams for one in granted(hub, cabinet).people}[LI] == set()


def test_a_kept_compartment_is_told_and_freed(hub: Hub, cabinet: Sample) -> None:
    assert ordered(hub, Keep(place=DOOR, recipient=LI)) is None
    assert granted(hub, cabinet).named == {DOOR: LI}
    assert hub.queries.arrangements().kept[0].recipient == "李强"

    assert ordered(hub, Free(place=DOOR)) is None
    assert granted(hub, cabinet).named == {}


def test_two_people_open_for_a_guarded_volume_until_somebody_else_ends_it(hub: Hub, cabinet: Sample) -> None:
    (volume,) = registered(hub, 1)

    assert ordered(hub, Guard(volume=volume, reason="privacy")) is None
    assert [one.sensitive for one in granted(hub, cabinet).volumes] == [True]
    assert hub.queries.arrangements().guarded[0].title.startswith("（2026）")
    assert _seen(hub, volume).guarded_by == CLERK

    assert ordered(hub, Unguard(volume=volume, reason="lifted"), by=CHIEF) is None
    assert hub.issuing.issue() == (), "nothing is different for a cabinet yet"
    (waiting,) = hub.queries.liftings(roles=frozenset(Role))
    assert (waiting.guarded_by, waiting.asked_by, waiting.reason) == (CLERK, CHIEF, "lifted")
    assert (_seen(hub, volume).guarded_by, _seen(hub, volume).lifting) == (CLERK, CHIEF)
    assert refused(ordered(hub, Lift(volume=volume), by=CHIEF)) == "guard.same_person"

    assert ordered(hub, Lift(volume=volume)) is None
    assert [one.sensitive for one in granted(hub, cabinet).volumes] == [False]
    assert (_seen(hub, volume).guarded_by, _seen(hub, volume).lifting) == ("", "")
    assert hub.queries.liftings(roles=frozenset(Role)) == ()
    assert _seen(hub, volume).timeline[0].key == "happened.volume.guard_lifted"


def test_it_goes_on_taking_two_when_a_second_person_says_so_and_can_be_asked_again(hub: Hub, cabinet: Sample) -> None:
    (volume,) = registered(hub, 1)
    ordered(hub, Guard(volume=volume, reason="privacy"))
    ordered(hub, Unguard(volume=volume, reason="lifted"))
    assert refused(ordered(hub, Unguard(volume=volume, reason="lifted"), by=CHIEF)) == "guard.asked_already"

    assert ordered(hub, StayGuarded(volume=volume), by=CHIEF) is None

    assert refused(ordered(hub, Lift(volume=volume), by=CHIEF)) == "guard.not_asked"
    assert [one.sensitive for one in granted(hub, cabinet).volumes] == [True]
    assert hub.queries.arrangements().guarded[0].lifting == ""
    assert ordered(hub, Unguard(volume=volume, reason="lifted")) is None
    assert hub.queries.arrangements().guarded[0].lifting == CLERK


def test_an_account_that_the_first_person_made_does_not_confirm_it(hub: Hub) -> None:
    (volume,) = registered(hub, 1)
    ordered(hub, Guard(volume=volume, reason="privacy"))
    ordered(hub, Unguard(volume=volume, reason="lifted"))
    hub.accounts.invite(user="shadow", person=LI, name="李强", roles=[Role.MANAGER], by=CLERK)

    assert refused(ordered(hub, Lift(volume=volume), by=LI)) == "second.made_by_first"
    assert _seen(hub, volume).guarded_by == CLERK


def test_nothing_of_a_confidential_volume_waits_for_who_may_not_see_it(hub: Hub) -> None:
    (volume,) = registered(hub, 1, part=Part.CONFIDENTIAL)
    ordered(hub, Guard(volume=volume, reason="privacy"))
    ordered(hub, Unguard(volume=volume, reason="lifted"))

    assert hub.queries.liftings(roles=[Role.OPERATOR]) == ()
    assert len(hub.queries.liftings(roles=[Role.MANAGER])) == 1


def test_a_code_lets_in_by_its_digest_until_it_is_revoked(hub: Hub, cabinet: Sample) -> None:
    (volume,) = registered(hub, 1)
    made = ordered(hub, code_for(volume))
    assert isinstance(made, Code)

    told = granted(hub, cabinet)
    (code,) = told.codes
    assert code.digest == code_digest(made.digits, key=told.badge_key)
    assert (code.person, code.volumes, code.uses, code.used) == (LI, frozenset({volume}), 2, 0)

    cabinet.say(CodeUsed(code=made.code, person=LI, place=DOOR))
    send(hub, cabinet, cabinet.batch(len(cabinet.lines)))
    assert [one.used for one in hub.queries.arrangements().codes] == [1]
    assert [one.used for one in granted(hub, cabinet).codes] == [1]

    assert ordered(hub, RevokeCode(code=made.code)) is None
    with hub.database.read() as session:
        assert session.exec(select(CodeRow)).all() == []
    assert hub.queries.arrangements().codes == ()
    assert refused(ordered(hub, RevokeCode(code=made.code))) == "code.not_known"


def test_a_new_station_gets_grants_that_know_its_chain_as_soon_as_the_hub_does(hub: Hub, tmp_path: Path) -> None:
    """Until then its codes wait: nobody would know of a use that its journal lost."""
    fresh = enrolled(hub, tmp_path, StationId("cab-8"))
    (volume,) = registered(hub, 1)
    made = ordered(hub, code_for(volume))
    assert isinstance(made, Code)
    before = granted(hub, fresh)

    send(hub, fresh, fresh.batch())
    after = granted(hub, fresh)

    def answer(grants: Grants) -> object:
        return redeem(made.digits, grants, now=wall(), epoch=fresh.epoch, used={})

    assert (before.upto, answer(before)) == (("", 0), CodeLocked())
    assert (after.upto, answer(after)) == ((fresh.epoch, 1), after.codes[0])


def test_no_station_of_a_contractor_hears_of_a_code_for_confidential_volumes(hub: Hub, tmp_path: Path) -> None:
    foreign = enrolled(hub, tmp_path, StationId("st-9"), staffed=False)
    (volume,) = registered(hub, 1, part=Part.CONFIDENTIAL)

    assert isinstance(ordered(hub, code_for(volume)), Code)

    assert granted(hub, foreign).codes == ()


def test_a_delegation_given_at_a_cabinet_ends_at_the_hub(hub: Hub, cabinet: Sample) -> None:
    until = wall() + DAY
    cabinet.say(DelegationGiven(person=LI, delegate=CLERK, until_ms=until, act=ActId("a1")))
    send(hub, cabinet, cabinet.batch(len(cabinet.lines)))
    assert [one.name for one in hub.queries.arrangements().delegations] == ["李强"]

    assert ordered(hub, EndDelegations(person=LI)) is None
    assert hub.queries.arrangements().delegations == ()
    assert refused(ordered(hub, EndDelegations(person=LI))) == "delegation.none"
    with hub.database.read() as session:
        (ended,) = session.exec(select(EntryRow).where(col(EntryRow.kind) == DelegationWithdrawn.kind)).all()
    assert bounded_of(ended).entry.fact == DelegationWithdrawn(person=LI, by=CLERK)


def test_what_cannot_be_arranged_is_refused_and_changes_nothing(hub: Hub, cabinet: Sample) -> None:
    (volume,) = registered(hub, 1)
    team = str(ordered(hub, NewTeam(name="民一庭")))
    ordered(hub, Join(person=LI, team=team))
    ordered(hub, Guard(volume=volume, reason="privacy"))
    nobody, nothing = PersonId("p-nobody"), VolumeId("v-nothing")
    before = hub.queries.arrangements()

    orders: dict[str, tuple[Order, ...]] = {
        "team.no_name": (NewTeam(name=" "),),
        "team.name_taken": (NewTeam(name="民一庭"), NewTeam(name="扫描队列")),
        "team.not_known": (Join(person=LI, team="team:none"),),
        "team.member_already": (Join(person=LI, team=team),),
        "team.not_a_member": (Leave(person=CLERK, team=team),),
        "api.no_person": (Join(person=nobody, team=team), code_for(volume, person=nobody)),
        "kept.no_compartment": (Keep(place=PlaceId("cab-1.99"), recipient=LI),),
        "kept.nobody": (Keep(place=DOOR, recipient=nobody),),
        "kept.not_kept": (Free(place=DOOR),),
        "volume.not_known": (Guard(volume=nothing, reason="privacy"), code_for(nothing)),
        "guard.already": (Guard(volume=volume, reason="privacy"),),
        "guard.not_guarded": (Unguard(volume=nothing, reason="lifted"),),
        "guard.not_asked": (Lift(volume=nothing), StayGuarded(volume=nothing)),
        "code.too_long": (code_for(volume, days=31),),
        "delegation.none": (EndDelegations(person=LI),),
    }
    for key, some in orders.items():
        assert [refused(ordered(hub, one)) for one in some] == [key] * len(some)

    assert hub.queries.arrangements() == before


def test_the_record_holds_no_name_and_no_digits(hub: Hub, cabinet: Sample) -> None:
    (volume,) = registered(hub, 1)
    made = ordered(hub, code_for(volume))
    ordered(hub, NewTeam(name="民一庭"))
    assert isinstance(made, Code)

    with hub.database.read() as session:
        lines = b"".join(row.line for row in session.exec(select(EntryRow)))

    assert made.digits.encode() not in lines
    assert "民一庭".encode() not in lines
    assert b"code.issued" in lines


def test_a_number_after_the_badge_reaches_the_cabinet_and_is_nowhere_on_record(hub: Hub, cabinet: Sample) -> None:
    made = ordered(hub, GivePin(person=LI))
    assert isinstance(made, Pin)
    assert len(made.digits) == 6

    told = granted(hub, cabinet)
    assert {one.id: one.pin for one in told.people}[LI] == code_digest(made.digits, key=told.badge_key)
    assert [(one.person, one.name) for one in hub.queries.arrangements().pins] == [(LI, "李强")]
    with hub.database.read() as session:
        assert not any(made.digits.encode() in row.line for row in session.exec(select(EntryRow)))
        assert made.digits.encode() not in (session.get_one(PersonRow, (COURT, LI)).pin_sealed or b"")
    assert ordered(hub, GivePin(person=LI)) != made  # forgotten: another one
    assert refused(ordered(hub, EndPin(person=LI), by=LI)) == "pin.own"
    assert ordered(hub, EndPin(person=LI)) is None
    assert {one.id: one.pin for one in granted(hub, cabinet).people}[LI] is None
    assert refused(ordered(hub, EndPin(person=LI))) == "pin.none"


def test_a_number_goes_with_a_badge_of_somebody_who_is_here(hub: Hub) -> None:
    hub.office.add_person(name="赵慧", roles=[Role.STAFF], badge=None, by=CLERK, person=CHIEF)

    assert refused(ordered(hub, GivePin(person=CHIEF))) == "pin.no_badge"
    assert refused(ordered(hub, GivePin(person=PersonId("nobody")))) == "api.no_person"


def test_numbers_and_codes_of_somebody_who_was_erased_are_gone(hub: Hub, cabinet: Sample) -> None:
    (volume,) = registered(hub, 1)
    ordered(hub, GivePin(person=LI))
    ordered(hub, code_for(volume))
    assert granted(hub, cabinet).codes

    hub.office.erase_person(LI, by=CLERK)

    assert granted(hub, cabinet).codes == ()
    assert hub.queries.arrangements().pins == ()
    with hub.database.read() as session:
        assert session.exec(select(CodeRow)).all() == []
        assert session.get_one(PersonRow, (COURT, LI)).pin_sealed is None
