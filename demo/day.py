"""The scripted day: every volume of the demo court from a clerk's arm to its shelf, through three crashes.

People act only through badge, label, glass and door; what goes wrong is what goes wrong in a court: a label nobody
knows, somebody else's volume, a door that is never pulled, a page that is missing, a power cut with a door open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

from custody.identifiers import LabelKind, make_label
from demo.court import PEOPLE, SHELVES, Paper, papers
from demo.hands import Hands
from demo.processes import DemoError

__all__ = ["Crashes", "Day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashes:
    """What breaks in the middle: each kills one part with -9, starts it again, and returns.

    ``freeze_hub`` lets work pile up before the hub, so that it dies while it takes it in.
    """

    agent: Callable[[], None]
    freeze_hub: Callable[[], None]
    hub: Callable[[], int]
    broker: Callable[[], None]


@dataclass(slots=True)
class Day:
    cabinet: Hands
    station: Hands
    crashes: Crashes
    say: Callable[[str], None]
    restarts: int = 0
    interrupted: int = 0  # entries the hub had not committed yet when it was killed
    refusals: list[str] = field(default_factory=list)

    def play(self) -> None:
        """From 08:40 to 17:00. Raises ``DemoError`` as soon as a screen does not show what it must."""
        main = [one for one in papers() if not one.confidential]
        secret = [one for one in papers() if one.confidential]
        self.deposit_all()
        self.mishaps_at_the_cabinet()
        self.collect_all("li-qiang", len(main), leaves_one=True)
        self.collect_all("wang-min", len(secret), leaves_one=False)
        self.archive(main, hands=("zhang-li", "zhao-gang", "sun-yue"), crash=True)
        self.archive(secret, hands=("wang-min", "liu-yang", "zhou-jing"), crash=False)

    # --- 08:40 ----------------------------------------------------------------------------------------------------

    def deposit_all(self) -> None:
        """王敏 deposits everything; in the middle the agent dies while a door is open."""
        kiosk = self.cabinet
        lots = [list(lot) for _, lot in groupby(papers(), key=lambda one: (one.case, one.part))]
        self.say(f"08:40 王敏存入 {sum(map(len, lots))} 册卷宗 · 王敏 deposits {sum(map(len, lots))} volumes")
        kiosk.tap(_badge("wang-min"))
        for number, lot in enumerate(lots):
            kiosk.scan(lot[0].label)
            kiosk.expect("door.opening.headline")
            place = kiosk.lit
            kiosk.pull(place)
            kiosk.expect("deposit.placing.headline")
            for one in lot[1:]:
                kiosk.scan(one.label)
            if number == len(lots) // 2:
                self.say("      断电:柜门开着,柜控程序被强行终止 · the agent is killed while a door is open")
                self._crash(self.crashes.agent)
                kiosk.expect("deposit.placing.headline", seconds=60)
            kiosk.push(place)
            kiosk.expect("deposit.done.headline")
            _all_ticked(kiosk, lot)
        kiosk.tap(_badge("wang-min"))
        kiosk.expect("rest.headline")

    # --- 08:50 ----------------------------------------------------------------------------------------------------

    def mishaps_at_the_cabinet(self) -> None:
        """Each is refused with a sentence, and nothing is lost by it."""
        kiosk = self.cabinet
        self.say("08:50 扫错标签、陌生证件、不拉柜门 · wrong labels, a stranger's badge, a door nobody pulls")
        kiosk.tap(make_label(LabelKind.BADGE, 99_999).text)
        self._refused("unknown_badge")
        kiosk.tap(_badge("wang-min"))
        kiosk.scan(make_label(LabelKind.VOLUME, 99_999).text)
        self._refused("unknown_label")
        good = papers()[0].label
        kiosk.scan(good[:-1] + ("0" if good[-1] != "0" else "1"))
        self._refused("wrong_check_character")
        first = kiosk.place_of("01")
        kiosk.stick(first, on=True)
        kiosk.scan(good)
        kiosk.expect("door.opening.headline")
        kiosk.expect("door.not_opened.headline", seconds=60)
        self._refused("door_not_opened")
        kiosk.choose("cancel")
        kiosk.stick(first, on=False)
        if kiosk.person is not None:
            kiosk.tap(_badge("wang-min"))
        kiosk.expect("rest.headline")

    # --- 08:55 ----------------------------------------------------------------------------------------------------

    def collect_all(self, person: str, count: int, *, leaves_one: bool) -> None:
        """Somebody takes everything that waits for the line; once one volume is left inside and fetched afterwards."""
        kiosk = self.cabinet
        self.say(f"08:55 {_name(person)} 取出 {count} 册送扫描 · {_name(person)} collects {count} volumes")
        taken = 0
        while taken < count:
            kiosk.tap(_badge(person))
            kiosk.expect("home.headline")
            kiosk.choose("collect")
            while True:
                kiosk.expect("door.opening.headline")
                place = kiosk.lit
                kiosk.pull(place)
                kiosk.expect("collect.taking.headline")
                titles = [title for title, _ in kiosk.cards]
                if leaves_one and len(titles) > 1:
                    titles, leaves_one = titles[:-1], False
                for title in titles:
                    kiosk.scan(_label_of(title))
                    taken += 1
                kiosk.push(place)
                shown = kiosk.expect("collect.done.headline", "collect.next.headline", "collect.confirm.headline")
                if shown == "collect.confirm.headline":
                    kiosk.choose("still_inside")
                    shown = kiosk.expect("collect.done.headline", "collect.next.headline")
                if shown == "collect.done.headline":
                    break
                kiosk.choose("open_next")
            kiosk.tap(_badge(person))
            kiosk.expect("rest.headline")

    # --- 09:10 to 17:00 ---------------------------------------------------------------------------------------------

    def archive(self, volumes: list[Paper], *, hands: tuple[str, str, str], crash: bool) -> None:
        """Receive, prepare, scan, check, review, bind, shelve; one volume is sent back on the way."""
        scanner, checker, reviewer = hands
        self.say(f"09:10 {_name(scanner)} 接收 {len(volumes)} 册,整理、扫描 · receives, prepares and scans them")
        with _At(self.station, scanner):
            for one in volumes:
                self.station.scan(one.label)
                self.station.expect("receive.received.headline")
        if crash:
            self.say("      中心停住,工作站照常工作 · the hub stalls; the station works on")
            self.crashes.freeze_hub()
        self._counted("prepare", scanner, volumes, lambda one: one.pages)
        if crash:
            self.say("      中心正在接收积压的记录时被强行终止 · the hub is killed while it takes in what piled up")
            self.interrupted += self.crashes.hub()
            self.restarts += 1
        short = volumes[0]
        self._counted("scan", scanner, volumes, lambda one: one.pages - (one is short))
        if crash:
            self.say("      消息服务器重启,记忆清空 · the broker is restarted with its memory wiped")
            self._crash(self.crashes.broker)
        self.say(f"10:30 {_name(checker)} 质检,退回 1 册(缺页) · checks; one volume goes back for a missing page")
        self._four_eyes(scanner, short)
        with _At(self.station, checker):
            self.station.scan(short.label)
            self.station.expect("check.work.headline")
            self.station.choose("send_back")
            self.station.choose("missing_page")
            self.station.enter(short.pages)
            self.station.choose("send_back")
            self.station.expect("step.sent_back.headline")
        self._counted("scan", scanner, [short], lambda one: one.pages)
        self._counted("check", checker, volumes, lambda one: one.pages)
        self.say(f"14:00 {_name(reviewer)} 一致性审查 · consistency review")
        with _At(self.station, reviewer):
            for one in volumes:
                self.station.scan(one.label)
                self.station.expect("review.work.headline")
                self.station.choose("finish")
                self.station.expect("review.done.headline")
        self.say(f"15:30 {_name(scanner)} 装订 · binds")
        self._counted("bind", scanner, volumes, lambda one: one.pages)
        self.say("16:30 周静上架 · 周静 shelves them")
        with _At(self.station, "zhou-jing"):
            for number, one in enumerate(volumes):
                self.station.scan(one.label)
                self.station.expect("shelve.work.headline")
                self.station.scan(SHELVES[number % len(SHELVES)].label)
                self.station.expect("shelve.done.headline")

    def _counted(self, flow: str, person: str, volumes: Iterable[Paper], pages: Callable[[Paper], int]) -> None:
        with _At(self.station, person):
            for one in volumes:
                self.station.scan(one.label)
                self.station.expect(f"{flow}.work.headline")
                self.station.enter(pages(one))
                self.station.expect(f"{flow}.done.headline")

    def _four_eyes(self, person: str, volume: Paper) -> None:
        """Who scanned may not check."""
        with _At(self.station, person):
            self.station.scan(volume.label)
            if self.station.refusal != "four_eyes":
                raise DemoError(f"四眼原则没有生效:{self.station.headline} · who scanned could check")
            self.refusals.append("four_eyes")

    def _refused(self, code: str) -> None:
        self.cabinet.await_shown(lambda shown: (shown["prompt"]["refusal"] or {}).get("code") == code, code)
        self.refusals.append(code)

    def _crash(self, crash: Callable[[], None]) -> None:
        crash()
        self.restarts += 1


class _At:
    """Somebody signs in at the station, works, and signs out by a second tap."""

    def __init__(self, kiosk: Hands, person: str) -> None:
        self._kiosk, self._person = kiosk, person

    def __enter__(self) -> None:
        self._kiosk.tap(_badge(self._person))
        self._kiosk.expect("home.headline")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._kiosk.tap(_badge(self._person))
            self._kiosk.expect("rest.headline")


def _badge(person: str) -> str:
    return next(one.badge for one in PEOPLE if one.id == person)


def _name(person: str) -> str:
    return next(one.name for one in PEOPLE if one.id == person)


def _label_of(title: str) -> str:
    """What is printed on the volume with this title: the person reads it off the cover."""
    for one in papers():
        if title.startswith(one.case) and one.part in title and f"{one.number}/{one.of}" in title:
            return one.label
    raise DemoError(f"没有这样一册:{title} · no such volume")


def _all_ticked(kiosk: Hands, lot: list[Paper]) -> None:
    ticked = [done for _, done in kiosk.cards]
    if ticked != [True] * len(lot):
        raise DemoError(f"应有 {len(lot)} 册打勾 · {len(lot)} ticks expected: {kiosk.cards}")
