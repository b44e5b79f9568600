"""What people do at the hub, and what it then tells stations and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from custody import envelope, wire
from custody.events import (
    CompartmentVerified,
    DelegationEnded,
    DelegationGiven,
    DifferenceReleased,
    DoorClosed,
    DoorForced,
    DoorLeftOpen,
    DoorOpened,
    DoorsSensed,
    EpochReason,
    Grade,
    LabelAttached,
    OutcomeUnknown,
    Part,
    PersonRegistered,
    PlaceKind,
    SealedAccountUsed,
    StationKind,
    StationStarted,
    Step,
    StepFinished,
    TriesExceeded,
    UnlockIntended,
    VolumeCollected,
    VolumeDeposited,
    VolumeReceived,
    VolumeRegistered,
)
from custody.grants import Delegation, Grants, KnownCabinet, Role, badge_digest
from custody.identifiers import ActId, LabelKind, PersonId, PlaceId, VolumeId, make_label
from custody.messages import Compartment, DoorState, GrantsMessage, Purpose
from custody.topics import Channel
from hub.accounts import AccountRefusal, SignedIn
from hub.bootstrap import Hub
from hub.core.apart import SHELL
from hub.core.importing import VolumeKey, VolumeRow
from hub.errors import HubError
from hub.face import Refused
from hub.outgoing import Outgoing
from hub.store.tables import EntryRow, PersonRow, PlaceRow
from hub.views import HitKind, WhereKind
from tests.hub.sample_court import CAB, CLERK, COURT, EVERYBODY, NOW, STA, Sample, enrolled, founded, registered, send

P7, P8 = PlaceId("cab-1.07"), PlaceId("cab-1.08")
ACT = ActId("a-1")
CASE = "（2026）辽0802民初123号"
OPERATOR = frozenset({Role.OPERATOR})
LABEL = make_label(LabelKind.VOLUME, 77).text


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    return enrolled(hub, tmp_path)


def facts(hub: Hub, kind: str) -> list[object]:
    """The hub's own facts of one kind."""
    with hub.database.read() as session:
        mine = (col(EntryRow.station) == hub.settings.hub, col(EntryRow.kind) == kind)
        lines = session.exec(select(EntryRow.line).where(*mine).order_by(col(EntryRow.position))).all()
    entries = [wire.decode_event(line) for line in lines]
    return [one.fact for one in entries if not isinstance(one, wire.Malformed)]


def deposit(cabinet: Sample, volume: VolumeId, place: PlaceId = P7) -> None:
    cabinet.say(
        DoorOpened(place=place, act=ACT),
        VolumeDeposited(volume=volume, label="V1", place=place, person=CLERK, recipient="queue:scanning", act=ACT),
        DoorClosed(place=place, act=ACT),
    )


def doors() -> list[Compartment]:
    return [
        Compartment(place=place, number=place[-2:], size="M", row=0, column=n, door=DoorState.CLOSED)
        for n, place in enumerate((P7, P8))
    ]


# --- registering ----------------------------------------------------------------------------------------------------


def test_registering_says_ids_and_commitments_and_no_case_number(hub: Hub) -> None:
    volume = registered(hub, 1)[0]

    (fact,) = facts(hub, "volume.registered")
    assert isinstance(fact, VolumeRegistered)
    assert (fact.volume, fact.part, fact.number, fact.of, fact.pages) == (volume, Part.MAIN, 1, 9, 100)
    assert CASE not in b"".join(hub.queries.export()).decode()


def test_the_same_list_again_registers_nothing(hub: Hub) -> None:
    first = registered(hub, 1, 2)

    assert registered(hub, 1, 2) == first
    assert len(facts(hub, "volume.registered")) == 2


def test_a_volume_without_a_label_gets_the_next_free_one(hub: Hub) -> None:
    taken = make_label(LabelKind.VOLUME, 0).text
    row = VolumeRow(key=VolumeKey(CASE, Part.MAIN, 8), of=9, label=taken)
    hub.office.register([row], by=CLERK)
    registered(hub, 1, 2)

    labels = [fact.label for fact in facts(hub, "label.attached") if isinstance(fact, LabelAttached)]
    assert labels == [make_label(LabelKind.VOLUME, n).text for n in (0, 1, 2)]


