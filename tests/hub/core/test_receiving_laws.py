"""Whatever batches come, in whatever order: nothing is lost, nothing doubled, and nothing changed is stored."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from custody import wire
from custody.chain import Fork, Gap, Repeats, Tip, links, origin
from custody.entries import Entry
from custody.events import DoorClosed, EpochOpened, EpochReason
from custody.messages import Head
from hub.core.receiving import Batch, Commit, Refuse, judge_batch
from tests.hub.core.samples import CAB, COURT, P7, P8, entry

LIFE = [
    entry(EpochOpened(reason=EpochReason.FIRST)),
    *(entry(DoorClosed(place=P7 if n % 2 else P8), sequence=n) for n in range(2, 13)),
]
LINES = tuple(map(wire.encode_event, LIFE))
LINKS = (origin(CAB, "e1"), *links(origin(CAB, "e1"), LINES))
SPANS = st.tuples(st.integers(1, len(LINES)), st.integers(1, len(LINES))).map(lambda two: (min(two), max(two)))


def batch(first: int, last: int) -> Batch:
    head = Head(
        court=COURT,
        station=CAB,
        epoch="e1",
        first=first,
        last=last,
        before=LINKS[first - 1].hex(),
        after=LINKS[last].hex(),
    )
    return Batch(head, b"", LINES[first - 1 : last])


def link_below(tip: int) -> Callable[[int], bytes]:
    def link_at(sequence: int) -> bytes:
        assert 0 <= sequence <= tip, "only what is stored may be asked for"
        return LINKS[sequence]

    return link_at


@given(st.lists(SPANS, max_size=30))
def test_batches_in_any_order_are_stored_once_and_whole(spans: list[tuple[int, int]]) -> None:
    stored: list[Entry] = []
    kept: list[bytes] = []
    for first, last in spans:
        tip = len(stored)
        judged = judge_batch(batch(first, last), tip=Tip(tip, LINKS[tip]), link_at=link_below(tip))
        match judged:
            case Commit():
                assert judged.first == tip + 1
                stored += judged.entries
                kept += judged.links
            case Gap(expected=expected):
                assert (expected, first > tip + 1) == (tip + 1, True)
            case _:
                assert judged == Repeats()
                assert last <= tip
    assert stored == LIFE[: len(stored)]
    assert tuple(kept) == LINKS[1 : len(kept) + 1]


@given(SPANS, st.integers(0, len(LINES)), st.data())
def test_a_changed_byte_is_never_stored(span: tuple[int, int], tip: int, data: st.DataObject) -> None:
    good = batch(*span)
    which = data.draw(st.integers(0, len(good.lines) - 1))
    line = bytearray(good.lines[which])
    line[data.draw(st.integers(0, len(line) - 1))] ^= data.draw(st.integers(1, 255))
    bad = replace(good, lines=(*good.lines[:which], bytes(line), *good.lines[which + 1 :]))

    judged = judge_batch(bad, tip=Tip(tip, LINKS[tip]), link_at=link_below(tip))

    assert judged == Refuse("batch_after", f"{span[0]}-{span[1]}")


@given(SPANS, st.integers(-(2**63), 2**63), st.integers(-(2**63), 2**63), st.integers(0, len(LINES)))
def test_senseless_numbers_are_refused_and_ask_for_nothing(
    span: tuple[int, int], first: int, last: int, tip: int
) -> None:
    good = batch(*span)
    head = replace(good.head, first=first, last=last)

    judged = judge_batch(replace(good, head=head), tip=Tip(tip, LINKS[tip]), link_at=link_below(tip))

    if last - first + 1 != len(good.lines) or first < 1:
        assert isinstance(judged, Refuse)
    assert not isinstance(judged, Commit) or (first, last) == span


@given(SPANS, st.integers(1, len(LINES)))
def test_another_history_is_a_fork_where_it_parts(span: tuple[int, int], parted: int) -> None:
    first, last = span
    theirs = (*LINKS[:parted], *(bytes(32) for _ in LINKS[parted:]))
    tip = len(LINES)

    judged = judge_batch(batch(first, last), tip=Tip(tip, theirs[tip]), link_at=lambda n: theirs[n])

    if last < parted:
        assert judged == Repeats()
    else:
        assert judged == Fork(parted if first <= parted else first - 1)
