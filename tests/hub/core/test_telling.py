"""Every fact can be told as a line of a timeline."""

from dataclasses import replace

import pytest

from custody.events import Fact, Grade, StepFinished, Unrecognised
from hub.core.telling import line_of
from tests.custody.facts import SAMPLES


@pytest.mark.parametrize("fact", SAMPLES.values(), ids=lambda fact: fact.kind)
def test_a_line_names_the_sentence_and_plain_fields(fact: Fact) -> None:
    line = line_of(fact)

    assert line.key == f"happened.{fact.kind}"
    assert all(type(value) in (str, int, bool) for value in line.fields.values())


@pytest.mark.parametrize(
    ("kind", "grade"),
    [
        ("volume.deposited", Grade.SCANNED),
        ("archive.sent_back", Grade.SCANNED),
        ("door.closed", Grade.SENSED),
        ("door.forced", Grade.SENSED),
        ("case.opened", Grade.SENSED),
        ("volume.registered", None),
    ],
)
def test_its_grade_is_that_of_what_sensed_it(kind: str, grade: Grade | None) -> None:
    assert line_of(SAMPLES[kind]).grade is grade


def test_a_collection_says_its_own_grade() -> None:
    collected = SAMPLES["volume.collected"]

    assert line_of(collected).grade == getattr(collected, "grade", None)


def test_what_was_not_recorded_is_not_told() -> None:
    received = SAMPLES["archive.step_finished"]
    assert isinstance(received, StepFinished)

    assert "pages" not in line_of(replace(received, pages=None)).fields


def test_trouble_is_marked() -> None:
    troubled = {kind for kind, fact in SAMPLES.items() if line_of(fact).trouble}

    assert {"door.forced", "door.outcome_unknown", "board.lost", "power.lost", "case.opened"} <= troubled
    assert "volume.deposited" not in troubled


def test_what_cannot_be_read_is_told_as_that() -> None:
    line = line_of(Unrecognised(type="yungui.door.sung", why="kind"))

    assert (line.key, line.fields, line.trouble) == ("happened.unrecognised", {"type": "yungui.door.sung"}, True)
