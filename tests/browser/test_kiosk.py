"""A person before the kiosk: the real page and process, and an agent that shows what real flows say."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from custody.events import StationKind, Step
from custody.flows.grammar import Chosen, DoorClosed, DoorOpened, Failure, LabelScanned, UnlockFailed
from custody.grants import Code
from custody.identifiers import PersonId, PlaceId
from custody.messages import DoorState
from tests.browser.glass import MEASURE, kiosk_process
from tests.edge.kiosk.stage import (
    CLERK,
    HOUR,
    JUDGE,
    LABELS,
    NOW,
    OPERATOR,
    ScriptedAgent,
    Stage,
    agent,
    ready,
    volume,
)
from tests.support.ports import wait_until

FIRST = PlaceId("cab-1.01")
VOLUMES = tuple(volume(number) for number in range(12))


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def kiosk(station: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running kiosk process, in Shanghai."""
    with kiosk_process(station, log=tmp_path_factory.mktemp("kiosk") / "log") as address:
        yield address


@pytest.fixture
def backstage(station: Path) -> Iterator[ScriptedAgent]:
    with agent(station / "kiosk.sock") as running:
        yield running


@pytest.fixture
def glass(person: Callable[..., BrowserContext]) -> Page:
    """A ten-inch touch screen."""
    return person(width=1280, height=800, touch=True).new_page()


def cabinet() -> Stage:
    return Stage(StationKind.CABINET, *VOLUMES)


def with_code() -> Stage:
    """A cabinet at which somebody may come with a code: so there is something to touch at rest."""
    stage = cabinet()
    assert stage.view.grants is not None
    code = Code(id="c", digest="", person=PersonId(JUDGE), volumes=frozenset(), since=0, until=NOW)
    stage.view = replace(stage.view, grants=replace(stage.view.grants, codes=(code,)))
    return stage


def appears(page: Page, backstage: ScriptedAgent, stage: Stage) -> None:
    """Show it, and wait until the page has drawn it."""
    picture = stage.show()
    backstage.show(picture)
    page.locator(f"body[data-turn='{picture['show']['turn']}']").wait_for()


def test_at_rest_the_time_the_cabinet_and_the_state_of_the_network(
    kiosk: str, backstage: ScriptedAgent, glass: Page
) -> None:
    journal = {"waiting": 37, "room_days": 6.4, "oldest": None}
    backstage.show(cabinet().but(network="offline", journal=journal).show())
    glass.goto(kiosk)

    expect(glass.locator("#rest time")).to_have_text("22:13")
    expect(glass.locator(".door")).to_have_count(48)
    expect(glass.locator("#line")).to_have_text("离线工作中：37 条记录待上传，可再存 6 天")
    expect(glass.locator("#cancel")).to_be_hidden()


def test_a_choice_at_home_goes_to_the_agent_once_with_its_turn(
    kiosk: str, backstage: ScriptedAgent, glass: Page
) -> None:
    glass.goto(kiosk)
    lying = volume(0, place=PlaceId("cab-1.03"), lying_for=CLERK)
    stage = Stage(StationKind.CABINET, lying).badge(CLERK)
    appears(glass, backstage, stage)
    expect(glass.locator("#headline")).to_contain_text("王敏")

    collect = glass.locator("[data-choice=collect]")
    collect.tap()
    collect.tap(force=True)

    wait_until(lambda: bool(backstage.heard), what="the touch")
    glass.wait_for_timeout(200)
    assert backstage.heard == [{"chosen": "collect", "turn": stage.desk.turn}]


