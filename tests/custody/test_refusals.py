"""Refusals are a closed set of codes with fields."""

from custody.refusals import REFUSALS, HeldByOther, NotNow, fields_of


def test_codes_are_words_and_all_different() -> None:
    assert all(code.isascii() and code == code.lower() and " " not in code for code in REFUSALS)
    assert all(REFUSALS[code].code == code for code in REFUSALS)


def test_the_fields_of_a_refusal_are_those_its_sentence_may_name() -> None:
    assert fields_of(NotNow()) == {}
    assert fields_of(HeldByOther(volume="v", person="p", since_ms=7)) == {"volume": "v", "person": "p", "since_ms": 7}
