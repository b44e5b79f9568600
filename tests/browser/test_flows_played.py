"""What takes more than a badge and a scan, played at the bench by people, with the whole system behind it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from custody.events import (
    CodeUsed,
    CompartmentInspected,
    Fact,
    GapNoted,
    PaperKind,
    ParcelAccepted,
    ParcelDeposited,
    PlaceCounted,
    VolumeHandedOver,
    VolumeReceived,
    VolumeRefused,
)
from custody.grants import Role
from demo.court import PEOPLE, Member, papers
from demo.house import House
from tests.support.ports import wait_until

pytestmark = pytest.mark.timeout(300)

VOLUMES = [one for one in papers() if not one.confidential]
WANG, LIU = (one for one in PEOPLE if one.roles == (Role.STAFF,))
OPERATOR = next(one for one in PEOPLE if one.roles == (Role.OPERATOR,))
ADMINISTRATOR = next(one for one in PEOPLE if Role.ADMINISTRATOR in one.roles)


@pytest.fixture
def office(house: House) -> Iterator[httpx.Client]:
    """An administrator at the hub."""
    with httpx.Client(base_url=f"{house.hub_url}/api/v1", headers={"Origin": house.hub_url}) as client:
        client.post("/session", json={"user": ADMINISTRATOR.user, "password": house.password}).raise_for_status()
        yield client


class Bench:
    """Somebody at the bench: badges, labels and doors by hand, the screen by touch."""

    def __init__(self, page: Page, *, stand: str, log: Path) -> None:
        self.page = page
        self._stand, self._log = stand, log
        page.locator(f".tab[data-stand='{stand}']").click()

    @property
    def screen(self) -> FrameLocator:
        return self.page.frame_locator(f"iframe[data-stand='{self._stand}']")

    def badge(self, who: Member) -> None:
        """Tap it; once more if the reader itself says that it could not read it, as a hand would."""
        tap = self.page.locator(f"[data-badge='{who.badge}']").click
        refused = self._refused()
        try:
            self._turning(tap)
        except AssertionError:
            assert self._refused() > refused, f"a tap was lost, {self._log.read_text()[-2000:]}"
            self._turning(tap)

    def _refused(self) -> int:
        return self._log.read_text().count("a reading was left out")

    def signs_in(self, who: Member) -> None:
        self.badge(who)
        expect(self.screen.locator("#person")).to_have_text(who.name)

    def signs_out(self, who: Member) -> None:
        self.badge(who)
        expect(self.screen.locator("body")).to_have_attribute("data-scene", "rest")

    def scan(self, label: str) -> None:
        self._turning(self.page.locator(f"[data-label='{label}']").click)

    def chooses(self, choice: str) -> None:
        """Leaf through what is offered until it is there: what the hub grants comes a moment later."""
        expect(self.screen.locator("[data-choice]").first).to_be_visible()
        found, until = self.screen.locator(f"[data-choice='{choice}']"), time.monotonic() + 20
        while not found.count():
            assert time.monotonic() < until, f"{choice} is not offered"
            self._turning(self.screen.locator("[data-choice=more]").click)
        self._turning(found.click)

    def keys(self, number: str) -> None:
        pad = self.screen.locator("#keypad")
        for digit in number:
            pad.get_by_role("button", name=digit, exact=True).click()
        self._turning(pad.locator(".enter").click)

    def _turning(self, touch: Callable[[], None]) -> None:
        """The screen turns because of it."""
        body = self.screen.locator("body")
        turn = body.get_attribute("data-turn") or ""
        touch()
        expect(body).not_to_have_attribute("data-turn", turn)

    def is_told(self, colour: str) -> None:
        expect(self.screen.locator("body")).to_have_attribute("data-colour", colour)

    def opens(self) -> None:
        """Pull the door that has come ajar."""
        self.page.locator("#steel .door[data-at=ajar]").click()
        expect(self.page.locator("#steel .door[data-at=open]")).to_have_count(1)

    def shuts(self, told: str = "done") -> None:
        self.page.locator("#steel .door[data-at=open]").click()
        expect(self.page.locator("#steel .door[data-at=shut]")).to_have_count(48)
        self.is_told(told)


@pytest.fixture
def at(person: Callable[..., BrowserContext], house: House) -> Callable[[str], Bench]:
    """Before one stand of the bench."""

    def before(stand: str) -> Bench:
        page = person(width=1680, height=950).new_page()
        page.goto(f"http://127.0.0.1:{house.ports.bench}/")
        expect(page.locator(".door[data-at=shut]")).to_have_count(48)
        page.locator("#tour button").click()
        return Bench(page, stand=stand, log=house.root / "logs" / f"{stand}-agent.log")

    return before


@pytest.fixture
def bench(at: Callable[[str], Bench]) -> Bench:
    return at("cab-1")


@pytest.fixture
def desk(at: Callable[[str], Bench]) -> Bench:
    return at("sta-1")


def recorded(house: House, fact: type[Fact]) -> int:
    """How many facts of a kind the hub has on record."""
    with sqlite3.connect(f"file:{house.hub_database}?mode=ro", uri=True) as database:
        (count,) = database.execute("select count(*) from entry where kind = ?", (fact.kind,)).fetchone()
    return int(count)


def _is_recorded(house: House, fact: type[Fact]) -> bool:
    return recorded(house, fact) > 0


def come_to_record(house: House, *facts: type[Fact]) -> None:
    for fact in facts:
        wait_until(partial(_is_recorded, house, fact), seconds=20, what=fact.kind)


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
    bench.signs_in(LIU)
    bench.chooses("clear")
    bench.opens()
    bench.scan(label)
    bench.shuts()

    wait_until(lambda: where(office, label) == "person", seconds=20, what="the office sees who took it")
    assert office.get("/policy").json()["overdue"] == []
    office.put("/policy/overdue_days", json={"value": 7}).raise_for_status()
    bench.signs_out(LIU)


def test_what_arrives_with_a_gap_is_noted_and_what_is_not_for_here_goes_back(desk: Bench, house: House) -> None:
    desk.signs_in(OPERATOR)
    desk.scan(VOLUMES[2].label)
    desk.is_told("done")
    desk.chooses("gap")
    desk.chooses("exhibits")
    desk.is_told("done")

    desk.scan(VOLUMES[3].label)
    expect(desk.screen.locator("#headline")).to_contain_text("2")
    desk.chooses("refuse")
    desk.chooses("not_for_us")
    desk.is_told("done")

    come_to_record(house, VolumeReceived, GapNoted, VolumeRefused)
    desk.signs_out(OPERATOR)


def test_volumes_go_from_hand_to_hand_and_the_list_can_be_printed(
    desk: Bench, office: httpx.Client, house: House
) -> None:
    desk.signs_in(WANG)
    desk.chooses("hand_over")
    desk.scan(VOLUMES[4].label)
    desk.badge(OPERATOR)
    desk.is_told("done")
    expect(desk.screen.locator("#print")).to_be_visible()

    come_to_record(house, VolumeHandedOver)
    wait_until(lambda: where(office, VOLUMES[4].label) == "person", seconds=20, what="the office sees who has it")
    assert OPERATOR.name in str(volume_at(office, VOLUMES[4].label)["where"])
    desk.signs_out(WANG)


def test_a_count_finds_what_is_missing_and_the_office_hears_of_it(
    bench: Bench, office: httpx.Client, house: House
) -> None:
    bench.signs_in(WANG)
    bench.scan(VOLUMES[5].label)
    bench.opens()
    number = bench.page.locator("#steel .door[data-at=open]").get_attribute("data-door") or ""
    bench.shuts()
    bench.signs_out(WANG)

    bench.signs_in(LIU)
    bench.chooses("stock_take")
    bench.keys(str(int(number)))
    bench.opens()
    bench.shuts(told="person")

    come_to_record(house, PlaceCounted)
    wait_until(lambda: bool(waiting(office)), seconds=20, what="the office hears that it is missing")
    bench.signs_out(LIU)


def test_an_administrator_looks_into_a_compartment_with_a_reason(bench: Bench, house: House) -> None:
    bench.signs_in(ADMINISTRATOR)
    bench.chooses("inspect")
    bench.keys("48")
    bench.chooses("repair")
    bench.opens()
    bench.shuts()

    come_to_record(house, CompartmentInspected)
    bench.signs_out(ADMINISTRATOR)


def test_a_party_leaves_papers_without_a_badge_and_the_judge_takes_them_in(bench: Bench, house: House) -> None:
    bench.chooses("drop_off")
    bench.chooses(f"for:{LIU.id}")
    bench.keys("13912345678")
    for kind in PaperKind:
        bench.keys("2" if kind is PaperKind.EVIDENCE else "0")
    bench.chooses("size:S")
    bench.opens()
    bench.shuts()
    come_to_record(house, ParcelDeposited)

    bench.signs_in(LIU)
    bench.chooses("take_in")
    bench.opens()
    bench.shuts(told="turn")
    bench.chooses("as_listed")
    bench.is_told("done")

    come_to_record(house, ParcelAccepted)
    with sqlite3.connect(f"file:{house.hub_database}?mode=ro", uri=True) as database:
        assert not any(b"13912345678" in bytes(line) for (line,) in database.execute("select line from entry"))
    bench.signs_out(LIU)


def test_whoever_forgot_the_badge_holds_a_ticket_under_the_scanner(
    bench: Bench, office: httpx.Client, house: House
) -> None:
    label = VOLUMES[6].label
    bench.signs_in(WANG)
    bench.scan(label)
    bench.opens()
    bench.shuts()
    bench.signs_out(WANG)
    volume = str(volume_at(office, label)["id"])
    issued = office.post("/codes", json={"person": LIU.id, "volumes": [volume], "hours": 1}).raise_for_status().json()
    expect(bench.screen.locator("[data-choice=enter_code]")).to_be_visible(timeout=20_000)

    bench.page.locator("#search").fill(issued["digits"])
    bench.page.locator(".label.text").click()
    bench.page.locator("#search").fill("")
    bench.opens()
    bench.scan(label)
    bench.shuts()

    come_to_record(house, CodeUsed)
    wait_until(lambda: where(office, label) == "person", seconds=20, what="the office sees who took it")
    assert LIU.name in str(volume_at(office, label)["where"])
