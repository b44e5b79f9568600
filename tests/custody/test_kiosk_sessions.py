"""Whose turn it is at the kiosk: the second tap, the next badge or an empty place ends it; a scanner is no keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import desk
from custody.desk import BadgeTapped, Desk, patience
from custody.events import Fact
from custody.flows.grammar import LabelScanned, Record, TimeUp, Unlock
from custody.refusals import Refusal, UnknownBadge, fields_of
from tests.custody.court import CLERK, JUDGE, LABELS, cabinet

TEXTS = st.text(st.characters(codec="utf-8"), max_size=4000)


def tapped(held: Desk, who: str) -> Desk:
    return desk.step(held, BadgeTapped(f"badge {who}"), cabinet())[0]


def test_the_second_tap_of_a_badge_ends_the_session() -> None:
    there = tapped(Desk(), CLERK)

    assert there.person == CLERK
    assert tapped(there, CLERK).person is None


def test_the_next_badge_ends_the_session_of_the_one_before() -> None:
    assert tapped(tapped(Desk(), CLERK), JUDGE).person == JUDGE


def test_an_empty_place_ends_it_by_itself() -> None:
    there = tapped(Desk(), CLERK)

    assert patience(there) is not None
    assert desk.step(there, TimeUp(), cabinet())[0].person is None


def test_a_strange_badge_signs_nobody_in() -> None:
    held = tapped(Desk(), "of another court")

    assert (held.person, held.refusal) == (None, UnknownBadge())


@pytest.mark.parametrize("who", [None, CLERK])
@given(text=TEXTS)
def test_whatever_a_scanner_reads_opens_and_records_nothing_unless_it_is_a_label(who: str | None, text: str) -> None:
    held = Desk() if who is None else tapped(Desk(), who)
    after, effects = desk.step(held, LabelScanned(text), cabinet())

    if text.strip().upper() in LABELS.values():
        return
    assert [one for one in effects if isinstance(one, Unlock)] == []
    said: list[Fact] = [one.fact for one in effects if isinstance(one, Record)]
    assert said == []
    assert after.person == held.person
    assert isinstance(after.refusal, Refusal)
    assert all(len(str(value)) <= 80 for value in fields_of(after.refusal).values())
