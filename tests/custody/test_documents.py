"""Pages that show what the code says show what it says now. Remedy: ``python -m tests.custody.documents``."""

from pathlib import Path

import pytest

from tests.custody.documents import WIRE, drawn, examples, shown, with_examples


@pytest.mark.parametrize("path", drawn(), ids=lambda path: path.name)
def test_a_drawn_page_is_as_the_code_draws_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == drawn()[path]


def test_every_example_of_the_wire_is_shown_and_real() -> None:
    text = WIRE.read_text(encoding="utf-8")

    assert sorted(shown(text)) == sorted(examples())
    assert with_examples(text) == text
