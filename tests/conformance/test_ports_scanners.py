"""One suite for every family of readers, each with its driver, against a simulated device that writes real bytes."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.scanners.families import FAMILIES
from firmware_bridge.scanners.keys import Way
from hardware import registry
from hardware.drivers.port_thread import PortThread
from hardware.ports import LossReason, ReaderFound, ReaderLost, Scanned, ScanRefused
from hardware.wiring import parse_wiring
from tests.hardware.witness import Scene, scene, until

KINDS = sorted(FAMILIES)
TYPING = [kind for kind in KINDS if kind not in ("ssi", "rdm6300")]
ON_LINES = [kind for kind in TYPING if FAMILIES[kind].serial]
TRIGGERED = [kind for kind in KINDS if FAMILIES[kind].trigger is not None]
CYCLES = 10


def wiring(kind: str, **keys: object) -> str:
    role = "badge" if kind == "rdm6300" else "label"
    given = {"name": "label", "role": role, "family": kind, "port": "label", **keys}
    lines = (f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in given.items())
    return "\n".join(('[station]\nkind = "station"\n[[reader]]', *lines))


def code(kind: str, number: int) -> str:
    """A code that this kind of reader can tell."""
    return f"{number:010d}" if kind == "rdm6300" else f"YG{number:04d}a"


def texts(station: Scene) -> list[str]:
    return [seen.text for seen in station.witness.of(Scanned)]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def station(kind: str, tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, wiring(kind)) as made:
        made.witness.wait(ReaderFound, reader="label")
        yield made


def test_a_busy_machine_tears_no_reading(station: Scene, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread has to wait just after it looked in vain, and the other half comes meanwhile."""
    heard = PortThread._hear

    def heard_late(self: PortThread[Any], *given: Any, **named: Any) -> bytes:
        data = heard(self, *given, **named)
        if not data:
            time.sleep(0.1)
        return data

    monkeypatch.setattr(PortThread, "_hear", heard_late)
    reader = station.bench.readers["label"]
    for number in range(3):
        mark = station.witness.now
        reader.halt(96 if kind == "keys" else 4, seconds=0.03)
        reader.scan(code(kind, number))
        station.witness.wait(Scanned, after=mark)

    assert len(texts(station)) == 3
    assert station.witness.of(ScanRefused) == []


def test_every_driver_of_readers_runs_here_and_has_a_simulated_device() -> None:
    run = {parse_wiring(wiring(kind)).readers[0].driver for kind in KINDS}

    assert run == set(registry.names(registry.SCANNERS))
    assert run <= set(registry.SIMULATED)


@pytest.mark.parametrize("aim", [True, False])
@pytest.mark.parametrize(
    ("kind", "framing"),
    [
        (kind, framing)
        for kind in TYPING
        for framing in ("cr", "lf", "crlf", "tab", "stx-etx", "idle")
        if (kind, framing) != ("keys", "stx-etx")  # there are no keys for STX and ETX
    ],
)
def test_every_framing_delivers_what_was_read(kind: str, framing: str, aim: bool, tmp_path: Path) -> None:  # noqa: FBT001
    with scene(tmp_path, wiring(kind, framing=framing)) as station:
        station.witness.wait(ReaderFound, reader="label")
        reader = station.bench.readers["label"]
        reader.aim = aim

        reader.scan("YG0001A", symbology="CODE128")
        first = station.witness.wait(Scanned)
        reader.scan("YG0002B")
        station.witness.wait(Scanned, text="YG0002B", symbology=None)

        assert (first.reader, first.role, first.text) == ("label", "label", "YG0001A")
        assert first.symbology == ("CODE128" if aim else None)
        assert texts(station) == ["YG0001A", "YG0002B"]
        assert station.witness.of(ScanRefused) == []


def test_codes_read_one_after_another_come_once_each_and_in_order(station: Scene, kind: str) -> None:
    codes = [code(kind, number) for number in range(1, 6)]
    for text in codes:
        station.bench.readers["label"].scan(text)

    station.witness.wait(Scanned, text=codes[-1])
    until(lambda: not station.bench.readers["label"].typing)

    assert texts(station) == codes
    assert station.witness.of(ScanRefused) == []


