"""The type codes (类型代字) of case numbers, as data: a court may add its own when it reads a number.

A code is one to four characters: the rule says three at most, and 诉前调书 and 诉前调确 have been four since 2022.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CASE_TYPES", "FIXED_WIDTHS"]

_GROUPS: Mapping[str, str] = {
    "Jurisdiction (管辖)": "刑辖 民辖 民辖终 民辖监 行辖 行辖终 赔辖 赔辖终",
    "Criminal (刑事)": (
        "刑初 刑终 刑监 刑申 刑抗 刑再 刑没 刑核 刑医 刑医解 刑医复 刑医监 刑止 刑止调 刑止核 刑更 刑更监 刑更备 刑他"
    ),
    "Civil (民事)": "民初 民终 民监 民申 民抗 民再 民撤 民特 民特监 民催 民督 民督监 民破 民算 民他",
    "Administrative (行政)": (
        "行初 行终 行监 行申 行抗 行再 行审 行审复 行他 行赔初 行赔终 行赔监 行赔申 行赔抗 行赔再"
    ),
    "State compensation and judicial aid (国家赔偿、司法救助)": (
        "法赔 委赔 委赔监 委赔提 委赔再 赔他 司救刑 司救民 司救行 司救赔 司救执 司救访 司救他"
    ),
    "Regions and abroad (区际、国际司法协助)": (
        "认台 认港 认澳 认复 认他 请台送 请港送 请澳送 台请送 港请送 澳请送 请台调 请港调 请澳调 台请调 "
        "港请调 澳请调 请移管 助移管 请移赃 助移赃 协外认 协他 协外送 请外送 协外调 请外调 请外移 协外移 "
        "请外引 协外引"
    ),
    "Judicial sanctions and preservation (司法制裁、保全)": "司惩 司惩复 财保 行保 行保复 证保",
    "Enforcement (执行)": "执 执恢 执保 执异 执复 执监 执协 执他",
    "Liquidation and bankruptcy, since August 2016 (强制清算、破产)": "清申 破申 清终 破终 清监 破监 强清 破",
    "Before filing, since 2022 (诉前调解)": "诉前调 诉前调书 诉前调确",
}

CASE_TYPES: tuple[str, ...] = tuple(code for group in _GROUPS.values() for code in group.split())
"""All codes of the 2015 standard and its additions of 2016 and 2022, in the order of the standard's groups."""

FIXED_WIDTHS: Mapping[str, int] = {"刑核": 8}
"""Types whose numbers are drawn at random with this many digits, so that every digit counts, a leading zero too."""
