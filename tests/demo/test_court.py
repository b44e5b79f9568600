"""The demo court is one that the real rules accept."""

from __future__ import annotations

from custody.events import Part
from custody.identifiers import Label, parse_case_number, parse_label
from demo.court import FURNITURE, PEOPLE, cases_csv, papers
from hub.core.importing import judge_file
from hub.core.spreadsheet import FileRefusal


def test_every_badge_shelf_and_volume_bears_a_label_of_its_own() -> None:
    texts = [one.badge for one in PEOPLE] + [one.label for one in FURNITURE] + [one.label for one in papers()]

    assert all(isinstance(parse_label(text), Label) for text in texts)
    assert len(set(texts)) == len(texts)


def test_the_list_of_cases_is_accepted_row_by_row() -> None:
    recipients = {"queue:scanning": ("queue:scanning",)}

    report = judge_file(cases_csv("queue:scanning"), known={}, recipients=recipients, latest_year=2026)

    assert not isinstance(report, FileRefusal)
    assert len(report.accepted) == len(papers()) >= 24
    assert sum(row.key.part is Part.CONFIDENTIAL for row in report.accepted) == 2


def test_every_case_number_is_in_its_one_form() -> None:
    assert all(str(parse_case_number(one.case)) == one.case for one in papers())
