"""Messages are plain frozen values; every one that is signed has a purpose of its own."""

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from custody.messages import LastWill, Message, Purpose
from tests.custody.court import CABINET


def test_there_is_one_purpose_for_each_signed_message() -> None:
    assert len(get_args(Message)) == len(Purpose)


def test_a_message_never_changes() -> None:
    will = LastWill(station=CABINET, connection=1)

    with pytest.raises(FrozenInstanceError):
        will.connection = 2  # type: ignore[misc]
