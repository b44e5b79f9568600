"""Who held a volume at a moment: an answer with its chain of proof, and a certificate of it on paper."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from audit.__main__ import main
from audit.verify import Consistent, Question, verify
from audit.who import Answer
from custody import checkpoints, envelope
from custody.merkle import leaf_hash, verify_inclusion
from tests.audit.test_verify import FINGERPRINT, GOOD, VOLUME, _lines, _records

DEPOSITED = 1_700_000_000_002
RECEIVED = 1_700_000_000_003


def asked(at: int, volume: str = VOLUME) -> Answer:
    result = verify(GOOD, root=FINGERPRINT, question=Question(volume=volume, at=at))
    assert isinstance(result, Consistent)
    assert result.answer is not None
    return result.answer


def test_the_answer_depends_on_the_moment() -> None:
    before, between, after = asked(DEPOSITED - 1), asked(DEPOSITED), asked(RECEIVED + 10)

    assert (before.kind, before.claims) == ("unaccounted", ())
    assert [(one.place, one.grade) for one in between.claims] == [("cab-1.01", "scanned")]
    assert [(one.place, one.entry) for one in after.claims] == [("sta-1", "cab-1.e1.3")]


def test_each_entry_of_the_proof_is_under_a_signed_head_and_in_the_log() -> None:
    answer = asked(RECEIVED + 10)
    covered = checkpoints.named(answer.covered)
    assert covered is not None

    assert {step.entry for step in answer.proof} == {"hub-1.e1.3", "cab-1.e1.2", "cab-1.e1.3"}
    for step in answer.proof:
        proof = [bytes.fromhex(one) for one in step.inclusion]
        leaf = leaf_hash(step.line.encode())
        assert verify_inclusion(step.index, step.size, leaf, proof, covered.root)
        assert isinstance(envelope.split(step.head.encode()), envelope.Signed)


def test_it_is_proven_under_the_first_checkpoint_that_covers_it() -> None:
    """A later one would do as well, but the first shows since when nobody could have rewritten it."""
    early, late = asked(DEPOSITED), asked(RECEIVED + 10)

    assert early.covered.startswith("c0ffee.5.")
    assert late.covered.startswith("c0ffee.6.")
    assert {step.size for step in early.proof} == {5}


def test_an_answer_that_no_checkpoint_covers_yet_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The newest checkpoint is older than the entry that decides: it proves nothing about it."""
    paper, path = tmp_path / "certificate.pdf", tmp_path / "export.jsonl"
    path.write_bytes(b"".join(UNCOVERED))
    asking = ["--who", VOLUME, "--at", moment(RECEIVED + 10), "--certificate", str(paper)]

    for language, said in (
        ("zh", "尚未被签名的检查点覆盖：cab-1.e1.3"),
        ("en", "Not yet covered by a signed checkpoint: cab-1.e1.3"),
    ):
        assert main([str(path), "--root", FINGERPRINT, *asking, "--lang", language]) == 0

        assert said in capsys.readouterr().out
        text = written(paper)
        assert said in text
        assert "yungui/yk0802" not in text, "no checkpoint stands on it"
        assert "c0ffee.5/–" in text
        assert codes_on(paper) == []


def test_the_code_on_the_page_is_the_checkpoint_that_covers(tmp_path: Path) -> None:
    paper, path = tmp_path / "certificate.pdf", tmp_path / "export.jsonl"
    path.write_bytes(b"".join(GOOD))

    assert (
        main(
            [str(path), "--root", FINGERPRINT, "--who", VOLUME, "--at", moment(DEPOSITED), "--certificate", str(paper)]
        )
        == 0
    )

    (code,) = codes_on(paper)
    assert code.split("\n")[:2] == ["yungui/yk0802", "5"]


def test_a_volume_nobody_knows_is_nowhere() -> None:
    answer = asked(RECEIVED, "v-none")

    assert (answer.kind, answer.claims, answer.proof) == ("unaccounted", (), ())


UNCOVERED = _lines([one for one in _records() if one != _records()[-1]])


def written(paper: Path) -> str:
    return str(pypdfium2.PdfDocument(paper.read_bytes())[0].get_textpage().get_text_range()).replace("\r\n", "")


def codes_on(paper: Path) -> list[str]:
    pages = pypdfium2.PdfDocument(paper.read_bytes())
    pictures = [page.render(scale=200 / 72).to_pil().convert("L") for page in pages]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"".join(GOOD))
    return path


def moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


@pytest.mark.parametrize(("language", "title"), [("zh", "卷宗保管证明"), ("en", "Certificate of custody")])
def test_the_answer_is_printed_as_a_certificate(
    language: str, title: str, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = tmp_path / "certificate.pdf"
    asking = ["--who", VOLUME, "--at", moment(RECEIVED + 10), "--certificate", str(paper), "--lang", language]

    assert main([str(export), "--root", FINGERPRINT, *asking]) == 0

    said = capsys.readouterr().out
    assert "sta-1" in said
    assert "cab-1.e1.3" in said
    text = written(paper)
    assert title in text
    assert "sta-1" in text
    assert "yungui/yk0802" in text, "the checkpoint stands on it"


def test_what_was_asked_wrongly_is_said(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (
        ["--who", VOLUME],
        ["--at", "2026-09-21"],
        ["--certificate", str(tmp_path / "c.pdf")],
        ["--who", VOLUME, "--at", "soon"],
        ["--zone", "Moon/Sea"],
    ):
        assert main([str(export), "--root", FINGERPRINT, *wrong]) == 2
        assert capsys.readouterr().err


def test_the_answer_can_be_read_by_a_program(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asking = ["--who", VOLUME, "--at", moment(RECEIVED + 10), "--json"]

    assert main([str(export), "--root", FINGERPRINT, *asking]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["verified"] is True
    assert report["answer"]["claims"][0]["place"] == "sta-1"


def test_what_somebody_has_seen_is_set_against_the_file(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    result = verify(GOOD, root=FINGERPRINT)
    assert isinstance(result, Consistent)
    page.write_text(result.newest)

    assert main([str(export), "--root", FINGERPRINT, "--seen", str(page)]) == 0
    capsys.readouterr()
    assert main([str(export), "--root", FINGERPRINT, "--seen", f"c0ffee.99.{'ab' * 32}", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["why"], report["detail"]) == ("seen_beyond", "c0ffee.99")
