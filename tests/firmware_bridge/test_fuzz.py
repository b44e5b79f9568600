"""A short run of the long test with strange bytes; `./run soak fuzz` is the long one."""

import pytest

from firmware_bridge.codec import NEED_MORE, Role
from tests.soak.fuzz import CODECS, HELD, FuzzError, fuzz, fuzz_words, main


@pytest.mark.parametrize("codec", CODECS)
def test_strange_bytes_crash_no_codec_and_fill_no_buffer(codec: str) -> None:
    figures = fuzz(codec, 400, seed=7)

    assert (figures.inputs, figures.held < HELD) == (400, True)
    assert figures.frames > 0


def test_strange_bytes_are_told_or_refused_in_two_sentences() -> None:
    assert fuzz_words(1000, seed=7).frames > 0


def test_the_same_seed_tries_the_same_bytes() -> None:
    assert fuzz("cu16", 100, seed=3).octets == fuzz("cu16", 100, seed=3).octets


class Hoarder:
    """Keeps everything and reads nothing."""

    def __init__(self, role: Role) -> None:
        self._buffer = bytearray()

    def receive(self, data: bytes) -> None:
        self._buffer += data

    def next_frame(self) -> object:
        return NEED_MORE


class Babbler(Hoarder):
    """Finds a frame in everything, again and again."""

    def next_frame(self) -> object:
        return object()


class Breaker(Hoarder):
    def next_frame(self) -> object:
        raise IndexError(len(self._buffer))


@pytest.mark.parametrize(("flaw", "said"), [(Hoarder, "holds"), (Babbler, "no end"), (Breaker, "IndexError")])
def test_a_codec_that_hoards_babbles_or_breaks_is_found(flaw: type, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CODECS, "line", flaw)

    with pytest.raises(FuzzError, match=said):
        fuzz("line", 2000, seed=1)


def test_on_the_command_line_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cu16", "words", "--inputs", "100"]) == 0

    assert capsys.readouterr().out.splitlines()[-1].split()[:3] == ["all", "100", "inputs"]


def test_an_unknown_codec_is_named() -> None:
    with pytest.raises(SystemExit):
        main(["abacus"])