def test_a_label_on_another_volume_stops_the_whole_list(hub: Hub) -> None:
    rows = [VolumeRow(key=VolumeKey(CASE, Part.MAIN, n), of=2, label=LABEL) for n in (1, 2)]

    with pytest.raises(HubError, match=LABEL):
        hub.office.register(rows, by=CLERK)

    assert hub.queries.known_rows() == {}
    assert facts(hub, "volume.registered") == []


def test_a_long_list_is_one_act_in_several_signed_batches(hub: Hub) -> None:
    rows = [VolumeRow(key=VolumeKey(f"（2026）辽0802民初{n}号", Part.MAIN, 1), of=1) for n in range(1, 301)]

    hub.office.register(rows, by=CLERK)

    assert len(hub.queries.labels(roles=EVERYBODY)) == 300


# --- people and places ----------------------------------------------------------------------------------------------


def test_a_person_has_a_name_here_and_only_an_id_in_the_chain(hub: Hub) -> None:
    person = hub.office.add_person(name=" 王敏 ", roles=[Role.STAFF], badge="B-777", by=CLERK)

    assert facts(hub, "person.registered") == [PersonRegistered(person=person, roles=("staff",))]  # type: ignore[arg-type]
    (shown,) = hub.queries.people()
    assert (shown.name, shown.badge, shown.roles) == ("王敏", True, frozenset({Role.STAFF}))


def test_a_badge_is_on_no_disk_as_it_is(hub: Hub) -> None:
    hub.office.add_person(name="王敏", roles=[Role.STAFF], badge="B-777-SECRET", by=CLERK)

    files = [path for path in hub.settings.folder.rglob("*") if path.is_file()]
    assert [path for path in files if b"B-777-SECRET" in path.read_bytes()] == []
    with hub.database.read() as session:
        assert session.exec(select(PersonRow)).one().badge_sealed is not None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"name": " "}, "people.name_and_role"),
        ({"roles": []}, "people.name_and_role"),
        ({"badge": "B-1"}, "people.badge_taken"),
        ({"person": PersonId("p-1")}, "people.id_taken"),
        ({"person": PersonId("P 1")}, "people.id_malformed"),
    ],
)
def test_who_cannot_be_added_is_refused_with_the_reason(hub: Hub, changes: dict[str, object], key: str) -> None:
    hub.office.add_person(name="李强", roles=[Role.STAFF], badge="B-1", by=CLERK, person=PersonId("p-1"))
    asked = {"name": "王敏", "roles": [Role.STAFF], "badge": None, "by": CLERK, **changes}

    refused = hub.office.add_person(**asked)  # type: ignore[arg-type]

    assert isinstance(refused, Refused)
    assert refused.key == key


def test_a_shelf_is_known_by_its_label(hub: Hub) -> None:
    label = make_label(LabelKind.PLACE, 3).text

    assert hub.office.add_place(PlaceId("shelf-a1"), name="A1", label=label.lower(), by=CLERK) == "shelf-a1"

    hits = hub.queries.search(label, roles=EVERYBODY, most=5)
    assert [(one.kind, one.id) for one in hits] == [(HitKind.PLACE, "shelf-a1")]


@pytest.mark.parametrize("kind", [PlaceKind.TROLLEY, PlaceKind.COUNTER, PlaceKind.CUPBOARD])
def test_a_place_is_kept_as_what_it_was_registered(hub: Hub, kind: PlaceKind) -> None:
    label = make_label(LabelKind.PLACE, 7).text
    hub.office.add_place(PlaceId("place-1"), name="一号", label=label, by=CLERK, kind=kind)

    with hub.database.read() as session:
        row = session.get_one(PlaceRow, (COURT, "place-1"))
    assert (row.kind, row.label) == (kind, label)


