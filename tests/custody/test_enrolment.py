"""An invitation is read as it was written or not at all; a proof fits the keys it was made for and no others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.enrolment import (
    CODE_BYTES,
    Invitation,
    Misread,
    invitation_text,
    is_proven,
    proof,
    read_invitation,
    rotation_bytes,
)
from custody.identifiers import CourtId, StationId
from custody.messages import Application

CODE = bytes(range(CODE_BYTES))
INVITATION = Invitation(
    host="archive.court.local", port=8443, station=StationId("cab-1"), authority=b"\x07" * 32, code=CODE
)


def application(code: bytes = CODE) -> Application:
    station = INVITATION.station
    made = proof(code, station=station, public_key="ab" * 32, sealing_key="cd" * 32, request=b"request")
    return Application(station=station, public_key="ab" * 32, sealing_key="cd" * 32, request=b"request", proof=made)


@pytest.mark.parametrize("host", ["archive.court.local", "192.168.1.10", "fd00::1"])
def test_an_invitation_is_read_as_it_was_written(host: str) -> None:
    written = replace(INVITATION, host=f"[{host}]" if ":" in host else host)

    assert read_invitation(invitation_text(written)) == replace(INVITATION, host=host)
    assert read_invitation(f" {invitation_text(written).lower()} ") == replace(INVITATION, host=host)


def test_the_text_fits_the_small_kind_of_qr_code() -> None:
    assert set(invitation_text(INVITATION)) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@given(at=st.integers(0, len(invitation_text(INVITATION)) - 1), letter=st.characters(codec="utf-8"))
def test_any_other_letter_is_noticed(at: int, letter: str) -> None:
    text = invitation_text(INVITATION)
    changed = text[:at] + letter + text[at + 1 :]

    assert read_invitation(changed) == INVITATION or isinstance(read_invitation(changed), Misread)


@given(st.text())
def test_anything_else_is_no_invitation(text: str) -> None:
    assert isinstance(read_invitation(text), Misread)


def signed(*parts: str) -> str:
    """A text whose check fits, whatever it says."""
    from custody.enrolment import _check

    text = "/".join(parts)
    return f"{text}/{_check(text)}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("V9TN8UVE", "mark"),
        ("YUNGUI1/A:1/CAB-1", "shape"),
        (invitation_text(INVITATION)[:-1] + "?", "check"),
        (signed("YUNGUI1", "HOST", "CAB-1", "AA", "AA"), "shape"),
        (signed("YUNGUI1", "HOST:0", "CAB-1", "AA", "AA"), "shape"),
        (signed("YUNGUI1", "HOST:70000", "CAB-1", "AA", "AA"), "shape"),
        (signed("YUNGUI1", "HOST:1", "CAB 1", "AA", "AA"), "shape"),
        (signed("YUNGUI1", "HOST:1", "CAB-1", "AA", "AA"), "shape"),
        (signed("YUNGUI1", "HOST:1", "CAB-1", "1", "AA"), "shape"),
        (signed("YUNGUI1", "HOST:1", "CAB-1", "A" * 52, "AA"), "shape"),
    ],
)
def test_it_is_said_why_a_text_is_no_invitation(text: str, why: str) -> None:
    assert read_invitation(text) == Misread(why)


def test_who_read_the_code_can_prove_it_and_nobody_else() -> None:
    assert is_proven(application(), code=CODE)
    assert not is_proven(application(), code=CODE[::-1])
    assert not is_proven(replace(application(), proof="é"), code=CODE)


@pytest.mark.parametrize(
    "change",
    [
        {"station": StationId("cab-2")},
        {"public_key": "ac" * 32},
        {"sealing_key": "ce" * 32},
        {"request": b"another"},
    ],
)
def test_a_proof_is_worth_nothing_with_other_keys(change: dict[str, object]) -> None:
    assert not is_proven(replace(application(), **change), code=CODE)  # type: ignore[arg-type]


def test_a_next_key_signs_for_one_station_of_one_court_after_one_key() -> None:
    signed = rotation_bytes(court=CourtId("yk"), station=StationId("cab-1"), before="ab" * 32)

    assert signed != rotation_bytes(court=CourtId("yk"), station=StationId("cab-2"), before="ab" * 32)
    assert signed != rotation_bytes(court=CourtId("yk2"), station=StationId("cab-1"), before="ab" * 32)
    assert signed != rotation_bytes(court=CourtId("yk"), station=StationId("cab-1"), before="cd" * 32)
