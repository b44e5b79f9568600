"""Values to bytes and back: nothing is lost, nothing unreadable gets in, and what is unknown is kept."""

import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.archiving import Progress
from custody.entries import Clock, Entry
from custody.events import (
    DoorForced,
    Fact,
    Grade,
    SendBackReason,
    SentBack,
    StationKind,
    Step,
    StepFinished,
    TimeHeard,
    Unrecognised,
    VolumeCollected,
)
from custody.flows.grammar import Carried, Session
from custody.grants import Grants
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId, VolumeId
from custody.messages import (
    Ack,
    Command,
    Compartment,
    DoorState,
    GrantsMessage,
    Head,
    HubPresence,
    Keys,
    LastWill,
    Outcome,
    Result,
    State,
    Verdict,
)
from custody.wire import (
    MAX_EVENT_BYTES,
    Malformed,
    decode,
    decode_event,
    encode,
    encode_event,
    entry_at,
    pack_grants,
    unpack_grants,
    when,
)
from tests.custody.court import CABINET, COURT, GRANTS, VOLUME, at_step, chain
from tests.custody.facts import SAMPLES, entry_of

ids = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
texts = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=30)
numbers = st.integers(0, 2**53)
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(DoorForced, place=texts.map(PlaceId)),
    st.builds(TimeHeard, hub_time=numbers, epoch=texts, upto=numbers),
    st.builds(
        VolumeCollected,
        volume=texts.map(VolumeId),
        label=texts | st.none(),
        place=texts.map(PlaceId),
        person=texts.map(PersonId),
        recipient=texts,
        grade=st.sampled_from(Grade),
        act=texts.map(ActId),
    ),
    st.builds(
        SentBack,
        volume=texts.map(VolumeId),
        label=texts,
        found_at=st.sampled_from(Step),
        back_to=st.sampled_from(Step),
        reason=st.sampled_from(SendBackReason),
        place=texts.map(PlaceId),
        person=texts.map(PersonId),
        pages=st.lists(numbers, max_size=5).map(tuple),
    ),
)
entries = st.builds(
    Entry,
    court=ids.map(CourtId),
    station=ids.map(StationId),
    epoch=st.from_regex(r"[a-z0-9]{1,32}", fullmatch=True),
    sequence=st.integers(1, 2**53),
    boot=texts,
    uptime=numbers,
    time=st.integers(-62_135_596_800_000, 253_402_300_799_999),
    clock=st.sampled_from(Clock),
    fact=facts,
)
LINE = encode_event(entry_of(SAMPLES["volume.deposited"]))


def changed(**members: object) -> bytes:
    """The golden deposit with members of its envelope replaced."""
    return json.dumps({**json.loads(LINE), **members}).encode()


@given(entries)
def test_an_entry_is_read_back_as_it_was_written(entry: Entry) -> None:
    line = encode_event(entry)

    assert decode_event(line) == entry
    assert b"\n" not in line


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert isinstance(decode_event(data), Malformed)


@given(st.data())
def test_any_changed_byte_is_answered_and_never_reads_as_another_entry_of_the_same_name(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(LINE) - 1))
    byte = data.draw(st.integers(0, 255))

    read = decode_event(LINE[:position] + bytes([byte]) + LINE[position + 1 :])

    assert isinstance(read, Malformed) or read.id == f"{read.station}.{read.epoch}.{read.sequence}"


def test_an_event_is_a_cloud_event() -> None:
    event = json.loads(LINE)

    assert event["specversion"] == "1.0"
    assert event["type"] == "yungui.volume.deposited"
    assert event["source"] == "/yungui/yk/cab-1"
    assert event["subject"] == "volume/vol-0001"
    assert event["time"].endswith("Z")
    assert all(name.isalnum() and name.islower() for name in event)


