"""What the agent shows becomes a picture with every word in it, whatever the flow."""

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custody.events import StationKind
from custody.flows.grammar import DoorClosed, DoorOpened, LabelScanned
from custody.identifiers import PlaceId
from custody.messages import DoorState
from edge.kiosk.__main__ import main
from edge.kiosk.catalogues import sentences
from edge.kiosk.picture import Picture, away, picture
from edge.kiosk.sentences import Language
from edge.kiosk.shown import Show, Touch, parse_show, parse_touch
from tests.edge.kiosk.stage import CLERK, HOUR, JUDGE, LABELS, NOW, OPERATOR, Stage, volume

ZONE = ZoneInfo("Asia/Shanghai")
ZH = Language(code="zh_CN", sentences=sentences("zh_CN"), zone=ZONE)
EN = Language(code="en", sentences=sentences("en"), zone=ZONE)
VOLUMES = tuple(volume(number) for number in range(12))
FIRST = PlaceId("cab-1.01")


def shown(stage: Stage) -> Show:
    return parse_show(json.dumps(stage.show()).encode())


def drawn(stage: Stage, language: Language = ZH, *, sound: bool = True) -> Picture:
    return picture(shown(stage), language, now=NOW, other="en", sound=sound)


def cabinet() -> Stage:
    return Stage(StationKind.CABINET, *VOLUMES)


def test_at_rest_it_says_how_to_begin_and_how_the_cabinet_stands() -> None:
    seen = drawn(cabinet())

    assert seen.scene == "rest"
    assert seen.headline == ZH.sentences["rest.headline"]
    assert seen.rest is not None
    assert [(one.name, one.count) for one in seen.rest.free] == [("小格", 14), ("中格", 3), ("大格", 4)]
    assert [one.name for one in seen.rest.waiting] == ["W.M.", "L.J.G."]


def test_a_volume_is_ticked_only_when_the_door_was_sensed_closed() -> None:
    stage = cabinet().badge(CLERK).tell(LabelScanned(LABELS[0]), DoorOpened(FIRST), LabelScanned(LABELS[1]))

    assert [one.ticked for one in drawn(stage).slips] == [False, False]
    assert drawn(stage).progress == "已记录 0 / 2 册"

    stage.tell(DoorClosed(FIRST))

    assert [one.ticked for one in drawn(stage).slips] == [True, True]
    assert drawn(stage).progress == "已记录 2 / 2 册"
    assert drawn(stage).colour == "done"


def test_a_door_is_drawn_as_sensed_and_the_one_in_question_is_lit() -> None:
    stage = cabinet().door("02", DoorState.UNKNOWN).door("03", DoorState.CLOSED, blocked=True).badge(CLERK)
    stage.tell(LabelScanned(LABELS[0])).door("01", DoorState.OPEN)
    seen = drawn(stage).cabinet

    assert seen is not None
    doors = {one.number: (one.shape, one.lit) for one in seen.doors}
    assert doors["01"] == ("open", True)
    assert doors["02"] == ("unknown", False)
    assert doors["03"] == ("blocked", False)
    assert doors["04"] == ("shut", False)
    assert seen.columns == 6
    assert seen.rows == (1.0, 1.0, 1.0, 1.0, 1.4, 1.4, 1.4, 2.0)


def test_an_open_door_is_drawn_open_even_under_verification() -> None:
    seen = drawn(cabinet().door("03", DoorState.OPEN, blocked=True)).cabinet

    assert seen is not None
    assert [one.shape for one in seen.doors if one.number == "03"] == ["open"]


def test_a_refusal_is_a_sentence_with_names_and_times() -> None:
    stage = Stage(StationKind.CABINET, volume(0, holder=JUDGE, since=NOW - 5 * HOUR)).badge(CLERK)
    seen = drawn(stage.tell(LabelScanned(LABELS[0])))

    assert seen.refusal is not None
    assert "李建国" in seen.refusal.sentence
    assert "17:13" in seen.refusal.sentence
    assert "正卷\N{NO-BREAK SPACE}1/12" not in seen.refusal.sentence  # as the record has it
    assert seen.sound == "bad"


def test_a_refusal_nobody_has_worded_yet_shows_its_code() -> None:
    stage = cabinet()
    told = stage.show()["show"]["prompt"]
    seen = drawn(stage.but(prompt={**told, "refusal": {"code": "brand_new", "fields": {}}}))

    assert seen.refusal is not None
    assert seen.refusal.sentence == "refusal.brand_new"


