"""A technician walks along simulated cabinets that are not wired as the draft says, and the right wiring is learnt."""

import io
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from edge.cli.commands import main
from edge.cli.commission import Job, commission
from edge.commissioning.dialogue import Dialogue
from edge.commissioning.report import findings
from edge.errors import EdgeError
from firmware_bridge.boards.dialect import Door
from hardware.commissioning.evidence import Hypothesis
from hardware.commissioning.walk import Answer, Ask, Section, Seen, Stage, Walk, begin, step
from hardware.simulated.bench import Bench
from hardware.wiring import load_wiring, parse_wiring

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TWENTY = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 2
[[bus]]
name = "bus0"
port = "bus0"
poll_ms = 30
reply_ms = 60
[[board]]
name = "A"
bus = "bus0"
family = "8a80"
address = 1
channels = 24
closed = "11"
compartments = "01-03"
[[reader]]
name = "label"
role = "label"
port = "label"
"""
KERONG = TWENTY.replace('"8a80"', '"cu48"').replace("channels = 24", "channels = 48").replace('"11"', '"1"')


@dataclass
class Technician:
    """Does what is asked: looks which door opened, shuts doors, uses levers; says no where nothing happened."""

    bench: Bench
    asked: list[Ask] = field(default_factory=list)
    lever: bool = True
    once_more: str = "y"

    def __call__(self, question: Ask) -> str:
        self.asked.append(question)
        cabinet = self.bench.cabinet
        match question.stage:
            case Stage.WHICH:
                return next((seen.compartment for seen in cabinet.look() if seen.door != "shut"), "n")
            case Stage.CLOSING | Stage.RESHUT:
                self.shut()
                return "y"
            case Stage.LEVER if not self.lever:
                return "n"
            case Stage.LEVER:
                self.pull_lever(str(question.fields["door"]))
                return "y"
            case Stage.AGAIN:
                return self.once_more
            case Stage.SILENT:
                return "q"
            case Stage.STUCK:
                return "j"
            case Stage.PUT:
                cabinet.put(str(question.fields["door"]))
                return "y"
            case Stage.TAKE:
                cabinet.put(str(question.fields["door"]), present=False)
                return "y"
            case Stage.LAMP:
                return "y" if self.sees(str(question.fields["lamp"])) else "n"
            case _:
                return "y"

    def sees(self, use: str) -> bool:
        names = [light.name for light in self.bench.wiring.parts.lights if light.use == use]
        until = time.monotonic() + 5
        while time.monotonic() < until:
            if all(self.bench.parts.lit(name) for name in names):
                return True
            time.sleep(0.02)
        return False

    def shut(self) -> None:
        """Push until it stays: a coil that is still on holds the bolt back."""
        cabinet = self.bench.cabinet
        until = time.monotonic() + 5
        while (ajar := [seen for seen in cabinet.look() if seen.door != "shut"]) and time.monotonic() < until:
            cabinet.push(ajar[0].compartment)
            time.sleep(0.02)

    def pull_lever(self, door: str) -> None:
        """The lever draws the bolt back by hand: no pulse comes from a board."""
        self.bench.cabinet.release(door)
        self.bench.cabinet.pull(door)
        time.sleep(0.05)


@dataclass
class Site:
    """A cabinet as it really is, and the draft that was copied for it."""

    folder: Path
    bench: Bench
    technician: Technician
    out: io.StringIO = field(default_factory=io.StringIO)

    @property
    def draft(self) -> Path:
        return self.folder / "wiring.toml"

    def commission(self, *, save: str = "y", wait: float = 3) -> bool:
        job = Job(
            wiring=self.draft,
            station="cab-1",
            by="张工",
            at=AT,
            sheet=self.folder / "sheet.pdf",
            ports=self.folder,
            scan_seconds=wait,
        )
        scanner = self.bench.readers["label"]
        done = threading.Event()

        def type_often() -> None:
            while not done.wait(0.2):
                scanner.scan("TEST-1")

        typing = threading.Thread(target=type_often)
        typing.start()
        try:
            dialogue = Dialogue(iter([save]), self.out, echo=False)
            return commission(job, dialogue, ask=self.technician)
        finally:
            done.set()
            typing.join()

    def learnt(self) -> dict[int, str]:
        return {one.channel: one.name for one in load_wiring(self.draft, ports=self.folder).compartments}


@pytest.fixture
def sites(tmp_path: Path) -> Iterator["Sites"]:
    made = Sites(tmp_path)
    yield made
    made.stop()


@dataclass
class Sites:
    folder: Path
    benches: list[Bench] = field(default_factory=list)

    def build(self, real: str, draft: str) -> Site:
        bench = Bench(parse_wiring(real, ports=self.folder), self.folder)
        bench.start()
        self.benches.append(bench)
        (self.folder / "wiring.toml").write_text(draft, encoding="utf-8")
        return Site(self.folder, bench, Technician(bench))

    def stop(self) -> None:
        for bench in self.benches:
            bench.stop()


FIRST_LOW = 'byte_order = "first-byte-low"\n'


@pytest.mark.parametrize(
    ("real", "draft", "settings"),
    [
        (TWENTY, TWENTY, {"closed": "11", "byte_order": "last-byte-low", "status_bytes": 3}),
        (TWENTY.replace('"11"', '"00"'), TWENTY, {"closed": "00", "byte_order": "last-byte-low"}),
        (TWENTY.replace('closed = "11"', 'closed = "11"\n' + FIRST_LOW), TWENTY, {"byte_order": "first-byte-low"}),
        (
            TWENTY.replace('closed = "11"', 'closed = "00"\n' + FIRST_LOW),
            TWENTY,
            {"closed": "00", "byte_order": "first-byte-low"},
        ),
        (TWENTY.replace('closed = "11"', 'closed = "11"\nstatus_bytes = 4'), TWENTY, {"status_bytes": 4}),
        (KERONG.replace('"1"', '"0"'), KERONG, {"closed": "0"}),
    ],
    ids=["right", "polarity", "byte-order", "both", "status-bytes", "cu48-polarity"],
)
def test_the_settings_of_a_board_are_learnt(sites: "Sites", real: str, draft: str, settings: dict[str, object]) -> None:
    site = sites.build(real, draft)
    site.technician.lever = False

    good = site.commission()

    (board,) = load_wiring(site.draft, ports=site.folder).boards
    assert good
    assert {key: board.settings[key] for key in settings} == settings
    assert site.learnt() == {1: "01", 2: "02", 3: "03"}


WKLY = TWENTY.replace('"8a80"', '"wkly"').replace('"11"', '"01"')
INFRARED = (
    TWENTY.replace('"8a80"', '"cu16"').replace("channels = 24", "channels = 16").replace("address = 1", "address = 0")
)
SENSING = INFRARED.replace('"11"', '"1"\nitems = "1"')


def test_a_board_that_counts_from_nought_is_learnt_and_no_door_gets_the_wrong_number(sites: "Sites") -> None:
    real = WKLY.replace('closed = "01"', 'closed = "01"\nfirst_channel = 0')
    site = sites.build(real, WKLY)
    site.technician.lever = False

    assert site.commission()

    (board,) = load_wiring(site.draft, ports=site.folder).boards
    assert board.settings["first_channel"] == 0
    assert site.learnt() == {1: "01", 2: "02", 3: "03"}


@pytest.mark.parametrize(("present", "drafted"), [("1", "0"), ("0", "1"), ("1", "none")])
def test_what_a_full_compartment_reads_as_is_learnt(sites: "Sites", present: str, drafted: str) -> None:
    site = sites.build(
        SENSING.replace('items = "1"', f'items = "{present}"'), SENSING.replace('items = "1"', f'items = "{drafted}"')
    )
    site.technician.lever = False

    assert site.commission()

    (board,) = load_wiring(site.draft, ports=site.folder).boards
    assert board.settings["items"] == present
    assert "板自己报告" in sheet_text(site)


def test_swapped_channels_are_learnt_and_nothing_else_moves_in_the_steel(sites: "Sites") -> None:
    mapping = "".join(
        f'[[compartment]]\nname = "{name}"\nboard = "A"\nchannel = {channel}\n'
        for name, channel in (("01", 2), ("02", 1), ("03", 3))
    )
    site = sites.build(TWENTY.replace('compartments = "01-03"\n', "") + mapping, TWENTY)
    before = {one.name: (one.row, one.column) for one in load_wiring(site.draft, ports=site.folder).compartments}

    assert site.commission()

    after = {one.name: (one.row, one.column) for one in load_wiring(site.draft, ports=site.folder).compartments}
    assert site.learnt() == {1: "02", 2: "01", 3: "03"}
    assert after == before


def test_a_jammed_lock_is_fired_twice_at_most_and_stays_in_the_wiring(sites: "Sites") -> None:
    site = sites.build(TWENTY, TWENTY)
    site.bench.cabinet.jam("02")

    assert not site.commission()

    fired = [fire.channel for fire in site.bench.cabinet.fires()]
    assert (fired.count(1), fired.count(2), fired.count(3)) == (1, 2, 1)
    assert site.learnt() == {1: "01", 2: "02", 3: "03"}
    assert "卡住" in sheet_text(site)


def test_a_channel_without_a_lock_leaves_the_wiring(sites: "Sites") -> None:
    site = sites.build(TWENTY.replace('"01-03"', '"01-02"'), TWENTY)
    site.technician.once_more = "u"

    assert site.commission()

    assert site.learnt() == {1: "01", 2: "02"}
    assert len([fire for fire in site.bench.cabinet.fires() if fire.channel == 3]) == 1


def test_a_lever_without_a_signal_is_on_the_sheet(sites: "Sites") -> None:
    site = sites.build(TWENTY, TWENTY)
    site.technician.pull_lever = lambda door: None  # type: ignore[method-assign]

    site.commission()

    assert "×" in sheet_text(site)


def test_nothing_fires_before_the_technician_said_so(sites: "Sites") -> None:
    site = sites.build(TWENTY, TWENTY)
    at_question: list[int] = []
    technician = site.technician

    def careful(question: Ask) -> str:
        at_question.append(len(site.bench.cabinet.fires()))
        return "s" if question.stage is Stage.READY else technician(question)

    site.technician = careful  # type: ignore[assignment]
    site.commission()

    assert set(at_question) == {0}
    assert site.bench.cabinet.fires() == ()


def test_the_old_file_is_kept_and_the_sheet_names_the_new_one(sites: "Sites") -> None:
    site = sites.build(TWENTY, TWENTY)
    site.commission()

    assert (site.folder / "wiring.toml.20261123T093000").read_text(encoding="utf-8") == TWENTY
    text = sheet_text(site)
    assert "张工" in text
    assert "TEST-1" not in text
    assert "label" in text
    assert not list(site.folder.glob(".wiring*"))


def test_no_means_no(sites: "Sites") -> None:
    site = sites.build(TWENTY.replace('"11"', '"00"'), TWENTY)

    assert not site.commission(save="n")

    assert site.draft.read_text(encoding="utf-8") == TWENTY


def test_a_silent_board_can_be_left_out(sites: "Sites") -> None:
    site = sites.build(TWENTY, TWENTY)
    site.bench.buses["bus0"].silent.add(1)
    technician = site.technician

    def patient(question: Ask) -> str:
        return "s" if question.stage is Stage.SILENT else technician(question)

    site.technician = patient  # type: ignore[assignment]

    site.commission()

    assert "没有应答" in sheet_text(site)
    assert site.bench.cabinet.fires() == ()


def test_a_port_that_somebody_holds_is_told_with_the_remedy(sites: "Sites") -> None:
    site = sites.build(TWENTY, TWENTY)
    site.bench.buses["bus0"].line.unplug()
    technician = site.technician

    def patient(question: Ask) -> str:
        return "s" if question.stage is Stage.SILENT else technician(question)

    site.technician = patient  # type: ignore[assignment]

    site.commission()

    assert "systemctl stop" in site.out.getvalue()


def test_a_draft_that_cannot_be_read_stops_it(tmp_path: Path) -> None:
    job = Job(wiring=tmp_path / "wiring.toml", station="s", by="x", at=AT, sheet=tmp_path / "s.pdf")
    with pytest.raises(EdgeError, match=r"wiring\.missing"):
        commission(job, Dialogue(iter([]), sys.stdout, echo=False))
    job.wiring.write_text("[station]\nkind = 1")
    with pytest.raises(EdgeError, match=r"wiring\.wrong"):
        commission(replace(job), Dialogue(iter([]), sys.stdout, echo=False))


def test_the_command_takes_its_answers_from_a_file(sites: "Sites", capsys: pytest.CaptureFixture[str]) -> None:
    site = sites.build(TWENTY, TWENTY)
    answers = site.folder / "answers"
    answers.write_text("y\ns\ns\ns\ns\ns\nn\n", encoding="utf-8")
    before = json.dumps(site.learnt())

    options = ["--station", str(site.folder), "--ports", str(site.folder), "--by", "张工", "--answers", str(answers)]
    options += ["--wait", "0.2"]
    status = main(["commission", *options])

    out = capsys.readouterr().out
    assert status == 1
    assert "柜体调试" in out
    assert "Nothing was written" in out
    assert json.dumps(site.learnt()) == before
    assert list(site.folder.glob("commissioning-*.pdf"))


def sheet_text(site: Site) -> str:
    (page,) = pypdf.PdfReader(site.folder / "sheet.pdf").pages
    return str(page.extract_text())


PINS = """
[station]
kind = "cabinet"
[cabinet]
rows = 1
columns = 2
[[gpio]]
name = "box"
relays = "active-high"
locks = [17, 27]
contacts = [5, 6]
closed = "low"
pulse_ms = 200
compartments = "01-02"
[[reader]]
name = "label"
role = "label"
port = "label"
"""
CROSSED = PINS.replace("locks = [17, 27]", "locks = [27, 17]").replace("contacts = [5, 6]", "contacts = [6, 5]")


@pytest.mark.parametrize(
    ("real", "closed", "doors"),
    [
        (PINS, "low", {1: "01", 2: "02"}),
        (PINS.replace('"low"', '"high"'), "high", {1: "01", 2: "02"}),
        (CROSSED, "low", {1: "02", 2: "01"}),
    ],
    ids=["right", "polarity", "crossed"],
)
def test_pins_are_learnt_too(sites: "Sites", real: str, closed: str, doors: dict[int, str]) -> None:
    site = sites.build(real, PINS)
    site.technician.lever = False

    good = site.commission()

    (box,) = load_wiring(site.draft, ports=site.folder).gpio
    assert good
    assert box.closed_high is (closed == "high")
    assert site.learnt() == doors
    assert len(site.bench.cabinet.fires()) == 2


@pytest.mark.parametrize(
    ("family", "channels", "drafted", "real"),
    [
        ("cu48b", 48, "1", "0"),
        ("cu16", 16, "1", "0"),
        ("wkly", 24, "01", "00"),
        ("winnsen", 16, "0", "1"),
        ("modbus", 8, "1", "0"),
    ],
)
def test_the_polarity_of_every_family_is_learnt(
    sites: "Sites", family: str, channels: int, drafted: str, real: str
) -> None:
    draft = TWENTY.replace('"8a80"', f'"{family}"').replace("channels = 24", f"channels = {channels}")
    draft = draft.replace('closed = "11"', f'closed = "{drafted}"').replace('"01-03"', '"01-02"')
    site = sites.build(draft.replace(f'closed = "{drafted}"', f'closed = "{real}"'), draft)
    site.technician.lever = False

    assert site.commission()

    assert load_wiring(site.draft, ports=site.folder).boards[0].settings["closed"] == real
    assert site.learnt() == {1: "01", 2: "02"}


def test_lights_are_lit_while_their_question_is_asked(sites: "Sites") -> None:
    lights = """
