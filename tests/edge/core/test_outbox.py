"""What is sent when: stories, every stimulus in many outboxes, and a hub and a courier that may do anything."""

from dataclasses import dataclass, field, replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.events import EpochReason
from custody.messages import Verdict
from edge.core import outbox
from edge.core.outbox import (
    Acknowledged,
    Appended,
    Branch,
    Connected,
    Disconnected,
    Effect,
    EpochBegan,
    Forked,
    Greet,
    Heard,
    OpenEpoch,
    Outbox,
    Send,
    Sent,
    Stimulus,
    Ticked,
    due,
    step,
    waiting,
)

NOW = 1_000_000
EMPTY = Outbox(branches=(Branch(epoch="e", tip=0),))
READY = Outbox(branches=(Branch(epoch="e", tip=10, acknowledged=4, sent=4),), connected=True, ready=True)
FLYING = replace(READY, branches=(Branch(epoch="e", tip=10, acknowledged=4, sent=8, flights=(6, 8)),), until=NOW)
FORKED = replace(
    READY,
    branches=(Branch(epoch="e", tip=10, sent=5, flights=(5,), forked=True), Branch(epoch="f", tip=2)),
    left=frozenset({"e"}),
    until=NOW,
)


def test_nothing_is_sent_before_the_hub_has_said_where_it_stands() -> None:
    appended, first = step(EMPTY, Appended(3), NOW)
    connected, second = step(appended, Connected(), NOW)

    assert (first, second) == ((), ())
    assert waiting(connected) == 3


def test_sending_begins_after_the_hubs_tip() -> None:
    connected, _ = step(Outbox(branches=(Branch(epoch="e", tip=10, acknowledged=4),)), Connected(), NOW)

    ready, effects = step(connected, Heard(Verdict.TIP, "e", 6), NOW)

    assert effects == (Acknowledged("e", 6), Send("e", 7))
    assert waiting(ready) == 4


def test_a_hub_that_knows_nothing_gets_everything() -> None:
    connected, _ = step(Outbox(branches=(Branch(epoch="e", tip=2, acknowledged=2),)), Connected(), NOW)

    _, effects = step(connected, Heard(Verdict.TIP, "", 0), NOW)

    assert effects == (Acknowledged("e", 0), Send("e", 1))


def test_a_hub_restored_from_a_backup_gets_the_missing_part_again() -> None:
    held = Outbox(
        branches=(Branch(epoch="d", tip=5, acknowledged=5), Branch(epoch="e", tip=9, acknowledged=9)), connected=True
    )

    restored, effects = step(held, Heard(Verdict.TIP, "d", 3), NOW)

    assert effects == (Acknowledged("d", 3), Acknowledged("e", 0), Send("d", 4))
    assert waiting(restored) == 11


def test_the_window_is_bounded() -> None:
    held = replace(READY, branches=(Branch(epoch="e", tip=100),))
    held, effects = step(held, Appended(101), NOW)
    sent = 0
    while effects:
        assert isinstance(effects[0], Send)
        sent += 1
        held, effects = step(held, Sent("e", effects[0].first), NOW)

    assert (sent, held.branches[0].flights) == (outbox.WINDOW, (1, 2, 3, 4))


def test_a_commit_frees_the_window_and_is_kept() -> None:
    full = replace(READY, branches=(Branch(epoch="e", tip=9, sent=4, flights=(1, 2, 3, 4)),), until=NOW)

    after, effects = step(full, Heard(Verdict.COMMITTED, "e", 2), NOW)

    assert effects == (Acknowledged("e", 2), Send("e", 5))
    assert after.branches[0].flights == (3, 4)


def test_when_all_is_with_the_hub_nothing_is_due() -> None:
    last = replace(READY, branches=(Branch(epoch="e", tip=4, sent=4, flights=(4,)),), until=NOW)

    after, effects = step(last, Heard(Verdict.COMMITTED, "e", 4), NOW)

    assert (effects, due(after), waiting(after)) == ((Acknowledged("e", 4),), None, 0)


