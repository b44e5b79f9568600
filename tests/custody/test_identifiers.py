"""Ids are safe as one level of a topic and as a file name."""

import pytest

from custody.identifiers import check_id


@pytest.mark.parametrize("text", ["a", "0", "cabinet-3", "cabinet-3.07", "vol_2026-00041", "x" * 63])
def test_ids_that_fit_one_topic_level(text: str) -> None:
    assert check_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "-a", ".a", "_a", "A", "a/b", "a+", "#", "a b", "a\n", "柜3", "a" * 64, "a\0", "１"],
)
def test_texts_that_are_no_ids(text: str) -> None:
    assert not check_id(text)
