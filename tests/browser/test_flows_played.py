"""What takes more than a badge and a scan, played at the bench by people, with the whole system behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from custody.grants import Role
from demo.__main__ import bench_page
from demo.court import PEOPLE, Member, papers
from demo.house import House, Ports
from hardware.drivers.serial_bus import COIL_REST
from tests.support.ports import answers, wait_until

pytestmark = pytest.mark.timeout(300)

VOLUMES = [one for one in papers() if not one.confidential]
WANG, LIU = (one for one in PEOPLE if one.roles == (Role.STAFF,))
ADMINISTRATOR = next(one for one in PEOPLE if Role.ADMINISTRATOR in one.roles)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    made = House(ports=Ports.free(), password="".join(chr(97 + n) for n in range(12)), keep=None)
    try:
        made.found()
        made.start(screens=True)
        made.run_beside(bench_page(made))
        wait_until(lambda: answers(made.ports.bench), what="the bench page")
        yield made
    finally:
        made.close()


@pytest.fixture
def office(house: House) -> Iterator[httpx.Client]:
    """An administrator at the hub."""
    with httpx.Client(base_url=f"{house.hub_url}/api/v1", headers={"Origin": house.hub_url}) as client:
        client.post("/session", json={"user": ADMINISTRATOR.user, "password": house.password}).raise_for_status()
        yield client


class Bench:
    """Somebody at the bench: badges, labels and doors by hand, the screen by touch."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def screen(self) -> FrameLocator:
        return self.page.frame_locator("iframe[data-stand='cab-1']")

    def badge(self, who: Member) -> None:
        self.page.locator(f"[data-badge='{who.badge}']").click()

    def signs_in(self, who: Member) -> None:
        self.badge(who)
        expect(self.screen.locator("#person")).to_have_text(who.name)

    def signs_out(self, who: Member) -> None:
        self.badge(who)
        expect(self.screen.locator("body")).to_have_attribute("data-scene", "rest")

    def scan(self, label: str) -> None:
        self.page.locator(f"[data-label='{label}']").click()

    def chooses(self, choice: str) -> None:
        """Leaf through what is offered until it is there."""
        self.rest()
        expect(self.screen.locator("[data-choice]").first).to_be_visible()
        for _ in range(12):
            found = self.screen.locator(f"[data-choice={choice}]")
            if found.count():
                return found.click()
            self.screen.locator("[data-choice=more]").click()
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{choice} is not offered")

    def keys(self, number: str) -> None:
        pad = self.screen.locator("#keypad")
        for digit in number:
            pad.get_by_role("button", name=digit, exact=True).click()
        pad.locator(".enter").click()

    def opens(self) -> None:
        """Pull the door that has come ajar."""
        self.page.locator("#steel .door[data-at=ajar]").click()
        expect(self.page.locator("#steel .door[data-at=open]")).to_have_count(1)

    def shuts(self) -> None:
        self.page.locator("#steel .door[data-at=open]").click()
        expect(self.page.locator("#steel .door[data-at=shut]")).to_have_count(48)
        expect(self.screen.locator("body")).to_have_attribute("data-colour", "done")

    def rest(self) -> None:
        """Nobody is as quick as a test: a lock has to rest."""
        self.page.wait_for_timeout(1000 * COIL_REST)


@pytest.fixture
def bench(person: Callable[..., BrowserContext], house: House) -> Iterator[Bench]:
    page = person(width=1680, height=950).new_page()
    page.goto(f"http://127.0.0.1:{house.ports.bench}/")
    expect(page.locator(".door[data-at=shut]")).to_have_count(48)
    page.locator("#tour button").click()
    yield Bench(page)


def volume_at(office: httpx.Client, label: str) -> dict[str, object]:
    """The volume of a label as the office sees it."""
    (hit,) = office.get("/volumes", params={"search": label}).raise_for_status().json()
    seen: dict[str, object] = office.get(f"/volumes/{hit['id']}").raise_for_status().json()
    return seen


def where(office: httpx.Client, label: str) -> str:
    found = volume_at(office, label)["where"]
    assert isinstance(found, dict)
    return str(found["kind"])


def waiting(office: httpx.Client) -> set[str]:
    return {str(one["kind"]) for one in office.get("/discrepancies").raise_for_status().json()}


def test_a_compartment_whose_lock_fired_into_a_power_cut_is_checked_before_anybody_uses_it(
    bench: Bench, office: httpx.Client
) -> None:
    bench.page.locator("#cut").click()
    expect(bench.page.locator("#cut")).to_have_attribute("aria-pressed", "true")
    bench.signs_in(WANG)
    bench.scan(VOLUMES[0].label)
    expect(bench.page.locator("#steel")).to_have_attribute("data-powered", "false")
    expect(bench.screen.locator(".door[data-shape=unknown]")).not_to_have_count(0)
    wait_until(lambda: "outcome_unknown" in waiting(office), seconds=20, what="the office hears that nobody knows")

    bench.page.locator("#power").click()
    expect(bench.screen.locator(".door[data-shape=unknown]")).to_have_count(0, timeout=20_000)
    bench.signs_in(LIU)
    bench.chooses("verify")
    bench.opens()
    bench.shuts()
    wait_until(lambda: "outcome_unknown" not in waiting(office), seconds=20, what="the office hears what was found")
    bench.signs_out(LIU)


def test_a_badge_with_a_number_asks_for_it(bench: Bench, office: httpx.Client) -> None:
    digits = office.post(f"/people/{LIU.id}/pin").raise_for_status().json()["digits"]

    def asks() -> bool:
        bench.badge(LIU)
        bench.page.wait_for_timeout(700)
        asked = bench.screen.locator("#keypad").is_visible()
        if not asked:
            bench.badge(LIU)
        return asked

    wait_until(asks, seconds=20, what="the cabinet hears of it")
    bench.keys(str(int(digits) % 900_000 + 100_000) if digits != "999999" else "100000")
    expect(bench.screen.get_by_role("alert")).to_contain_text("密码不对")
    bench.keys(digits)
    expect(bench.screen.locator("#person")).to_have_text(LIU.name)
    bench.signs_out(LIU)

    office.delete(f"/people/{LIU.id}/pin").raise_for_status()


def test_what_is_overdue_by_the_courts_own_rule_is_cleared(bench: Bench, office: httpx.Client) -> None:
    label = VOLUMES[1].label
    bench.signs_in(WANG)
    bench.scan(label)
    bench.opens()
    bench.shuts()
    wait_until(lambda: where(office, label) == "place", seconds=20, what="the office sees it in the cabinet")
    office.put("/policy/overdue_days", json={"value": 0}).raise_for_status()
    assert office.get("/policy").json()["overdue"][0]["title"]

    bench.signs_out(WANG)
    bench.rest()
    bench.signs_in(LIU)
    bench.chooses("clear")
    bench.opens()
    bench.scan(label)
    bench.shuts()

    wait_until(lambda: where(office, label) == "person", seconds=20, what="the office sees who took it")
    assert office.get("/policy").json()["overdue"] == []
    office.put("/policy/overdue_days", json={"value": 7}).raise_for_status()
    bench.signs_out(LIU)