def test_the_newest_cards_stay_in_sight() -> None:
    stage = Stage(StationKind.STATION, *VOLUMES).badge(OPERATOR)
    stage.tell(*(LabelScanned(LABELS[number]) for number in (0, 1, 2, 4, 5, 6)))
    seen = drawn(stage)

    assert [one.title[-4:] for one in seen.slips] == ["2/12", "3/12", "5/12", "6/12", "7/12"]
    assert seen.more == "另有 1 册未显示"
    assert seen.cabinet is None

    refused = drawn(stage.tell(LabelScanned(LABELS[3])))  # a 副卷, which is not for operators

    assert [one.title[-4:] for one in refused.slips] == ["6/12", "7/12"]
    assert refused.more == "另有 4 册未显示"


@pytest.mark.parametrize(
    ("network", "journal", "state", "chinese"),
    [
        ("online", {"waiting": 0}, "online", "联网正常，记录全部上传"),
        ("online", {"waiting": 3}, "online", "联网正常，正在上传 3 条记录"),
        (
            "online",
            {"waiting": 0, "room_days": 0.4},
            "urgent",
            "联网正常，记录全部上传，存储空间不足 1 天，请联系管理员",
        ),
        ("offline", {"waiting": 0, "room_days": None}, "offline", "离线工作中：没有记录待上传"),
        ("offline", {"waiting": 37, "room_days": 6.4}, "offline", "离线工作中：37 条记录待上传，可再存 6 天"),
        (
            "offline",
            {"waiting": 37, "room_days": 6.4, "oldest": NOW - 3 * HOUR},
            "offline",
            "离线工作中：37 条记录待上传（最早 19:13），可再存 6 天",
        ),
        (
            "offline",
            {"waiting": 9000, "room_days": 0.4, "oldest": NOW - 3 * HOUR},
            "urgent",
            "离线工作中：9000 条记录待上传，存储空间不足 1 天，请联系管理员",
        ),
    ],
)
def test_the_line_at_the_bottom_says_how_network_and_journal_stand(
    network: str, journal: dict[str, Any], state: str, chinese: str
) -> None:
    seen = drawn(cabinet().but(network=network, journal=journal)).line

    assert (seen.state, seen.sentence) == (state, chinese)


def test_many_people_waiting_are_counted_and_the_rest_named_by_number() -> None:
    crowd = [{"initials": f"P{number}", "count": 1} for number in range(9)]
    seen = drawn(cabinet().but(waiting=crowd)).rest

    assert seen is not None
    assert len(seen.waiting) == 6
    assert seen.more == "另有 3 人"


def test_a_sound_is_given_once() -> None:
    stage = cabinet().badge(CLERK)

    assert drawn(stage).sound == "good"
    assert drawn(stage, sound=False).sound is None


def test_every_word_changes_with_the_language() -> None:
    stage = cabinet().badge(CLERK).tell(LabelScanned(LABELS[0]), DoorOpened(FIRST))
    chinese, english = drawn(stage), drawn(stage, EN)

    assert (chinese.language, english.language) == ("zh-CN", "en")
    assert re.search(r"[一-鿿]", chinese.headline + chinese.next + chinese.cancel)
    said = english.headline + english.next.replace("扫描组", "") + english.cancel + english.progress  # a name stays
    assert not re.search(r"[一-鿿]", said)


def test_without_the_agent_it_says_that_it_waits() -> None:
    seen = away(ZH, now=NOW, other="en")

    assert (seen.scene, seen.colour, seen.headline) == ("away", "unknown", "等待柜控程序")
    assert seen.choices == ()


def test_a_line_that_is_no_picture_is_named_and_not_believed() -> None:
    with pytest.raises(ValueError, match="turn"):
        parse_show(b'{"show": {"turn": "seven"}}')


def test_touches_are_read_and_handed_on() -> None:
    assert parse_touch('{"chosen": "collect", "turn": 7}').line() == b'{"chosen":"collect","turn":7}\n'
    assert parse_touch('{"number": 128, "turn": 8}').line() == b'{"number":128,"turn":8}\n'
    assert Touch(language="en").line() is None
    with pytest.raises(ValueError, match="number"):
        parse_touch('{"number": "many", "turn": 8}')


def test_a_folder_that_is_not_there_is_named_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--station", str(tmp_path / "nowhere")]) == 2

    said = capsys.readouterr().err
    assert "nowhere 不是文件夹" in said
    assert "nowhere is not a folder" in said
