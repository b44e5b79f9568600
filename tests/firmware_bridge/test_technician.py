"""The technician's tool: bytes in words, words in bytes, and a clear sentence for what is neither."""

import json
import subprocess
import sys

import pytest

from firmware_bridge import technician as t


def test_a_frame_is_told_in_words() -> None:
    told = t.decode("8a80", "80 01 00 33 B2", role="host")

    assert told == {
        "family": "8a80",
        "bytes": "80 01 00 33 B2",
        "from": "host",
        "frame": "query-all",
        "address": 1,
        "also": [],
    }


def test_a_frame_that_both_ends_could_have_written_has_two_senses() -> None:
    told = t.decode("8a80", "8a0101119b")

    assert told["frame"] == "unlock-one"
    assert told["also"] == [{"from": "board", "frame": "unlock-reply", "address": 1, "channel": 1, "status": "11"}]


@pytest.mark.parametrize(
    ("text", "role", "sentence"),
    [
        ("80 01 00 33 B3", "any", "Wrong checksum: expected B2, found B3"),
        ("80 01 00 33 B3", "any", "应为 B2，实为 B3"),
        ("80 01", "any", "2 bytes"),
        ("9A 01 01 11 8B", "any", "hold on"),
        ("57 4B 4C 59 0A", "any", "Unknown header 57"),
        ("80 21 00 33 92", "any", "Address 33"),
        ("8A 01 01 00 8A", "host", "host side"),
        ("82 01 01 22 A0", "board", "锁控板"),
        ("zz", "any", "'zz'"),
    ],
)
def test_what_is_no_frame_is_said_in_both_languages(text: str, role: str, sentence: str) -> None:
    with pytest.raises(t.InvalidFrameError) as refused:
        t.decode("8a80", text, role=role)

    assert sentence in str(refused.value)
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "given", "text"),
    [
        ("query-all", {"address": "1"}, "80 01 00 33 B2"),
        ("unlock-timed", {"address": "1", "channel": "1", "seconds": "3"}, "8A 01 01 11 03 98"),
        ("unlock-several", {"address": "1", "masks": "02 02 02"}, "90 01 02 02 02 93"),
        ("all-status", {"address": "1", "raw": "000002"}, "80 01 00 00 02 33 B0"),
        ("door-report", {"header": "82", "address": "1", "channel": "1", "status": "00"}, "82 01 01 00 82"),
    ],
)
def test_words_become_bytes(name: str, given: dict, text: str) -> None:
    told = t.encode("8a80", name, given)

    assert told["bytes"] == text
    assert told["frame"] == name


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("unlock", {}, "there are: unlock-one"),
        ("unlock-one", {"address": "1"}, "lacks: --channel"),
        ("unlock-one", {"address": "40", "channel": "1"}, "address 40"),
        ("unlock-one", {"address": "x", "channel": "1"}, "address x"),
        ("all-status", {"address": "1", "raw": "xy"}, "'xy'"),
    ],
)
def test_words_that_make_no_frame_are_refused(name: str, given: dict, sentence: str) -> None:
    with pytest.raises(t.InvalidFrameError, match=sentence):
        t.encode("8a80", name, given)


def test_lines_of_scanners_are_read_and_typed_too() -> None:
    assert t.encode("line", "reading", {"text": "AB", "symbology": "CODE128"})["bytes"] == "5D 43 30 41 42 0D"
    assert t.decode("line", "5D 43 30 41 42 0D")["symbology"] == "CODE128"


@pytest.mark.parametrize("text", ["0D", "41 0D 42 0D", "41 1D 0D"])
def test_what_is_not_one_reading_is_refused(text: str) -> None:
    with pytest.raises(t.InvalidFrameError):
        t.decode("line", text)


@pytest.mark.parametrize("given", [{"framing": "bell", "text": "A"}, {"text": ""}])
def test_what_no_scanner_types_is_refused(given: dict) -> None:
    with pytest.raises(t.InvalidFrameError):
        t.encode("line", "reading", given)


@pytest.mark.parametrize(
    "arguments",
    [("decode", "8a80", "80 01 00 33 B2"), ("encode", "8a80", "query-all", "--address", "1")],
)
def test_on_the_command_line_one_object_is_printed(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "firmware_bridge", *arguments], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert json.loads(done.stdout)["frame"] == "query-all"


def test_on_the_command_line_an_invalid_frame_ends_with_a_sentence() -> None:
    command = [sys.executable, "-m", "firmware_bridge", "decode", "8a80", "80 01 00 33 B3"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert "expected B2, found B3" in done.stderr
