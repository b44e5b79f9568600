"""Triggers and menu commands of Honeywell, Datalogic and Newland scanners in words."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from firmware_bridge.scanners import menus
from firmware_bridge.scanners.menus import Menu, MenuAnswer, Verdict
from firmware_bridge.words import line
from firmware_bridge.words.scanning import HOST, SCANNER, made, told
from firmware_bridge.words.telling import Told, Words

_Write = Callable[[Menu | MenuAnswer], bytes]
_Read = Callable[[bytes], Menu | MenuAnswer | None]
_VERDICTS: Final = {verdict.name.lower().replace("_", "-"): verdict for verdict in Verdict}


def _words(family: str, triggers: dict[str, bytes], write: _Write, read: _Read) -> Words:
    def decode(data: bytes, role: str) -> Told:
        for name, trigger in triggers.items():
            if data == trigger:
                return told(family, data, HOST, role, {"frame": name})
        frame = read(data)
        if isinstance(frame, Menu):
            return told(family, data, HOST, role, {"frame": "menu", "menu": frame.command, "lasting": frame.lasting})
        if isinstance(frame, MenuAnswer):
            verdict = frame.verdict.name.lower().replace("_", "-")
            words = {"frame": "menu-answer", "menu": frame.command, "lasting": frame.lasting, "verdict": verdict}
            return told(family, data, SCANNER, role, words)
        return {**line.WORDS.decode(data, role), "family": family}

    def encode(name: str, given: Mapping[str, str]) -> Told:
        if name == "reading":
            return {**line.WORDS.encode(name, given), "family": family}
        build = {name: lambda _, trigger=trigger: trigger for name, trigger in triggers.items()}
        return made(
            family, name, {**build, "menu": partial(_menu, write), "menu-answer": partial(_answer, write)}, given
        )

    return Words(
        family,
        (*triggers, "menu", "menu-answer", "reading"),
        {
            "menu": "a menu command such as TRGMOD0",
            "lasting": "yes: the scanner keeps it without power",
            "verdict": "what a scanner answers: " + ", ".join(_VERDICTS),
            **line.WORDS.fields,
        },
        decode,
        encode,
    )


def _menu(write: _Write, given: Mapping[str, str]) -> bytes:
    return write(Menu(given["menu"], given.get("lasting") == "yes"))


def _answer(write: _Write, given: Mapping[str, str]) -> bytes:
    if given["verdict"] not in _VERDICTS:
        raise ValueError(f"verdict {given['verdict']}: must be one of {', '.join(_VERDICTS)}")
    return write(MenuAnswer(given["menu"], _VERDICTS[given["verdict"]], given.get("lasting") == "yes"))


_SYN: Final = {"trigger-on": menus.HONEYWELL_ON, "trigger-off": menus.HONEYWELL_OFF}
_SOH: Final = {"trigger-on": menus.NEWLAND_ON, "trigger-off": menus.NEWLAND_OFF}

HONEYWELL: Final = _words("honeywell", _SYN, menus.encode_honeywell, menus.decode_honeywell)
DATALOGIC: Final = _words("datalogic", _SYN, menus.encode_honeywell, menus.decode_honeywell)
NEWLAND: Final = _words("newland", _SOH, menus.encode_newland, menus.decode_newland)