def test_a_missing_acknowledgement_makes_the_station_ask_for_the_tip() -> None:
    held, effects = step(FLYING, Ticked(), NOW)
    early, nothing = step(held, Ticked(), NOW + 1)
    late, again = step(held, Ticked(), due(held) or 0)

    assert effects == (Greet(),)
    assert (early, nothing) == (held, ())
    assert again == (Greet(),)
    assert (due(late) or 0) - (due(held) or 0) > (due(held) or 0) - NOW


def test_an_answer_is_awaited_for_five_seconds_from_the_first_batch_and_from_each_answer() -> None:
    first, _ = step(READY, Sent("e", 6), NOW)
    second, _ = step(first, Sent("e", 8), NOW + 1_000)
    answered, _ = step(second, Heard(Verdict.COMMITTED, "e", 6), NOW + 2_000)
    done, _ = step(answered, Heard(Verdict.COMMITTED, "e", 8), NOW + 3_000)

    assert [one.until for one in (first, second, answered, done)] == [NOW + 5_000, NOW + 5_000, NOW + 7_000, None]


def test_patience_doubles_up_to_a_minute_and_an_answer_ends_it() -> None:
    held, waits = replace(READY, until=NOW), []
    now = NOW
    for _ in range(6):
        held, _ = step(held, Ticked(), now)
        assert held.until is not None
        waits.append(held.until - now)
        now = held.until
    heard, _ = step(held, Heard(Verdict.TIP, "e", 4), now)
    flown, _ = step(replace(FLYING, tries=3), Heard(Verdict.COMMITTED, "e", 6), now)

    assert waits == [10_000, 20_000, 40_000, 60_000, 60_000, 60_000]
    assert (heard.tries, heard.until) == (0, None)
    assert flown.tries == 0


def test_what_came_before_the_branch_that_the_hub_named_is_not_sent_again() -> None:
    two = (Branch(epoch="d", tip=3, acknowledged=3, sent=3), Branch(epoch="e", tip=10, acknowledged=4, sent=4))

    rewound, effects = step(Outbox(branches=two, connected=True), Heard(Verdict.TIP, "e", 2), NOW)

    assert rewound.branches[0] == two[0]
    assert effects == (Acknowledged("e", 2), Send("e", 3))


def test_the_tip_said_again_while_nothing_flies_changes_nothing() -> None:
    held = replace(READY, branches=(Branch(epoch="e", tip=4, acknowledged=4, sent=4),))

    assert step(held, Heard(Verdict.TIP, "e", 4), NOW) == (held, ())
    assert step(held, Heard(Verdict.COMMITTED, "e", 4), NOW) == (held, ())


def test_after_progress_the_same_gap_is_heeded_again() -> None:
    asked, _ = step(FLYING, Heard(Verdict.GAP, "e", 5), NOW)
    moved, _ = step(asked, Heard(Verdict.COMMITTED, "e", 7), NOW)
    again, effects = step(moved, Heard(Verdict.GAP, "e", 5), NOW)

    assert Acknowledged("e", 5) in effects
    assert again.branches[0].acknowledged == 5


def test_a_gap_is_filled_once_however_often_it_is_told() -> None:
    held, effects = step(FLYING, Heard(Verdict.GAP, "e", 5), NOW)
    echoed, nothing = step(held, Heard(Verdict.GAP, "e", 5), NOW)

    assert effects == (Acknowledged("e", 5), Send("e", 6))
    assert (echoed, nothing) == (held, ())


def test_a_tip_told_while_batches_fly_is_an_acknowledgement() -> None:
    held, effects = step(FLYING, Heard(Verdict.TIP, "e", 6), NOW)

    assert effects == (Acknowledged("e", 6), Send("e", 9))
    assert held.branches[0].flights == (8,)


def test_a_tip_behind_what_was_acknowledged_means_a_restored_hub() -> None:
    _, effects = step(FLYING, Heard(Verdict.TIP, "e", 2), NOW)

    assert effects == (Acknowledged("e", 2), Send("e", 3))


def test_a_hub_that_has_nothing_of_what_it_acknowledged_gets_all_of_it_again() -> None:
    """Even where its return was missed: every state is answered with its tip."""
    rewound, effects = step(READY, Heard(Verdict.TIP, "", 0), NOW)
    fresh = replace(READY, branches=(Branch(epoch="e", tip=10, sent=8, flights=(6, 8)),), until=NOW)

    assert rewound.branches[0].acknowledged == 0
    assert effects == (Acknowledged("e", 0), Send("e", 1))
    assert step(fresh, Heard(Verdict.TIP, "", 0), NOW) == (fresh, ())


