"""Private values are offered until they are answered, in order, a few at a time, ever less often."""

from edge.core.confidence import Asked, asked_again, due, wanted

HERE = tuple(f"pv-{number:02}" for number in range(40))


def test_what_was_never_sent_is_sent_in_order_a_few_at_a_time() -> None:
    first = wanted(HERE, {}, 0)

    assert first == HERE[:16]
    assert wanted(HERE, {one: asked_again(None, 0) for one in first}, 0) == ()


def test_an_answer_makes_room_for_the_next() -> None:
    under_way = {one: asked_again(None, 0) for one in HERE[:16]}
    here = HERE[1:]  # the first was answered, and is gone

    assert wanted(here, under_way, 0) == ("pv-16",)


def test_without_an_answer_it_is_sent_again_ever_later() -> None:
    asked, waits, now = asked_again(None, 0), [], 0
    for _ in range(12):
        waits.append(asked.again - now)
        now = asked.again
        assert wanted(("pv-00",), {"pv-00": asked}, now - 1) == ()
        assert wanted(("pv-00",), {"pv-00": asked}, now) == ("pv-00",)
        asked = asked_again(asked, now)

    assert waits == sorted(waits)
    assert (waits[0], waits[-1], asked.times) == (15_000, 600_000, 13)


def test_it_is_due_when_the_first_is() -> None:
    assert due(("a", "b"), {"a": Asked(1, 70), "b": Asked(1, 60), "gone": Asked(1, 5)}) == 60
    assert due(("a",), {}) is None
