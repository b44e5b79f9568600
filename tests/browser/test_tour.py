"""A newcomer takes the guided tour of the demo: the whole system behind it, and every step seen by itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from custody.flows import FLOWS
from demo.bench_page.tour import TOUR, Step
from demo.court import PEOPLE
from demo.house import House

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def desk(person: Callable[..., BrowserContext], house: House) -> Page:
    page = person(width=1680, height=950).new_page()
    page.goto(f"http://127.0.0.1:{house.ports.bench}/")
    expect(page.locator(".door[data-at=shut]")).to_have_count(48)
    return page


def test_the_tour_is_taken_from_its_first_step_to_its_last(desk: Page) -> None:
    for number, step in enumerate(TOUR, start=1):
        expect(desk.locator("#tour b")).to_have_text(f"{number} / {len(TOUR)}")
        expect(desk.locator("#tour span")).not_to_contain_text("bench.")
        expect(desk.locator(".here")).to_be_visible()
        _do(desk, step)

    expect(desk.locator("#tour")).to_be_hidden()
    expect(desk.locator("#told")).to_contain_text("导览结束")


def test_the_tour_can_be_left_and_stays_left(desk: Page) -> None:
    desk.locator("#tour button").click()
    expect(desk.locator("#hint")).to_be_visible()

    desk.reload()

    expect(desk.locator("#hint")).to_be_visible()
    desk.locator("#guide").click()
    expect(desk.locator("#tour b")).to_have_text(f"1 / {len(TOUR)}")


def test_everything_that_can_be_done_is_listed_with_who_may_do_it(desk: Page) -> None:
    expect(desk.locator(".flow")).to_have_count(len(FLOWS))
    people = {one.badge: set(one.roles) for one in PEOPLE}
    for name, flow in FLOWS.items():
        button = desk.locator(f"[data-flow={name}]")
        button.click()
        may = {one.get_attribute("data-badge") for one in desk.locator(".badge.may").all()}
        wanted = set() if flow.open_to_all else {badge for badge, roles in people.items() if roles & flow.rights}
        assert may == wanted, name
        assert may or flow.open_to_all, f"nobody at the bench may begin {name}"
        button.click()


def test_a_lever_opens_a_door_unasked_and_the_screen_says_so(desk: Page) -> None:
    desk.locator("#lever").click()
    desk.locator("[data-door='30']").click()

    expect(desk.locator("[data-door='30']")).to_have_attribute("data-at", "ajar")
    screen = desk.frame_locator("iframe[data-stand='cab-1']")
    expect(screen.locator(".door[data-shape=open]")).to_have_count(1)
    desk.locator("[data-door='30']").click()
    expect(desk.locator("[data-door='30']")).to_have_attribute("data-at", "open")
    desk.locator("[data-door='30']").click()
    expect(desk.locator("[data-door='30']")).to_have_attribute("data-at", "shut")


def test_a_jammed_lock_comes_free_by_the_same_tool_also_after_a_reload(desk: Page) -> None:
    desk.locator("#jam").click()
    desk.locator("[data-door='31']").click()
    expect(desk.locator("#told")).to_contain_text("31 号门的锁卡住了")

    desk.reload()
    expect(desk.locator(".door[data-at=shut]")).to_have_count(48)
    desk.locator("#jam").click()
    desk.locator("[data-door='31']").click()
    expect(desk.locator("#told")).to_contain_text("31 号门的锁松开了")


def test_the_lights_have_the_colour_of_the_screen(desk: Page) -> None:
    clerk = desk.locator(f"[data-badge='{PEOPLE[1].badge}']")
    screen = desk.frame_locator("iframe[data-stand='cab-1']")
    clerk.click()
    expect(screen.locator("#person")).to_have_text(PEOPLE[1].name)

    expect(screen.locator("body")).to_have_attribute("data-colour", "turn")
    expect(desk.locator(".lamp[data-light=turn]")).to_have_attribute("data-on", "true")

    clerk.click()
    expect(screen.locator("body")).to_have_attribute("data-scene", "rest")
    expect(desk.locator(".lamp[data-light=turn]")).to_have_attribute("data-on", "false")
    expect(desk.locator(".lamp[data-light=ready]")).to_have_attribute("data-on", "true")


def test_a_pulled_cable_leaves_the_doors_unknown_on_the_screen(desk: Page) -> None:
    screen = desk.frame_locator("iframe[data-stand='cab-1']")
    desk.locator("#wires").click()
    expect(screen.locator(".door[data-shape=unknown]")).to_have_count(48)

    desk.locator("#wires").click()
    expect(screen.locator(".door[data-shape=shut]")).to_have_count(48)


def test_anything_can_be_scanned(desk: Page) -> None:
    desk.locator("#search").fill("JD-4711")
    desk.locator(".label.text").click()

    screen = desk.frame_locator("iframe[data-stand='cab-1']")
    expect(screen.get_by_role("alert")).to_be_visible()


def _do(desk: Page, step: Step) -> None:
    kind, value = step.done
    screen = desk.frame_locator("iframe[data-stand='cab-1']")
    match kind:
        case "badge" | "label":
            desk.locator(f"[data-{kind}='{value}']").click()
        case "stand":
            desk.locator(f".tab[data-stand='{value}']").click()
        case "power":
            desk.locator("#power").click()
        case "hub":
            desk.locator("#hub").click()
        case _:
            assert kind == "door", "a kind of step that this test does not know"
            if step.key == "collect":
                screen.locator("[data-choice=collect]").click()
            standing = {"open": "ajar", "shut": "open"}[value]
            desk.locator(f"#steel .door[data-at={standing}]").first.click()
