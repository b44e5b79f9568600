"""A camera as a reader: what is held before it is read once, and nothing that it shows can take the agent down."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hardware.drivers.camera import VideoCamera
from hardware.drivers.camera_decoder import DecoderApart
from hardware.drivers.camera_gate import Agreement, Gate
from hardware.ports import ReaderFound, ReaderLost, Scanned
from hardware.simulated.camera import SimulatedCamera
from hardware.simulated.photo import Look, label, photograph
from hardware.wiring.cameras import Camera
from tests.hardware.witness import HURRIED, Witness, until


class Watched(DecoderApart):
    """Remembers what it answered."""

    answers: tuple[object, ...] = ()

    def read(self, pixels: bytes, *, rows: int, columns: int, seconds: float) -> tuple[tuple[str, str], ...] | None:
        answer = super().read(pixels, rows=rows, columns=columns, seconds=seconds)
        self.answers += (answer,)
        return answer


class Desk:
    """A simulated camera and the driver that looks through it."""

    def __init__(self, folder: Path, *, accept: Callable[[str], bool] = lambda text: True) -> None:
        wired = Camera("eye", "label", "video", folder / "eye", 640, 360, 20, 2)
        self.witness, self.accept, self.wired = Witness(), accept, wired
        self.camera = SimulatedCamera(wired, wired.port)
        self.decoder = Watched()
        self.driver = self._driver()

    def decoded(self) -> None:
        until(lambda: self.decoder.pid is not None)

    def _driver(self) -> VideoCamera:
        return VideoCamera(
            self.wired,
            deliver=self.witness,
            clock=time.monotonic,
            patience=HURRIED,
            accept=self.accept,
            decoder=self.decoder,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from _desk(Desk(tmp_path))


def _desk(desk: Desk) -> Iterator[Desk]:
    desk.driver.start()
    desk.witness.wait(ReaderFound, reader="eye", role="label")
    yield desk
    desk.driver.stop()
    desk.camera.stop()


def test_a_tilted_label_counts_once_for_each_time_it_is_held_up(desk: Desk) -> None:
    for times in (1, 2):
        desk.camera.show("V0123456", tilt=30)
        counted(desk, times)
        take_away(desk)

    first, second = desk.witness.of(Scanned)
    assert (first.reader, first.role, first.text) == ("eye", "label", "V0123456")
    assert first.symbology in {"CODE128", "QRCODE"}
    assert second.text == first.text


def take_away(desk: Desk) -> None:
    """And wait until the driver has seen that nothing is there."""
    before = len(desk.decoder.answers)
    desk.camera.take_away()
    until(lambda: desk.decoder.answers[before:].count(()) >= 3, timeout=60)


def counted(desk: Desk, times: int) -> None:
    until(lambda: len(desk.witness.of(Scanned)) == times, timeout=30)


def test_one_label_after_another_needs_no_empty_desk_between(desk: Desk) -> None:
    texts = [f"V000000{number}" for number in range(4)]
    for text in texts:
        desk.camera.show(text, tilt=-20, shade=0.4)
        desk.witness.wait(Scanned, text=text, timeout=30)

    assert [seen.text for seen in desk.witness.of(Scanned)] == texts


def test_a_text_that_is_not_accepted_is_passed_over(tmp_path: Path) -> None:
    for desk in _desk(Desk(tmp_path, accept=lambda text: text.startswith("V"))):
        desk.camera.show("https://example.org/", symbology="QRCODE")
        desk.decoded()
        time.sleep(2)
        desk.camera.show("V0123456")

        desk.witness.wait(Scanned, timeout=30)

        assert [seen.text for seen in desk.witness.of(Scanned)] == ["V0123456"]


def test_a_file_that_is_no_camera_is_lost_and_not_an_end(tmp_path: Path) -> None:
    (tmp_path / "eye").write_text("no camera")
    witness = Witness()
    wired = Camera("eye", "label", "video", tmp_path / "eye", 640, 360, 20, 2)
    driver = VideoCamera(wired, deliver=witness, clock=time.monotonic, patience=HURRIED)
    driver.start()

    witness.wait(ReaderLost, reader="eye")

    driver.stop()


def test_the_agent_outlives_a_decoder_that_is_killed_at_work(desk: Desk) -> None:
    desk.camera.show("V0000001")
    desk.witness.wait(Scanned, text="V0000001", timeout=30)
    killed = desk.decoder.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    desk.camera.show("V0000002")

    desk.witness.wait(Scanned, text="V0000002", timeout=30)
    assert (desk.decoder.deaths, desk.decoder.pid != killed) == (1, True)


# --- the decoder apart ----------------------------------------------------------------------------------------------

PICTURE = photograph([label("V0123456", "QRCODE")], [Look()], seed=1, size=(640, 360))


def asked(decoder: DecoderApart) -> tuple[tuple[str, str], ...] | None:
    return decoder.read(PICTURE.tobytes(), rows=360, columns=640, seconds=0.5)


def test_a_picture_is_decoded_apart() -> None:
    decoder = DecoderApart()

    assert asked(decoder) == (("V0123456", "QRCODE"),)
    assert asked(decoder) == (("V0123456", "QRCODE"),)

    decoder.close()
    decoder.close()
    assert decoder.deaths == 0


CHILDREN = {
    "aborts at once": "import os; os.abort()",
    "aborts at work": "import os, sys; sys.stdin.buffer.read(1000); os.abort()",
    "never reads": "import time; time.sleep(60)",
    "never answers": "import sys; sys.stdin.buffer.read()",
    "answers nonsense": "import sys; sys.stdin.buffer.read(1000); sys.stdout.buffer.write(b'\\x05\\0\\0\\0abcde')",
    "threatens a flood": "import sys; sys.stdin.buffer.read(1000); sys.stdout.buffer.write(b'\\xff' * 99)",
}


@pytest.mark.parametrize("misdeed", CHILDREN.values(), ids=CHILDREN.keys())
def test_a_child_that_dies_or_hangs_costs_its_time_and_no_more(misdeed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.drivers.camera_decoder.STARTING", 0.5)
    decoder = DecoderApart(command=(sys.executable, "-c", misdeed), grace=0.1)

    assert asked(decoder) is None

    assert (decoder.deaths, decoder.pid) == (1, None)


def test_children_that_keep_dying_are_started_ever_more_rarely() -> None:
    now = 0.0
    decoder = DecoderApart(command=(sys.executable, "-c", "raise SystemExit(1)"), clock=lambda: now)
    deaths = []
    for second in range(64):
        now = float(second)
        asked(decoder)
        deaths.append(decoder.deaths)

    assert (deaths[0], deaths[3], deaths[-1]) == (1, 3, 7)


# --- the gate -------------------------------------------------------------------------------------------------------


def thumbnail(level: int, *, spot: int = 0) -> bytes:
    fields = np.full(768, level, dtype=np.uint8)
    fields[: 40 if spot else 0] = spot
    return fields.tobytes()


def opened(gate: Gate, thumbnails: list[bytes]) -> list[bool]:
    """Ten pictures a second."""
    told = []
    for index, one in enumerate(thumbnails):
        told.append(gate.opens(one, index / 10))
        if told[-1]:
            gate.decoded(learnt=False)
    return told


def test_the_gate_opens_when_the_scene_came_to_rest_and_not_for_ever() -> None:
    still, moving = [thumbnail(100)] * 8, [thumbnail(100, spot=level) for level in (10, 60, 110)]

    told = opened(Gate(), [*still, *moving, *[moving[-1]] * 8])

    assert told[:8] == [False, True, True, True, True, False, False, False]
    assert told[8:11] == [False, False, False]
    assert sum(told[11:]) == 4


def test_noise_does_not_open_it() -> None:
    gate = Gate()
    opened(gate, [thumbnail(100)] * 8)

    assert not any(opened(gate, [thumbnail(100 + index % 2 * 5) for index in range(20)]))


def test_who_never_holds_still_is_read_on_the_move() -> None:
    told = opened(Gate(), [thumbnail(100, spot=10 + index % 2 * 100) for index in range(20)])

    assert any(told)


def test_a_text_counts_when_enough_pictures_agree_and_again_when_it_was_away() -> None:
    agreement = Agreement(needed=3)
    code = ("V1", "CODE128")

    assert [agreement.hear([code]) for _ in range(5)] == [(), (), (code,), (), ()]
    assert [agreement.hear([]), agreement.hear([code])] == [(), ()], "missed once, as happens"
    for _ in range(3):
        agreement.hear([])
    assert [agreement.hear([code]) for _ in range(3)] == [(), (), (code,)]


def test_a_text_read_once_and_never_again_does_not_count() -> None:
    agreement = Agreement(needed=2)

    heard = [agreement.hear(codes) for codes in ([("V1", "CODE128")], [], [("V2", "QRCODE")], [], [])]

    assert (set(heard), agreement.pending) == ({()}, False)


def test_one_label_with_two_codes_counts_once() -> None:
    agreement = Agreement(needed=1)

    assert agreement.hear([("V1", "QRCODE"), ("V1", "CODE128")]) == (("V1", "QRCODE"),)
    assert agreement.hear([("V1", "CODE128")]) == ()