def test_volumes_are_ticked_when_the_door_is_closed(kiosk: str, backstage: ScriptedAgent, glass: Page) -> None:
    glass.goto(kiosk)
    stage = cabinet().badge(CLERK).tell(LabelScanned(LABELS[0]), DoorOpened(FIRST)).door("01", DoorState.OPEN)
    appears(glass, backstage, stage.tell(LabelScanned(LABELS[1])))

    expect(glass.locator(".door[data-lit=true]")).to_have_attribute("data-shape", "open")
    expect(glass.locator(".slip")).to_have_count(2)
    expect(glass.locator(".slip.ticked")).to_have_count(0)

    appears(glass, backstage, stage.tell(DoorClosed(FIRST)).door("01", DoorState.CLOSED))

    expect(glass.locator(".slip.ticked")).to_have_count(2)
    expect(glass.locator("body")).to_have_attribute("data-colour", "done")
    expect(glass.locator("body")).to_have_attribute("data-sounded", "good")


def test_a_refused_scan_says_why_and_keeps_what_was_done(kiosk: str, backstage: ScriptedAgent, glass: Page) -> None:
    glass.goto(kiosk)
    stage = cabinet().badge(CLERK).tell(LabelScanned(LABELS[0]), DoorOpened(FIRST))
    appears(glass, backstage, stage.tell(LabelScanned(LABELS[3])))

    expect(glass.get_by_role("alert")).to_contain_text("副卷")
    expect(glass.locator("#refusal svg")).to_be_visible()
    expect(glass.locator(".slip")).to_have_count(1)
    expect(glass.locator("body")).to_have_attribute("data-sounded", "bad")


def test_pages_are_counted_with_fingers_or_keys(kiosk: str, backstage: ScriptedAgent, glass: Page) -> None:
    glass.goto(kiosk)
    stage = Stage(StationKind.STATION, ready(0, Step.PREPARED)).badge(OPERATOR).tell(LabelScanned(LABELS[0]))
    appears(glass, backstage, stage)
    keypad = glass.locator("#keypad")
    expect(keypad.locator(".enter")).to_be_disabled()

    for digit in "1299":
        keypad.get_by_role("button", name=digit, exact=True).tap()
    keypad.locator(".erase").tap()
    expect(keypad.locator(".typed")).to_have_text("129")
    keypad.locator(".erase").tap()
    glass.keyboard.press("0")
    glass.keyboard.press("Enter")

    wait_until(lambda: bool(backstage.heard), what="the number")
    assert backstage.heard == [{"number": 120, "turn": stage.desk.turn}]


def test_a_code_is_keyed_in_by_somebody_without_a_badge(kiosk: str, backstage: ScriptedAgent, glass: Page) -> None:
    glass.goto(kiosk)
    stage = with_code()
    appears(glass, backstage, stage)
    glass.get_by_role("button", name="输入取件码").tap()
    wait_until(lambda: bool(backstage.heard), what="the choice")
    assert backstage.heard == [{"chosen": "enter_code", "turn": stage.desk.turn}]

    appears(glass, backstage, stage.tell(Chosen("enter_code")))
    for digit in "48213377":
        glass.locator("#keypad").get_by_role("button", name=digit, exact=True).tap()
    glass.locator("#keypad .enter").tap()
    wait_until(lambda: len(backstage.heard) == 2, what="the number")
    assert backstage.heard[1] == {"number": 48213377, "turn": stage.desk.turn}
    expect(glass.locator("#cancel")).to_be_visible()


def test_when_the_agent_goes_it_says_so_and_when_it_comes_back_it_goes_on(
    kiosk: str, station: Path, glass: Page
) -> None:
    glass.goto(kiosk)
    expect(glass.locator("#headline")).to_have_text("等待柜控程序")
    with agent(station / "kiosk.sock") as first:
        appears(glass, first, cabinet().badge(CLERK))
    expect(glass.locator("#headline")).to_have_text("等待柜控程序")
    expect(glass.locator("#cancel")).to_be_hidden()

    with agent(station / "kiosk.sock") as second:
        appears(glass, second, cabinet().badge(CLERK))
        expect(glass.locator("#headline")).to_contain_text("王敏")


