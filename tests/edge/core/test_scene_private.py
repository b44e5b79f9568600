"""What a party confides at the kiosk is handed to the shell to be sealed; the scene and the chain keep its id."""

from dataclasses import replace

from custody import desk
from custody.events import ParcelDeposited, ValueConfided, ValueErased
from custody.messages import DoorState
from custody.private import commitment
from edge.core.scene import Asked, Chosen, Entered, Reaction, view
from tests.edge.core.test_scene import CABINET, GRANTS, ONE, TWO, Kiosk
from tests.edge.core.test_scene import command as asked

PHONE = 13904170417


def party() -> Kiosk:
    kiosk = Kiosk(replace(CABINET, grants=replace(GRANTS, sealing_key="5a" * 32))).shut()
    touch(kiosk, "drop_off")
    recipient = next(one for one in choices(kiosk) if one.startswith("for:"))
    touch(kiosk, recipient)
    return kiosk


def choices(kiosk: Kiosk) -> list[str]:
    return [one.id for one in desk.prompt(kiosk.held.desk, view(kiosk.held, kiosk.ground())).choices]


def touch(kiosk: Kiosk, choice: str) -> Reaction:
    return kiosk.meet(Chosen(choice, kiosk.held.desk.turn))


def key_in(kiosk: Kiosk, number: int) -> Reaction:
    return kiosk.meet(Entered(number, kiosk.held.desk.turn))


def test_the_number_goes_to_the_shell_and_its_commitment_to_the_chain() -> None:
    kiosk = party()
    reaction = key_in(kiosk, PHONE)
    (kept,) = reaction.confided
    (fact,) = kiosk.written(ValueConfided)

    assert (kept.text, kept.court, kept.station) == (str(PHONE), CABINET.court, CABINET.station)
    assert fact.commitment == commitment(kept)
    assert str(PHONE) not in repr(kiosk.entries) + repr(reaction)


def test_a_party_that_goes_takes_it_back() -> None:
    kiosk = party()
    (kept,) = key_in(kiosk, PHONE).confided
    reaction = touch(kiosk, "cancel")

    assert reaction.erased == (kept.value,)
    assert kiosk.written(ValueErased) == [ValueErased(value=kept.value)]


def test_papers_that_were_left_are_known_here_and_their_compartment_is_nobody_elses() -> None:
    kiosk = party()
    for number in (PHONE, 1, 0, 0, 0):
        key_in(kiosk, number)
    touch(kiosk, "size:M")
    kiosk.sense(ONE, DoorState.OPEN)
    kiosk.sense(ONE, DoorState.CLOSED)
    (left,) = kiosk.written(ParcelDeposited)
    kiosk.wait()
    kiosk.tap(next(one.id for one in GRANTS.people if one.badge)).put_in(0, TWO)

    assert kiosk.held.parcels[left.parcel].place == ONE
    assert next(iter(kiosk.held.volumes.values())).place == TWO


def test_no_command_opens_a_door_while_a_party_stands_here() -> None:
    kiosk = party()
    kiosk.meet(Asked(asked()))

    assert [one.refusal for one in kiosk.answers] == ["in_use"]
