"""How far a volume is: gates say why not, and a step recorded against its gate is kept but advances nothing."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.archiving import (
    SCANNING_QUEUE,
    STEPS,
    Broken,
    Gate,
    Progress,
    Standing,
    counts_of,
    gate,
    next_step,
    stand,
)
from custody.entries import Entry
from custody.events import (
    DifferenceReleased,
    DoorForced,
    Fact,
    Grade,
    Part,
    SendBackReason,
    SentBack,
    Step,
    StepFinished,
    VolumeCollected,
    VolumeDeposited,
    VolumeReceived,
    VolumeRegistered,
)
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.timing import locate, locate_all
from tests.custody.court import (
    CLERK,
    DESK,
    FIRST,
    HUB,
    JUDGE,
    NOW,
    OTHER,
    PORTER,
    SCANNER,
    SHELF,
    STATION,
    VOLUME,
    chain,
)

ACT = ActId("act-1")
CHECKER, REVIEWER, BINDER = PersonId("checker"), PersonId("reviewer"), PersonId("binder")
BY = {
    Step.RECEIVED: SCANNER,
    Step.PREPARED: SCANNER,
    Step.SCANNED: SCANNER,
    Step.CHECKED: CHECKER,
    Step.REVIEWED: REVIEWER,
    Step.BOUND: BINDER,
    Step.SHELVED: BINDER,
}


def registered(pages: int | None = 10) -> Fact:
    return VolumeRegistered(volume=VOLUME, dossier="d", commitment="", part=Part.MAIN, number=1, of=1, pages=pages)


def collected(recipient: str = SCANNING_QUEUE, volume: VolumeId = VOLUME) -> Fact:
    return VolumeCollected(
        volume=volume, label="", place=FIRST, person=PORTER, recipient=recipient, grade=Grade.SCANNED, act=ACT
    )


def received(volume: VolumeId = VOLUME) -> Fact:
    return VolumeReceived(volume=volume, label="", place=DESK, person=SCANNER)


def finished(step: Step, *, by: PersonId | None = None, pages: int | None = None, place: PlaceId = DESK) -> Fact:
    at = SHELF if step is Step.SHELVED else place
    return StepFinished(volume=VOLUME, label="", step=step, place=at, person=by or BY[step], pages=pages)


def sent_back(found_at: Step, back_to: Step) -> Fact:
    return SentBack(
        volume=VOLUME,
        label="",
        found_at=found_at,
        back_to=back_to,
        reason=SendBackReason.SKEWED,
        place=DESK,
        person=CHECKER,
        pages=(1,),
    )


def released() -> Fact:
    return DifferenceReleased(volume=VOLUME, person=CLERK, reason="blank_pages")


def up_to(step: Step, pages: int = 10) -> tuple[Fact, ...]:
    """Registered, received and everything after it up to a step."""
    counted = {Step.PREPARED, Step.SCANNED, Step.CHECKED, Step.BOUND}
    done = STEPS[2 : STEPS.index(step) + 1]
    return (registered(), received(), *(finished(one, pages=pages if one in counted else None) for one in done))


def after(*facts: Fact) -> Standing:
    return stand(VOLUME, locate(chain(facts, STATION)))


def gates(standing: Standing) -> list[tuple[Gate, Step]]:
    return [(one.gate, one.step) for one in standing.breaches]


def test_the_whole_line_leads_to_the_shelf_without_a_breach() -> None:
    standing = after(*up_to(Step.SHELVED))

    assert standing.progress.done is Step.SHELVED
    assert next_step(standing.progress) is None
    assert standing.breaches == ()
    assert counts_of(standing.progress) == (10, 10, 10, 10, 10)


def test_collecting_for_the_scanning_queue_begins_the_line_and_for_a_judge_does_not() -> None:
    assert after(collected()).progress.done is Step.COLLECTED
    assert after(collected(JUDGE)).progress.done is None
    assert after(collected(), received()).progress.done is Step.RECEIVED
    assert next_step(Progress()) is Step.COLLECTED


def test_collecting_or_receiving_again_leaves_the_line_where_it_is() -> None:
    assert after(*up_to(Step.SCANNED), collected(), received()).progress.done is Step.SCANNED


@pytest.mark.parametrize("done", [None, *Step])
@pytest.mark.parametrize("step", Step)
def test_only_the_next_step_may_be_done(done: Step | None, step: Step) -> None:
    progress = Progress(done=done)

    broken = gate(progress, step, person=CLERK, place=DESK, lies_at=DESK)

    assert (broken is None) is (step is next_step(progress))
    assert broken is None or broken == Broken(Gate.WRONG_STEP, expected=next_step(progress))


@pytest.mark.parametrize(
    ("step", "earlier"), list(product((Step.CHECKED, Step.REVIEWED), (Step.SCANNED, Step.CHECKED)))
)
def test_four_eyes_who_scanned_may_not_check_and_neither_may_review(step: Step, earlier: Step) -> None:
    progress = Progress(done=STEPS[STEPS.index(step) - 1], by={earlier: CLERK})

    broken = gate(progress, step, person=CLERK, place=DESK, lies_at=DESK)

    if step is earlier:
        assert broken is None
    else:
        assert broken == Broken(Gate.FOUR_EYES, expected=earlier, person=CLERK)
    assert gate(progress, step, person=JUDGE, place=DESK, lies_at=DESK) is None


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("lies_at", [None, FIRST])
def test_the_paper_must_lie_where_it_is_worked_on(step: Step, lies_at: PlaceId | None) -> None:
    progress = Progress(done=STEPS[STEPS.index(step) - 1] if step is not Step.COLLECTED else None)

    broken = gate(progress, step, person=CLERK, place=DESK, lies_at=lies_at)

    assert broken == (None if step in (Step.COLLECTED, Step.RECEIVED) else Broken(Gate.NOT_HERE))


def test_binding_waits_until_all_counts_agree_or_the_difference_is_released() -> None:
    counted = Progress(done=Step.REVIEWED, declared=10, counts={Step.PREPARED: 10, Step.SCANNED: 9})
    released_ = Progress(done=Step.REVIEWED, declared=10, counts={Step.SCANNED: 9}, released=True)
    agreeing = Progress(done=Step.REVIEWED, counts={Step.PREPARED: 9})

    def binding(progress: Progress, pages: int | None) -> Broken | None:
        return gate(progress, Step.BOUND, person=CLERK, place=DESK, lies_at=DESK, pages=pages)

    assert binding(counted, 10) == Broken(Gate.PAGES_DIFFER, counts=(10, 10, 9, 10))
    assert binding(agreeing, 8) == Broken(Gate.PAGES_DIFFER, counts=(9, 8))
    assert binding(agreeing, 9) is None
    assert binding(agreeing, None) is None
    assert binding(released_, 7) is None


@pytest.mark.parametrize(
    ("facts", "breach"),
    [
        ((*up_to(Step.RECEIVED), finished(Step.SCANNED)), (Gate.WRONG_STEP, Step.SCANNED)),
        ((*up_to(Step.SCANNED), finished(Step.CHECKED, by=SCANNER)), (Gate.FOUR_EYES, Step.CHECKED)),
        ((*up_to(Step.RECEIVED), finished(Step.PREPARED, place=FIRST)), (Gate.NOT_HERE, Step.PREPARED)),
        (
            (collected(), received(), *up_to(Step.REVIEWED)[2:], finished(Step.BOUND, pages=3)),
            (Gate.PAGES_DIFFER, Step.BOUND),
        ),
        ((*up_to(Step.REVIEWED), finished(Step.SHELVED)), (Gate.WRONG_STEP, Step.SHELVED)),
    ],
)
def test_a_step_against_its_gate_is_a_breach_and_advances_nothing(
    facts: tuple[Fact, ...], breach: tuple[Gate, Step]
) -> None:
    before, now = after(*facts[:-1]), after(*facts)

    assert now.progress == before.progress
    assert gates(now) == [breach]
    assert now.breaches[0].id == f"{breach[0]}.{VOLUME}.{now.breaches[0].entry}"


def test_shelving_from_another_place_than_the_station_is_a_breach() -> None:
    moved = VolumeDeposited(volume=VOLUME, label="", place=FIRST, person=CLERK, recipient=CLERK, act=ACT)

    assert gates(after(*up_to(Step.BOUND), moved, finished(Step.SHELVED))) == [(Gate.NOT_HERE, Step.SHELVED)]


def test_sent_back_what_was_done_from_there_on_is_to_be_done_again() -> None:
    standing = after(*up_to(Step.SCANNED), released(), sent_back(Step.CHECKED, Step.SCANNED))

    assert standing.progress.done is Step.PREPARED
    assert next_step(standing.progress) is Step.SCANNED
    assert Step.SCANNED not in standing.progress.by
    assert Step.SCANNED not in standing.progress.counts
    assert standing.progress.released is False
    assert standing.progress.sent_back == 1
    assert standing.breaches == ()


def test_sent_back_to_the_first_step_the_line_begins_anew() -> None:
    progress = after(collected(), received(), sent_back(Step.PREPARED, Step.COLLECTED)).progress

    assert progress.done is None
    assert progress.by == {}


def test_after_rework_the_same_pair_of_eyes_counts_anew() -> None:
    again = (
        sent_back(Step.CHECKED, Step.SCANNED),
        finished(Step.SCANNED, by=CHECKER, pages=10),
        finished(Step.CHECKED, by=CHECKER, pages=10),
    )

    assert gates(after(*up_to(Step.SCANNED), *again)) == [(Gate.FOUR_EYES, Step.CHECKED)]


@pytest.mark.parametrize("done", Step)
@pytest.mark.parametrize(("found_at", "back_to"), list(product(Step, Step)))
def test_sending_back_never_advances(done: Step, found_at: Step, back_to: Step) -> None:
    history = (registered(), collected()) if done is Step.COLLECTED else up_to(done)
    before = after(*history)
    now = after(*history, sent_back(found_at, back_to))

    if found_at is next_step(before.progress) and STEPS.index(back_to) < STEPS.index(found_at):
        assert next_step(now.progress) is back_to
    else:
        assert now.progress == before.progress
        assert gates(now) == [(Gate.WRONG_STEP, found_at)]


def test_a_released_difference_lets_the_volume_be_bound() -> None:
    standing = after(*up_to(Step.REVIEWED), released(), finished(Step.BOUND, pages=8))

    assert standing.progress.done is Step.BOUND
    assert standing.breaches == ()


def test_what_happens_to_another_volume_changes_nothing() -> None:
    other: tuple[Fact, ...] = (
        collected(volume=OTHER),
        received(OTHER),
        DoorForced(place=FIRST),
        VolumeRegistered(volume=OTHER, dossier="d", commitment="", part=Part.MAIN, number=1, of=1, pages=3),
        StepFinished(volume=OTHER, label="", step=Step.PREPARED, place=DESK, person=SCANNER),
        SentBack(
            volume=OTHER,
            label="",
            found_at=Step.CHECKED,
            back_to=Step.SCANNED,
            reason=SendBackReason.SKEWED,
            place=DESK,
            person=CHECKER,
        ),
        DifferenceReleased(volume=OTHER, person=CLERK, reason="r"),
    )

    assert after(*other) == after()


happenings = st.one_of(
    st.just(collected()),
    st.just(received()),
    st.just(released()),
    st.builds(finished, st.sampled_from(STEPS[1:]), pages=st.none() | st.sampled_from([9, 10])),
    st.builds(sent_back, st.sampled_from(Step), st.sampled_from(Step)),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    return [
        *chain([registered()], HUB),
        *chain(draw(st.lists(happenings, max_size=8)), STATION, start=NOW + draw(st.integers(-3000, 3000))),
        *chain(draw(st.lists(happenings, max_size=8)), start=NOW + draw(st.integers(-3000, 3000))),
    ]


@given(histories(), st.randoms())
def test_a_standing_does_not_depend_on_the_order_of_arrival(entries: list[Entry], random: Random) -> None:
    located = locate_all(entries)

    assert stand(VOLUME, random.sample(located, len(located))) == stand(VOLUME, located)
    assert stand(VOLUME, locate_all(random.sample(entries, len(entries)))) == stand(VOLUME, located)


@given(histories())
def test_who_scanned_never_checked_and_neither_reviewed_whatever_was_recorded(entries: list[Entry]) -> None:
    by = stand(VOLUME, locate_all(entries)).progress.by

    assert by.get(Step.CHECKED) is None or by.get(Step.CHECKED) != by.get(Step.SCANNED)
    assert by.get(Step.REVIEWED) is None or by.get(Step.REVIEWED) not in (by.get(Step.SCANNED), by.get(Step.CHECKED))
