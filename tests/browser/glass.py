"""A kiosk process for a test, and a look at whether its page can be read and hit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import answers, free_port
from tests.support.processes import Process

__all__ = ["MEASURE", "kiosk_process"]


@contextmanager
def kiosk_process(station: Path, *, log: Path) -> Iterator[str]:
    """The address of a running kiosk, in Shanghai, of the station whose folder this is."""
    port = free_port()
    command = [sys.executable, "-m", "edge.kiosk", "--station", str(station), "--port", str(port)]
    with Process(command, log=log, environment={"TZ": "Asia/Shanghai"}) as process:
        process.wait_ready(lambda: answers(port))
        yield f"http://127.0.0.1:{port}/"


MEASURE = """() => {
  const all = [...document.querySelectorAll("body *")];
  const seen = all.filter((one) => one.checkVisibility({visibilityProperty: true}));
  const name = (one) => `${one.tagName}#${one.id} ${one.getAttribute("class")} ${one.textContent.slice(0, 60)}`;
  const box = (one) => one.getBoundingClientRect();
  const floor = box(document.querySelector("main")).bottom;
  const outside = seen.filter((one) => {
    const {left, top, right, bottom} = box(one);
    const lowest = one.closest("main") ? floor : 800;
    return right > left && bottom > top && (left < -1 || top < -1 || right > 1281 || bottom > lowest + 1);
  });
  const wide = (one) => one.scrollWidth > one.clientWidth + 1;
  // Four pixels: the glyphs of a line of Chinese need less than the line is high.
  const high = (one) => one.scrollHeight > one.clientHeight + 4;
  const clips = (one) => one.tagName === "BUTTON" || getComputedStyle(one).overflowY !== "visible";
  const boxes = seen.filter((one) => !one.closest("svg") && one.clientWidth > 0);
  const cut = boxes.filter((one) => wide(one) || (clips(one) && high(one)));
  const small = seen.filter((one) => one.tagName === "BUTTON" && (box(one).width < 48 || box(one).height < 48));
  const cancel = seen.filter((one) => one.id === "cancel").flatMap((one) => [box(one).x, box(one).y]);
  return {outside: outside.map(name), cut: cut.map(name), small: small.map(name), cancel};
}"""
