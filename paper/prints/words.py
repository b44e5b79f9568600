"""The words that stand on printed paper, as data: Chinese as courts use them, and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custody.events import Part

__all__ = ["CHINESE", "ENGLISH", "Words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """``volume`` and ``page`` are patterns over {number} and {of}."""

    parts: Mapping[Part, str]
    volume: str
    page: str
    columns: tuple[str, str, str, str, str, str]
    total: str
    printed: str
    signature: str
    date: str


CHINESE = Words(
    parts={Part.MAIN: "正卷", Part.CONFIDENTIAL: "副卷"},
    volume="第 {number} 册 共 {of} 册",
    page="第 {number} 页 共 {of} 页",
    columns=("序号", "标签", "案号", "卷别与册次", "页数", "备注"),
    total="合计 {volumes} 册",
    printed="打印时间",
    signature="签名",
    date="日期",
)

ENGLISH = Words(
    parts={Part.MAIN: "Main", Part.CONFIDENTIAL: "Confidential"},
    volume="volume {number} of {of}",
    page="Page {number} of {of}",
    columns=("No.", "Label", "Case number", "Part and volume", "Pages", "Remarks"),
    total="{volumes} volumes in all",
    printed="Printed",
    signature="Signature",
    date="Date",
)