@pytest.mark.parametrize(
    "members",
    [
        {"specversion": "0.3"},
        {"source": "/elsewhere/yk/cab-1"},
        {"source": "/yungui/YK/cab-1"},
        {"source": "/yungui/yk/cab-1/more"},
        {"time": "yesterday"},
        {"time": "2026-11-23T09:00:00"},
        {"time": "2026-11-23T09:00:00Z"},
        {"time": "2026-11-23T09:00:00.000+08:00"},
        {"id": "cab-2.0f1e2d3c4b5a6978.1"},
        {"sequence": 0},
        {"sequence": -1},
        {"sequence": 2**60},
        {"sequence": "1"},
        {"sequence": 1.5},
        {"uptime": -1},
        {"epoch": "../e"},
        {"epoch": "0f.1e", "id": "cab-1.0f.1e.1"},
        {"epoch": "e" * 33, "id": f"cab-1.{'e' * 33}.1"},
        {"clock": "perhaps"},
        {"bootid": "b\x00"},
        {"type": "yungui.\n"},
        {"data": None, "source": 1},
    ],
)
def test_a_bad_envelope_says_what_is_wrong(members: dict[str, object]) -> None:
    read = decode_event(changed(**members))

    assert isinstance(read, Malformed)
    assert read.why


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"null", b"{" * 5000, b"\xff\xfe", LINE[:-1], LINE + LINE, LINE + b" " * MAX_EVENT_BYTES],
)
def test_what_is_no_event_is_malformed(line: bytes) -> None:
    assert isinstance(decode_event(line), Malformed)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"type": "yungui.volume.sang"}, "kind"),
        ({"type": "org.example.deposited"}, "kind"),
        ({"data": {"volume": "v"}}, "Object missing required field `label`"),
        ({"data": None}, "Expected `object`, got `null`"),
        ({"type": "yungui.door.forced", "data": {"place": "a\x00b"}}, "a control character, or a number beyond 2**53"),
        (
            {"type": "yungui.door.left_open", "data": {"place": "a", "seconds": 10**30}},
            "a control character, or a number beyond 2**53",
        ),
    ],
)
def test_what_is_not_understood_is_kept_with_its_place_in_the_chain(members: dict[str, object], why: str) -> None:
    read = decode_event(changed(**members))

    assert isinstance(read, Entry)
    assert read.id == entry_of(SAMPLES["volume.deposited"]).id
    assert read.fact == Unrecognised(type=str(members.get("type", "yungui.volume.deposited")), why=why)


def test_data_that_is_no_utf_8_is_kept_as_unrecognised() -> None:
    read = decode_event(LINE.replace(b'vol-0001","label', b'vol-\xff\xff01","label'))

    assert isinstance(read, Entry)
    assert isinstance(read.fact, Unrecognised)


def test_a_line_in_its_place_is_its_entry_and_any_other_is_unrecognised_there() -> None:
    entry = entry_of(SAMPLES["volume.deposited"])
    line = encode_event(entry)
    place: dict[str, Any] = {
        "court": entry.court,
        "station": entry.station,
        "epoch": entry.epoch,
        "sequence": entry.sequence,
    }

    assert entry_at(line, **place) == (entry, None)
    for odd, elsewhere in ((b"{not json", place), (line, {**place, "sequence": 99}), (line, {**place, "court": "zz"})):
        kept, wrong = entry_at(odd, **elsewhere)
        assert wrong is not None
        assert kept.fact == Unrecognised(type="", why=wrong.why)
        assert (kept.court, kept.station, kept.epoch, kept.sequence) == tuple(elsewhere.values())


def test_fields_of_a_later_version_are_ignored() -> None:
    event = json.loads(LINE)
    later = changed(data={**event["data"], "weight": 812}, newmember="x")

    assert decode_event(later) == decode_event(LINE)


def test_what_could_not_be_read_back_is_not_written() -> None:
    entry = entry_of(DoorForced(place=PlaceId("cab-1.01")))
    long = StepFinished(
        volume=VolumeId("v" * MAX_EVENT_BYTES), label="", step=Step.BOUND, place=PlaceId("p"), person=PersonId("w")
    )

    for unreadable in (
        replace(entry, fact=long),
        replace(entry, fact=DoorForced(place=PlaceId("a\nb"))),
        replace(entry, sequence=0),
        replace(entry, epoch=""),
        replace(entry, court=CourtId("Not An Id")),
    ):
        with pytest.raises(ValueError, match="could not be read back"):
            encode_event(unreadable)


def test_an_unrecognised_fact_is_never_written_anew() -> None:
    entry = replace(entry_of(DoorForced(place=PlaceId("p"))), fact=Unrecognised(type="x", why="kind"))

    with pytest.raises(ValueError, match="keep those it came in"):
        encode_event(entry)


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_a_time_has_one_form(milliseconds: int) -> None:
    entry = replace(chain([DoorForced(place=PlaceId("p"))])[0], time=milliseconds)

    assert decode_event(encode_event(entry)) == entry
    assert len(when(milliseconds)) == 24