@pytest.mark.parametrize("verdict", [Verdict.TIP, Verdict.COMMITTED])
def test_a_hub_that_knows_more_than_the_journal_makes_it_begin_a_new_epoch(verdict: Verdict) -> None:
    _, effects = step(READY, Heard(verdict, "e", 80), NOW)

    assert effects == (OpenEpoch(EpochReason.HISTORY_LOST, "e", 80),)


def test_a_lost_history_is_left_behind_and_the_rest_of_it_is_still_sent() -> None:
    old_card = Outbox(branches=(Branch(epoch="e", tip=10, acknowledged=4),), connected=True, until=NOW)
    left, opened = step(old_card, Heard(Verdict.TIP, "e", 80), NOW)
    began, greeting = step(left, EpochBegan("f", 1, "e"), NOW)
    ready, sending = step(began, Heard(Verdict.TIP, "e", 80), NOW)
    flying, also = step(ready, Sent("e", 10), NOW)
    answered, effects = step(flying, Heard(Verdict.COMMITTED, "e", 80), NOW)
    stale, nothing = step(answered, Heard(Verdict.COMMITTED, "e", 80), NOW)

    assert opened == (OpenEpoch(EpochReason.HISTORY_LOST, "e", 80),)
    assert greeting == (Greet(),)
    assert sending == (Send("e", 5),)
    assert also == (Send("f", 1),)
    assert effects == (Acknowledged("e", 10), Send("f", 1))
    assert (stale, nothing) == (answered, ())


def test_a_wiped_journal_leaves_the_unknown_epoch_behind_once() -> None:
    connected, _ = step(Outbox(branches=(Branch(epoch="f", tip=2),)), Connected(), NOW)
    _, opened = step(connected, Heard(Verdict.TIP, "lost", 80), NOW)
    began, _ = step(connected, EpochBegan("g", 1, "lost"), NOW)
    ready, effects = step(began, Heard(Verdict.TIP, "lost", 80), NOW)
    _, again = step(ready, Heard(Verdict.TIP, "lost", 80), NOW)

    assert opened == (OpenEpoch(EpochReason.HISTORY_LOST, "lost", 80),)
    assert (effects, again) == ((Send("f", 1),), ())


def test_an_epoch_begun_offline_is_only_remembered() -> None:
    held, effects = step(EMPTY, EpochBegan("f", 1, None), NOW)

    assert (effects, held.left, waiting(held)) == ((), frozenset(), 1)


def test_a_fork_closes_the_branch_and_all_of_it_is_sent_once_more() -> None:
    forked, effects = step(FLYING, Heard(Verdict.FORK, "e", 0), NOW)
    began, first = step(forked, EpochBegan("f", 1, "e"), NOW)
    flying, beside = step(began, Sent("e", 6), NOW)
    told, then = step(flying, Heard(Verdict.FORK, "e", 0), NOW)

    assert effects == (Acknowledged("e", 0), Forked("e"), OpenEpoch(EpochReason.FORK, "e", 10))
    assert first == (Send("e", 1),)
    assert beside == (Send("f", 1),)
    assert then == (Acknowledged("e", 6), Send("e", 7))
    assert told.branches[0].forked


def test_an_old_card_that_grew_to_just_the_hubs_tip_is_a_fork_before_its_next_entry() -> None:
    held = replace(READY, branches=(Branch(epoch="e", tip=10, acknowledged=4, sent=4),), ready=False)

    forked, effects = step(held, Heard(Verdict.TIP, "e", 10, contradicts=True), NOW)

    assert effects == (Acknowledged("e", 0), Forked("e"), OpenEpoch(EpochReason.FORK, "e", 10))
    assert forked.branches[0].forked
    assert waiting(forked) == 10


def test_a_fork_that_is_known_is_not_told_twice() -> None:
    _, effects = step(FORKED, Heard(Verdict.TIP, "e", 10, contradicts=True), NOW)

    assert effects == ()


