"""A person at a kiosk: what they do, and what they see, without any hardware."""

from dataclasses import dataclass, field, replace

from custody.desk import Desk, prompt, step
from custody.events import Fact
from custody.flows.grammar import (
    START,
    BadgeTapped,
    Chosen,
    DoorClosed,
    DoorOpened,
    Effect,
    LabelScanned,
    Prompt,
    Record,
    Stimulus,
    Unlock,
    failed_since,
)
from custody.grants import KnownVolume
from custody.identifiers import PersonId, PlaceId, VolumeId
from custody.knowledge import View, learn, learn_delegations
from custody.messages import Compartment, DoorState
from custody.parcels import learn_parcels
from custody.refusals import Refusal
from tests.custody.court import LABELS, SECOND, cabinet, chain, compartments, station


@dataclass
class Kiosk:
    """A person before a desk: every stimulus gets a fresh id, every fact is learnt at once, as the agent does it."""

    view: View
    desk: Desk = field(default_factory=Desk)
    facts: list[Fact] = field(default_factory=list)
    unlocked: list[PlaceId] = field(default_factory=list)
    effects: tuple[Effect, ...] = ()
    acts: int = 0

    def does(self, *stimuli: Stimulus) -> "Kiosk":
        for stimulus in stimuli:
            self.acts += 1
            self.view = replace(self.view, new_id=f"act-{self.acts}", failed=failed_since(self.view.failed, stimulus))
            self.desk, self.effects = step(self.desk, stimulus, self.view)
            for effect in self.effects:
                if isinstance(effect, Record):
                    self.facts.append(effect.fact)
                    entries = chain([effect.fact])
                    self.view = replace(
                        self.view,
                        volumes=learn(self.view.volumes, entries),
                        delegations=learn_delegations(self.view.delegations, entries),
                        parcels=learn_parcels(self.view.parcels, entries),
                    )
                elif isinstance(effect, Unlock):
                    self.unlocked.append(effect.place)
        return self

    def badge(self, who: PersonId) -> "Kiosk":
        return self.does(BadgeTapped(f"badge {who}"))

    def reads(self, text: str) -> "Kiosk":
        return self.does(LabelScanned(text))

    def scans(self, *volumes: VolumeId) -> "Kiosk":
        return self.does(*(LabelScanned(LABELS[volume]) for volume in volumes))

    def opens(self, place: PlaceId) -> "Kiosk":
        return self.does(DoorOpened(place))

    def shuts(self, place: PlaceId) -> "Kiosk":
        return self.does(DoorClosed(place))

    def chooses(self, choice: str) -> "Kiosk":
        return self.does(Chosen(choice))

    def sees(self) -> Prompt:
        return prompt(self.desk, self.view)

    def chooses_home(self, flow: str) -> "Kiosk":
        """Leaf through the choices at home until this one is there."""
        self.all_choices()
        while flow not in self.choices:
            self.chooses("more")
        return self.chooses(flow)

    def all_choices(self) -> list[str]:
        """Those of every page."""
        found: list[str] = []
        while not set(self.choices) - {"more"} <= set(found):
            found += [one for one in self.choices if one not in (*found, "more")]
            if "more" in self.choices:
                self.chooses("more")
        return found

    @property
    def refusal(self) -> Refusal | None:
        return self.desk.refusal

    @property
    def state(self) -> str:
        return START if self.desk.session is None else self.desk.session.state

    @property
    def choices(self) -> list[str]:
        return [one.id for one in self.sees().choices]


def at_cabinet(*volumes: KnownVolume, doors: dict[PlaceId, Compartment] | None = None) -> Kiosk:
    return Kiosk(cabinet(*volumes, doors=doors))


def at_station(*volumes: KnownVolume) -> Kiosk:
    return Kiosk(station(*volumes))


def blocked(door: DoorState = DoorState.CLOSED) -> dict[PlaceId, Compartment]:
    doors = compartments(c02=door)
    return {**doors, SECOND: replace(doors[SECOND], blocked=True)}
