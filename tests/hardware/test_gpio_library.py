"""The simulated `RPi.GPIO` does, allows and complains of what the two real libraries do."""

import importlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.drivers.gpio_process import SIMULATED, SIMULATED_PINS
from hardware.simulated.bench import Bench
from hardware.simulated.gpio_board import Library, SimulatedGpio, Trouble
from hardware.simulated.gpio_library import BCM, BOARD, BOTH, FALLING, IN, OUT, PUD_DOWN, PUD_OFF, PUD_UP, RISING, Gpio
from hardware.wiring import parse_wiring
from tests.hardware.gpio_scene import BOX
from tests.hardware.witness import until

CONTACT, LOCK = 5, 17  # of channel 1


@pytest.fixture
def pins(tmp_path: Path) -> Iterator[SimulatedGpio]:
    bench = Bench(parse_wiring(BOX, ports=tmp_path), tmp_path)
    bench.start()
    yield bench.boxes["box"]
    bench.stop()


@pytest.fixture
def gpio(pins: SimulatedGpio) -> Gpio:
    return module(pins)


def module(pins: SimulatedGpio, **settings: Any) -> Gpio:
    made = Gpio(str(pins.path), **settings)
    made.setmode(BCM)
    return made


def old(pins: SimulatedGpio, **settings: Any) -> Gpio:
    pins.library = Library.RPI_GPIO
    return module(pins, **settings)


# --- direction and level ----------------------------------------------------------------------------------------------


def test_with_initial_the_latch_is_written_before_the_direction(pins: SimulatedGpio, gpio: Gpio) -> None:
    pins.pins[LOCK].latch = 1  # as a killed program leaves it

    gpio.setup(LOCK, OUT, initial=0)

    assert [(touch.verb, touch.value) for touch in pins.touches] == [("claim", ""), ("latch", "0"), ("out", "")]
    assert pins.coils == []


def test_without_initial_the_pin_takes_what_the_latch_holds(pins: SimulatedGpio, gpio: Gpio) -> None:
    pins.pins[LOCK].latch = 1

    gpio.setup(LOCK, OUT)

    assert pins.coil(1)


def test_cleanup_makes_inputs_without_a_pull_of_what_this_program_used_and_of_nothing_else(
    pins: SimulatedGpio, gpio: Gpio
) -> None:
    pins.library = Library.RPI_GPIO
    other = module(pins)
    other.setup(27, OUT, initial=1)
    gpio.setup(LOCK, OUT, initial=1)

    gpio.cleanup()

    assert (pins.pins[LOCK].output, pins.pins[LOCK].pull) == (False, "off")
    assert pins.pins[27].output
    assert gpio.getmode() is None


def test_pins_are_given_by_place_on_the_header_too(pins: SimulatedGpio) -> None:
    gpio = Gpio(str(pins.path))
    gpio.setmode(BOARD)

    gpio.setup([11, 13], OUT, initial=[0, 1])

    assert (pins.level(17), pins.level(27)) == (0, 1)
    gpio.output((11, 13), 0)
    assert pins.level(27) == 0
    assert gpio.gpio_function(11) == OUT


def test_a_pin_of_a_gpiochip_belongs_to_one_program_and_to_all_with_the_old_library(pins: SimulatedGpio) -> None:
    first, second = module(pins), module(pins)
    first.setup(LOCK, OUT, initial=0)
    with pytest.raises(OSError, match="GPIO busy"):
        second.setup(LOCK, OUT, initial=1)

    pins.library = Library.RPI_GPIO

    second.setup(LOCK, OUT, initial=1)
    assert pins.coil(1)


def test_a_contact_pulls_against_its_resistor(pins: SimulatedGpio, gpio: Gpio) -> None:
    gpio.setup(CONTACT, IN, pull_up_down=PUD_UP)
    assert gpio.input(CONTACT) == 0  # shut: tied to ground
    pins.stick(1, 1)
    assert gpio.input(CONTACT) == 1
    pins.stick(1, None)
    assert gpio.input(CONTACT) == 0


