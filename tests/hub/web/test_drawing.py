"""Pages drawn from views: what comes from outside stays text, and every sentence exists in both languages."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custody.archiving import Gate
from custody.events import FACTS, Doubt, Step
from custody.grants import Role
from custody.holding import Conflict
from custody.identifiers import VolumeId
from custody.messages import DoorState, Outcome
from hub.core.access import ACCESS
from hub.core.telling import DOOR_KINDS
from hub.core.witnessing import Witnessed
from hub.telling import Telling
from hub.texts import CHINESE, ENGLISH, LANGUAGES, texts
from hub.views import Hit, HitKind
from hub.web.drawing.hits import draw_hits
from hub.web.drawing.volume import draw_timeline
from hub.web.markup import Markup, h, join
from hub.web.pages.cabinet import OPEN_REASONS
from hub.web.pages.deciding import DECISIONS
from hub.web.pages.volume import RELEASE_REASONS
from tests.hub.pretend_office import PretendOffice

ROOT = Path(__file__).parents[3]
NOW = 1_790_000_000_000  # Monday 21 September 2026, 22:13:20 in Yingkou
HOUR = 3_600_000


@pytest.fixture
def tell() -> Telling:
    return Telling(texts(CHINESE), NOW, ZoneInfo("Asia/Shanghai"))


def test_text_is_escaped_wherever_it_is_put() -> None:
    evil = "<script>alert('x')</script>\""

    drawn = h("a", evil, h("b", evil), title=evil) + evil

    assert "<script>" not in drawn
    assert drawn.count("&lt;script&gt;") == 4


def test_a_name_somebody_typed_stays_text_in_the_search_hits(tell: Telling) -> None:
    drawn = draw_hits([Hit(kind=HitKind.PERSON, id="p-1", name="<img src=x onerror=alert(1)>", holds=0)], tell)

    assert "<img" not in drawn


def test_what_is_neither_text_nor_markup_is_not_drawn() -> None:
    with pytest.raises(TypeError, match="object"):
        join(object())


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW - 30_000, "刚刚"),
        (NOW - 59 * 60_000, "59 分钟前"),
        (NOW - HOUR, "21:13"),
        (NOW - 24 * HOUR, "周日 22:13"),
        (NOW - 7 * 24 * HOUR, "9月14日 22:13"),
        (NOW - 300 * 24 * HOUR, "2025-11-25 22:13"),
        (NOW + 5 * HOUR, "9月22日 03:13"),
    ],
)
def test_times_are_relative_below_an_hour_and_absolute_above(tell: Telling, at: int, told: str) -> None:
    assert tell.age(at) == told


def test_each_line_of_a_timeline_has_its_proof(tell: Telling) -> None:
    view = PretendOffice(lambda: NOW).volume(VolumeId("v-0000"), roles=[Role.STAFF])
    assert view is not None

    drawn = draw_timeline(view, tell)

    assert isinstance(drawn, Markup)
    assert re.findall(r'data-emit="proof" data-value="([^"]+)"', drawn) == [one.entry for one in view.timeline]


def test_both_languages_say_the_same_things() -> None:
    chinese, english = texts(CHINESE), texts(ENGLISH)

    assert chinese.keys == english.keys
    for key in chinese.keys:
        assert fields(chinese(key)) == fields(english(key)) or key == "import.header", key


def test_every_key_the_code_asks_for_has_a_sentence() -> None:
    missing = {key for path in sources() for key in keys(path) if not texts(CHINESE).knows(key)}

    assert missing == set()


def test_everything_that_can_happen_to_a_volume_can_be_told() -> None:
    kinds = [kind for kind, fact in FACTS.items() if "volume" in {one.name for one in dataclasses.fields(fact)}]
    told = [f"happened.{kind}" for kind in (*kinds, *DOOR_KINDS, "unrecognised")]
    told += [f"discrepancy.{kind}" for kind in (*Conflict, *Gate, "fork", "history_lost")]
    told += [f"discrepancy.{one}" for one in Witnessed if not one.fine] + [f"discrepancy.ledger_{one}" for one in Doubt]
    told += [f"answer.{outcome}" for outcome in Outcome] + [f"role.{role}" for role in Role]
    told += [f"step.{step}" for step in Step] + [f"door.{state}" for state in DoorState]
    told += [f"release.{one}" for one in RELEASE_REASONS] + [f"decision.{one}" for one in DECISIONS]
    told += [f"open_reason.{one}" for one in OPEN_REASONS]

    assert [key for key in told if not texts(CHINESE).knows(key)] == []


def test_every_page_in_the_table_has_a_way_or_a_title() -> None:
    pages = {what.removeprefix("PAGE ") for what in ACCESS if what.startswith("PAGE ")}
    registered = {path for source in sources() for path in re.findall(r'@ui\.page\("([^"]+)"\)', source.read_text())}

    assert registered == pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_with_a_field_too_few_is_still_shown(language: str) -> None:
    assert texts(language)("login.locked")


def sources() -> Iterator[Path]:
    yield from sorted((ROOT / "hub").rglob("*.py"))


_DOMAINS = (
    "nav frame search hit time span where overview stations col table volume set timeline proof cabinet command queue"
    " discrepancies people place discrepancy rank moved dialog labels import login account page api"
)
_KEY = re.compile(rf"(?:{'|'.join(_DOMAINS.split())})(?:\.[a-z_0-9]+)+")


def keys(path: Path) -> Iterator[str]:
    """The constants of a source that are keys of the catalogues; parts of f-strings and kinds of facts are not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:  # noqa: SIM102
            if _KEY.fullmatch(node.value) and node.value not in FACTS and not node.value.endswith((".csv", ".pdf")):
                yield node.value


def fields(sentence: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", sentence))