[[light]]
name = "green"
use = "ready"
pin = 26
[[light]]
name = "torn-off"
use = "alarm"
pin = 16
"""
    draft = TWENTY.replace('"01-03"', '"01-01"')
    site = sites.build(draft + lights, draft + lights)
    site.technician.lever = False
    site.bench.parts.lit = lambda name: name == "green" and type(site.bench.parts).lit(site.bench.parts, name)

    site.commission()

    text = sheet_text(site)
    assert "ready: works" in text
    assert "alarm: does not work" in text
    assert not type(site.bench.parts).lit(site.bench.parts, "green")


def test_a_camera_counts_when_enough_pictures_read_the_same(sites: "Sites") -> None:
    camera = """
[[camera]]
name = "eye"
role = "label"
port = "eye"
width = 640
height = 360
equal_reads = 3
"""
    draft = TWENTY.replace('"01-03"', '"01-01"') + camera
    site = sites.build(draft, draft)
    site.technician.lever = False
    site.bench.cameras["eye"].show("V0123456", tilt=20)

    assert site.commission(wait=20)

    text = sheet_text(site)
    assert "camera eye: 8 characters read, the same in 3 pictures" in text
    assert "V0123456" not in text
    assert "摄像头 eye" in site.out.getvalue()


def test_a_camera_before_which_nothing_is_held_is_on_the_sheet(sites: "Sites") -> None:
    camera = '[[camera]]\nname = "eye"\nrole = "label"\nport = "eye"\nwidth = 320\nheight = 240\n'
    draft = TWENTY.replace('"01-03"', '"01-01"') + camera
    site = sites.build(draft, draft)
    site.technician.lever = False
    technician = site.technician
    site.technician = lambda question: "s" if question.stage is Stage.UNREAD else technician(question)  # type: ignore[assignment]

    site.commission(wait=1)

    assert "eye: nothing was read" in sheet_text(site)


RELAYS = TWENTY.replace('"8a80"', '"modbus"').replace("channels = 24", "channels = 8").replace('"11"', '"1"')


def test_the_pulse_of_a_board_that_shows_its_relays_is_measured(sites: "Sites") -> None:
    draft = RELAYS.replace('closed = "1"', 'closed = "1"\npulse_ms = 400')
    site = sites.build(draft, draft)
    site.technician.lever = False

    assert site.commission()

    found = re.search(
        r"pulse measured as (\d+)–(\d+) ms \(the wiring says 400 ms\)", " ".join(sheet_text(site).split())
    )
    assert found is not None
    assert all(abs(int(told) - 400) <= 150 for told in found.groups())  # as often as the board is asked
    assert len(site.bench.cabinet.fires()) == 3


def test_a_board_whose_pulse_is_longer_than_it_was_told_is_named(sites: "Sites") -> None:
    """Its tenths of a second are not everybody's."""
    draft = RELAYS.replace('closed = "1"', 'closed = "1"\npulse_ms = 300').replace('"01-03"', '"01-01"')
    site = sites.build(draft, draft)
    site.technician.lever = False
    for _, board in site.bench.buses["bus0"]._boards.values():
        board.stretch = 3.0

    site.commission()

    assert "is longer than the 300 ms of the wiring" in " ".join(sheet_text(site).split())


def slow(found: Seen) -> Walk:
    """A walk along one door that opened so."""
    closed: Hypothesis = (("closed", "1"),)
    section = Section("A", ((1, "01"),), (closed,), pulse_ms=300)
    looked, _ = begin(Walk(sections=(section,), readers=()))
    for told in (Answer("y"), Seen({closed: (Door.CLOSED,)}), Answer("y"), found, Answer("01"), Answer("q")):
        looked, _ = step(looked, told)
    return looked


@pytest.mark.parametrize(
    ("travel", "measured", "proposed"), [(120, None, None), (420, None, 600), (420, 500, None), (1900, None, 1000)]
)
def test_a_pulse_that_ends_before_the_slowest_door_opens_is_named_with_a_proposal(
    travel: int, measured: int | None, proposed: int | None
) -> None:
    opened = Seen({(("closed", "1"),): (Door.OPEN,)}, travel, True, measured_ms=measured)

    told = dict(findings(slow(opened)))

    assert told["travel"] == {"board": "A", "least": travel, "most": travel, "doors": 1}
    assert told.get("pulse.short", {}).get("wanted") == proposed
