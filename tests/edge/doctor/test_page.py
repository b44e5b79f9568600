"""The page of findings is the one the tables give."""

from pathlib import Path

from edge.doctor.page import page

ROOT = Path(__file__).parents[3]


def test_the_page_of_findings_is_current() -> None:
    written = (ROOT / "docs/hardware/doctor.md").read_text(encoding="utf-8")

    assert written == page(), "python -m edge.doctor.page > docs/hardware/doctor.md"