def test_half_a_code_and_a_pause_is_no_reading_and_neither_is_the_other_half(station: Scene, kind: str) -> None:
    """A packet is sent again when half of it is lost; a line is not, and its halves look like codes."""
    reader = station.bench.readers["label"]
    reader.halt(288 if kind == "keys" else 5, seconds=0.2)

    reader.scan(code(kind, 1))
    if kind in ("ssi", "rdm6300"):
        station.witness.wait(Scanned, text=code(kind, 1))
        assert texts(station) == [code(kind, 1)]
    else:
        until(lambda: len(station.witness.of(ScanRefused, reason="incomplete")) == 2)
        assert texts(station) == []
        time.sleep(0.6)  # a person who reads it again is slower
    reader.scan(code(kind, 2))
    station.witness.wait(Scanned, text=code(kind, 2))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [(b"YG\x1d1\r", "control-character"), (b"\xff\xfe\r", "not-text"), (b"X" * 300 + b"\r", "too-long")],
)
@pytest.mark.parametrize("kind", ON_LINES)
def test_what_is_no_code_is_refused_and_the_next_is_read(station: Scene, typed: bytes, reason: str) -> None:
    station.bench.readers["label"].type_bytes(typed)
    station.bench.readers["label"].scan("YG0001A")

    station.witness.wait(Scanned, text="YG0001A")

    assert [seen.reason for seen in station.witness.of(ScanRefused)] == [reason]


@pytest.mark.parametrize(("text", "reason"), [("NR", "no-read"), ("A" * 65, "too-long")])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "rdm6300"])
def test_what_no_label_can_be_stops_at_the_edge(station: Scene, text: str, reason: str) -> None:
    station.bench.readers["label"].scan(text)
    station.bench.readers["label"].scan("YG0001A")

    station.witness.wait(Scanned, text="YG0001A")

    assert [seen.reason for seen in station.witness.of(ScanRefused)] == [reason]
    assert texts(station) == ["YG0001A"]


def test_an_unplugged_reader_is_told_lost_once_and_read_again_after(station: Scene, kind: str) -> None:
    reader = station.bench.readers["label"]
    reader.line.unplug()
    station.witness.wait(ReaderLost, reason=LossReason.UNPLUGGED)
    station.witness.wait(ReaderLost, reason=LossReason.ABSENT)
    mark = station.witness.now

    reader.line.plug()
    station.witness.wait(ReaderFound, after=mark)
    reader.scan(code(kind, 1))

    station.witness.wait(Scanned, text=code(kind, 1))
    assert texts(station) == [code(kind, 1)]
    assert len(station.witness.of(ReaderLost)) == 2


def test_ten_times_unplugged_during_work_nothing_is_lost_or_made_up_and_nobody_restarts_anything(
    station: Scene, kind: str
) -> None:
    """Each time the plug is pulled while a code is being typed; the person reads it again. No half ever counts."""
    reader = station.bench.readers["label"]
    for cycle in range(1, CYCLES + 1):
        mark = station.witness.now
        reader.halt(288 if kind == "keys" else 4, seconds=0.05)
        reader.scan(code(kind, 100 + cycle))
        reader.line.unplug()
        station.witness.wait(ReaderLost, after=mark)
        until(lambda: not reader.typing)
        mark = station.witness.now
        reader.line.plug()
        station.witness.wait(ReaderFound, after=mark)
        reader.scan(code(kind, cycle))
        station.witness.wait(Scanned, after=mark, text=code(kind, cycle))

    worked = [text for text in texts(station) if text in {code(kind, cycle) for cycle in range(1, CYCLES + 1)}]
    assert worked == [code(kind, cycle) for cycle in range(1, CYCLES + 1)]
    made_up = {*texts(station)} - {code(kind, number) for number in range(1, 100 + CYCLES + 1)}
    assert made_up == set()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ssi"])
def test_what_was_typed_before_anybody_listened_is_nobodys(station: Scene, kind: str) -> None:
    """A badge held to the reader while the agent was down opens nothing when it comes up.

    An SSI scanner keeps what nobody acknowledged for a second or two and tells it then: that is its purpose.
    """
    reader = station.bench.readers["label"]
    station.installation.stop()
    reader.scan(code(kind, 7))
    until(lambda: not reader.typing)
    again = station.again()
    try:
        again.witness.wait(ReaderFound, reader="label")
        reader.scan(code(kind, 1))

        again.witness.wait(Scanned, text=code(kind, 1))

        assert texts(again) == [code(kind, 1)]
    finally:
        again.installation.stop()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if FAMILIES[kind].serial])
