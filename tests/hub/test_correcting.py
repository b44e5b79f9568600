"""Counter-entries and erasure: nothing is changed in place, closed periods take two people, and every proof stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlmodel import col, select

from audit.verify import Consistent, verify
from custody import envelope
from custody.events import (
    CorrectionReason,
    Grade,
    PeriodClosed,
    PersonErased,
    VolumeCollected,
    VolumeCorrected,
    VolumeDeposited,
    VolumeGuarded,
)
from custody.grants import Role
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.wire import decode_event
from hub.__main__ import main
from hub.anchor import anchor_sheet
from hub.bootstrap import Hub, assemble
from hub.export import export
from hub.face import Refused
from hub.orders import Guard
from hub.store.standings import holding_of
from hub.store.tables import AccountRow, EntryRow, PersonRow, StandingRow
from tests.hub.sample_court import CLERK, COURT, Sample, enrolled, founded, registered, send

SHELF = PlaceId("shelf-a1")
CHIEF = PersonId("p-chief")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        made.office.add_place(SHELF, name="甲一架", label=None, by=CLERK)
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    return enrolled(hub, tmp_path)


@pytest.fixture
def volume(hub: Hub, cabinet: Sample) -> VolumeId:
    """Deposited, by mistake."""
    (one,) = registered(hub, 1)
    place = PlaceId("cab-1.07")
    cabinet.say(
        VolumeDeposited(volume=one, label="V1", place=place, person=CLERK, recipient="queue:scanning", act=ActId("a1"))
    )
    send(hub, cabinet, cabinet.batch())
    return one


def lines(hub: Hub) -> list[bytes]:
    with hub.database.read() as session:
        return list(session.exec(select(EntryRow.line).order_by(col(EntryRow.station), col(EntryRow.sequence))))


def facts(hub: Hub, kind: type) -> list[object]:
    found = (getattr(decode_event(line), "fact", None) for line in lines(hub))
    return [fact for fact in found if isinstance(fact, kind)]


def correct(hub: Hub, volume: VolumeId, **changes: object) -> str | Refused | None:
    wanted: dict[str, Any] = {
        "entry": "cab-1.e1.2",
        "reason": CorrectionReason.WRONG_PLACE,
        "place": SHELF,
        "holder": None,
    }
    return hub.office.correct(volume, by=CLERK, **{**wanted, **changes})


def where(hub: Hub, volume: VolumeId) -> object:
    with hub.database.read() as session:
        row = session.get(StandingRow, (COURT, volume))
    assert row is not None
    return holding_of(row)


def test_a_correction_is_one_more_entry_and_moves_the_volume(hub: Hub, volume: VolumeId) -> None:
    before = lines(hub)

    assert correct(hub, volume) is None

    assert [one for one in lines(hub) if one in before] == before, "nothing was changed or removed"
    (fact,) = facts(hub, VolumeCorrected)
    assert fact == VolumeCorrected(
        volume=volume, entry="cab-1.e1.2", reason=CorrectionReason.WRONG_PLACE, person=CLERK, place=SHELF
    )
    assert getattr(where(hub, volume), "place", None) == SHELF
    assert getattr(getattr(where(hub, volume), "evidence", None), "grade", None) == "stated"


def test_in_a_closed_period_somebody_else_must_confirm(hub: Hub, volume: VolumeId) -> None:
    with hub.database.read() as session:
        mine = select(EntryRow).where(EntryRow.volume == volume, EntryRow.kind == "volume.registered")
        row = session.exec(mine).one()
    assert hub.office.close_period(row.time, by=CHIEF) is None
    waiting = correct(hub, volume, entry=f"{row.station}.{row.epoch}.{row.sequence}")
    assert isinstance(waiting, str)
    assert facts(hub, VolumeCorrected) == []
    assert [one.id for one in hub.queries.corrections(roles=frozenset(Role))] == [waiting]

    same = hub.office.confirm_correction(waiting, by=CLERK)
    assert isinstance(same, Refused) and same.key == "correction.same_person"
    assert hub.office.confirm_correction(waiting, by=CHIEF) is None

    (fact,) = facts(hub, VolumeCorrected)
    assert isinstance(fact, VolumeCorrected)
    assert (fact.person, fact.second) == (CLERK, CHIEF)
    again = hub.office.confirm_correction(waiting, by=CHIEF)
    assert isinstance(again, Refused) and again.key == "correction.not_waiting"
    assert hub.queries.corrections(roles=frozenset(Role)) == []


def test_a_newer_entry_does_not_open_a_closed_period(hub: Hub, volume: VolumeId) -> None:
    """What the record rests on is closed, whatever entry is named."""
    with hub.database.read() as session:
        rows = session.exec(select(EntryRow).where(EntryRow.volume == volume)).all()
    assert hub.office.close_period(max(row.time for row in rows), by=CHIEF) is None
    hub.office.arrange(Guard(volume=volume, reason="privacy"), by=CLERK)
    with hub.database.read() as session:
        guarded = session.exec(select(EntryRow).where(EntryRow.kind == VolumeGuarded.kind)).one()

    named = correct(hub, volume, entry=f"{guarded.station}.{guarded.epoch}.{guarded.sequence}")

    assert isinstance(named, Refused) and named.key == "correction.not_about"
    assert isinstance(correct(hub, volume), str), "it waits for a second person"
    view = hub.queries.volume(volume, roles=frozenset(Role))
    assert view is not None
    assert {one.key for one in view.timeline if one.moves} == {
        "happened.volume.deposited",
        "happened.volume.registered",
    }


def test_a_clock_that_runs_ahead_opens_no_closed_period(hub: Hub, cabinet: Sample) -> None:
    (one,) = registered(hub, 1)
    cabinet.now = int(time.time() * 1000) + 400 * 86_400_000
    cabinet.say(
        VolumeDeposited(
            volume=one, label="V1", place=PlaceId("cab-1.07"), person=CLERK, recipient="queue:scanning", act=ActId("a1")
        )
    )
    send(hub, cabinet, cabinet.batch())
    assert hub.office.close_period(int(time.time() * 1000), by=CLERK) is None

    waits = correct(hub, one, entry=f"cab-1.e1.{len(cabinet.lines)}")

    assert isinstance(waits, str)
    assert facts(hub, VolumeCorrected) == []


def test_a_correction_that_waited_moves_nothing_that_has_moved_since(
    hub: Hub, volume: VolumeId, cabinet: Sample
) -> None:
    hub.office.close_period(hub.acting.own.clock(), by=CHIEF)
    waiting = correct(hub, volume)
    assert isinstance(waiting, str)
    (asked,) = hub.queries.corrections(roles=frozenset(Role))
    assert asked.now is not None and asked.now.place == "cab-1.07"
    time.sleep(0.01)
    place, act = PlaceId("cab-1.07"), ActId("a2")
    cabinet.say(
        VolumeCollected(
            volume=volume, label="V1", place=place, person=CLERK, recipient=CLERK, grade=Grade.SCANNED, act=act
        )
    )
    send(hub, cabinet, cabinet.batch(len(cabinet.lines)))

    refused = hub.office.confirm_correction(waiting, by=CHIEF)

    assert isinstance(refused, Refused) and refused.key == "correction.moved_since"
    assert facts(hub, VolumeCorrected) == []
    assert getattr(where(hub, volume), "person", None) == CLERK
    assert hub.office.decline_correction(waiting, by=CHIEF) is None


def test_whoever_looks_hears_of_a_correction_that_waits_and_of_one_declined(hub: Hub, volume: VolumeId) -> None:
    hub.office.close_period(hub.acting.own.clock(), by=CHIEF)
    heard: list[object] = []
    hub.acting.changes.watch(heard.append)

    waiting = correct(hub, volume)
    assert len(heard) == 1
    hub.office.decline_correction(str(waiting), by=CHIEF)

    assert len(heard) == 2


def test_whoever_was_erased_is_no_holder_and_what_they_decided_holds(hub: Hub, volume: VolumeId) -> None:
    gone = hub.office.add_person(name="赵离", roles=[Role.STAFF], badge=None, by=CLERK)
    assert not isinstance(gone, Refused)
    hub.office.arrange(Guard(volume=volume, reason="privacy"), by=gone)
    assert hub.office.erase_person(gone, by=CHIEF) is None

    refused = correct(hub, volume, place=None, holder=gone)

    assert isinstance(refused, Refused) and refused.key == "correction.no_person"
    view = hub.queries.volume(volume, roles=frozenset(Role))
    assert view is not None
    assert view.guarded_by == gone


def test_what_nobody_stands_for_is_declined_and_never_on_record(hub: Hub, volume: VolumeId) -> None:
    hub.office.close_period(hub.acting.own.clock(), by=CHIEF)
    waiting = correct(hub, volume)
    assert isinstance(waiting, str)
    (asked,) = hub.queries.corrections(roles=frozenset(Role))
    assert asked.title.startswith("（2026）")
    assert asked.to

    assert hub.office.decline_correction(waiting, by=CHIEF) is None

    assert hub.queries.corrections(roles=frozenset(Role)) == []
    assert facts(hub, VolumeCorrected) == []
    gone = hub.office.decline_correction(waiting, by=CHIEF)
    assert isinstance(gone, Refused) and gone.key == "correction.not_waiting"


def test_a_period_is_closed_forward_only(hub: Hub) -> None:
    assert hub.office.close_period(1000, by=CHIEF) is None
    for until in (1000, 999, -1, hub.acting.own.clock() + 10_000):
        refused = hub.office.close_period(until, by=CHIEF)
        assert isinstance(refused, Refused) and refused.key == "period.not_later"
    assert facts(hub, PeriodClosed) == [PeriodClosed(until_ms=1000, person=CHIEF)]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"entry": "cab-1.e1.99"}, "correction.no_entry"),
        ({"place": None}, "correction.place_or_person"),
        ({"holder": CLERK}, "correction.place_or_person"),
        ({"place": PlaceId("nowhere")}, "correction.no_place"),
        ({"place": None, "holder": PersonId("nobody")}, "correction.no_person"),
    ],
)
def test_what_cannot_be_meant_is_refused(hub: Hub, volume: VolumeId, changes: dict[str, object], key: str) -> None:
    refused = correct(hub, volume, **changes)

    assert isinstance(refused, Refused) and refused.key == key
    unknown = correct(hub, VolumeId("v-none"))
    assert isinstance(unknown, Refused) and unknown.key == "volume.not_known"


def test_a_person_is_erased_everywhere_and_every_proof_stays(
    hub: Hub, volume: VolumeId, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = hub.office.add_person(name="王敏", roles=[Role.STAFF], badge="04A1B2", by=CLERK)
    assert isinstance(person, str)
    hub.accounts.create(
        user="wangmin", password="much-longer-7", person=person, name="王敏", roles=[Role.STAFF], by=CLERK
    )
    hub.checkpointing.sign()
    hub.issuing.issue()

    hub.close()
    assert main(["erase", "--data", str(hub.settings.folder), person]) == 0
    assert main(["erase", "--data", str(hub.settings.folder), person]) == 1
    assert person in capsys.readouterr().out

    with assemble(hub.settings) as again:
        with again.database.read() as session:
            row = session.get(PersonRow, (COURT, person))
            assert row is not None
            assert (row.name, row.roles, row.badge_mark, row.badge_sealed) == ("", "", None, None)
            assert session.exec(select(AccountRow)).all() == []
        assert facts(again, PersonErased) == [PersonErased(person=person)]
        assert again.issuing.issue(), "stations forget it with their next grants"
        root = envelope.public_key(again.settings.root_key)
        assert root is not None
        exported = list(export(again.database.read, COURT, clock=lambda: 0))
        assert isinstance(verify(exported, root=envelope.fingerprint(root)), Consistent)
        assert "王敏".encode() not in b"".join(exported)


def test_the_newest_checkpoint_is_printed_to_be_kept(hub: Hub) -> None:
    none = anchor_sheet(hub.parts, language="zh")
    assert isinstance(none, Refused)
    row = hub.checkpointing.sign()
    assert row is not None

    sheet = anchor_sheet(hub.parts, language="zh")

    assert isinstance(sheet, bytes)
    document = pypdfium2.PdfDocument(sheet)
    text = document[0].get_textpage().get_text_range()
    assert str(row.size) in text
    assert f"log {row.log}" in text
