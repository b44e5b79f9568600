"""When a bouncing contact has settled, and when a lost port is tried again."""

import errno
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.debounce import settle, unsettled
from hardware.drivers.reconnecting import Patience, hung_after, pause_after, reason_of
from hardware.ports import DoorState, LossReason

O, C, U = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN  # noqa: E741


def reported(samples: list[DoorState], *, needed: int) -> list[DoorState]:
    state, told = unsettled(U), []
    for sample in samples:
        state, news = settle(state, sample, needed=needed)
        told += [news] if news else []
    return told


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        ([C], []),
        ([C, C], [C]),
        ([C, C, C, C], [C]),
        ([C, C, O, C, O, C], [C]),
        ([C, C, O, C, O, O], [C, O]),
        ([C, C, U, C, C], [C, U, C]),
        ([U, U, O, O], [O]),
    ],
)
def test_a_state_is_told_once_it_came_twice_in_a_row(samples: list[DoorState], told: list[DoorState]) -> None:
    assert reported(samples, needed=2) == told


@given(st.lists(st.sampled_from([C, O, U])), st.integers(1, 4))
def test_nothing_is_told_twice(samples: list[DoorState], needed: int) -> None:
    told = reported(samples, needed=needed)

    assert all(one is not other for one, other in pairwise(told))


def test_a_lost_port_is_tried_quickly_a_few_times_and_then_for_ever_slowly() -> None:
    patience = Patience(quick=1, quick_tries=5, slow=60)

    assert [pause_after(n, LossReason.UNPLUGGED, patience) for n in (1, 4, 5, 5000)] == [1, 1, 60, 60]
    assert pause_after(1, LossReason.DENIED, patience) == 60


def test_a_dead_line_is_opened_anew_less_and_less_often() -> None:
    patience = Patience(hung=5, hung_longest=60)

    assert [hung_after(times, patience) for times in (0, 1, 2, 3, 4, 999)] == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOENT, LossReason.ABSENT),
        (errno.EACCES, LossReason.DENIED),
        (errno.EAGAIN, LossReason.BUSY),
        (errno.EIO, LossReason.UNPLUGGED),
        (None, LossReason.UNPLUGGED),
    ],
)
def test_an_error_number_has_a_name(number: int | None, reason: LossReason) -> None:
    assert reason_of(number) is reason