def test_a_picture_that_cannot_be_read_leaves_the_last_one(kiosk: str, backstage: ScriptedAgent, glass: Page) -> None:
    glass.goto(kiosk)
    appears(glass, backstage, cabinet().badge(CLERK))

    backstage.send(b'{"show": {"turn": "seven"}}\n')
    backstage.send(b"not even JSON\n")

    appears(glass, backstage, cabinet().badge(CLERK).tell(LabelScanned(LABELS[0])))


def test_a_language_lasts_for_one_session(kiosk: str, backstage: ScriptedAgent, glass: Page) -> None:
    glass.goto(kiosk)
    appears(glass, backstage, cabinet())
    glass.locator("#switch").tap()
    expect(glass.locator("html")).to_have_attribute("lang", "en")

    stage = cabinet().badge(CLERK)
    appears(glass, backstage, stage)
    expect(glass.locator("html")).to_have_attribute("lang", "en")

    appears(glass, backstage, stage.badge(CLERK))
    expect(glass.locator("html")).to_have_attribute("lang", "zh-CN")


def scenes() -> Iterator[Stage]:
    """Screens full to the brim, one of each shape."""
    yield cabinet().badge("nobody")
    crowded = [{"initials": f"Z.X.{letter}.", "count": 12} for letter in "ABCDEFGH"]
    yield with_code().but(waiting=crowded)
    yield with_code().badge("nobody").but(waiting=crowded)
    yield cabinet().but(network="offline", journal={"waiting": 37, "room_days": 6.2, "oldest": NOW - 30 * HOUR})
    yield cabinet().but(
        network="offline", journal={"waiting": 883_211, "room_days": 0.4, "oldest": NOW - 9 * 24 * HOUR}
    )
    yield cabinet().door("05", DoorState.OPEN).door("06", DoorState.CLOSED, blocked=True).door("07", DoorState.UNKNOWN)
    yield (
        Stage(StationKind.CABINET, volume(0, holder=PersonId("judge"), since=NOW - 30 * HOUR))
        .badge(CLERK)
        .tell(LabelScanned(LABELS[0]))
    )
    lying = [volume(number, place=PlaceId("cab-1.03"), lying_for=CLERK) for number in (0, 1, 2, 4, 5, 6)]
    taking = Stage(StationKind.CABINET, *lying, volume(8, holder=PersonId(CLERK))).badge(CLERK)
    yield taking
    yield taking.tell(Chosen("collect"), UnlockFailed(PlaceId("cab-1.03"), Failure.SILENT))
    yield taking.tell(Chosen("retry"), DoorOpened(PlaceId("cab-1.03")), LabelScanned(LABELS[0]))
    yield taking.tell(DoorClosed(PlaceId("cab-1.03")))
    putting = cabinet().badge(CLERK).tell(LabelScanned(LABELS[0]), DoorOpened(FIRST))
    yield putting.tell(*(LabelScanned(LABELS[number]) for number in (1, 2, 4, 5, 6)))
    yield putting.tell(LabelScanned(LABELS[3]))
    checking = Stage(StationKind.STATION, ready(0, Step.SCANNED)).badge(OPERATOR).tell(LabelScanned(LABELS[0]))
    yield checking
    yield checking.tell(LabelScanned("rubbish"))
    yield checking.tell(Chosen("send_back"))
    yield checking.tell(Chosen("missing_page"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_scrolls_nothing_is_cut_off_and_every_target_can_be_hit(
    kiosk: str, backstage: ScriptedAgent, glass: Page, language: str
) -> None:
    glass.goto(kiosk)
    for turn, stage in enumerate(scenes(), start=100):
        stage.desk = replace(stage.desk, turn=turn)
        appears(glass, backstage, stage)
        if glass.locator("html").get_attribute("lang") != language:
            glass.locator("#switch").tap()
            glass.locator(f"html[lang={language}]").wait_for()
        found: dict[str, Any] = glass.evaluate(MEASURE)

        assert found == {"outside": [], "cut": [], "small": [], "cancel": found["cancel"]}, (turn, language)
        assert found["cancel"] in ([], [24, 658]), (turn, language)
