"""A guard's process as its agent sees it: words in, words out, and a way to end it that cannot hang.

On a simulated bench the guard is the same program; only what it finds under the name `RPi.GPIO` is another.
"""

import contextlib
import os
import select
import subprocess
import sys
from pathlib import Path

import hardware
from hardware.drivers.gpio_words import Asked, Lines, Setup, Word, line_of
from hardware.wiring.gpio import Box

ROOT = Path(hardware.__file__).resolve().parents[1]
SIMULATED = ROOT / "hardware" / "simulated" / "rpi"
SIMULATED_PINS = "YUNGUI_SIMULATED_PINS"
"""The environment variable that tells the simulated `RPi.GPIO` where its board listens."""

PATIENCE = 1.0  # seconds a guard has to end by itself


def setup_of(box: Box) -> Setup:
    return Setup(
        locks=box.locks,
        on_high=box.on_high,
        contacts=box.contacts,
        closed_high=box.closed_high,
        pull=box.pull,
        pulse_seconds=box.pulse_seconds,
        cap_seconds=box.cap_seconds,
        rest_seconds=box.rest_seconds,
        coils_at_once=box.coils_at_once,
        sample_seconds=box.sample_seconds,
        stable_samples=box.stable_samples,
    )


class GuardProcess:
    """Started and told its setup. BrokenPipeError from `say` and EOFError from `hear` when it is gone."""

    def __init__(self, box: Box) -> None:
        self._lines = Lines()
        self._running = subprocess.Popen(
            [sys.executable, "-m", "hardware.drivers.gpio_guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(box),
            bufsize=0,
            start_new_session=True,  # a Ctrl-C is for the agent; the guard ends when its input does
        )
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._to, self._from = self._running.stdin, self._running.stdout
        self.say(setup_of(box))

    @property
    def pid(self) -> int:
        return self._running.pid

    def say(self, word: Asked) -> None:
        """A line is far shorter than what a pipe takes at once: it goes out whole or not at all."""
        os.write(self._to.fileno(), line_of(word))

    def hear(self, seconds: float, bell: int) -> list[Word]:
        """What it said within a time; nothing, earlier, when something came on the descriptor `bell`."""
        said = self._from.fileno()
        readable, _, _ = select.select([said, bell], [], [], max(0.0, seconds))
        if bell in readable:
            os.read(bell, 4096)
        if said not in readable:
            return []
        data = os.read(said, 65536)
        if not data:
            raise EOFError
        return self._lines.take(data)

    def end(self) -> None:
        """Close its input, which makes it switch everything off and end; kill it when it does not."""
        with contextlib.suppress(OSError):
            self._to.close()
        try:
            self._running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._from.close()


def _environment(box: Box) -> dict[str, str]:
    return pins_environment(box.simulated, box.chip)


def pins_environment(simulated: Path | None, chip: int | None) -> dict[str, str]:
    """The environment of a process that uses pins: those of a bench where `simulated` says where they listen."""
    given = {key: value for key, value in os.environ.items() if key != SIMULATED_PINS}
    path = [str(ROOT), *filter(None, [given.get("PYTHONPATH")])]
    if simulated is not None:
        path.insert(0, str(SIMULATED))
        given[SIMULATED_PINS] = str(simulated.absolute())
    if chip is not None:
        given["RPI_LGPIO_CHIP"] = str(chip)
    return {**given, "PYTHONPATH": os.pathsep.join(path)}
