"""Reader of labels or badges that looks through a camera.

One thread takes every picture and keeps only the newest, since a queue of pictures would show the past; another looks
at that one when its gate opens and has it decoded in a process of its own.
"""

import threading
from collections.abc import Callable

import cv2
import numpy as np

from hardware.drivers.camera_decoder import DecoderApart
from hardware.drivers.camera_frames import Frames, Picture, open_frames
from hardware.drivers.camera_gate import Agreement, Gate
from hardware.drivers.reconnecting import Patience, pause_after, reason_of
from hardware.ports import Clock, Deliver, LossReason, ReaderFound, ReaderLost, Scanned
from hardware.wiring.cameras import Camera

SECONDS = 0.6  # for one picture; the next comes soon
SLICE = 0.05


class VideoCamera:
    """Satisfies `hardware.ports.Scanner`. What `accept` refuses is no reading of ours, and nothing is said of it."""

    def __init__(
        self,
        camera: Camera,
        *,
        deliver: Deliver,
        clock: Clock,
        patience: Patience | None = None,
        accept: Callable[[str], bool] = lambda text: True,
        decoder: DecoderApart | None = None,
    ) -> None:
        self._camera, self._deliver, self._clock = camera, deliver, clock
        self._patience, self._accept = patience or Patience(), accept
        self._decoder = decoder or DecoderApart(clock=clock)
        self._newest = _Newest()
        self._stopping = threading.Event()
        self._lost_for: LossReason | None = None
        self._threads = [
            threading.Thread(target=target, name=f"{what} {camera.name}", daemon=True)
            for what, target in (("camera", self._take), ("codes", self._look))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._newest.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout=5)

    def _take(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            opened = False
            try:
                frames = self._open()
                try:
                    self._newest.put(frames.read())
                    opened, failures = True, 0
                    self._found()
                    while not self._stopping.is_set():
                        self._newest.put(frames.read())
                finally:
                    frames.close()
            except OSError as failed:
                failures += 1
                reason = LossReason.UNPLUGGED if opened else reason_of(failed.errno)
                self._lost(reason)
                self._stopping.wait(pause_after(failures, reason, self._patience))

    def _open(self) -> Frames:
        wanted = self._camera
        return open_frames(wanted.port, width=wanted.width, height=wanted.height, rate=wanted.rate)

    def _found(self) -> None:
        self._lost_for = None
        self._deliver(ReaderFound(self._camera.name, self._camera.role, self._clock()))

    def _lost(self, reason: LossReason) -> None:
        """Told once per outage, and again when its reason changes."""
        if reason is not self._lost_for:
            self._lost_for = reason
            self._deliver(ReaderLost(self._camera.name, self._camera.role, reason, self._clock()))

    def _look(self) -> None:
        gate, agreement = Gate(), Agreement(self._camera.equal_reads)
        try:
            while not self._stopping.is_set():
                picture = self._newest.take(SLICE)
                if picture is not None and gate.opens(_thumbnail(picture), self._clock()):
                    gate.decoded(learnt=self._decode(picture, agreement))
        finally:
            self._decoder.close()

    def _decode(self, picture: Picture, agreement: Agreement) -> bool:
        """Whether another picture may tell more: of a picture that nobody could decode nothing is known."""
        rows, columns = picture.shape
        read = self._decoder.read(picture.tobytes(), rows=rows, columns=columns, seconds=SECONDS)
        if read is None:
            return True
        for text, symbology in agreement.hear(code for code in read if code[0].isprintable() and self._accept(code[0])):
            self._deliver(Scanned(self._camera.name, self._camera.role, text, symbology, self._clock()))
        return agreement.pending


class _Newest:
    """One picture: a newer one takes the place of an older one that nobody took."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._picture: Picture | None = None

    def put(self, picture: Picture) -> None:
        with self._changed:
            self._picture = picture
            self._changed.notify_all()

    def take(self, seconds: float) -> Picture | None:
        with self._changed:
            if self._picture is None:
                self._changed.wait(seconds)
            picture, self._picture = self._picture, None
            return picture

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _thumbnail(picture: Picture) -> bytes:
    return np.asarray(cv2.resize(picture, (32, 24), interpolation=cv2.INTER_AREA), dtype=np.uint8).tobytes()
