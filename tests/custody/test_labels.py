"""Labels: what is printed, what is read back, and which slips of hand or scanner are noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.identifiers import (
    LABEL_CAPACITY,
    Label,
    LabelKind,
    LabelRefusal,
    LabelTrouble,
    make_label,
    parse_label,
    serial_of,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
kinds = st.sampled_from(LabelKind)
serials = st.integers(0, LABEL_CAPACITY - 1)
labels = st.builds(make_label, kinds, serials)


def trouble(text: str) -> LabelTrouble:
    refused = parse_label(text)
    assert isinstance(refused, LabelRefusal), refused
    return refused.trouble


def test_labels_once_printed_stay_what_they_are() -> None:
    """These are stuck on paper: a change of the mixing would print them a second time for other volumes."""
    assert [str(make_label(kind, serial)) for kind in LabelKind for serial in (0, 1, 2, LABEL_CAPACITY - 1)] == [
        "VDLGFG9V",
        "V9TN8UVE",
        "V60U27FW",
        "VHDAN3PD",
        "PDLGFG9T",
        "P9TN8UVP",
        "P60U27F6",
        "PHDAN3P7",
        "BDLGFG9B",
        "B9TN8UV9",
        "B60U27FM",
        "BHDAN3PE",
    ]


@given(kinds, serials)
def test_a_label_is_read_back_to_its_kind_and_serial(kind: LabelKind, serial: int) -> None:
    label = make_label(kind, serial)
    assert parse_label(label.text) == label
    assert (label.kind, serial_of(label)) == (kind, serial)
    assert len(label.text) == 8
    assert not set(label.text) & set("OI")


@given(kinds, st.integers(0, LABEL_CAPACITY - 2))
def test_neighbours_look_different(kind: LabelKind, serial: int) -> None:
    one, next_one = (make_label(kind, serial + step).text[1:-1] for step in (0, 1))
    assert sum(a != b for a, b in zip(one, next_one, strict=True)) >= 4


@given(labels)
def test_any_one_wrong_character_is_noticed(label: Label) -> None:
    for place, right in enumerate(label.text):
        for wrong in ALPHABET.replace(right, ""):
            assert isinstance(parse_label(label.text[:place] + wrong + label.text[place + 1 :]), LabelRefusal)


@given(labels)
def test_any_two_neighbours_swapped_are_noticed(label: Label) -> None:
    text = label.text
    for place in range(len(text) - 1):
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert swapped == text or isinstance(parse_label(swapped), LabelRefusal)


@pytest.mark.parametrize(
    "read", ["vdlgfg9v", "  VDLGFG9V\r\n", "ＶＤＬＧＦＧ９Ｖ", "ｖｄｌｇｆｇ９ｖ", "\u3000VDLGFG9V"]
)
def test_case_width_and_space_around_do_not_matter(read: str) -> None:
    assert parse_label(read) == make_label(LabelKind.VOLUME, 0)


@pytest.mark.parametrize(
    ("read", "expected", "fields"),
    [
        ("", LabelTrouble.LENGTH, {"length": "0", "expected": "8"}),
        ("VDLGFG9", LabelTrouble.LENGTH, {"length": "7", "expected": "8"}),
        ("（2019）辽08民初123号", LabelTrouble.LENGTH, {"length": "15", "expected": "8"}),
        ("VDLG-G9V", LabelTrouble.ALPHABET, {"character": "-", "position": "5"}),
        ("VDLG G9V", LabelTrouble.ALPHABET, {"character": " ", "position": "5"}),
        ("VDLGÉG9V", LabelTrouble.ALPHABET, {"character": "É", "position": "5"}),
        ("ODLGFG9V", LabelTrouble.LOOK_ALIKE, {"character": "O", "position": "1"}),
        ("VDLGFi9V", LabelTrouble.LOOK_ALIKE, {"character": "I", "position": "6"}),
        ("XDLGFG9V", LabelTrouble.KIND, {"character": "X"}),
        ("VDLGFG8V", LabelTrouble.CHECK_CHARACTER, {}),
    ],
)
def test_what_is_no_label_says_why(read: str, expected: LabelTrouble, fields: dict[str, str]) -> None:
    refused = parse_label(read)
    assert isinstance(refused, LabelRefusal)
    assert (refused.trouble, dict(refused.fields)) == (expected, fields)


def test_every_trouble_keeps_what_was_read_for_the_sentence() -> None:
    refused = parse_label(" vdlgfg8v ")
    assert isinstance(refused, LabelRefusal)
    assert refused.text == "VDLGFG8V"


def test_the_kinds_do_not_share_labels() -> None:
    assert trouble("P" + make_label(LabelKind.VOLUME, 7).text[1:]) is LabelTrouble.CHECK_CHARACTER


@pytest.mark.parametrize("serial", [-1, LABEL_CAPACITY])
def test_a_serial_outside_the_capacity_is_a_mistake_of_the_caller(serial: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        make_label(LabelKind.VOLUME, serial)