def test_a_fork_of_a_branch_already_closed_opens_nothing() -> None:
    held = replace(READY, branches=(Branch(epoch="d", tip=3, sent=3, flights=(3,)), Branch(epoch="e", tip=1)))

    _, effects = step(held, Heard(Verdict.FORK, "d", 0), NOW)

    assert effects == (Acknowledged("d", 0), Forked("d"), Send("d", 1))


def test_a_forked_branch_at_the_hub_rewinds_only_what_came_after_it() -> None:
    grounded = replace(FORKED, ready=False)

    _, effects = step(grounded, Heard(Verdict.TIP, "e", 50), NOW)
    _, nothing = step(FORKED, Heard(Verdict.TIP, "e", 50), NOW)

    assert (effects, nothing) == ((Send("e", 1),), ())


def test_a_hub_that_cannot_read_us_is_left_in_peace_for_a_while() -> None:
    held, effects = step(FLYING, Heard(Verdict.REFUSED, "e", 0), NOW)

    assert effects == ()
    assert (due(held) or 0) > NOW + 10_000
    assert not held.ready


def test_after_a_disconnection_nothing_is_due_and_nothing_is_heard() -> None:
    held, effects = step(FLYING, Disconnected(), NOW)
    _, heard = step(held, Heard(Verdict.COMMITTED, "e", 6), NOW)

    assert (effects, due(held), heard) == ((), None, ())


def test_a_commit_that_comes_while_waiting_for_the_tip_is_kept() -> None:
    grounded, _ = step(FLYING, Ticked(), NOW)

    held, effects = step(grounded, Heard(Verdict.COMMITTED, "e", 8), NOW)

    assert effects == (Acknowledged("e", 8),)
    assert due(held) == due(grounded)


def test_a_connection_begins_anew_and_waits_for_the_hubs_word_for_a_while() -> None:
    held = replace(FLYING, branches=(replace(FLYING.branches[0], gap=4),), tries=3)

    connected, _ = step(held, Connected(), NOW)
    gone, _ = step(held, Disconnected(), NOW)

    aground = (Branch(epoch="e", tip=10, acknowledged=4, sent=4),)
    assert connected == Outbox(branches=aground, connected=True, until=NOW + 5_000)
    assert gone == Outbox(branches=aground, tries=3)
    assert (connected.ready, gone.ready, gone.connected) == (False, False, False)


def test_a_branch_left_behind_that_is_whole_at_the_hub_is_done() -> None:
    left_behind = Branch(epoch="e", tip=5, acknowledged=2, sent=5, flights=(3, 5))
    held = replace(READY, branches=(left_behind, Branch(epoch="f", tip=2, sent=2, flights=(2,))))

    done, effects = step(held, Heard(Verdict.COMMITTED, "e", 5), NOW)
    _, at_connect = step(replace(held, ready=False), Heard(Verdict.TIP, "e", 5), NOW)

    assert effects == (Acknowledged("e", 5),)
    assert done.branches[0] == Branch(epoch="e", tip=5, acknowledged=5, sent=5)
    assert at_connect == (Acknowledged("e", 5), Send("f", 1))


def test_a_tip_that_says_nothing_new_leaves_what_flies_alone() -> None:
    assert step(FLYING, Heard(Verdict.TIP, "e", 4), NOW) == (FLYING, ())


def test_an_answer_to_a_forked_batch_gives_the_others_their_time() -> None:
    flying = replace(FORKED, branches=(FORKED.branches[0], Branch(epoch="f", tip=2, sent=2, flights=(2,))))

    held, effects = step(flying, Heard(Verdict.FORK, "e", 3), NOW + 1_000)

    assert effects == (Acknowledged("e", 5), Send("e", 6))
    assert due(held) == NOW + 6_000


def test_word_of_an_epoch_nobody_knows_means_nothing() -> None:
    for verdict in (Verdict.COMMITTED, Verdict.GAP, Verdict.FORK):
        assert step(READY, Heard(verdict, "strange", 3), NOW) == (READY, ())


def test_a_report_of_something_already_sent_means_nothing() -> None:
    assert step(READY, Sent("e", 3), NOW) == (READY, ())
    assert step(READY, Sent("strange", 30), NOW) == (READY, ())
    assert step(EMPTY, Sent("e", 3), NOW) == (EMPTY, ())
    assert step(FLYING, Sent("e", 8), NOW) == (FLYING, ())


