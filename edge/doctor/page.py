"""The page of everything the doctor can find, drawn from the same tables and sentences: ``docs/hardware/doctor.md``.

python -m edge.doctor.page > docs/hardware/doctor.md
"""

from __future__ import annotations

from edge.doctor.judge import FINDINGS, Grade
from edge.doctor.telling import MARKS
from edge.sentences import Say, sentences

__all__ = ["page"]


class _Named(dict[str, str | int]):
    """Every field stands for itself, by its name."""

    def __missing__(self, name: str) -> str:
        return f"‹{name}›"


_HEAD = """# 检查本机 · yungui-edge doctor

```sh
sudo yungui-edge doctor --station /var/lib/yungui/cab-1        # --json：供程序读取 · for programs
```

逐项检查接线中的设备、用户权限、时钟、磁盘、记录、证书和供电。✘ 是故障，! 是提醒，✔ 是正常；有故障时退出状态为 1。
没有 sudo 时看不到其他用户的程序占用了哪些串口。此页由程序生成。

It looks at the devices of the wiring, the rights of the user, clock, disk, journal, certificates and supply. ✘ is a
fault, ! is advice, ✔ is sound; the exit status is 1 when there is a fault. Without sudo it cannot see which ports the
programs of other users hold. This page is generated.

| | 发现 · Finding | 办法 · Remedy |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    languages = sentences(catalogue="doctor")
    rows = [
        f"| {MARKS[grade]} | {_both(languages, key)} | {_both(languages, key + '.remedy')} |"
        for key, grade in FINDINGS.items()
        if grade is not Grade.GOOD and key != "files.wrong"
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _both(languages: tuple[Say, ...], key: str) -> str:
    return "<br>".join(say(key, _Named()) for say in languages)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