# --- complaints -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "text", "act"),
    [
        (ValueError, "invalid mode", lambda g: g.setmode(12)),
        (ValueError, "different mode", lambda g: g.setmode(BOARD)),
        (ValueError, "invalid direction", lambda g: g.setup(LOCK, 7)),
        (ValueError, "not valid for outputs", lambda g: g.setup(LOCK, OUT, pull_up_down=PUD_UP)),
        (ValueError, "not valid for inputs", lambda g: g.setup(CONTACT, IN, initial=1)),
        (ValueError, "channel sent is invalid", lambda g: g.setup(28, IN)),
        (RuntimeError, "not been set up as an OUTPUT", lambda g: g.output(LOCK, 1)),
        (RuntimeError, "must setup", lambda g: g.input(LOCK)),
        (RuntimeError, "as an input first", lambda g: g.add_event_detect(LOCK, BOTH)),
        (ValueError, "edge must be set", lambda g: g.add_event_detect(LOCK, 1)),
        (ValueError, "Bouncetime must be greater than 0", lambda g: g.add_event_detect(LOCK, BOTH, bouncetime=0)),
        (RuntimeError, "Add event detection", lambda g: g.add_event_callback(LOCK, print)),
    ],
)
def test_what_the_module_complains_of(
    gpio: Gpio, error: type[Exception], text: str, act: Callable[[Gpio], None]
) -> None:
    with pytest.raises(error, match=text):
        act(gpio)


def test_two_detections_on_one_pin_conflict_and_as_many_levels_as_pins_are_wanted(gpio: Gpio) -> None:
    gpio.setup(CONTACT, IN, pull_up_down=PUD_UP)
    gpio.add_event_detect(CONTACT, BOTH)
    with pytest.raises(RuntimeError, match="Conflicting edge detection"):
        gpio.add_event_detect(CONTACT, BOTH)
    gpio.remove_event_detect(CONTACT)
    gpio.add_event_detect(CONTACT, BOTH)

    gpio.setup([LOCK, 27], OUT, initial=0)
    with pytest.raises(RuntimeError, match="Number of channels"):
        gpio.output([LOCK, 27], [0])


def test_without_a_mode_nothing_is_done(pins: SimulatedGpio) -> None:
    with pytest.raises(RuntimeError, match="setmode"):
        Gpio(str(pins.path)).setup(LOCK, OUT)


def test_its_warnings_are_the_real_ones_and_can_be_turned_off(gpio: Gpio) -> None:
    with pytest.warns(RuntimeWarning, match="physical pull up resistor"):
        gpio.setup(2, IN, pull_up_down=PUD_DOWN)
    gpio.cleanup()
    with pytest.warns(RuntimeWarning, match="nothing to clean up"):
        gpio.cleanup()
    gpio.setwarnings(False)
    gpio.cleanup()


@pytest.mark.parametrize(
    ("library", "trouble", "text"),
    [
        (Library.RPI_GPIO, Trouble.NO_PI, "can only be run on a Raspberry Pi"),
        (Library.RPI_GPIO, Trouble.PI_5, "Cannot determine SOC peripheral base address"),
        (Library.RPI_GPIO, Trouble.DENIED, "No access to /dev/mem"),
        (Library.RPI_LGPIO, Trouble.NO_CHIP, "can not open gpiochip"),
    ],
    ids=str,
)
def test_what_can_be_wrong_with_a_pi_is_said_when_the_real_one_says_it(
    pins: SimulatedGpio, library: Library, trouble: Trouble, text: str
) -> None:
    pins.library, pins.trouble = library, trouble

    with pytest.raises((RuntimeError, OSError), match=text):
        module(pins).setup(LOCK, OUT, initial=0)


def test_off_a_pi_the_import_itself_fails_with_a_runtime_error() -> None:
    """Not with ImportError: whoever catches that alone is caught out."""
    done = subprocess.run(
        [sys.executable, "-c", "import RPi.GPIO"],
        env={"PYTHONPATH": f"{SIMULATED}:{Path.cwd()}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "RuntimeError: This module can only be run on a Raspberry Pi!" in done.stderr


def test_a_program_imports_it_by_its_real_name(pins: SimulatedGpio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SIMULATED))
    monkeypatch.setenv(SIMULATED_PINS, str(pins.path))
    for name in [name for name in sys.modules if name.split(".")[0] == "RPi"]:
        monkeypatch.delitem(sys.modules, name)
    try:
        real = importlib.import_module("RPi.GPIO")
        real.setmode(real.BCM)
        real.setup(LOCK, real.OUT, initial=real.HIGH)
        assert pins.coil(1)
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "RPi"]:
            del sys.modules[name]


# --- edges ------------------------------------------------------------------------------------------------------------


class Seen:
    def __init__(self) -> None:
        self.at: list[float] = []
        self.threads: set[int] = set()

    def __call__(self, channel: int) -> None:
        self.at.append(time.monotonic())
        self.threads.add(threading.get_ident())


