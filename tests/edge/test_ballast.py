"""A disk filled by others: what was sensed is still recorded, on space held for it; no lock fires."""

from pathlib import Path

from custody.desk import BadgeTapped
from custody.events import DoorForced
from custody.flows.grammar import LabelScanned
from custody.messages import DoorState
from custody.refusals import JournalFull
from edge.ballast import Ballast
from edge.core.gauge import RESERVE
from tests.edge.outpost import BADGES, LABELS
from tests.edge.test_full_disk import ONE, Cabinet, fill


class Held(Ballast):
    """Frees room in the journal of a test as a file on its disk would."""

    def __init__(self, cabinet: Cabinet, file: Path) -> None:
        super().__init__(file, room=lambda: 10 * RESERVE)
        self._cabinet = cabinet

    def give_up(self) -> bool:
        if not super().give_up():
            return False
        self._cabinet.leave_room(RESERVE)
        return True


def test_a_door_that_is_forced_on_a_full_disk_is_recorded_at_once(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    cabinet.custodian._ballast = Held(cabinet, tmp_path / "ballast")
    cabinet.custodian.meet(BadgeTapped(BADGES["wang-min"]))
    fill(cabinet)
    cabinet.sense(ONE, DoorState.OPEN)
    recorded = DoorForced.kind in cabinet.kinds()
    refused = cabinet.custodian.meet(LabelScanned(LABELS[0]))
    cabinet.journal.close()

    assert recorded
    assert not (tmp_path / "ballast").exists()
    assert refused.scene.desk.refusal == JournalFull()
    assert cabinet.fired == []


def test_the_space_is_really_taken_and_given_back(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", room=lambda: 10 * RESERVE)
    taken = (tmp_path / "ballast").stat()

    assert taken.st_size == RESERVE
    assert taken.st_blocks * 512 >= RESERVE
    assert ballast.give_up()
    assert not ballast.give_up()
    ballast.hold()
    assert ballast.held


def test_a_disk_that_is_short_already_is_left_its_space(tmp_path: Path) -> None:
    assert not Ballast(tmp_path / "ballast", room=lambda: RESERVE).held
