"""The walk with real hands: asks the technician, speaks to the boards, waits at the readers, lights the lights."""

from collections.abc import Callable

from hardware.commissioning.probing import Probe, lit, probe, scan
from hardware.commissioning.walk import (
    Answer,
    Ask,
    Effect,
    Finished,
    Fire,
    LookAt,
    Scan,
    Section,
    Seen,
    Stage,
    Stimulus,
    Walk,
    begin,
    step,
)
from hardware.wiring import Reader, Wiring
from hardware.wiring.cameras import Camera


def conduct(
    wiring: Wiring,
    *,
    ask: Callable[[Ask], str],
    tell: Callable[[Effect, OSError | None], None],
    scan_seconds: float,
) -> Walk:
    """Walk to the end. `tell` hears of everything that is done, and of a port that cannot be used."""
    probes = {name: probe(name, wiring) for name in dict.fromkeys(one.board for one in wiring.compartments)}
    readers: dict[str, Reader | Camera] = {one.name: one for one in wiring.readers}
    readers |= {one.name: one for one in wiring.cameras}
    walk, effect = begin(plan(wiring, probes))
    while not isinstance(effect, Finished):
        stimulus: Stimulus
        match effect:
            case Ask(Stage.LAMP, fields):
                with lit(wiring, str(fields["lamp"])):
                    stimulus = Answer(ask(effect))
            case Ask():
                stimulus = Answer(ask(effect))
            case Scan(reader, _):
                tell(effect, None)
                stimulus = scan(readers[reader], seconds=scan_seconds)
            case LookAt() | Fire():
                stimulus = _seen(probes[effect.board], effect, tell)
        walk, effect = step(walk, stimulus)
    return walk


def plan(wiring: Wiring, probes: dict[str, Probe]) -> Walk:
    """Every board with its doors in the order of their channels, then the readers and the cameras."""
    sections = tuple(
        Section(
            name,
            tuple(sorted((one.channel, one.name) for one in wiring.compartments_of(name))),
            one_probe.among(),
            pulse_ms=one_probe.pulse_ms,
            senses=one_probe.senses,
        )
        for name, one_probe in probes.items()
    )
    lamps = tuple(dict.fromkeys(light.use for light in wiring.parts.lights))
    cameras = {camera.name: camera.equal_reads for camera in wiring.cameras}
    return Walk(
        sections=sections, readers=(*(reader.name for reader in wiring.readers), *cameras), lamps=lamps, cameras=cameras
    )


def _seen(hands: Probe, effect: LookAt | Fire, tell: Callable[[Effect, OSError | None], None]) -> Seen:
    """A port that fails is a board that does not answer; the technician is told why."""
    tell(effect, None)
    try:
        return hands.fire(effect.channel, effect.under) if isinstance(effect, Fire) else hands.look()
    except OSError as failed:
        tell(effect, failed)
        return Seen({})