MESSAGES = (
    Head(court=COURT, station=CABINET, epoch="e", first=1, last=2, before="00", after="ff", checkpoint="c"),
    Ack(court=COURT, station=CABINET, nonce="n", verdict=Verdict.GAP, epoch="e", upto=3, hub_time=5, at=1, why="w"),
    State(
        court=COURT,
        station=CABINET,
        station_kind=StationKind.CABINET,
        connection=2,
        counter=7,
        online=True,
        boot="b",
        nonce="n",
        uptime=1,
        clock=Clock.UNSYNCHRONISED,
        epoch="e",
        tip=9,
        waiting=2,
        oldest_waiting=None,
        room_days=6.5,
        software="0.1.0",
        wiring="",
        grants_version=4,
        compartments=(
            Compartment(place=PlaceId("cab-1.01"), number="01", size="M", row=0, column=0, door=DoorState.OPEN),
            Compartment(place=PlaceId("cab-1.02"), number="02", size="L", row=1, column=0, blocked=True),
        ),
    ),
    LastWill(station=CABINET, connection=2),
    Command(
        command="c",
        court=COURT,
        station=CABINET,
        nonce="n",
        place=PlaceId("cab-1.01"),
        person=PersonId("p"),
        reason="r",
        valid=10_000,
    ),
    Result(command="c", court=COURT, station=CABINET, outcome=Outcome.JAMMED, refusal="", entry="x"),
    GrantsMessage(court=COURT, station=CABINET, hub_epoch="h", version=2, sealed=bytes(range(256))),
    HubPresence(court=COURT, hub_epoch="h", online=False, hub_time=3),
    Keys(court=COURT, hub=StationId("hub-1"), hub_epoch="h", public_key="00"),
    Session(
        flow="deposit",
        state="placing",
        person=PersonId("p"),
        volumes=(Carried(volume=VolumeId("v"), label="L", title="（2026）辽0802民初1号", ticked=True),),
        place=PlaceId("cab-1.01"),
        act=ActId("a"),
        recipient="queue:scanning",
        places=(PlaceId("cab-1.02"),),
        reason="finished",
        pages=(1, 2),
    ),
    GRANTS,
    Progress(done=Step.SCANNED, declared=3, counts={Step.SCANNED: 3}, by={Step.SCANNED: PersonId("p")}, released=True),
)


@pytest.mark.parametrize("value", MESSAGES, ids=lambda value: type(value).__name__)
def test_every_message_is_read_back(value: object) -> None:
    data = encode(value)

    assert decode(data, type(value)) == value
    assert b"\n" not in data


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b"{" * 9000, b'{"station":"a\\u0000","connection":1}'])
def test_a_bad_message_is_malformed(data: bytes) -> None:
    assert isinstance(decode(data, LastWill), Malformed)


@given(
    value=st.dictionaries(st.text(max_size=4), st.text(max_size=4) | st.integers(-(2**60), 2**60), max_size=4),
    escaped=st.booleans(),
)
@example(value={"a": 2**53}, escaped=False)
@example(value={"a": -(2**53) - 1}, escaped=False)
@example(value={"\x7f": "1234567890123456"}, escaped=False)
def test_what_no_store_can_hold_is_refused_however_written(value: dict[str, str | int], *, escaped: bool) -> None:
    texts = [*value, *(one for one in value.values() if isinstance(one, str))]
    bad = any(ord(letter) < 32 or ord(letter) == 127 for text in texts for letter in text)
    bad = bad or any(isinstance(one, int) and abs(one) > 2**53 for one in value.values())

    written = json.dumps(value, ensure_ascii=escaped)

    for data in (written, written.encode()):
        read = decode(data, dict[str, str | int])
        assert isinstance(read, Malformed) if bad else read == value


def test_a_control_character_hidden_deep_inside_is_found() -> None:
    (state,) = (one for one in MESSAGES if isinstance(one, State))
    data = encode(state).replace(b"cab-1.02", b"cab\\u0007")

    assert isinstance(decode(data, State), Malformed)


def test_grants_are_read_back_with_everything_in_them() -> None:
    grants = replace(GRANTS, volumes=(at_step(VOLUME, Step.SCANNED, pages=12),))

    assert unpack_grants(pack_grants(grants)) == grants


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"rubbish",
        pack_grants(GRANTS)[:-3],
        pack_grants(GRANTS) + b"more",
        zlib.compress(b"{}"),
        zlib.compress(bytes(65 * 1024 * 1024)),
        pack_grants(replace(GRANTS, badge_key="no hex")),
    ],
    ids=["empty", "rubbish", "cut", "longer", "other", "bomb", "key"],
)
def test_bad_grants_are_malformed(packed: bytes) -> None:
    assert isinstance(unpack_grants(packed), Malformed)


def test_grants_are_small_on_the_wire() -> None:
    many = tuple(replace(GRANTS.volumes[0], id=VolumeId(f"vol-{number}")) for number in range(1000))
    grants: Grants = replace(GRANTS, volumes=many)

    assert len(pack_grants(grants)) < len(encode(grants)) / 5
