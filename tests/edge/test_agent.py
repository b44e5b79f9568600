"""Whole days of one cabinet, on real bytes: simulated steel over a pty, a real broker, the hub's end of the wire."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody.events import (
    BoardLost,
    CommandAnswered,
    CompartmentVerified,
    DoorClosed,
    DoorForced,
    DoorOpened,
    DoorsSensed,
    EpochOpened,
    EpochReason,
    GrantsAccepted,
    OutcomeUnknown,
    PulseSent,
    StationStarted,
    TimeHeard,
    UnlockIntended,
    UnlockLapsed,
    VolumeDeposited,
    VolumeReceived,
)
from custody.messages import DoorState, Outcome, Verdict
from custody.topics import Channel
from tests.edge.hub_end import kinds
from tests.edge.outpost import STATION, Outpost, grants
from tests.support.broker import Broker
from tests.support.ports import wait_until

pytestmark = [pytest.mark.system, pytest.mark.broker]


@pytest.fixture
def outpost(tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker) -> Iterator[Callable[..., Outpost]]:
    made: list[Outpost] = []

    def make(**settings: str) -> Outpost:
        made.append(Outpost(_short(tmp_path_factory), tls_broker, **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_a_deposit_is_recorded_when_the_door_is_sensed_closed(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.sign_in("wang-min")
    cabinet.scan(0)
    cabinet.kiosk.await_headline("door.opening.headline")
    cabinet.pull("01")
    cabinet.kiosk.await_headline("deposit.placing.headline")
    before = cabinet.hub.of_kind(VolumeDeposited)
    cabinet.push("01")
    cabinet.kiosk.await_headline("deposit.done.headline")

    deposited = cabinet.hub.await_fact(VolumeDeposited)
    told = kinds(cabinet.hub.facts())
    assert before == []
    assert (deposited.volume, deposited.place, deposited.person) == ("v-0", "cab-1.01", "wang-min")
    order = [told.index(one.kind) for one in (DoorsSensed, UnlockIntended, PulseSent, DoorOpened, DoorClosed)]
    assert order == sorted(order)


def test_a_power_cut_with_a_door_open_ends_in_the_same_deposit(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.sign_in("wang-min")
    cabinet.scan(0)
    cabinet.pull("01")
    cabinet.kiosk.await_headline("deposit.placing.headline")
    cabinet.agent.kill()
    cabinet.restart_agent()
    cabinet.kiosk.await_headline("deposit.placing.headline")
    cabinet.scan(1)
    wait_until(lambda: len(cabinet.kiosk.shown["prompt"]["cards"]) == 2, what="the second card")
    cabinet.push("01")
    cabinet.kiosk.await_headline("deposit.done.headline")

    cabinet.hub.await_fact(VolumeDeposited, count=2)
    assert [one.volume for one in cabinet.hub.of_kind(VolumeDeposited)] == ["v-0", "v-1"]
    assert len({one.act for one in cabinet.hub.of_kind(DoorClosed)}) == 1
    assert len(cabinet.hub.of_kind(StationStarted)) == 2
    assert cabinet.hub.of_kind(OutcomeUnknown) == []
    assert len(cabinet.hands.fires()) == 1


def test_a_power_cut_before_the_door_opened_is_never_tried_again(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.sign_in("wang-min")
    cabinet.hands.do("jam", compartment="01", on=True)
    cabinet.scan(0)
    wait_until(lambda: bool(cabinet.hands.fires()), what="the pulse")
    cabinet.agent.kill()
    fired = len(cabinet.hands.fires())
    cabinet.restart_agent()
    cabinet.await_doors(lambda doors: set(doors.values()) == {"closed"})

    unknown = cabinet.hub.await_fact(OutcomeUnknown)
    cabinet.kiosk.await_headline("door.not_opened.headline")
    blocked = [one["number"] for one in cabinet.kiosk.shown["compartments"] if one["blocked"]]
    cabinet.kiosk.choose("retry")
    wait_until(lambda: cabinet.kiosk.refusal == "outcome_not_known", what="the refusal")
    assert (unknown.place, blocked, len(cabinet.hands.fires())) == ("cab-1.01", ["01"], fired)

    # Somebody of the court looks into it, and it is in use again.
    cabinet.hands.do("jam", compartment="01", on=False)
    cabinet.kiosk.choose("cancel")
    cabinet.sign_in_again("wang-min")
    cabinet.kiosk.choose("verify")
    cabinet.pull("01")
    cabinet.kiosk.await_headline("verify.looking.headline")
    cabinet.push("01")
    cabinet.kiosk.await_headline("verify.done.headline")
    assert cabinet.hub.await_fact(CompartmentVerified).contents == ()
    assert [one.reason for one in cabinet.hub.of_kind(UnlockIntended)] == ["deposit", "verify"]
    assert not any(one["blocked"] for one in cabinet.kiosk.shown["compartments"])


def test_a_badge_that_was_not_read_is_said_and_the_next_tap_signs_in(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.hands.scan("badge", "NR")  # as readers say that they read nothing

    wait_until(lambda: cabinet.kiosk.refusal == "badge_not_read", what="the word that nothing was read")
    cabinet.sign_in("wang-min")


def test_a_door_nobody_pulls_lapses_and_may_be_asked_for_again(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost(settings="unlock_seconds = 3").start(grants())
    cabinet.sign_in("wang-min")
    cabinet.hands.do("stick", compartment="01", on=True)
    cabinet.scan(0)
    cabinet.kiosk.await_headline("door.not_opened.headline")
    assert cabinet.hub.await_fact(UnlockLapsed).place == "cab-1.01"
    cabinet.hands.do("stick", compartment="01", on=False)

    cabinet.kiosk.choose("retry")
    cabinet.hub.await_fact(PulseSent, count=2)  # after the first, the door could be pulled at once
    cabinet.pull("01")
    cabinet.kiosk.await_headline("deposit.placing.headline")
    cabinet.push("01")

    cabinet.hub.await_fact(VolumeDeposited)
    intents = cabinet.hub.of_kind(UnlockIntended)
    assert len({one.act for one in intents}) == len(intents) == 2


def test_a_door_that_opens_by_itself_is_recorded_and_shown(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.hands.do("invert", bus="bus0", address=1, on=True)

    forced = cabinet.hub.await_fact(DoorForced, count=6)
    state = cabinet.hub.await_state(
        lambda held: {one.door for one in held.compartments} == {DoorState.OPEN}, what="doors told open"
    )
    assert forced.kind == "door.forced"
    assert len(state.compartments) == 6
    assert cabinet.hands.fires() == []


def test_a_lost_board_leaves_its_doors_unknown_until_they_are_read_again(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.hands.plug("bus0", on=False)
    cabinet.hub.await_fact(BoardLost)
    cabinet.await_doors(lambda doors: set(doors.values()) == {"unknown"})
    cabinet.hands.plug("bus0", on=True)

    cabinet.hub.await_fact(DoorsSensed, count=2)
    cabinet.await_doors(lambda doors: set(doors.values()) == {"closed"})


# --- commands ---------------------------------------------------------------------------------------------------------


def test_a_command_is_carried_out_once_and_answered_with_one_answer(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    command = cabinet.hub.command("cab-1.03")
    wait_until(lambda: bool(cabinet.hands.fires()), what="the pulse")
    cabinet.pull("03")
    wait_until(lambda: bool(cabinet.hub.results), what="the answer")
    cabinet.hub.command("cab-1.03", identity=command)
    wait_until(lambda: len(cabinet.hub.results) == 2, what="the same answer")
    before = cabinet.hub.state.connection
    cabinet.agent.kill()
    cabinet.restart_agent()
    cabinet.hub.await_state(lambda held: held.connection > before, what="a new connection")
    cabinet.hub.command("cab-1.03", identity=command)
    wait_until(lambda: len(cabinet.hub.results) == 3, what="the same answer after a restart")

    first, *repeated = cabinet.hub.results
    opened = next(one for one in cabinet.hub.entries() if isinstance(one.fact, DoorOpened))
    assert (first.command, first.outcome, first.entry) == (command, Outcome.OPENED, opened.id)
    assert repeated == [first, first]
    assert len(cabinet.hands.fires()) == 1
    assert len(cabinet.hub.of_kind(CommandAnswered)) == 1


def test_an_old_or_forged_command_opens_nothing(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.hub.command("cab-1.03", nonce="of another session")
    wait_until(lambda: bool(cabinet.hub.results), what="the answer")
    cabinet.hub.key, real = Ed25519PrivateKey.generate(), cabinet.hub.key
    cabinet.hub.command("cab-1.03")
    cabinet.hub.raw(Channel.COMMANDS, b"{}")
    cabinet.hub.key = real
    cabinet.hub.command("cab-1.99")
    wait_until(lambda: len(cabinet.hub.results) == 2, what="the next answer")

    told = [(one.outcome, one.refusal) for one in cabinet.hub.results]
    assert told == [(Outcome.EXPIRED, "command_not_fresh"), (Outcome.REFUSED, "no_such_compartment")]
    assert cabinet.hands.fires() == []


# --- the network ------------------------------------------------------------------------------------------------------


def test_the_cabinet_works_alone_and_catches_up(outpost: Callable[..., Outpost], tls_broker: Broker) -> None:
    cabinet = outpost().start(grants())
    tls_broker.kill()
    wait_until(lambda: cabinet.kiosk.shown["network"] == "offline", what="the line at the bottom")
    cabinet.deposit(0, "01")
    waiting = cabinet.kiosk.shown["journal"]["waiting"]
    cabinet.agent.kill()
    cabinet.restart_agent()
    tls_broker.restart_forgetful()

    cabinet.hub.await_fact(VolumeDeposited)
    wait_until(lambda: cabinet.kiosk.shown["journal"]["waiting"] <= 1, what="an empty outbox")
    sequences = [entry.sequence for entry in cabinet.hub.entries()]
    assert waiting > 0
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(cabinet.hub.chains) == 1


def test_a_hub_restored_from_a_backup_gets_the_rest_again(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.deposit(0, "01")
    cabinet.hub.await_fact(VolumeDeposited)
    (epoch,) = cabinet.hub.chains
    whole = list(cabinet.hub.chains[epoch].lines)
    cabinet.hub.forget(epoch, 3)
    cabinet.hub.presence(online=True)

    cabinet.hub.await_fact(VolumeDeposited)
    assert cabinet.hub.chains[epoch].lines[: len(whole)] == whole


def test_an_old_card_put_back_goes_on_in_a_new_epoch(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.agent.stop()
    old = {one: one.read_bytes() for one in cabinet.folder.glob("journal.sqlite*")}
    cabinet.agent.start()
    cabinet.await_doors(lambda doors: set(doors.values()) == {"closed"})
    cabinet.deposit(0, "01")
    cabinet.hub.await_fact(VolumeDeposited)
    cabinet.agent.stop()
    (left,) = cabinet.hub.chains
    known = len(cabinet.hub.chains[left].lines)
    for file in cabinet.folder.glob("journal.sqlite*"):
        file.unlink()
    for file, content in old.items():
        file.write_bytes(content)
    cabinet.agent.start()

    wait_until(lambda: len(cabinet.hub.chains) == 2, what="a new epoch")
    # What the old card wrote under the old name contradicts the hub's history; it is there all the same.
    wait_until(lambda: any(b"station.started" in line for line in cabinet.hub.quarantine), what="the other history")
    (fresh,) = set(cabinet.hub.chains) - {left}
    opened = cabinet.hub.entries(fresh)[0].fact
    assert isinstance(opened, EpochOpened)
    assert (opened.reason, opened.before_epoch) == (EpochReason.HISTORY_LOST, left)
    assert opened.before_sequence == known
    assert len(cabinet.hub.chains[left].lines) == known


def test_a_station_that_counts_behind_what_the_hub_has_heard_connects_anew(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    heard = cabinet.hub.state.connection + 1_000

    cabinet.hub.say(verdict=Verdict.TIP, epoch=cabinet.hub.state.epoch, upto=0, connection=heard)

    cabinet.hub.await_state(lambda held: held.online and held.connection > heard, what="a later connection")
    cabinet.deposit(0, "01")
    cabinet.hub.await_fact(VolumeDeposited)


def test_two_histories_under_one_name_are_both_kept(outpost: Callable[..., Outpost], tls_broker: Broker) -> None:
    """An old card goes back, and the cabinet works on alone until it has written more than the hub knows."""
    cabinet = outpost().start(grants())
    cabinet.agent.stop()
    old = {one: one.read_bytes() for one in cabinet.folder.glob("journal.sqlite*")}
    cabinet.agent.start()
    cabinet.hub.await_fact(DoorsSensed, count=2)
    cabinet.agent.stop()
    (left,) = cabinet.hub.chains
    known = list(cabinet.hub.chains[left].lines)
    for file in cabinet.folder.glob("journal.sqlite*"):
        file.unlink()
    for file, content in old.items():
        file.write_bytes(content)
    tls_broker.kill()
    cabinet.agent.start()
    cabinet.await_doors(lambda doors: set(doors.values()) == {"closed"})
    cabinet.deposit(0, "01")
    tls_broker.restart()

    wait_until(lambda: len(cabinet.hub.chains) == 2, what="a new epoch")
    wait_until(lambda: any(b"volume.deposited" in line for line in cabinet.hub.quarantine), what="the other history")
    (fresh,) = set(cabinet.hub.chains) - {left}
    opened = cabinet.hub.entries(fresh)[0].fact
    assert isinstance(opened, EpochOpened)
    assert (opened.reason, opened.before_epoch) == (EpochReason.FORK, left)
    assert opened.before_link is not None
    assert cabinet.hub.chains[left].lines == known


def test_who_pulls_the_plug_is_missed_and_who_says_goodbye_is_not(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.agent.kill()
    wait_until(lambda: len(cabinet.hub.wills) == 1, what="the last will")
    cabinet.restart_agent()
    cabinet.hub.await_state(lambda held: held.online and held.connection > cabinet.hub.wills[0].connection, what="back")
    cabinet.agent.stop()

    state = cabinet.hub.await_state(lambda held: not held.online, what="the goodbye")
    assert state.connection > cabinet.hub.wills[0].connection
    assert len(cabinet.hub.wills) == 1
    assert cabinet.agent.returncode == 0


def test_acknowledgements_nobody_signed_are_not_believed(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.hub.mute = True
    cabinet.deposit(0, "01")
    epoch = cabinet.hub.state.epoch
    real, cabinet.hub.key = cabinet.hub.key, Ed25519PrivateKey.generate()
    cabinet.hub.say(verdict=Verdict.COMMITTED, epoch=epoch, upto=5)
    cabinet.hub.key = real
    cabinet.hub.say(verdict=Verdict.COMMITTED, epoch=epoch, upto=5, nonce="of another session")
    waiting = cabinet.kiosk.shown["journal"]["waiting"]
    cabinet.hub.mute = False

    cabinet.hub.await_fact(VolumeDeposited)
    assert waiting >= 4


def test_the_hubs_time_is_recorded_now_and_then(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.deposit(0, "01")

    heard = cabinet.hub.await_fact(TimeHeard)
    entries = cabinet.hub.entries()
    assert 0 < heard.upto < len(entries) + 1
    assert heard.epoch == entries[0].epoch


# --- grants -----------------------------------------------------------------------------------------------------------


def test_grants_outlive_a_restart_without_the_hub(outpost: Callable[..., Outpost], tls_broker: Broker) -> None:
    cabinet = outpost().start(grants())
    cabinet.deposit(0, "01")
    cabinet.agent.kill()
    tls_broker.kill()
    cabinet.restart_agent()
    cabinet.await_doors(lambda doors: set(doors.values()) == {"closed"})
    cabinet.sign_in("li-qiang")
    cabinet.kiosk.choose("collect")
    cabinet.pull("01")
    cabinet.kiosk.await_headline("collect.taking.headline")
    titles = [card["title"] for card in cabinet.kiosk.shown["prompt"]["cards"]]
    cabinet.push("01")
    cabinet.kiosk.await_headline("collect.confirm.headline")

    assert len(titles) == 1


def test_an_older_version_of_the_grants_changes_nothing(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants(version=5))
    cabinet.hub.grant(grants(version=4, people=()), to=cabinet.sealing.public_key())
    cabinet.hub.grant(grants(version=6), to=X25519PrivateKey.generate().public_key())
    cabinet.sign_in("wang-min")

    assert cabinet.hub.state.grants_version == 5
    assert [one.version for one in cabinet.hub.of_kind(GrantsAccepted)] == [5]


def test_expired_grants_let_nobody_in(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants(days=-1))
    cabinet.tap("wang-min")

    wait_until(lambda: cabinet.kiosk.refusal == "grants_stale", what="the refusal")
    assert cabinet.kiosk.sounds == ["bad"]


# --- the glass --------------------------------------------------------------------------------------------------------


def test_nonsense_from_a_kiosk_is_left_out(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.sign_in("wang-min")
    turn = cabinet.kiosk.shown["turn"]
    for line in (
        b"",
        b"[]",
        b'{"chosen": 1, "turn": 2}',
        b"\xff\xfe",
        b'{"chosen": "cancel", "turn": %d}' % (turn - 1),
    ):
        cabinet.kiosk.say(line)
    cabinet.kiosk.choose("deposit")

    cabinet.kiosk.await_headline("deposit.scan.headline")


def test_an_archiving_station_receives_without_doors(outpost: Callable[..., Outpost]) -> None:
    station = outpost(kind="station").start(grants())
    station.sign_in("li-qiang")
    station.scan(2)
    station.kiosk.await_headline("receive.received.headline")

    received = station.hub.await_fact(VolumeReceived)
    assert (received.volume, received.place) == ("v-2", STATION)
    assert station.hub.state.compartments == ()


def _short(factory: pytest.TempPathFactory) -> Path:
    """A Unix socket's path has at most 107 bytes."""
    return factory.mktemp("e")
