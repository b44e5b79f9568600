"""A wiring file: what it says, and that no slip of the pen goes unnoticed."""

import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from firmware_bridge.boards.eight_a_eighty_doors import ByteOrder, EightAEighty
from firmware_bridge.boards.families import FAMILIES
from firmware_bridge.exchange import Echo
from hardware import registry
from hardware.wiring import WiringError, load_wiring, parse_wiring

CABINETS = sorted((Path(__file__).parents[2] / "hardware" / "cabinets").iterdir())
MODEL = (Path(__file__).parents[2] / "hardware/cabinets/8a80-48/wiring.toml").read_text(encoding="utf-8")
STATION = '[station]\nkind = "station"\n[[reader]]\nname = "label"\nrole = "label"\nport = "ttyACM0"\n'


@pytest.mark.parametrize("cabinet", CABINETS, ids=lambda path: path.name)
def test_every_cabinet_model_is_wired_whole_and_explained(cabinet: Path) -> None:
    wiring = load_wiring(cabinet / "wiring.toml")

    assert wiring.compartments
    title = (cabinet / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert re.search(r"[\u4e00-\u9fff].* [·/] .*[a-z]", title), "the README speaks both languages"


def test_the_demonstration_cabinet_has_forty_eight_compartments_on_two_boards() -> None:
    wiring = parse_wiring(MODEL)

    assert [c.name for c in wiring.compartments] == [f"{n:02}" for n in range(1, 49)]
    assert [(c.board, c.channel) for c in wiring.compartments[22:26]] == [("A", 23), ("A", 24), ("B", 1), ("B", 2)]
    assert (wiring.rows, wiring.columns) == (8, 6)
    assert {(c.row, c.column) for c in wiring.compartments} == {(r, c) for r in range(1, 9) for c in range(1, 7)}
    assert {c.size for c in wiring.compartments} == {"S", "M", "L"}


def test_what_is_not_said_has_a_sensible_default() -> None:
    wiring = parse_wiring(MODEL)

    assert (wiring.buses[0].driver, wiring.buses[0].echo) == ("serial", Echo.TOLERATE)
    assert wiring.boards[0].dialect == EightAEighty(1, 24, 3, 0x11, ByteOrder.LAST_BYTE_LOW)
    assert (wiring.buses[0].port, parse_wiring(MODEL, ports=Path("/run/x")).buses[0].port) == (
        "/dev/bus0",
        "/run/x/bus0",
    )


BRIDGED = """
[station]
kind = "cabinet"
[cabinet]
rows = 6
columns = 8
[[bus]]
name = "bus0"
port = "socket://10.0.0.7:4001"
[[board]]
bus = "bus0"
family = "cu48"
address = 0
channels = 48
closed = "1"
compartments = "01-48"
"""


def two_families(baud: str) -> str:
    return (
        MODEL.replace("baud = 9600", baud)
        .replace('family = "8a80"\naddress = 2', 'family = "cu48"\naddress = 2')
        .replace(
            'status_bytes = 3\nclosed = "11"\nbyte_order = "last-byte-low"\ncompartments = "25',
            'closed = "0"\ncompartments = "25',
        )
    )


def test_boards_of_several_families_share_a_bus_at_one_speed() -> None:
    wiring = parse_wiring(two_families("baud = 9600"))

    assert [(board.family, board.address) for board in wiring.boards] == [("8a80", 1), ("cu48", 2)]
    assert wiring.boards[1].settings == {"closed": "0", "pulse_ms": 500}


def test_families_of_different_speeds_need_the_speed_told() -> None:
    with pytest.raises(WiringError) as refused:
        parse_wiring(two_families(""))

    assert (refused.value.reason, refused.value.fields["value"]) == ("baud-unclear", "9600, 19200")


def test_the_speed_of_a_bus_is_that_of_its_boards_and_a_bridge_may_stand_for_the_port() -> None:
    bus = parse_wiring(BRIDGED).buses[0]

    assert (bus.baud, bus.port) == (19200, "socket://10.0.0.7:4001")


def test_a_station_without_doors_has_only_readers() -> None:
    wiring = parse_wiring(STATION)

    assert (wiring.compartments, wiring.rows, [reader.name for reader in wiring.readers]) == ((), 0, ["label"])


def test_numbering_may_run_down_the_columns_and_single_places_be_given() -> None:
    text = MODEL.replace('numbering = "rows"', 'numbering = "columns"') + (
        '[[compartment]]\nname = "01"\nrow = 8\ncolumn = 6\n'
    )
    places = {c.name: (c.row, c.column) for c in parse_wiring(text).compartments}

    assert (places["01"], places["02"], places["03"], places["10"]) == ((8, 6), (1, 1), (2, 1), (1, 2))


def test_a_single_compartment_may_be_wired_by_hand() -> None:
    text = MODEL.replace('"25-48"', '"25-47"').replace('name = "48"', 'name = "48"\nboard = "B"\nchannel = 24')

    assert parse_wiring(text).compartments[-1].channel == 24


SLIPS = [
    ("baud = 9600", "baund = 9600", "baund", "unknown-key"),
    ("[cabinet]", "[cabinets]", "[cabinets]", "unknown-key"),
    ("address = 2", "address = 1", "address = 1", "duplicate"),
    ("address = 2", "address = 33", "address = 33", "choice"),
    ("address = 2", "address = true", "address = true", "type"),
    ("channels = 24", 'channels = "24"', 'channels = "24"', "type"),
    ('closed = "11"', "", "[[board]]", "missing-key"),
    ('closed = "11"', 'closed = "10"', 'closed = "10"', "choice"),
    ('closed = "11"', "closed = 11", "closed = 11", "type"),
    ('"25-48"', '"24-47"', '"24-47"', "duplicate"),
    ('"25-48"', '"25–48"', '"25–48"', "range"),
    ('"25-48"', '"48-25"', '"48-25"', "range"),
    ('"25-48"', '"25-49"', '"25-49"', "range-too-long"),
    ('name = "48"', 'name = "49"', 'name = "49"', "unmapped"),
    ('name = "48"', 'name = "48"\nboard = "A"', 'name = "48"', "duplicate"),
    ('name = "48"', 'name = "49"\nboard = "B"\nchannel = 24', "channel = 24", "duplicate"),
    ("rows = 8", "rows = 7", "rows = 7", "grid-too-small"),
    ('name = "48"', 'name = "48"\nrow = 9\ncolumn = 1', "rows = 8", "outside-grid"),
    (
        'name = "48"',
        'name = "48"\nrow = 1\ncolumn = 1\n[[compartment]]\nname = "01"\nrow = 1\ncolumn = 1',
        "rows",
        "duplicate",
    ),
    ('name = "bus0"', 'name = "bus0"\ndriver = "cereal"', "cereal", "choice"),
    ('port = "bus0"', 'port = "telnet://10.0.0.7"', "telnet://10.0.0.7", "port-url"),
    ('family = "8a80"', 'family = "8a81"', 'family = "8a81"', "choice"),
    ('family = "8a80"', "", "[[board]]", "missing-key"),
    ('port = "badge"', 'port = "label"', None, "duplicate"),
    ('name = "badge"', 'name = "label"', None, "duplicate"),
    ('name = "B"', 'name = "A"', None, "duplicate"),
    ('kind = "cabinet"', 'kind = "station"', 'kind = "station"', "doors-at-station"),
    ('kind = "cabinet"', 'kind = "fridge"', "fridge", "choice"),
    ("status_bytes = 3", "status_bytes = 2", "status_bytes = 2", "too-few-status-bytes"),
    ("rows = 8", "rows = = 8", "rows = = 8", "syntax"),
    ("[station]", "[[station]]", "[[station]]", "type"),
]


@pytest.mark.parametrize(("right", "slip", "line", "reason"), SLIPS)
def test_each_slip_stops_with_file_line_and_remedy(right: str, slip: str, line: str | None, reason: str) -> None:
    text = MODEL.replace(right, slip, 1)

    with pytest.raises(WiringError) as refused:
        parse_wiring(text, name="cabinet.toml")

    error = refused.value
    assert (error.file, error.reason) == ("cabinet.toml", reason)
    assert (line or slip) in text.splitlines()[error.line - 1]
    assert [told.startswith(f"cabinet.toml:{error.line}: ") for told in str(error).splitlines()] == [True, True]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing-table"),
        ('[station]\nkind = "cabinet"\n', "no-doors"),
        ('station = "cabinet"\n', "type"),
        (MODEL + '[[bus]]\nname = "bus1"\nport = "bus1"\n', "unused"),
        (
            MODEL + '[[board]]\nname = "C"\nbus = "bus0"\nfamily = "8a80"\naddress = 3\nchannels = 8\nclosed = "11"\n',
            "unused",
        ),
        (STATION + '[[board]]\nbus = "bus0"\naddress = 1\n', "choice"),
        (STATION.replace("[[reader]]", "[reader]"), "type"),
        (
            MODEL.replace("channels = 24", "channels = 8", 1)
            .replace("status_bytes = 3", "status_bytes = 1", 1)
            .replace('"01-24"', '"01-08"'),
            "echo-unclear",
        ),
    ],
)
def test_what_dangles_or_is_missing_stops_too(text: str, reason: str) -> None:
    with pytest.raises(WiringError) as refused:
        parse_wiring(text)

    assert refused.value.reason == reason


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "wiring.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(WiringError, match=str(path)):
        load_wiring(path)


def test_every_key_is_explained_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/hardware/wiring.md").read_text(encoding="utf-8")
    chinese, english = page.split("## English")
    keys = {
        "kind", "rows", "columns", "numbering", "name", "driver", "port", "baud", "echo", "poll_ms", "stable_polls",
        "reply_ms", "bus", "address", "channels", "status_bytes", "closed", "byte_order", "compartments", "size",
        "board", "channel", "row", "column", "role", "framing", "idle_ms", "family",
    }  # fmt: skip
    keys |= {setting.key for family in FAMILIES.values() for setting in family.settings} | set(FAMILIES)

    assert {key for key in keys if f"`{key}`" not in chinese or f"`{key}`" not in english} == set()


def test_a_driver_from_elsewhere_comes_through_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("doors.paper-clip", "hardware.installation:Installation", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])

    assert registry.names(registry.DOORS) == ("paper-clip", "serial")
    assert registry.driver(registry.DOORS, "paper-clip").__name__ == "Installation"
