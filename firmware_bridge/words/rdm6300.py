"""Frames of RDM6300 badge readers in words."""

from collections.abc import Mapping
from typing import Final

from firmware_bridge.scanners import rdm6300
from firmware_bridge.scanners.badges import Form, number_of
from firmware_bridge.scanners.rdm6300 import LENGTH, Card
from firmware_bridge.words.scanning import SCANNER, made, refused, told, wrong_length
from firmware_bridge.words.telling import Told, Words, unhexed


def _decode(data: bytes, role: str) -> Told:
    if len(data) != LENGTH:
        raise refused(wrong_length(LENGTH, len(data)))
    card = rdm6300.decode(data)
    if card is None:
        raise refused(
            (
                "应为 02、十个十六进制数字、两位校验、03，校验为五个字节的异或。",
                "Must be 02, ten hexadecimal digits, their XOR in two, 03.",
            )
        )
    raw = card.raw.hex().upper()
    badge = number_of(raw, Form.HEX, keep_bytes=4)
    return told(rdm6300.NAME, data, SCANNER, role, {"frame": "card", "card": raw, "badge": badge})


def _encode(name: str, given: Mapping[str, str]) -> Told:
    return made(rdm6300.NAME, name, {"card": lambda given: rdm6300.encode(Card(unhexed(given["card"])))}, given)


WORDS: Final = Words(rdm6300.NAME, ("card",), {"card": "five bytes of a card, 07 00 BC 61 4E"}, _decode, _encode)