def wait(seconds: float) -> None:
    time.sleep(seconds)


def flip(pins: SimulatedGpio, *levels: int, pause: float = 0.06) -> float:
    """Drive contact 1 to these levels; when the last one was set."""
    last = time.monotonic()
    for level in levels:
        pins.stick(1, level)
        last = time.monotonic()
        wait(pause)
    return last


def listening(gpio: Gpio, edge: int, bouncetime: int | None = None) -> Seen:
    seen = Seen()
    gpio.setup(CONTACT, IN, pull_up_down=PUD_OFF)
    gpio.add_event_detect(CONTACT, edge, seen, bouncetime)
    return seen


def test_the_first_event_after_arming_is_dropped(pins: SimulatedGpio) -> None:
    gpio = old(pins)
    pins.stick(1, 0)
    seen = listening(gpio, BOTH)

    flip(pins, 1, 0, 1)

    assert len(seen.at) == 2
    assert gpio.event_detected(CONTACT)
    assert not gpio.event_detected(CONTACT)


def test_only_edges_of_the_wanted_kind_are_told(pins: SimulatedGpio) -> None:
    gpio = old(pins)
    pins.stick(1, 0)
    rising = listening(gpio, RISING)

    flip(pins, 1, 0, 1, 0, 1)

    assert len(rising.at) == 2
    gpio.remove_event_detect(CONTACT)
    falling = listening(gpio, FALLING)
    flip(pins, 0, 1, 0, 1)
    assert len(falling.at) == 1


def test_the_old_library_tells_the_first_edge_and_ignores_the_others_for_a_while(pins: SimulatedGpio) -> None:
    gpio = old(pins)
    pins.stick(1, 0)
    seen = listening(gpio, BOTH, 500)
    flip(pins, 1, pause=0.6)  # dropped

    flip(pins, 0, 1, 0, 1, pause=0.03)

    assert len(seen.at) == 1
    wait(0.5)
    assert len(seen.at) == 1, "and never says where the level ended"


def test_a_step_of_the_wall_clock_distorts_the_old_library(pins: SimulatedGpio) -> None:
    clock = [1000.0]
    gpio = old(pins, wall=lambda: clock[0])
    pins.stick(1, 0)
    seen = listening(gpio, BOTH, 500)
    flip(pins, 1)  # dropped
    clock[0] += 3600
    flip(pins, 0)

    clock[0] += 3600  # the clock is set: as if the time were over
    flip(pins, 1)

    assert len(seen.at) == 2


def test_the_new_library_tells_a_level_once_it_is_stable(pins: SimulatedGpio, gpio: Gpio) -> None:
    pins.stick(1, 0)
    seen = listening(gpio, BOTH, 150)
    flip(pins, 1, pause=0.3)  # dropped
    assert seen.at == []

    settled_at = flip(pins, 0, 1, 0, 1, 0, pause=0.03)

    until(lambda: len(seen.at) == 1)
    assert seen.at[0] >= settled_at + 0.14, "later by the debounce"


def test_the_new_library_tells_nothing_of_a_train_that_never_rests(pins: SimulatedGpio, gpio: Gpio) -> None:
    pins.stick(1, 0)
    seen = listening(gpio, BOTH, 200)
    flip(pins, 1, pause=0.4)  # dropped

    flip(pins, *(0, 1) * 8, pause=0.02)

    wait(0.3)
    assert seen.at == []


def test_one_thread_serves_all_pins_and_a_slow_callback_delays_every_other(pins: SimulatedGpio) -> None:
    gpio = old(pins)
    pins.stick(1, 0)
    pins.stick(2, 0)
    seen = listening(gpio, BOTH)
    gpio.add_event_callback(CONTACT, lambda _: wait(0.4))
    other = Seen()
    gpio.setup(6, IN)
    gpio.add_event_detect(6, BOTH, other)
    pins.stick(2, 1)
    flip(pins, 1)  # both dropped

    pins.stick(1, 0)
    until(lambda: len(seen.at) == 1)
    pins.stick(2, 0)

    until(lambda: len(other.at) == 1)
    assert other.at[0] >= seen.at[0] + 0.4
    assert seen.threads == other.threads


def test_waiting_for_an_edge_ends_in_time(pins: SimulatedGpio) -> None:
    gpio = old(pins)
    pins.stick(1, 0)
    gpio.setup(CONTACT, IN)

    assert gpio.wait_for_edge(CONTACT, BOTH, timeout=30) is None
