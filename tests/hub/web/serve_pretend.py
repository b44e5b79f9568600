"""Serves the pretend office on a loopback port, in a process of its own: NiceGUI keeps its pages in the process."""

import sys
import threading
import time

import uvicorn

from hub.web.app import build_app
from tests.hub.pretend_office import PretendOffice, pretend_parts


def _answer_commands(office: PretendOffice) -> None:
    """The cabinet takes its time, as bolts do."""
    while True:
        time.sleep(0.2)
        for command, one in tuple(office.commands.items()):
            if one.outcome is None and office.now() - one.sent > 1500:
                office.answer(command, "jammed" if one.number == "02" else "opened")


if __name__ == "__main__":
    parts, office = pretend_parts(lambda: time.time_ns() // 1_000_000)
    threading.Thread(target=_answer_commands, args=(office,), daemon=True).start()
    uvicorn.run(build_app(parts), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
