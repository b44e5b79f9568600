"""Whatever waits: one order, and reasons that explain it."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from custody.events import Step
from custody.identifiers import VolumeId
from hub.core.ranking import Job, rank, ranked, reasons

HOUR = 3_600_000

JOBS = st.builds(
    Job,
    volume=st.integers(0, 40).map(lambda n: VolumeId(f"v-{n}")),
    next=st.sampled_from(Step),
    since=st.integers(0, 5).map(lambda hours: hours * HOUR),
    sent_back=st.integers(0, 5),
)


@given(st.lists(JOBS, max_size=30, unique_by=lambda job: job.volume), st.integers(0, 9 * HOUR))
def test_every_two_jobs_have_one_order_and_their_reasons_explain_it(jobs: list[Job], now: int) -> None:
    queue = ranked(jobs)

    assert sorted(jobs, key=lambda job: job.volume) == sorted(queue, key=lambda job: job.volume)
    for one, two in pairwise(queue):
        assert rank(one) < rank(two)
        told, next_told = reasons(one, now), reasons(two, now)
        assert len(told) >= len(next_told), "what was sent back stands before what never was"
        if one.sent_back == two.sent_back:
            assert int(told[-1].fields["hours"]) >= int(next_told[-1].fields["hours"])


@given(JOBS, JOBS)
def test_waiting_longer_never_lowers_a_rank(one: Job, other: Job) -> None:
    earlier = replace(one, since=one.since - HOUR)

    assert rank(earlier) < rank(one)
    assert not (rank(one) < rank(other) < rank(earlier))
