"""The agent's own pictures are read by the kiosk, word for word."""

from custody.desk import prompt
from custody.events import StationKind
from custody.flows.grammar import LabelScanned
from custody.identifiers import CourtId, StationId
from edge.core.scene import Scene
from edge.kiosk.shown import parse_show
from edge.picture import Around, picture
from tests.edge.kiosk.stage import CLERK, LABELS, NOW, Stage, volume


def test_what_the_agent_shows_is_what_the_kiosk_reads() -> None:
    stage = Stage(StationKind.CABINET, volume(0), volume(3)).badge(CLERK).tell(LabelScanned(LABELS[0]))
    stage.tell(LabelScanned(LABELS[3]))
    scene = Scene(
        court=CourtId("court-1"),
        station=StationId("cab-1"),
        kind=StationKind.CABINET,
        place=stage.view.place,
        desk=stage.desk,
    )
    around = Around(name="1 号柜", court="营口市站前区人民法院", online=False, waiting=37, oldest=NOW, room_days=6.4)

    show = parse_show(picture(scene, stage.view, around, prompt=prompt(scene.desk, stage.view), sound=False, wall=NOW))

    assert show.person == "王敏"
    assert show.station.court == "营口市站前区人民法院"
    assert show.prompt.lit == "cab-1.01"
    assert show.prompt.refusal is not None
    assert show.prompt.refusal.code == "do_not_mix"
    assert len(show.compartments) == 48
    assert (show.network, show.journal.waiting, show.sound, show.time_ms) == ("offline", 37, "bad", NOW)
