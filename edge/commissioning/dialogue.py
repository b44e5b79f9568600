"""What the walk asks and does, in Chinese and English; answers from a keyboard or from a file of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TextIO

from edge.sentences import sentences
from hardware.commissioning.walk import Ask, Effect, Fire, LookAt, Scan

__all__ = ["Dialogue"]


class Dialogue:
    """``answers`` that have run out end the walk; what they would have done is left as it was."""

    def __init__(self, answers: Iterator[str], out: TextIO, *, echo: bool) -> None:
        self._answers, self._out, self._echo = answers, out, echo
        self._says = sentences(catalogue="commission")

    def say(self, key: str, /, **fields: str | int) -> None:
        for say in self._says:
            print(say(key, fields), file=self._out)

    def ask(self, question: Ask) -> str:
        key = f"ask.{question.stage.value}"
        return self.question(f"{key}.taken" if question.fields.get("taken") else key, question.fields)

    def question(self, key: str, fields: Mapping[str, str | int]) -> str:
        self.say(key, **fields)
        print("> ", end="", file=self._out, flush=True)
        answer = next(self._answers, "q").strip()
        if self._echo:
            print(answer, file=self._out)
        return answer

    def tell(self, effect: Effect, failed: OSError | None) -> None:
        match effect:
            case LookAt(board) | Fire(board, _) if failed is not None:
                self.say("failed", board=board, why=str(failed))
            case LookAt(board):
                self.say("do.look", board=board)
            case Fire(board, channel):
                self.say("do.fire", board=board, channel=channel)
            case Scan(reader, 0):
                self.say("do.scan", reader=reader)
            case Scan(camera, pictures):
                self.say("do.show", reader=camera, pictures=pictures)
            case _:
                pass


def lines(read: Callable[[], str]) -> Iterator[str]:
    """Lines until there are no more."""
    while line := read():
        yield line
