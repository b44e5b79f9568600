"""A new flow is one new file: the register, the kiosk, the documents and the rights find it by themselves."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from custody.desk import Desk, allowed, prompt, step
from custody.events import StationKind
from custody.flows import FLOWS, found_in
from custody.flows.grammar import BadgeTapped, Chosen, Flow
from custody.grants import Role
from custody.sentences import keys, own_sentences
from tests.custody.catalogues import LANGUAGES
from tests.custody.court import CLERK, JUDGE, MANAGER, PEOPLE, cabinet, station
from tests.custody.documents import flows_page
from tests.custody.guide import guide

_TWENTIETH = '''
"""Ring (摇铃): somebody of the court is called to the cabinet."""

from custody.events import StationKind
from custody.flows.grammar import START, Began, Colour, Flow, Move, Prompt, Row, Session, Text
from custody.grants import Role
from custody.knowledge import View


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(Session(flow="ring", state="rung", person=session.person))


FLOW = Flow(
    name="ring",
    order=15,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.STAFF}),
    states=("rung",),
    held=frozenset(),
    table={("", Began): Row(("rung",), _begin)},
    prompts={"rung": lambda s, v: Prompt(headline=Text("ring.headline"), next=Text("ring.next"), colour=Colour.DONE)},
    patience={"rung": 8},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
    sentences={
        "flow.ring": ("摇铃", "Ring"),
        "home.ring": ("叫人来", "Call somebody"),
        "ring.headline": ("已经叫人", "Somebody is called"),
        "ring.next": ("请稍候。", "Please wait."),
    },
)
'''


@pytest.fixture
def flows(tmp_path: Path) -> Iterator[Mapping[str, Flow]]:
    """The register of a folder that holds our flows and one file more."""
    folder = tmp_path / "custody_flows_and_one"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "ring.py").write_text(_TWENTIETH, encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    try:
        yield {**FLOWS, **found_in(folder.name, [str(folder)])}
    finally:
        sys.path.remove(str(tmp_path))


def test_the_register_holds_every_file_that_says_flow_in_the_order_they_ask_for() -> None:
    folder = Path(importlib.import_module("custody.flows").__path__[0])
    says = [path.stem for path in folder.glob("*.py") if "\nFLOW = " in path.read_text(encoding="utf-8")]

    assert len(FLOWS) == len(says)
    assert [one.order for one in FLOWS.values()] == sorted({one.order for one in FLOWS.values()})


def test_the_kiosk_offers_it_and_runs_it(flows: Mapping[str, Flow]) -> None:
    desk, _ = step(Desk(), BadgeTapped(f"badge {CLERK}"), cabinet(), flows)
    offered = [one.id for one in prompt(desk, cabinet(), flows).choices]
    while "ring" not in offered:
        desk, _ = step(desk, Chosen("more"), cabinet(), flows)
        offered = [one.id for one in prompt(desk, cabinet(), flows).choices]
    desk, _ = step(desk, Chosen("ring"), cabinet(), flows)

    assert prompt(desk, cabinet(), flows).headline.key == "ring.headline"


def test_the_rights_table_knows_it(flows: Mapping[str, Flow]) -> None:
    assert "ring" in {one.name for one in allowed(PEOPLE[JUDGE], cabinet(), flows)}
    assert "ring" not in {one.name for one in allowed(PEOPLE[JUDGE], station(), flows)}
    assert "ring" not in {one.name for one in allowed(PEOPLE[MANAGER], cabinet(), flows)}
    assert flows["ring"].at == {StationKind.CABINET} and flows["ring"].rights == {Role.STAFF}


def test_the_documents_draw_it_and_say_what_it_says_in_both_languages(flows: Mapping[str, Flow]) -> None:
    page = flows_page(flows)

    assert "## ring" in page and "[*] --> rung: began" in page and "摇铃 (Ring)" in page
    assert "已经叫人" in guide("zh_CN", flows) and "Somebody is called" in guide("en", flows)


def test_no_sentence_of_it_is_left_to_anybody_else(flows: Mapping[str, Flow]) -> None:
    for language in LANGUAGES:
        assert set(keys(flows)) - set(keys()) == set(own_sentences(language, flows)) - set(own_sentences(language))
