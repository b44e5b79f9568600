"""Every message of a station gets a final disposition, and none stands in another's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from audit.verify import Consistent, Inconsistent, verify
from custody import envelope
from custody.events import CommandAnswered, DoorClosed, DoorForced, EpochReason, PlaceRegistered
from custody.grants import Role
from custody.identifiers import PlaceId
from custody.messages import Compartment, DoorState, Outcome, Purpose, Verdict
from custody.topics import Channel
from hub.bootstrap import Hub
from hub.export import export
from hub.face import Refused
from hub.feed import Changed
from hub.store.tables import EntryRow, EpochRow, IncidentRow, StateRow, StationRow
from tests.hub.sample_court import CAB, CLERK, COURT, NOW, STA, Sample, acks, changes_of, enrolled, founded, send

P7 = PlaceId("cab-1.07")
SEVEN = Compartment(place=P7, number="07", size="M", row=0, column=6, door=DoorState.CLOSED)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    return enrolled(hub, tmp_path)


def incidents(hub: Hub) -> list[tuple[str | None, str, int]]:
    with hub.database.read() as session:
        return [(row.station, row.code, row.times) for row in session.exec(select(IncidentRow))]


def stored(hub: Hub, kind: str) -> int:
    with hub.database.read() as session:
        return len(session.exec(select(EntryRow).where(col(EntryRow.kind) == kind)).all())


# --- what is not committed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda payload: b"", "message_shape"),
        (lambda payload: b"{not json", "message_shape"),
        (lambda payload: payload + b"x" * 2_000_000, "message_oversize"),
        (lambda payload: payload.replace(b'"first":1', b'"first":2'), "message_signature"),
        (lambda payload: payload[:-1] + b"?", "batch_after"),
        (lambda payload: payload.rpartition(b"\n")[0], "batch_count"),
    ],
)
def test_what_is_not_a_batch_of_this_station_is_kept_as_an_incident(
    hub: Hub, cabinet: Sample, spoil: object, code: str
) -> None:
    assert callable(spoil)

    assert send(hub, cabinet, spoil(cabinet.batch())).code == code
    assert incidents(hub) == [("cab-1", code, 1)]
    assert send(hub, cabinet, cabinet.batch()).code == "committed"


def test_who_does_not_prove_to_be_the_station_gets_no_answer(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    thief = Sample(id=CAB, key=enrolled(hub, tmp_path, STA).key, entries=cabinet.entries, lines=cabinet.lines)

    disposition = send(hub, thief, thief.batch())

    assert (disposition.code, disposition.answers) == ("message_unknown_key", ())


def test_a_station_nobody_enrolled_is_noted_and_not_answered(hub: Hub, cabinet: Sample) -> None:
    stranger = replace(cabinet, id=type(CAB)("cab-9"))

    disposition = send(hub, stranger, cabinet.batch())

    assert (disposition.code, disposition.answers) == ("unknown_station", ())
    told = hub.parts.queries.incidents()
    assert [(one.station, one.code, one.times) for one in told] == [("cab-9", "unknown_station", 1)]


def test_a_station_whose_batch_cannot_be_read_is_told_why(hub: Hub, cabinet: Sample) -> None:
    cabinet.lines.clear()
    cabinet.entries.clear()
    cabinet.say(DoorClosed(place=P7))

    disposition = send(hub, cabinet, cabinet.batch())

    ack = acks(disposition)[0]
    assert (ack.verdict, ack.why, ack.at, ack.upto) == (Verdict.REFUSED, "epoch_not_opened", 1, 0)
    assert stored(hub, "epoch.opened") == 1  # the hub's own


@pytest.mark.parametrize("line", [b"{not json", b"\xff\xfe no text at all"])
def test_a_signed_line_that_is_no_event_is_kept_apart_and_blocks_nothing(
    hub: Hub, cabinet: Sample, line: bytes
) -> None:
    cabinet.lines.append(line)
    cabinet.entries.append(cabinet.entries[0])  # so that the next one counts on
    cabinet.say(DoorClosed(place=P7))

    codes = [send(hub, cabinet, cabinet.batch(1, 2)).code, send(hub, cabinet, cabinet.batch(3, 3)).code]

    assert codes == ["committed", "committed"]
    assert (stored(hub, "unrecognised"), stored(hub, "door.closed")) == (1, 1)
    assert incidents(hub) == [("cab-1", "line_unreadable", 1)]


def test_a_signed_line_that_is_no_text_is_exported_byte_for_byte(hub: Hub, cabinet: Sample) -> None:
    cabinet.lines.append(b"\xff\xfe no text at all")
    cabinet.entries.append(cabinet.entries[0])
    send(hub, cabinet, cabinet.batch())
    hub.checkpointing.sign()
    root = envelope.public_key(hub.settings.root_key)
    assert root is not None

    exported = list(export(hub.database.read, COURT, clock=lambda: 0))
    verdict = verify(exported, root=envelope.fingerprint(root))

    assert isinstance(verdict, Consistent)
    assert sum(b'"base64":"//4g' in line for line in exported) == 1
    shown = hub.parts.queries.entry("cab-1.e1.2", roles=frozenset(Role))
    assert shown is not None
    assert shown.line.endswith("no text at all")


def test_what_a_station_signed_before_its_revocation_counts_and_nothing_after_it(hub: Hub, cabinet: Sample) -> None:
    """Even where somebody changed the database, so that the hub took it in."""
    root = envelope.public_key(hub.settings.root_key)
    assert root is not None
    send(hub, cabinet, cabinet.batch())
    assert hub.enrolling.revoke(CAB, by=CLERK, reason="stolen") is None
    hub.checkpointing.sign()
    before = verify(list(export(hub.database.read, COURT, clock=lambda: 0)), root=envelope.fingerprint(root))
    with hub.database.write() as session:
        session.get_one(StationRow, (COURT, CAB)).revoked = None
    cabinet.say(DoorClosed(place=P7))
    assert send(hub, cabinet, cabinet.batch(2, 2)).code == "committed"
    hub.checkpointing.sign()

    after = verify(list(export(hub.database.read, COURT, clock=lambda: 0)), root=envelope.fingerprint(root))

    assert isinstance(before, Consistent)
    assert isinstance(after, Inconsistent)
    assert (after.why, after.entry, after.detail) == ("revoked", "cab-1.e1.2", "cab-1")


def test_every_batch_of_a_forked_history_is_kept_whichever_place_it_shows(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(DoorClosed(place=P7))
    send(hub, cabinet, cabinet.batch())
    del cabinet.lines[1:], cabinet.entries[1:]
    cabinet.say(DoorForced(place=P7), DoorForced(place=P7), DoorForced(place=P7))

    for last in (2, 2, 4):
        assert send(hub, cabinet, cabinet.batch(1, last)).code == "fork"

    with hub.database.read() as session:
        kept = b"".join(row.message for row in session.exec(select(IncidentRow)))
    assert all(line in kept for line in cabinet.lines[1:])
    assert sorted(times for _, _, times in incidents(hub)) == [1, 2]


def test_the_same_trouble_again_is_counted_not_kept_again(hub: Hub, cabinet: Sample) -> None:
    for _ in range(50):
        send(hub, cabinet, b"{not json")

    assert incidents(hub) == [("cab-1", "message_shape", 50)]


def test_trouble_that_goes_on_is_told_with_its_first_and_its_latest_time(
    hub: Hub, cabinet: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    for now in (NOW, NOW + 60_000, NOW + 3_600_000):
        monkeypatch.setattr(hub.ingest, "_clock", lambda now=now: now)
        send(hub, cabinet, b"{not json")

    (told,) = hub.queries.incidents()
    assert (told.first, told.latest, told.times) == (NOW, NOW + 3_600_000, 3)


@pytest.mark.parametrize("topic", ["a/b", "yungui/v1/other/cab-1/events", f"yungui/v1/{COURT}/-/hub"])
def test_other_topics_are_none_of_ours(hub: Hub, topic: str) -> None:
    assert hub.ingest.receive(topic, b"x").code == "not_ours"
    assert hub.ingest.give_up("a/b", b"x", why="X").code == "not_ours"


def test_what_we_fail_at_ourselves_is_kept_so_that_others_go_on(hub: Hub, cabinet: Sample) -> None:
    topic = f"yungui/v1/{COURT}/cab-1/events"

    assert hub.ingest.give_up(topic, b"x", why="KeyError").code == "failed"
    assert incidents(hub) == [("cab-1", "failed", 1)]


# --- states ---------------------------------------------------------------------------------------------------------


def test_a_state_is_answered_with_the_tip_and_shown(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.batch())

    disposition = send(hub, cabinet, cabinet.state(SEVEN), Channel.STATE)

    ack = acks(disposition)[0]
    assert (ack.verdict, ack.epoch, ack.upto, ack.nonce) == (Verdict.TIP, "e1", 1, "n1")
    with hub.database.read() as session:
        assert ack.link == session.get_one(EpochRow, (COURT, CAB, "e1")).link.hex()
    shown = hub.queries.stations()[0]
    assert (shown.online, shown.of, shown.free, shown.room_days) == (True, 1, 1, 9.5)


def test_the_tip_is_of_the_newest_epoch(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.batch())
    cabinet.open_epoch("a0", EpochReason.HISTORY_LOST)
    cabinet.say(DoorClosed(place=P7))
    send(hub, cabinet, cabinet.batch())

    ack = acks(send(hub, cabinet, cabinet.state(), Channel.STATE))[0]

    assert (ack.epoch, ack.upto) == ("a0", 2)


def test_an_older_state_is_not_believed_again(hub: Hub, cabinet: Sample) -> None:
    old, new = cabinet.state(), cabinet.state(SEVEN)
    send(hub, cabinet, new, Channel.STATE)

    assert send(hub, cabinet, old, Channel.STATE).code == "state_stale"
    assert hub.queries.stations()[0].of == 1


def test_a_station_that_speaks_from_its_past_is_told_what_was_heard_since(hub: Hub, cabinet: Sample) -> None:
    """An old card under a clock set back: its states count from an old number, and would never be heard again."""
    cabinet.connection = 40
    send(hub, cabinet, cabinet.state(), Channel.STATE)
    cabinet.connection, cabinet.nonce = 3, "of-the-old-card"

    disposition = send(hub, cabinet, cabinet.state(), Channel.STATE)

    (ack,) = acks(disposition)
    assert (disposition.code, ack.nonce, ack.connection) == ("state_past", "of-the-old-card", 40)
    with hub.database.read() as session:
        assert session.get_one(StateRow, (COURT, CAB)).connection == 40


def test_a_compartment_becomes_a_place_when_its_cabinet_first_speaks_of_it(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.state(SEVEN), Channel.STATE)
    send(hub, cabinet, cabinet.state(replace(SEVEN, size="L", door=DoorState.OPEN)), Channel.STATE)

    cabin = hub.queries.cabinet(CAB, roles=())
    assert cabin is not None
    (seven,) = cabin.compartments
    assert (seven.number, seven.size, seven.column, seven.door) == ("07", "L", 6, DoorState.OPEN)
    with hub.database.read() as session:
        facts = session.exec(select(EntryRow).where(col(EntryRow.kind) == PlaceRegistered.kind)).all()
    assert [row.place for row in facts] == ["cab-1", "cab-1.07"]


def test_a_door_that_is_spoken_of_no_more_is_shown_no_more(hub: Hub, cabinet: Sample) -> None:
    send(hub, cabinet, cabinet.state(SEVEN), Channel.STATE)
    send(hub, cabinet, cabinet.state(), Channel.STATE)

    cabin = hub.queries.cabinet(CAB, roles=())
    assert cabin is not None
    assert cabin.compartments == ()


def test_no_cabinet_speaks_of_anothers_doors(hub: Hub, cabinet: Sample) -> None:
    foreign = replace(SEVEN, place=PlaceId("cab-2.07"))

    assert send(hub, cabinet, cabinet.state(foreign), Channel.STATE).code == "place_of_another"


@pytest.mark.parametrize("change", [{"court": "zz"}, {"station": "cab-2"}])
def test_a_state_must_be_of_who_signs_it(hub: Hub, cabinet: Sample, change: dict[str, object]) -> None:
    assert send(hub, cabinet, cabinet.state(**change), Channel.STATE).code == "wrong_station"


def test_rubbish_in_a_signed_state_or_result_is_refused(hub: Hub, cabinet: Sample) -> None:
    state = envelope.sign(b"{}", purpose=Purpose.STATE, key=cabinet.key)
    result = envelope.sign(b"{}", purpose=Purpose.RESULT, key=cabinet.key)

    assert send(hub, cabinet, state, Channel.STATE).code == "state_malformed"
    assert send(hub, cabinet, result, Channel.RESULTS).code == "result_malformed"


def test_a_station_that_begins_anew_is_heard_again(hub: Hub, cabinet: Sample) -> None:
    cabinet.connection = 40
    send(hub, cabinet, cabinet.state(), Channel.STATE)
    cabinet.epoch, cabinet.connection, cabinet.counter, cabinet.nonce = "e9", 1, 0, "n9"

    assert send(hub, cabinet, cabinet.state(), Channel.STATE).code == "state"
    with hub.database.read() as session:
        assert session.get(StateRow, (COURT, CAB)).nonce == "n9"  # type: ignore[union-attr]


def test_a_last_will_counts_for_the_latest_connection_only(hub: Hub, cabinet: Sample) -> None:
    cabinet.connection = 5
    send(hub, cabinet, cabinet.state(), Channel.STATE)

    send(hub, cabinet, cabinet.will(4), Channel.STATE)
    assert hub.queries.stations()[0].online
    send(hub, cabinet, cabinet.will(5), Channel.STATE)
    assert not hub.queries.stations()[0].online
    send(hub, cabinet, b"{rubbish", Channel.STATE)
    send(hub, cabinet, cabinet.state(), Channel.STATE)
    assert hub.queries.stations()[0].online


# --- commands -------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(hub: Hub, cabinet: Sample) -> str:
    send(hub, cabinet, cabinet.state(SEVEN), Channel.STATE)
    hub.commanding.publish = lambda _: None
    given = hub.office.open_compartment(CAB, P7, by=CLERK, reason="stuck_open")
    assert isinstance(given, str)
    return given


def outcome(hub: Hub, command: str) -> str | None:
    view = hub.queries.command(command)
    assert view is not None
    return view.outcome


def test_a_command_is_not_answered_until_its_station_answers(hub: Hub, cabinet: Sample, command: str) -> None:
    assert outcome(hub, command) is None

    send(hub, cabinet, cabinet.result(command, Outcome.OPENED), Channel.RESULTS)

    assert outcome(hub, command) == "opened"


def test_the_first_answer_is_the_one(hub: Hub, cabinet: Sample, command: str) -> None:
    send(hub, cabinet, cabinet.result(command, Outcome.JAMMED), Channel.RESULTS)
    send(hub, cabinet, cabinet.result(command, Outcome.OPENED), Channel.RESULTS)

    assert outcome(hub, command) == "jammed"


def test_another_station_cannot_answer(hub: Hub, cabinet: Sample, command: str, tmp_path: Path) -> None:
    other = enrolled(hub, tmp_path, STA)
    send(hub, other, other.result(command, Outcome.OPENED), Channel.RESULTS)
    other.say(CommandAnswered(command=command, result="opened"))
    send(hub, other, other.batch())

    assert outcome(hub, command) is None


def test_the_answer_in_the_chain_is_as_good(hub: Hub, cabinet: Sample, command: str) -> None:
    cabinet.say(CommandAnswered(command=command, result="already_open"))
    send(hub, cabinet, cabinet.batch())

    assert outcome(hub, command) == "already_open"


def test_no_command_goes_to_a_station_that_is_offline_or_has_no_such_door(hub: Hub, cabinet: Sample) -> None:
    nowhere = hub.office.open_compartment(CAB, PlaceId("cab-1.99"), by=CLERK, reason="r")
    send(hub, cabinet, cabinet.state(SEVEN), Channel.STATE)
    send(hub, cabinet, cabinet.will(), Channel.STATE)
    hub.commanding.publish = lambda _: None
    offline = hub.office.open_compartment(CAB, P7, by=CLERK, reason="r")

    assert nowhere == Refused("command.no_compartment", {"place": "cab-1.99"})
    assert offline == Refused("command.station_offline", {"name": "名 cab-1"})


# --- the change feed ------------------------------------------------------------------------------------------------


def test_subscribers_hear_after_the_commit_and_cannot_disturb_it(hub: Hub, cabinet: Sample) -> None:
    def broken(_: Changed) -> None:
        raise ValueError

    end = hub.acting.changes.watch(broken)
    seen = changes_of(hub)
    send(hub, cabinet, cabinet.batch())
    end()
    send(hub, cabinet, cabinet.batch())

    assert seen == [Changed(stations=frozenset({CAB}))]
