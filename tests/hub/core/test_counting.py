"""Numbers of the overview."""

from custody.events import Part, Step
from hub.core.counting import Tally, count, usual
from tests.hub.core.samples import QUEUE


def tally(
    volumes: int, *, part: Part = Part.MAIN, done: Step | None = None, lying_for: str | None = None, held: bool = False
) -> Tally:
    return Tally(part=part, done=done, lying_for=lying_for, in_hand=held, volumes=volumes)


def test_each_volume_counts_at_its_last_finished_step() -> None:
    counted = count([tally(5), tally(3, done=Step.SCANNED), tally(1, done=Step.SCANNED, held=True)], list(Part))

    assert (counted.registered, counted.in_hand) == (9, 1)
    assert (counted.after[Step.SCANNED], counted.after[Step.BOUND]) == (4, 0)
    assert list(counted.after) == list(Step)


def test_waiting_is_what_lies_for_the_line_and_was_never_collected() -> None:
    tallies = [tally(2, lying_for=QUEUE), tally(4, lying_for="wang"), tally(8, lying_for=QUEUE, done=Step.COLLECTED)]

    assert count(tallies, list(Part)).waiting == 2


def test_parts_that_a_reader_may_not_see_are_not_counted() -> None:
    tallies = [tally(2), tally(4, part=Part.CONFIDENTIAL)]

    assert count(tallies, [Part.MAIN]).registered == 2


def test_the_usual_is_the_median_of_days_that_had_any_movement() -> None:
    assert usual([0, 40, 0, 48, 44]) == 44
    assert usual([0, 0]) is None