OUTBOXES = (EMPTY, replace(EMPTY, connected=True, until=NOW), READY, FLYING, FORKED)
STIMULI: tuple[Stimulus, ...] = (
    Connected(),
    Disconnected(),
    Appended(11),
    EpochBegan("g", 1, "e"),
    Sent("e", 9),
    *(Heard(verdict, epoch, upto) for verdict, epoch, upto in product(Verdict, ("", "e", "f", "x"), (0, 5, 99))),
    Ticked(),
)


@pytest.mark.parametrize(("held", "stimulus"), [*product(OUTBOXES, STIMULI)], ids=repr)
def test_every_outbox_stays_sound(held: Outbox, stimulus: Stimulus) -> None:
    after, effects = step(held, stimulus, NOW)

    assert len([one for one in effects if isinstance(one, Send)]) <= 1
    for branch in after.branches:
        assert 0 <= branch.acknowledged <= branch.sent <= max(branch.tip, branch.acknowledged)
        assert list(branch.flights) == sorted(branch.flights)
        assert all(branch.acknowledged < last <= branch.sent for last in branch.flights)
    if not after.ready:
        assert not any(isinstance(one, Send) for one in effects)
        assert not any(branch.flights for branch in after.branches)


def test_every_kind_of_stimulus_is_tried() -> None:
    assert {type(one) for one in STIMULI} == set(outbox.STIMULI)


@dataclass
class World:
    """A hub that may forget, a wire that may drop, and a station that always comes back."""

    held: Outbox = EMPTY
    hub: dict[str, int] = field(default_factory=dict)
    wire: list[tuple[str, int, int]] = field(default_factory=list)
    now: int = NOW

    def do(self, stimulus: Stimulus) -> None:
        self.held, effects = step(self.held, stimulus, self.now)
        for effect in effects:
            self.carry_out(effect)

    def carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(epoch=epoch, first=first):
                branch = next(one for one in self.held.branches if one.epoch == epoch)
                last = min(first + 2, branch.tip)
                self.wire.append((epoch, first, last))
                self.do(Sent(epoch, last))
            case OpenEpoch(before_epoch=before):
                self.do(EpochBegan(f"e{len(self.held.branches)}", 1, before))
            case Greet():
                self.greet()
            case Acknowledged() | Forked():
                pass

    def greet(self) -> None:
        newest = next(reversed(self.hub), "")
        self.do(Heard(Verdict.TIP, newest, self.hub.get(newest, 0)))

    def deliver(self) -> None:
        if not self.wire:
            return
        epoch, first, last = self.wire.pop(0)
        known = self.hub.get(epoch, 0)
        if first > known + 1:
            self.do(Heard(Verdict.GAP, epoch, known))
            return
        self.hub[epoch] = max(known, last)
        self.do(Heard(Verdict.COMMITTED, epoch, self.hub[epoch]))

    def act(self, what: str) -> None:
        tip = self.held.branches[-1].tip
        match what:
            case "append":
                self.do(Appended(tip + 1))
            case "deliver":
                self.deliver()
            case "drop" if self.wire:
                self.wire.pop(0)
            case "repeat" if self.wire:
                self.wire.insert(0, self.wire[0])
            case "restore" if self.hub:
                newest = next(reversed(self.hub))
                self.hub[newest] //= 2
            case "disconnect":
                self.wire.clear()
                self.do(Disconnected())
            case "connect":
                self.do(Connected())
                self.greet()
            case "wait":
                self.now += 70_000
                self.do(Ticked())
            case _:
                pass


ACTS = ("append", "deliver", "drop", "repeat", "restore", "disconnect", "connect", "wait")


@given(st.lists(st.sampled_from(ACTS), max_size=60))
def test_whatever_happened_everything_arrives_once_the_wire_is_good(acts: list[str]) -> None:
    world = World()
    for act in acts:
        world.act(act)

    world.wire.clear()
    world.act("connect")
    for _ in range(200):
        if not world.wire and not waiting(world.held):
            break
        world.act("deliver" if world.wire else "wait")

    assert waiting(world.held) == 0
    assert all(world.hub.get(branch.epoch, 0) >= branch.tip for branch in world.held.branches if branch.tip)
