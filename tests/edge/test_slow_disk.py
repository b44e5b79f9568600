"""A disk that takes seconds for each sync: nothing happens before it is safe, the person reads why, nothing is lost.

The agent is the whole process; its calls of fsync and fdatasync are made slow from outside, as a worn card makes them.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.events import DoorForced, VolumeDeposited
from edge.disk_watch import LONG, DiskWatch
from edge.picture import slow
from tests.edge.outpost import Outpost, grants
from tests.support.broker import Broker
from tests.support.ports import wait_until
from tests.support.processes import Process, program

_SLOW_SYNC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void rest(void) {
    long ms = 0;
    FILE *file = fopen(getenv("SLOW_SYNC"), "r");
    if (file) { if (fscanf(file, "%ld", &ms) != 1) ms = 0; fclose(file); }
    if (ms > 0) usleep(ms * 1000);
}
int fsync(int fd) { rest(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { rest(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""
_WORN = 2_500  # ms a sync
_A_HAND_TAKES = 0.8  # s, several polls and much less than a sync


class Worn(Outpost):
    """An outpost whose disk can be made slow while it runs."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        super().__init__(folder, broker)
        source, library = folder / "slow_sync.c", folder / "slow_sync.so"
        source.write_text(_SLOW_SYNC)
        subprocess.run([program("cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self._sync = folder / "slow_sync"
        self.each_sync_takes(0)
        environment = {**os.environ, "LD_PRELOAD": str(library), "SLOW_SYNC": str(self._sync)}
        self.agent = Process(self.agent.command, log=self.agent.log, environment=environment)

    def each_sync_takes(self, milliseconds: int) -> None:
        self._sync.write_text(str(milliseconds))


@pytest.fixture
def outpost(tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker) -> Iterator[Worn]:
    made = Worn(tmp_path_factory.mktemp("o"), tls_broker)
    made.start(grants())
    yield made
    made.stop()


def test_nothing_opens_before_its_record_is_safe_and_the_person_reads_why(outpost: Worn) -> None:
    outpost.sign_in("wang-min")
    outpost.each_sync_takes(_WORN)

    outpost.scan(0)

    wait_until(lambda: outpost.kiosk.refusal == "journal_slow", what="the word that the storage is slow")
    assert outpost.hands.pull("01") == "held"
    wait_until(lambda: outpost.kiosk.refusal != "journal_slow", what="the end of the commit")
    outpost.pull("01")
    outpost.kiosk.await_headline("deposit.placing.headline")
    outpost.push("01")
    outpost.kiosk.await_headline("deposit.done.headline")
    outpost.hub.await_fact(VolumeDeposited)
    outpost.hub.await_state(lambda state: state.slowest_record >= _WORN, what="a state that tells of the slow disk")


def test_a_door_that_moves_while_the_disk_is_busy_is_seen_and_recorded(outpost: Worn) -> None:
    """The boards are asked on, whatever the disk does; every movement gets its entry, in its order."""
    outpost.each_sync_takes(_WORN)
    outpost.tap("wang-min")

    for door in ("02", "03"):
        outpost.hands.do("lever", compartment=door)
        outpost.pull(door)
        time.sleep(_A_HAND_TAKES)
        outpost.push(door)
        time.sleep(_A_HAND_TAKES)

    forced = [one.place.rpartition(".")[2] for one in _await(outpost, DoorForced, 2)]
    assert forced == ["02", "03"]
    outpost.each_sync_takes(0)
    outpost.await_doors(lambda doors: set(doors.values()) == {"closed"})


def test_a_lock_whose_record_took_too_long_is_not_fired_any_more(outpost: Worn) -> None:
    outpost.sign_in("wang-min")
    outpost.each_sync_takes(6_500)

    outpost.scan(0)

    wait_until(lambda: "was not fired" in outpost.agent.output, what="the lock that was not fired", seconds=60)
    outpost.each_sync_takes(0)
    outpost.kiosk.await_headline("door.not_opened.headline")
    assert outpost.hands.pull("01") == "held"


def test_a_slow_commit_is_told_once_while_it_lasts() -> None:
    told = threading.Semaphore(0)
    watch = DiskWatch()
    watch.start(told.release)
    with watch.writing():
        assert told.acquire(timeout=10)
        assert watch.late
    with watch.writing():
        pass
    watch.stop()

    assert not watch.late
    assert not told.acquire(blocking=False)
    assert watch.slowest() > 1000 * LONG


def test_the_slowest_commit_is_forgotten_after_a_while() -> None:
    now, remembered = [0.0], list[int]()
    watch = DiskWatch(lambda: now[0])
    for takes, pause in ((3.0, 10.0), (0.1, 700.0), (0.2, 0.0)):
        with watch.writing():
            now[0] += takes
        remembered.append(watch.slowest())
        now[0] += pause

    assert remembered == [3000, 3000, 200]


def test_the_picture_of_a_slow_disk_is_the_one_before_with_a_word_more() -> None:
    shown = b'{"show":{"prompt":{"headline":{"key":"home.headline"},"refusal":null},"turn":4}}'

    assert slow(shown) == (
        b'{"show":{"prompt":{"headline":{"key":"home.headline"},"refusal":{"code":"journal_slow","fields":{}}},"turn":4}}'
    )


def _await(outpost: Worn, kind: type[DoorForced], count: int) -> list[DoorForced]:
    outpost.hub.await_fact(kind, count=count, seconds=90)
    return outpost.hub.of_kind(kind)
