"""The frames of every family in words, for a technician. One module a family; a new one is a line in WORDS."""

from typing import Final

from firmware_bridge.words import eight_a_eighty, gm65, kerong, line, menus, modbus, rdm6300, ssi, winnsen, wkly
from firmware_bridge.words.telling import Words

WORDS: Final[dict[str, Words]] = {
    words.family: words
    for words in (
        eight_a_eighty.WORDS,
        kerong.CU16,
        kerong.CU48,
        kerong.CU48B,
        wkly.WORDS,
        winnsen.WORDS,
        modbus.WORDS,
        line.WORDS,
        ssi.WORDS,
        gm65.WORDS,
        menus.HONEYWELL,
        menus.DATALOGIC,
        menus.NEWLAND,
        rdm6300.WORDS,
    )
}
