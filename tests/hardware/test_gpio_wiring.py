"""`[[gpio]]` is read strictly: a pin that would fire a lock at boot, twice used or missing stops the start."""

import re
from pathlib import Path

import pytest

from hardware.simulated.gpio_library import BCM_AT
from hardware.wiring import WiringError, load_wiring, parse_wiring
from hardware.wiring.gpio import KEYS
from tests.hardware.gpio_scene import BOX


def test_a_box_in_full() -> None:
    (box,) = parse_wiring(BOX).gpio

    assert (box.locks, box.contacts, box.channels) == ((17, 27, 22, 23), (5, 6, 13, 19), 4)
    assert (box.pulse_seconds, box.cap_seconds, box.rest_seconds, box.coils_at_once) == (0.3, 0.5, 1.0, 1)
    assert (box.stable_samples, box.simulated, box.chip) == (5, None, None)
    assert [(c.name, c.board, c.channel) for c in parse_wiring(BOX).compartments][:2] == [
        ("01", "box", 1),
        ("02", "box", 2),
    ]


def test_on_a_bench_the_pins_are_simulated(tmp_path: Path) -> None:
    assert parse_wiring(BOX, ports=tmp_path).gpio[0].simulated == tmp_path / "box"


@pytest.mark.parametrize(
    ("before", "after", "line", "sentence"),
    [
        ("locks = [17", "locks = [4", 10, "GPIO 4 would fire its lock while the Pi starts"),
        ("locks = [17", "locks = [14", 10, "GPIO 14 would fire its lock"),
        ("active-high", "active-low", 10, "GPIO 17 would fire its lock"),
        ("locks = [17", "locks = [5", 10, "GPIO 5 would fire"),
        ("contacts = [5", "contacts = [17", 11, "GPIO 17 is used twice"),
        ("locks = [17, 27", "locks = [17, 17", 10, "GPIO 17 is used twice"),
        ("contacts = [5, ", "contacts = [", 11, "3 ≠ 4"),
        ("contacts = [5", 'pull = "down"\ncontacts = [3', 12, "GPIO 3 has a fixed pull-up"),
        ("locks = [17", "locks = [28", 10, "wrong type"),
        ("locks = [17, 27, 22, 23]", "locks = []", 10, "wrong type"),
        ("locks = [17, 27, 22, 23]\n", "", 7, "locks is missing"),
        ("pulse_ms = 300", "pulse_ms = 5000", 12, "50–1000"),
        ("cap_ms = 500", "cap_ms = 200", 13, "300–1000"),
        ("rest_ms = 1000", "rest_ms = 10", 14, "1000–60000"),
        ("sample_ms", "speed", 15, "unknown key speed"),
        ("active-high", "maybe", 9, "active-high"),
        ('compartments = "01-04"', 'compartments = "01-05"', 17, "more compartments than channels"),
        ('name = "box"', 'name = "box"\ndriver = "magic"', 9, "rpi-gpio"),
    ],
)
def test_a_mistake_is_named_with_its_line(before: str, after: str, line: int, sentence: str) -> None:
    assert before in BOX

    with pytest.raises(WiringError, match=sentence) as refused:
        parse_wiring(BOX.replace(before, after, 1))

    assert refused.value.line == line


def test_resistors_that_hold_the_relays_off_free_the_choice_of_pins() -> None:
    wiring = BOX.replace('"active-high"', '"active-low"\nexternal_pulls = "yes"')

    assert not parse_wiring(wiring).gpio[0].on_high


def test_a_box_without_doors_and_two_boxes_of_one_name_are_refused() -> None:
    with pytest.raises(WiringError, match="nothing is connected to spare"):
        parse_wiring(BOX + '[[gpio]]\nname = "spare"\nrelays = "active-high"\nlocks = [24]\ncontacts = [25]\n')
    with pytest.raises(WiringError, match="box is used twice"):
        parse_wiring(
            BOX
            + '[[gpio]]\nname = "box"\nrelays = "active-high"\nlocks = [24]\ncontacts = [25]\ncompartments = "05-05"\n'
        )


ROOT = Path(__file__).parents[2]


def test_every_key_is_explained_in_both_languages() -> None:
    chinese, english = (ROOT / "docs/hardware/wiring.md").read_text(encoding="utf-8").split("## English")

    assert [key for key in KEYS for page in (chinese, english) if f"`{key}`" not in page.split("[[gpio]]", 1)[1]] == []


def test_the_pin_table_of_the_box_of_eight_is_its_wiring() -> None:
    folder = ROOT / "hardware/cabinets/gpio-8"
    (box,) = load_wiring(folder / "wiring.toml").gpio
    page = (folder / "channels.md").read_text("utf-8")
    rows = re.findall(r"\| box \| (\d) \| 0\d \| (\d+) \((\d+)\) \| (\d+) \((\d+)\)", page)
    table = [tuple(map(int, row)) for row in rows]

    assert [(lock, contact) for _, lock, _, contact, _ in table] == list(zip(box.locks, box.contacts, strict=True))
    assert all(BCM_AT[place] == pin for _, lock, a, contact, b in table for place, pin in ((a, lock), (b, contact)))
