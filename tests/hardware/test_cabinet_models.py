"""Every cabinet model comes up on the bench as its wiring says, and its picture and table are those of its wiring."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hardware.drawing import drawn
from hardware.installation import Installation
from hardware.ports import DoorState
from hardware.simulated.bench import Bench
from hardware.wiring import load_wiring
from tests.hardware.witness import HURRIED, Witness, until

CABINETS = Path(__file__).parents[2] / "hardware/cabinets"
MODELS = sorted(path.parent for path in CABINETS.glob("*/wiring.toml"))


def test_the_usual_cabinets_are_there() -> None:
    assert {"kerong-cu48-48", "8a80-24", "gpio-8"} <= {model.name for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_picture_and_table_are_current(model: Path) -> None:
    written = {name: (model / name).read_text(encoding="utf-8") for name in drawn(model)}

    assert written == drawn(model), f"python -m hardware.drawing {model.relative_to(CABINETS.parents[1])}"
    assert ET.fromstring(written["wiring.svg"]).tag.endswith("svg")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_readme_names_every_part_in_both_languages(model: Path) -> None:
    text = (model / "README.md").read_text(encoding="utf-8")

    assert "wiring.svg" in text
    assert "channels.md" in text
    assert "commission" in text or "上柜" in text


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_comes_up_with_every_door_closed_and_opens_the_last_one(model: Path, tmp_path: Path) -> None:
    wiring = load_wiring(model / "wiring.toml", ports=tmp_path)
    bench, witness = Bench(wiring, tmp_path), Witness()
    installation = Installation(wiring, deliver=witness, patience=HURRIED)
    bench.start()
    installation.start()
    try:
        names = [one.name for one in wiring.compartments]
        until(lambda: all(witness.door(name) is DoorState.CLOSED for name in names))
        assert bench.cabinet.fires() == ()

        installation.unlock(names[-1], "one")
        until(lambda: witness.door(names[-1]) is DoorState.OPEN)

        assert [fire.compartment for fire in bench.cabinet.fires()] == [names[-1]]
    finally:
        installation.stop()
        bench.stop()
