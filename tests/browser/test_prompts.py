"""Every prompt of every flow, and every refusal, on the real page: ten inches, both languages, all of it legible."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import atan, degrees, hypot, inf
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from custody.desk import BadgeTapped, Desk, prompt
from custody.events import StationKind
from custody.flows import FLOWS
from custody.flows.grammar import Prompt, Text
from custody.identifiers import PlaceId
from custody.refusals import Refusal
from tests.browser.glass import MEASURE, kiosk_process
from tests.custody.catalogues import catalogue
from tests.custody.court import GRANTS, JUDGE, cabinet
from tests.custody.test_flows import explored, prompts
from tests.edge.kiosk.stage import CASE, CLERK, ScriptedAgent, Stage, agent

LONG_TITLE = f"{CASE} 正卷 10/12"
LIT = PlaceId("cab-1.09")
PIXEL = 25.4 * 10.1 / hypot(1280, 800)
"""Millimetres, on a screen of 10.1 inches."""

SMALLEST = 16 / 60
"""Degrees: the least height of a letter that is to be read, by ISO 9241-303 (20 to 22 minutes are better)."""

FAR, NEAR = 2000, 500
"""Millimetres: whoever walks up or waits, and whoever stands there with a hand on the glass."""

Shown = tuple[StationKind, Prompt]


@pytest.fixture(scope="module")
def scenes() -> Mapping[str, Shown]:
    """One of each: by flow, what is said, what is offered; and each refusal once."""
    found: dict[str, Shown] = {}
    refused: dict[str, Refusal] = {}
    for name, flow in FLOWS.items():
        for _, view, drawn in prompts(name):
            said = (name, drawn.headline.key, drawn.next.key, *(one.id for one in drawn.choices), str(len(drawn.cards)))
            found.setdefault(" ".join(said), (view.kind, drawn))
        for made in explored(name).steps:
            if made.move.refusal is not None and made.before.state and flow.at:
                refused.setdefault(made.move.refusal.code, made.move.refusal)
    known = replace(GRANTS, people=tuple(replace(one, pin="0") for one in GRANTS.people))
    at_rest = replace(cabinet(), grants=known)
    for name, desk in (("a code", Desk(entering=True)), ("a number", Desk(proving=BadgeTapped(f"badge {JUDGE}")))):
        found[name] = StationKind.CABINET, prompt(desk, at_rest)
    english = catalogue("en")
    at_cabinets = (drawn for kind, drawn in found.values() if kind is StationKind.CABINET)
    full = max(at_cabinets, key=lambda one: (len(one.cards), len(english[one.headline.key])))
    for code, refusal in refused.items():
        found[f"refused {code}"] = StationKind.CABINET, replace(full, refusal=refusal)
    return found


@pytest.fixture(scope="module")
def backstage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedAgent, str]]:
    station = tmp_path_factory.mktemp("station")
    log = tmp_path_factory.mktemp("kiosk") / "log"
    with kiosk_process(station, log=log) as address, agent(station / "kiosk.sock") as running:
        yield running, address


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_prompt_fits_and_can_be_read(
    scenes: Mapping[str, Shown],
    backstage: tuple[ScriptedAgent, str],
    person: Callable[..., BrowserContext],
    language: str,
) -> None:
    running, address = backstage
    page = person(width=1280, height=800, touch=True).new_page()
    page.goto(address)
    stages = {kind: Stage(kind).badge(CLERK) for kind in StationKind}
    wrong: dict[str, Any] = {}
    for turn, (name, (kind, drawn)) in enumerate(scenes.items(), start=1000):
        stage = stages[kind]
        stage.desk = replace(stage.desk, turn=turn)
        running.show(stage.showing(_worst(drawn)))
        page.locator(f"body[data-turn='{turn}']").wait_for()
        if page.locator("html").get_attribute("lang") != language:
            page.locator("#switch").tap()
            page.locator(f"html[lang={language}]").wait_for()
        if faults := _faults(page):
            wrong[name] = faults

    assert wrong == {}
    assert len(scenes) > len(FLOWS) * 4, "most of what can be shown was shown"


def _worst(drawn: Prompt) -> Prompt:
    """The same with titles as long as they come, and a door that is in this cabinet."""

    def worst(text: Text | None) -> Text | None:
        if text is None or "title" not in text.fields:
            return text
        return replace(text, fields={**text.fields, "title": LONG_TITLE})

    headline, following = worst(drawn.headline), worst(drawn.next)
    assert headline is not None
    assert following is not None
    cards = tuple(replace(card, title=LONG_TITLE) for card in drawn.cards)
    lit = None if drawn.lit is None else LIT
    return replace(drawn, headline=headline, next=following, cards=cards, lit=lit)


def _faults(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(MEASURE)
    found.pop("cancel")
    cut = "(id) => { const n = document.getElementById(id); return n.scrollHeight > n.clientHeight + 12; }"
    for part, distance in (("headline", FAR), ("door", FAR), ("next", NEAR)):
        ink = page.evaluate(INK, part)
        seen = inf if ink is None else degrees(2 * atan(ink * PIXEL / 2 / distance))
        found[f"small {part}"] = None if seen >= SMALLEST else f"{ink} px of ink, {seen * 60:.1f} minutes of arc"
        found[f"long {part}"] = page.evaluate(cut, part)
    return {kind: what for kind, what in found.items() if what}


INK = """(id) => {
  const node = document.getElementById(id);
  if (!node.checkVisibility({visibilityProperty: true}) || node.textContent === "") return null;
  const {fontWeight, fontSize, fontFamily} = getComputedStyle(node);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  const letter = id === "door" ? "0" : document.documentElement.lang === "en" ? "H" : "国";
  const {actualBoundingBoxAscent, actualBoundingBoxDescent} = pen.measureText(letter);
  return actualBoundingBoxAscent + actualBoundingBoxDescent;
}"""
"""Pixels from top to bottom of a letter as it is drawn there: a capital, a digit, a character; none if hidden."""
