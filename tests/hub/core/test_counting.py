"""Numbers of the overview."""

from custody.archiving import Progress
from custody.events import Step
from custody.holding import Unaccounted
from hub.core.counting import flow, usual, waits, with_people
from tests.hub.core.samples import held, lying


def test_each_volume_counts_at_its_last_finished_step() -> None:
    line = [Progress(), Progress(done=Step.SCANNED), Progress(done=Step.SCANNED), Progress(done=Step.SHELVED)]

    counted = flow(line)

    assert (counted[Step.SCANNED], counted[Step.SHELVED], counted[Step.BOUND]) == (2, 1, 0)
    assert list(counted) == list(Step)


def test_waiting_is_what_lies_for_the_line_and_was_never_collected() -> None:
    assert waits(lying(), Progress())
    assert not waits(lying(), Progress(done=Step.COLLECTED))
    assert not waits(lying("wang"), Progress())
    assert not waits(Unaccounted(), Progress())


def test_volumes_in_hand_are_counted() -> None:
    assert with_people([held(), lying(), held()]) == 2


def test_the_usual_is_the_median_of_days_that_had_any_movement() -> None:
    assert usual([0, 40, 0, 48, 44]) == 44
    assert usual([0, 0]) is None
