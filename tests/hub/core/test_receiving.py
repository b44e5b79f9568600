"""What becomes of a signed batch: every case, from the one that is appended to the ones that are no facts at all."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from custody import wire
from custody.chain import Fork, Gap, Repeats, Tip, links, origin
from custody.entries import Entry
from custody.events import DoorClosed, EpochOpened, EpochReason, Unrecognised
from custody.identifiers import CourtId, StationId
from custody.messages import Head
from hub.core.receiving import Batch, Commit, Judged, Refuse, judge_batch, read_head
from tests.hub.core.samples import CAB, COURT, P7, P8, entry

OPENED = entry(EpochOpened(reason=EpochReason.FIRST))
CHAIN = (OPENED, entry(DoorClosed(place=P7), sequence=2), entry(DoorClosed(place=P8), sequence=3))
LINES = tuple(map(wire.encode_event, CHAIN))
LINKS = (origin(CAB, "e1"), *links(origin(CAB, "e1"), LINES))
HEAD = Head(court=COURT, station=CAB, epoch="e1", first=1, last=3, before=LINKS[0].hex(), after=LINKS[3].hex())


def batch(lines: Sequence[bytes], first: int = 1) -> Batch:
    before = LINKS[first - 1]
    after = links(before, lines)[-1]
    head = replace(HEAD, first=first, last=first + len(lines) - 1, before=before.hex(), after=after.hex())
    return Batch(head, b"", tuple(lines))


def judged(one: Batch, *, stored: int = 0) -> Judged:
    return judge_batch(one, tip=Tip(stored, LINKS[stored]), link_at=lambda n: LINKS[n])


def test_a_good_batch_is_to_be_appended_with_what_it_says() -> None:
    assert judged(batch(LINES)) == Commit(1, LINES, LINKS[1:], CHAIN)


def test_only_what_is_new_of_an_overlapping_one() -> None:
    assert judged(batch(LINES), stored=2) == Commit(3, LINES[2:], LINKS[3:], CHAIN[2:])


def test_repeats_gaps_and_forks_are_told_as_they_are() -> None:
    other = wire.encode_event(entry(DoorClosed(place=P8), sequence=2))

    assert judged(batch(LINES), stored=3) == Repeats()
    assert judged(batch(LINES[2:], first=3)) == Gap(1)
    assert judged(batch([other], first=2), stored=3) == Fork(2)


def test_a_batch_that_contradicts_itself_is_refused() -> None:
    assert judged(replace(batch(LINES), lines=LINES[:2])) == Refuse("batch_count", "1-3")


@pytest.mark.parametrize(
    "line",
    [
        b"{not json",
        LINES[1],
        LINES[0].replace(b"/cab-1", b"/cab-2").replace(b'"cab-1.', b'"cab-2.'),
        LINES[0].replace(b"/yk/", b"/zz/"),
        b"\xff\xfe",  # no text at all
    ],
)
def test_a_signed_line_that_is_no_entry_of_this_place_is_kept_there_as_unrecognised(line: bytes) -> None:
    kept = judged(batch([line]))

    assert isinstance(kept, Commit)
    assert kept.lines == (line,)
    assert isinstance(kept.entries[0].fact, Unrecognised)
    assert kept.entries[0].id == "cab-1.e1.1"


def test_an_epoch_begins_by_being_opened() -> None:
    first = wire.encode_event(entry(DoorClosed(place=P7)))

    assert judged(batch([first])) == Refuse("epoch_not_opened", "door.closed", 1)


def test_a_first_entry_that_only_newer_versions_can_read_is_kept() -> None:
    strange = LINES[0].replace(b"epoch.opened", b"epoch.opened2")

    kept = judged(batch([strange]))

    assert isinstance(kept, Commit)
    assert isinstance(kept.entries[0], Entry)
    assert kept.entries[0].fact == Unrecognised(type="yungui.epoch.opened2", why="kind")


def test_a_header_must_be_one_and_this_stations() -> None:
    header = wire.encode(HEAD)

    assert read_head(header, court=COURT, station=CAB) == HEAD
    assert read_head(header, court=COURT, station=StationId("cab-2")) == Refuse("wrong_station", "yk/cab-1")
    assert read_head(header, court=CourtId("zz"), station=CAB) == Refuse("wrong_station", "yk/cab-1")
    malformed = read_head(b"[]", court=COURT, station=CAB)
    assert isinstance(malformed, Refuse)
    assert malformed.code == "header_malformed"


@pytest.mark.parametrize(
    "head",
    [
        replace(HEAD, before="zz" * 32),
        replace(HEAD, after="ab"),
        replace(HEAD, epoch=""),
        replace(HEAD, epoch="e.1"),
        replace(HEAD, epoch="e" * 33),
    ],
)
def test_links_and_epochs_have_one_form(head: Head) -> None:
    refused = read_head(wire.encode(head), court=COURT, station=CAB)

    assert isinstance(refused, Refuse)
    assert refused.code == "header_malformed"