@pytest.mark.parametrize(
    ("place", "label", "key"),
    [
        ("shelf a", None, "place.id_malformed"),
        ("shelf-b", LABEL, "place.label_malformed"),
        ("shelf-a", None, "place.id_taken"),
        ("shelf-b", make_label(LabelKind.PLACE, 1).text, "place.label_taken"),
    ],
)
def test_a_shelf_that_cannot_be_is_refused(hub: Hub, place: str, label: str | None, key: str) -> None:
    hub.office.add_place(PlaceId("shelf-a"), name="A", label=make_label(LabelKind.PLACE, 1).text, by=CLERK)

    refused = hub.office.add_place(PlaceId(place), name="B", label=label, by=CLERK)

    assert isinstance(refused, Refused)
    assert refused.key == key


# --- deciding -------------------------------------------------------------------------------------------------------


def test_a_difference_of_counts_is_released_once_with_a_reason(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    volume = at_the_line(hub, tmp_path, pages=99)
    assert hub.queries.volume(volume, roles=EVERYBODY).pages_differ  # type: ignore[union-attr]

    assert hub.office.release(volume, by=CLERK, reason="blank_backs") is None

    assert facts(hub, "archive.difference_released") == [
        DifferenceReleased(volume=volume, person=CLERK, reason="blank_backs")
    ]
    view = hub.queries.volume(volume, roles=EVERYBODY)
    assert view is not None
    assert (view.pages_differ, view.released) == (False, True)
    assert hub.office.release(volume, by=CLERK, reason="x") == Refused("volume.nothing_to_release", {"id": volume})


def test_nothing_is_released_where_nothing_differs(hub: Hub) -> None:
    volume = registered(hub, 1)[0]

    assert hub.office.release(volume, by=CLERK, reason="x") == Refused("volume.nothing_to_release", {"id": volume})
    assert hub.office.release(VolumeId("v-x"), by=CLERK, reason="x") == Refused("volume.not_known", {"id": "v-x"})


def at_the_line(hub: Hub, tmp_path: Path, *, pages: int) -> VolumeId:
    """A volume received and prepared at a station."""
    station = enrolled(hub, tmp_path, STA, kind=StationKind.STATION)
    volume = registered(hub, 1)[0]
    station.say(
        VolumeReceived(volume=volume, label="V1", place=PlaceId(STA), person=CLERK),
        StepFinished(volume=volume, label="V1", step=Step.PREPARED, place=PlaceId(STA), person=CLERK, pages=pages),
    )
    send(hub, station, station.batch())
    return volume


def test_doors_that_somebody_has_to_look_at_wait_until_they_were_looked_at(hub: Hub, cabinet: Sample) -> None:
    act = ActId("a-1")
    cabinet.say(DoorForced(place=P7), DoorLeftOpen(place=P7, seconds=120), OutcomeUnknown(place=P8, act=act))
    send(hub, cabinet, cabinet.batch())
    waiting = hub.queries.discrepancies(resolved=False)
    assert {one.kind for one in waiting} == {"door_forced", "door_left_open", "outcome_unknown"}
    assert {one.fields["place"] for one in waiting} == {"cab-1.07", "cab-1.08"}

    cabinet.say(DoorClosed(place=P7), CompartmentVerified(place=P8, person=CLERK, act=act, contents=()))
    send(hub, cabinet, cabinet.batch())

    (forced,) = hub.queries.discrepancies(resolved=False)
    assert forced.kind == "door_forced"
    assert hub.office.resolve(forced.id, by=CLERK, decision="found_there") is None
    assert hub.queries.open_discrepancies() == 0


def test_codes_tried_out_at_a_cabinet_wait_for_a_person(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(TriesExceeded(place=PlaceId(cabinet.id), tries=5, person=CLERK))
    send(hub, cabinet, cabinet.batch())

    (found,) = hub.queries.discrepancies(resolved=False)

    assert found.kind == "tries_exceeded"
    assert found.fields["place"] == "名 cab-1"
    assert hub.office.resolve(found.id, by=CLERK, decision="person_confirmed") is None


def test_a_discrepancy_is_resolved_by_a_person_and_stays_on_record(hub: Hub, cabinet: Sample) -> None:
    volume = registered(hub, 1)[0]
    deposit(cabinet, volume)
    deposit(cabinet, volume, P8)
    send(hub, cabinet, cabinet.batch())
    (found,) = hub.queries.discrepancies(resolved=False)
    assert (found.kind, found.volume, found.fields["place"]) == ("moved_unrecorded", volume, "cab-1.08")

    assert hub.office.resolve(found.id, by=CLERK, decision="found_there") is None

    assert hub.queries.open_discrepancies() == 0
    (resolved,) = hub.queries.discrepancies(resolved=True)
    assert (resolved.id, resolved.decision, resolved.person) == (found.id, "found_there", CLERK)
    again = hub.office.resolve(found.id, by=CLERK, decision="x")
    assert again == Refused("discrepancy.resolved_already", {"id": found.id})
    assert hub.office.resolve("no", by=CLERK, decision="x") == Refused("discrepancy.not_known", {"id": "no"})
    keys = [one.key for one in hub.queries.volume(volume, roles=EVERYBODY).timeline]  # type: ignore[union-attr]
    assert keys[0] == "happened.discrepancy.resolved"


# --- what pages are told --------------------------------------------------------------------------------------------


def test_a_volume_page_answers_where_since_when_and_on_what_evidence(hub: Hub, cabinet: Sample) -> None:
    volume = registered(hub, 1, 3)[0]
    send(hub, cabinet, cabinet.state(*doors()), Channel.STATE)
    deposit(cabinet, volume)
    deposited_at = cabinet.now
    cabinet.say(StationStarted(software="", wiring=""), after=60_000)
    cabinet.say(DoorsSensed(open=(), closed=(P7, P8)), after=500)
    send(hub, cabinet, cabinet.batch())

    view = hub.queries.volume(volume, roles=EVERYBODY)

    assert view is not None
    where = view.where
    assert (where.kind, where.name, where.grade) == (WhereKind.PLACE, "名 cab-1 07", Grade.SCANNED)
    assert (where.on_behalf, where.station) == ("扫描队列", CAB)
    assert where.unwatched == ((deposited_at, deposited_at + 60_500),)
    assert [one.key for one in view.timeline] == [
        "happened.label.attached",
        "happened.volume.registered",
        "happened.door.closed",
        "happened.volume.deposited",
        "happened.door.opened",
    ]
    missing = [(one.number, one.id is None) for one in view.set]
    assert missing == [(n, n not in (1, 3)) for n in range(1, 10)]


def test_what_was_left_behind_an_opened_door_is_not_confirmed_until_the_next_scan(hub: Hub, cabinet: Sample) -> None:
    taken, left = registered(hub, 1, 2)
    send(hub, cabinet, cabinet.state(*doors()), Channel.STATE)
    deposit(cabinet, taken)
    deposit(cabinet, left)
    opens = ActId("opens-7")
    cabinet.say(
        UnlockIntended(place=P7, act=opens, person=CLERK, reason="collect"),
        DoorOpened(place=P7, act=opens),
        VolumeCollected(
            volume=taken, label="V", place=P7, person=CLERK, recipient="queue:scanning", grade=Grade.SCANNED, act=opens
        ),
        DoorClosed(place=P7, act=opens),
    )
    send(hub, cabinet, cabinet.batch())

    def opened(volume: VolumeId) -> str | None:
        view = hub.queries.volume(volume, roles=EVERYBODY)
        assert view is not None
        return None if view.where.opened is None else view.where.opened.person

    def told_at_the_cabinet() -> list[str]:
        view = hub.queries.cabinet(CAB, roles=EVERYBODY)
        assert view is not None
        return [one.opened.person for door in view.compartments for one in door.contents if one.opened is not None]

    assert (opened(taken), opened(left)) == (None, CLERK)
    assert told_at_the_cabinet() == [CLERK]

    cabinet.say(DoorForced(place=P7))
    send(hub, cabinet, cabinet.batch())
    assert opened(left) == ""

    cabinet.say(CompartmentVerified(place=P7, person=CLERK, act=opens, contents=(left,)))
    send(hub, cabinet, cabinet.batch())
    assert (opened(left), told_at_the_cabinet()) == (None, [])


def test_confidential_volumes_are_not_even_counted_for_a_contractor(hub: Hub, cabinet: Sample) -> None:
    main = registered(hub, 1)[0]
    secret = registered(hub, 1, part=Part.CONFIDENTIAL)[0]
    send(hub, cabinet, cabinet.state(*doors()), Channel.STATE)
    deposit(cabinet, main)
    deposit(cabinet, secret, P8)
    send(hub, cabinet, cabinet.batch())
    entry = hub.queries.volume(secret, roles=EVERYBODY).timeline[0].entry  # type: ignore[union-attr]

    queries = hub.queries
    assert queries.volume(secret, roles=OPERATOR) is None
    assert queries.entry(entry, roles=OPERATOR) is None
    assert [one.id for one in queries.search("123", roles=OPERATOR, most=9)] == [main]
    assert [one.volume for one in queries.queue(roles=OPERATOR)] == [main]
    assert [queries.overview(roles=roles).overdue for roles in (EVERYBODY, OPERATOR)] == [2, 1]
    assert queries.overview(roles=OPERATOR).registered == 1
    assert [one.volume for one in queries.overview(roles=OPERATOR).latest] == [main]
    assert len(queries.volume(main, roles=OPERATOR).set) == 9  # type: ignore[union-attr]
    eight = queries.cabinet(CAB, roles=OPERATOR).compartments[1]  # type: ignore[union-attr]
    assert (eight.contents, eight.hidden) == ((), 1)
    assert [one.volume for one in queries.labels(roles=OPERATOR)] == [main]


def test_one_search_box_finds_everything(hub: Hub, cabinet: Sample) -> None:
    volume = registered(hub, 1)[0]
    hub.office.add_person(name="王敏", roles=[Role.STAFF], badge=None, by=CLERK)
    label = hub.queries.labels(roles=EVERYBODY)[0].label
    send(hub, cabinet, cabinet.state(*doors()), Channel.STATE)

    def ids(text: str) -> list[str]:
        return [one.id for one in hub.queries.search(text, roles=EVERYBODY, most=20)]

    for text in (CASE, "(2026)辽0802民初123号", "民初123", label, label.lower(), volume):
        assert ids(text) == [volume], text
        whole = [one.id for one in hub.queries.meant(text, roles=EVERYBODY)]
        assert whole == ([] if text == "民初123" else [volume]), text
    assert hub.queries.meant(" ", roles=EVERYBODY) == ()
    assert ids("王") == [hub.queries.people()[0].id]
    assert ids("cab-1.07") == ["cab-1.07"]
    assert "cab-1" in ids("名 cab")
    assert ids("100%") == ids(" ") == ids("_") == []


def test_the_overview_counts_the_line(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    volumes = registered(hub, 1, 2, 3)
    for volume in volumes:
        deposit(cabinet, volume)
    cabinet.say(
        VolumeCollected(
            volume=volumes[0],
            label="V",
            place=P7,
            person=PersonId("li"),
            recipient="queue:scanning",
            grade=Grade.STATED,
            act=ACT,
        )
    )
    send(hub, cabinet, cabinet.batch())

    seen = hub.queries.overview(roles=EVERYBODY)

    assert (seen.registered, seen.waiting, seen.with_people, seen.after[Step.COLLECTED]) == (3, 2, 1, 1)
    assert [one.key for one in seen.latest][:1] == ["moved.collected"]
    assert len(seen.latest) == 4
    assert [one.id for one in seen.stations] == ["cab-1"]
    rows = hub.queries.queue(roles=EVERYBODY)
    assert [(row.position, row.next) for row in rows] == [
        (1, Step.COLLECTED),
        (2, Step.COLLECTED),
        (3, Step.RECEIVED),
    ]


def test_every_entry_can_be_shown_with_its_proof(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(DoorClosed(place=P7))
    send(hub, cabinet, cabinet.batch())

    proof = hub.queries.entry("cab-1.e1.2", roles=())

    assert proof is not None
    assert (proof.line.encode(), proof.link) == (cabinet.lines[1], cabinet.link(2).hex())
    signed = envelope.verify(proof.head.encode(), purpose=Purpose.EVENTS, key_of=lambda _: cabinet.key.public_key())
    assert isinstance(signed, envelope.Signed)
    for text in ("", "cab-1", "cab-1.e1.x", "cab-1.e1.99", "cab-1.e1." + "9" * 40):
        assert hub.queries.entry(text, roles=()) is None


def test_a_volume_that_only_stations_saw_is_shown_by_its_id(hub: Hub, cabinet: Sample) -> None:
    deposit(cabinet, VolumeId("v-stray"))
    send(hub, cabinet, cabinet.batch())

    view = hub.queries.volume(VolumeId("v-stray"), roles=EVERYBODY)

    assert view is not None
    assert (view.case, view.where.place) == ("v-stray", P7)
    assert hub.queries.volume(VolumeId("v-stray"), roles=OPERATOR) is None
    assert hub.queries.volume(VolumeId("v-none"), roles=EVERYBODY) is None


def test_names_of_recipients_may_mean_two_people(hub: Hub) -> None:
    ids = [hub.office.add_person(name="王敏", roles=[Role.STAFF], badge=None, by=CLERK) for _ in range(2)]

    recipients = hub.queries.recipients()

    assert recipients["扫描"] == ("queue:scanning",)
    assert sorted(recipients["王敏"]) == sorted(map(str, ids))


# --- grants ---------------------------------------------------------------------------------------------------------


def grants_of(outgoing: tuple[Outgoing, ...], sample: Sample) -> Grants | None:
    for one in outgoing:
        signed = envelope.split(one.payload)
        assert isinstance(signed, envelope.Signed)
        message = wire.decode(signed.header, GrantsMessage)
        assert isinstance(message, GrantsMessage)
        if message.station == sample.id:
            assert sample.sealing is not None
            packed = envelope.unseal(message.sealed, key=sample.sealing)
            assert isinstance(packed, bytes)
            grants = wire.unpack_grants(packed)
            assert isinstance(grants, Grants)
            assert grants.version == message.version
            return grants
    return None


def test_each_station_is_granted_what_it_needs_sealed_to_its_own_key(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    contractor = enrolled(hub, tmp_path, STA, kind=StationKind.STATION, staffed=False)
    main, secret = registered(hub, 1)[0], registered(hub, 1, part=Part.CONFIDENTIAL)[0]
    person = hub.office.add_person(name="王敏", roles=[Role.STAFF], badge="B-1", by=CLERK)
    deposit(cabinet, main)
    send(hub, cabinet, cabinet.batch())

    issued = hub.issuing.issue()

    own, theirs = grants_of(issued, cabinet), grants_of(issued, contractor)
    assert own is not None
    assert theirs is not None
    assert {one.id for one in own.volumes} == {main, secret}
    assert [one.id for one in theirs.volumes] == [main]
    assert (own.upto, theirs.upto) == (("e1", 4), ("", 0))
    assert [one.place for one in own.volumes if one.id == main] == [P7]
    assert own.badge_key != theirs.badge_key
    assert [(one.id, one.badge) for one in own.people] == [(person, badge_digest("B-1", key=own.badge_key))]
    assert own.names == {"queue:scanning": "扫描队列"}


def test_nothing_is_issued_twice_and_each_issue_is_on_record(hub: Hub, cabinet: Sample) -> None:
    first = hub.issuing.issue()
    assert hub.issuing.issue() == ()
    registered(hub, 1)
    second = hub.issuing.issue()

    versions = [grants_of(one, cabinet).version for one in (first, second)]  # type: ignore[union-attr]
    assert versions == [1, 2]
    assert [fact.version for fact in facts(hub, "grants.issued")] == [1, 2]  # type: ignore[attr-defined]


def test_what_a_station_says_about_its_doors_issues_nothing(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.batch())
    hub.issuing.issue()
    cabinet.say(DoorOpened(place=P7, act=ACT), DoorClosed(place=P7, act=ACT))
    send(hub, cabinet, cabinet.batch())

    assert hub.issuing.issue() == ()


def test_in_a_new_epoch_a_station_is_told_up_to_where_it_is_known(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.batch())
    cabinet.open_epoch("e2", EpochReason.HISTORY_LOST)
    send(hub, cabinet, cabinet.batch())

    grants = grants_of(hub.issuing.issue(), cabinet)

    assert grants is not None
    assert grants.upto == ("e2", 1)


def test_a_delegation_given_at_one_station_holds_at_the_others(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    other = enrolled(hub, tmp_path, STA, kind=StationKind.STATION)
    hub.issuing.issue()
    given = DelegationGiven(person=CLERK, delegate=PersonId("p-2"), until_ms=2 * NOW, act=ACT)
    cabinet.say(given)
    send(hub, cabinet, cabinet.batch())

    grants = grants_of(hub.issuing.issue(), other)
    assert grants is not None
    assert grants.delegations == (Delegation(person=CLERK, delegate=PersonId("p-2"), until=given.until_ms),)

    cabinet.say(DelegationEnded(person=CLERK))
    send(hub, cabinet, cabinet.batch())
    grants = grants_of(hub.issuing.issue(), other)
    assert grants is not None
    assert grants.delegations == ()


def test_a_station_is_told_where_else_there_is_room(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    other = enrolled(hub, tmp_path, STA, kind=StationKind.STATION)
    send(hub, cabinet, cabinet.state(*doors()), Channel.STATE)
    deposit(cabinet, registered(hub, 1)[0])
    send(hub, cabinet, cabinet.batch())

    issued = hub.issuing.issue()
    own, theirs = grants_of(issued, cabinet), grants_of(issued, other)
    assert own is not None and theirs is not None
    assert own.elsewhere == ()
    assert theirs.elsewhere == (KnownCabinet(name="名 cab-1", free={"M": 1}),)


def test_each_use_of_the_sealed_account_is_an_entry_and_waits_for_a_person(hub: Hub) -> None:
    person = hub.office.add_person(name="王敏", roles=[Role.ADMINISTRATOR], badge=None, by=CLERK)
    assert not isinstance(person, Refused)
    password = hub.accounts.seal("emergency", person=person, name="王敏", by=SHELL)
    assert isinstance(password, str)
    told: list[object] = []
    hub.parts.feed.subscribe(lambda: told.append(hub.queries.open_discrepancies()))

    came = hub.accounts.sign_in("emergency", password)

    assert isinstance(came, SignedIn)
    assert facts(hub, "account.sealed_used") == [SealedAccountUsed(person=person)]
    (raised,) = hub.queries.discrepancies(resolved=False)
    assert (raised.kind, raised.fields["person"], told) == ("sealed_account", "王敏", [1])
    assert hub.office.resolve(raised.id, by=CLERK, decision="person_confirmed") is None


def test_a_sealed_account_is_sealed_anew_with_another_password(hub: Hub) -> None:
    person = hub.office.add_person(name="王敏", roles=[Role.ADMINISTRATOR], badge=None, by=CLERK)
    assert not isinstance(person, Refused)
    first, second = (hub.accounts.seal("emergency", person=person, name="王敏", by=SHELL) for _ in range(2))

    assert first != second
    assert isinstance(hub.accounts.sign_in("emergency", str(first)), AccountRefusal)
    assert isinstance(hub.accounts.sign_in("emergency", str(second)[:20]), AccountRefusal)
    assert isinstance(hub.accounts.sign_in("emergency", str(second)), SignedIn)
