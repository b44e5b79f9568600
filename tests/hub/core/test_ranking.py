"""What is next in the archive queue, and why."""

from hypothesis import given
from hypothesis import strategies as st

from custody.archiving import Progress
from custody.events import Step
from custody.holding import Unaccounted
from custody.identifiers import VolumeId
from hub.core.ranking import Job, Reason, in_queue, ranked, reasons
from tests.hub.core.samples import V1, V2, held, lying

HOUR = 3_600_000


def job(volume: VolumeId = V1, *, since: int = 0, sent_back: int = 0) -> Job:
    return Job(volume=volume, next=Step.SCANNED, since=since, sent_back=sent_back)


def test_what_waited_longest_comes_first() -> None:
    assert ranked([job(V1, since=2), job(V2, since=1)]) == [job(V2, since=1), job(V1, since=2)]


def test_what_was_sent_back_comes_before_what_waited_longer() -> None:
    assert ranked([job(V1, since=1), job(V2, since=9, sent_back=1)])[0].volume == V2


def test_being_sent_back_ever_again_counts_no_more_than_three_times() -> None:
    assert ranked([job(V1, since=2, sent_back=9), job(V2, since=1, sent_back=3)])[0].volume == V2


@given(st.permutations([job(VolumeId(f"v-{n}"), since=n % 3, sent_back=n % 2) for n in range(8)]))
def test_the_order_is_one_however_it_is_asked(jobs: list[Job]) -> None:
    assert ranked(jobs) == ranked(sorted(jobs, key=lambda one: one.volume))


def test_a_rank_says_its_reasons() -> None:
    assert reasons(job(since=HOUR), 3 * HOUR) == (Reason("rank.waiting", {"hours": 2}),)
    assert [one.key for one in reasons(job(sent_back=2), 0)] == ["rank.sent_back", "rank.waiting"]


def test_a_clock_behind_counts_no_hours() -> None:
    assert reasons(job(since=9 * HOUR), HOUR)[0].fields == {"hours": 0}


def test_in_the_queue_is_what_lies_for_it_or_is_on_its_way_through() -> None:
    assert in_queue(lying(), Progress())
    assert not in_queue(lying("wang"), Progress())
    assert not in_queue(Unaccounted(), Progress())
    assert in_queue(held(), Progress(done=Step.COLLECTED))
    assert not in_queue(lying(None), Progress(done=Step.SHELVED))