def test_a_reader_behind_a_socket_is_the_same(kind: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with scene(tmp_path, wiring(kind, port=f"socket://127.0.0.1:{port}")) as station:
        station.witness.wait(ReaderFound, reader="label")
        reader = station.bench.readers["label"]
        reader.scan(code(kind, 1))
        station.witness.wait(Scanned, text=code(kind, 1))
        reader.line.unplug()
        station.witness.wait(ReaderLost, reason=LossReason.ABSENT)
        mark = station.witness.now
        reader.line.plug()
        station.witness.wait(ReaderFound, after=mark)
        until(lambda: reader.line.connected)
        reader.scan(code(kind, 2))

        station.witness.wait(Scanned, text=code(kind, 2))

        assert texts(station) == [code(kind, 1), code(kind, 2)]


# The trigger


@pytest.mark.parametrize("kind", TRIGGERED)
def test_where_the_host_holds_the_trigger_every_code_is_read_once(kind: str, tmp_path: Path) -> None:
    with scene(tmp_path, wiring(kind, trigger="host")) as station:
        reader = station.bench.readers["label"]
        until(lambda: reader.manner.pulls > 0)
        for number in (1, 2, 3):
            reader.scan(code(kind, number))
            station.witness.wait(Scanned, text=code(kind, number))

        assert texts(station) == [code(kind, number) for number in (1, 2, 3)]
        assert reader.manner.pulls >= 3


@pytest.mark.parametrize("kind", TRIGGERED)
def test_a_trigger_that_was_let_go_reads_nothing_until_it_is_pulled(kind: str, tmp_path: Path) -> None:
    with scene(tmp_path, wiring(kind, trigger="host")) as station:
        reader = station.bench.readers["label"]
        until(lambda: reader.manner.looking)
        station.installation.trigger("label", on=False)
        until(lambda: not reader.manner.looking)
        reader.scan(code(kind, 1))
        assert texts(station) == []

        station.installation.trigger("label", on=True)

        station.witness.wait(Scanned, text=code(kind, 1))


# Zebra SSI


@pytest.mark.parametrize("kind", ["ssi"])
def test_an_acknowledgement_that_is_lost_doubles_nothing(station: Scene) -> None:
    reader = station.bench.readers["label"]
    reader.manner.deaf = 2
    reader.scan("YG0001A")
    reader.scan("YG0002B")

    station.witness.wait(Scanned, text="YG0002B")

    assert texts(station) == ["YG0001A", "YG0002B"]
    assert reader.manner.sent == 4


@pytest.mark.parametrize("kind", ["ssi"])
def test_a_damaged_packet_is_asked_for_again(station: Scene) -> None:
    reader = station.bench.readers["label"]
    reader.manner.damaged = 2
    reader.scan("YG0001A", symbology="QRCODE")

    station.witness.wait(Scanned, text="YG0001A", symbology="QRCODE")

    assert texts(station) == ["YG0001A"]
    assert reader.manner.sent == 3


@pytest.mark.parametrize("kind", ["ssi"])
def test_a_reading_of_many_packets_is_acknowledged_whole_and_refused_once(station: Scene) -> None:
    reader = station.bench.readers["label"]
    reader.scan("A" * 700)
    reader.scan("YG0001A")

    station.witness.wait(Scanned, text="YG0001A")

    assert [seen.reason for seen in station.witness.of(ScanRefused)] == ["too-long"]
    assert reader.manner.sent == 4


# Readers that pretend to be a keyboard


@pytest.mark.parametrize("kind", ["keys"])
def test_characters_typed_by_their_numbers_are_read(station: Scene) -> None:
    station.bench.readers["label"].manner.way = Way.ALT_KEYPAD
    station.bench.readers["label"].scan("YG-0001a]")

    station.witness.wait(Scanned, text="YG-0001a]")


@pytest.mark.parametrize("kind", ["keys"])
def test_a_path_that_is_no_keyboard_is_told(kind: str, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    with scene(tmp_path, wiring(kind), plugged=False) as station:
        station.witness.wait(ReaderLost, reason=LossReason.ABSENT)
        (tmp_path / "label").symlink_to(tmp_path / "plain")

        station.witness.wait(ReaderLost, reason=LossReason.MISFIT)


# Badges


@pytest.mark.parametrize("form", ["decimal", "hex", "hex-reversed", "facility", "wiegand-26"])
@pytest.mark.parametrize("kind", ["line", "keys"])
def test_a_badge_is_one_text_however_its_reader_writes_it(kind: str, form: str, tmp_path: Path) -> None:
    with scene(tmp_path, wiring(kind, role="badge", badge=form)) as station:
        station.witness.wait(ReaderFound, reader="label")

        station.bench.readers["label"].scan("0012345678")

        assert station.witness.wait(Scanned).text == "0012345678"
