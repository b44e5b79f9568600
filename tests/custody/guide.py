"""The guide to the flows in both languages, drawn from the same tables that the kiosk runs."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from custody.flows.grammar import (
    BadgeTapped,
    Began,
    Carried,
    Chosen,
    DoorClosed,
    DoorOpened,
    Flow,
    LabelScanned,
    NumberEntered,
    Prompt,
    Session,
    Stimulus,
    Text,
    TimeUp,
    UnlockFailed,
)
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.knowledge import View
from custody.sentences import own_sentences
from tests.custody.catalogues import catalogue

__all__ = ["guide"]

_MADE = "<!-- Drawn from the code by tests/custody/documents.py; change the code, not this page. -->"
_FIELD = re.compile(r"%\(\w+\)s")


@dataclass(frozen=True)
class _Words:
    """What the guide itself says in one language."""

    title: str
    about: str
    where: str
    who: str
    anybody: str
    columns: tuple[str, ...]
    door: str
    over: str
    seconds: str
    stimuli: Mapping[type[Stimulus], str]


WORDS = {
    "zh_CN": _Words(
        title="在云柜和工作站前能办什么",
        about="每一件事一张图、一张表，与屏幕出自同一套规则。“门”表示柜门可能开着，这时不能取消，也不会因超时结束；"
        "“毕”表示已办完，下一次扫描重新开始。图上没有的操作：取消和超时结束本次办理，其余提示后不改变任何东西。",
        where="地点",
        who="可用者",
        anybody="任何人，不用刷卡",
        columns=("屏幕", "", "接着怎么做", "可选", "等候"),
        door="门",
        over="毕",
        seconds="{} 秒",
        stimuli={
            Began: "选择办理",
            BadgeTapped: "刷卡",
            LabelScanned: "扫描",
            DoorOpened: "门开",
            DoorClosed: "门关",
            UnlockFailed: "门未开",
            Chosen: "触摸",
            NumberEntered: "输入数字",
            TimeUp: "超时",
        },
    ),
    "en": _Words(
        title="What people do at cabinets and stations",
        about="One drawing and one table for each thing to do, made from the rules the screen runs. **door**: a door "
        "is or may be open, so neither cancel nor waiting ends it. **over**: done, the next scan begins anew. What is "
        "not drawn: cancel and waiting end the session; anything else is answered and changes nothing.",
        where="At",
        who="For",
        anybody="anybody, without a badge",
        columns=("Screen", "", "What to do next", "Choices", "Waits"),
        door="door",
        over="over",
        seconds="{} s",
        stimuli={
            Began: "chosen",
            BadgeTapped: "badge",
            LabelScanned: "scan",
            DoorOpened: "door opens",
            DoorClosed: "door shuts",
            UnlockFailed: "not opened",
            Chosen: "touch",
            NumberEntered: "number",
            TimeUp: "time is up",
        },
    ),
}


def guide(language: str, flows: Mapping[str, Flow]) -> str:
    """The page of one language."""
    words, said = WORDS[language], {**own_sentences(language, flows), **catalogue(language)}
    parts = [f"# {words.title}", _MADE, words.about]
    for flow in flows.values():
        kinds = "、".join(said[f"station_kind.{kind}"] for kind in sorted(flow.at))
        roles = "、".join(said[f"role.{role}"] for role in sorted(flow.rights)) or words.anybody
        where = f"{words.where}: {kinds} · {words.who}: {roles}"
        screens = {state: _screen(flow, state) for state in flow.states}
        parts += [f"## {said[f'flow.{flow.name}']}", where, _picture(flow, screens, words, said)]
        parts.append(_table(flow, screens, words, said))
    return "\n\n".join(parts) + "\n"


def _screen(flow: Flow, state: str) -> Prompt:
    place = PlaceId("sample")
    session = Session(
        flow=flow.name,
        state=state,
        person=PersonId("sample"),
        volumes=(Carried(volume=VolumeId("sample"), label="", title=""),),
        place=place,
        act=ActId("sample"),
        places=(place,),
        reason=flow.reasons[0] if flow.reasons else "",
    )
    view = View(kind=min(flow.at), place=place, now=0, new_id="", grants=None)
    return flow.prompts[state](session, view)


def _picture(flow: Flow, screens: Mapping[str, Prompt], words: _Words, said: Mapping[str, str]) -> str:
    edges: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, stimulus), row in flow.table.items():
        for to in row.to:
            if to != state:
                edges[state, to].append(words.stimuli[stimulus])
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{_say(screens[state].headline, said)}" as {state}' for state in flow.states]
    for (state, to), stimuli in edges.items():
        lines.append(f"    {state or '[*]'} --> {to or '[*]'}: {' / '.join(dict.fromkeys(stimuli))}")
    return "\n".join([*lines, "```"])


def _table(flow: Flow, screens: Mapping[str, Prompt], words: _Words, said: Mapping[str, str]) -> str:
    rows = [words.columns, ("---",) * len(words.columns)]
    for state in flow.states:
        prompt = screens[state]
        mark = words.door if state in flow.held else words.over if state in flow.over else ""
        choices = " · ".join(_say(one.text, said) for one in prompt.choices)
        waits = words.seconds.format(flow.patience[state])
        rows.append((_say(prompt.headline, said), mark, _say(prompt.next, said), choices, waits))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _say(text: Text, said: Mapping[str, str]) -> str:
    return _FIELD.sub("…", said.get(text.key, text.key)).replace('"', "'")
