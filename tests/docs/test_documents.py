"""Documents keep their word: links lead somewhere, and no file names a place that only its writer has."""

import re
import subprocess
import urllib.parse
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Written in pieces, so that this file does not name them itself.
FOREIGN = {
    "a package registry (name packages, never where they come from)": [
        r"\bpypi\W+org\b",
        r"\bpython" + r"hosted\b",
        r"\bnpm" + r"js\b",
        r"\b(?:deb|security|ftp)\.debian\W+org\b",
        r"\bdocker\W+io\b",
    ],
    "a path of one person's machine": [
        r"(?<![\w.])/(?:work|farm|brief)" + r"/",
        r"(?<![\w.])/home/" + r"\w+/",
        r"/tmp/" + r"brief",
    ],
}
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def files() -> list[Path]:
    """Everything that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for path in (ROOT / name for name in listed.stdout.split("\0") if name) if path.is_file()]


FILES = files()
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    assert [link for link in local_links(document) if not leads_somewhere(document, link)] == []


@pytest.mark.parametrize("kind", FOREIGN)
def test_no_file_names(kind: str) -> None:
    pattern = re.compile("|".join(FOREIGN[kind]))
    found = [
        f"{name_of(path)}:{number}"
        for path in FILES
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"])
def test_the_project_has(name: str) -> None:
    assert (ROOT / name).is_file()


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in text_of(ROOT / "CHANGELOG.md")


def test_decision_records_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "# A title, 标题\n[a](page.md) [b](gone.md) [c](#a-title-标题) [d](#gone) [e](https://example.org/)"
    )

    broken = [link for link in local_links(document) if not leads_somewhere(document, link)]

    assert broken == ["gone.md", "#gone"]


def local_links(document: Path) -> list[str]:
    prose = FENCE.sub("", text_of(document))
    return [link for link in LINK.findall(prose) if not urllib.parse.urlsplit(link).scheme]


def leads_somewhere(document: Path, link: str) -> bool:
    place, _, anchor = urllib.parse.unquote(link).partition("#")
    target = document.parent / place if place else document
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


def anchors(document: Path) -> set[str]:
    """The names under which a reader's browser finds the headings."""
    headings = HEADING.findall(FENCE.sub("", text_of(document)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
