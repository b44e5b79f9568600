"""What ``test_lives`` says would be noticed if it were not so: worlds that each break one of its promises."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from custody.entries import Entry
from custody.events import Part
from custody.knowledge import View
from hub.core.receiving import Batch
from tests.custody.lives import Office, Post
from tests.custody.test_lives import SETTINGS, Lives, facts_of_people


class _LosesOne(Office):
    """Answers that it has everything, and does not keep one fact of a person."""

    def keep(self, entries: Iterable[Entry]) -> None:
        lost = False
        for one in entries:
            if not lost and facts_of_people([one]):
                lost = True
                continue
            super().keep([one])


class _CountsTwice(Office):
    def repeated(self, batch: Batch) -> None:
        super().keep([one for one in self.entries if one.station == batch.head.station and facts_of_people([one])][-1:])


class _ForgetsTooSoon(Post):
    """Takes what it has sent for what has arrived."""

    def batch(self, first: int, most: int) -> Batch | None:
        made = super().batch(first, most)
        if made is not None:
            self.acked = made.head.last
            self.journal = {at: one for at, one in self.journal.items() if at > self.acked}
        return made


class _SeesNoSecrets(Post):
    """Decides as if every volume were one that anybody may see."""

    def sees(self, view: View) -> View:
        return replace(view, volumes={at: replace(one, part=Part.MAIN) for at, one in view.volumes.items()})


class _ThinksOneIsEnough(Post):
    """Decides as if no volume were guarded."""

    def sees(self, view: View) -> View:
        return replace(view, volumes={at: replace(one, sensitive=False) for at, one in view.volumes.items()})


class _OverlooksPapers(Post):
    """Decides as if no papers lay anywhere."""

    def sees(self, view: View) -> View:
        return replace(view, parcels={})


class _CountsNoUses(Post):
    def sees(self, view: View) -> View:
        grants = view.grants
        assert grants is not None
        return replace(view, used={}, grants=replace(grants, codes=tuple(replace(one, used=0) for one in grants.codes)))


@pytest.mark.parametrize(
    ("world", "notices"),
    [
        (_LosesOne, "no_fact_is_lost"),
        (_CountsTwice, "no_fact_is_lost"),
        (_ForgetsTooSoon, "no_fact_is_lost"),
        (_SeesNoSecrets, "nobody_opens_what_they_may_not_see"),
        (_ThinksOneIsEnough, "nobody_opens_what_they_may_not_see"),
        (_OverlooksPapers, "nobody_opens_what_they_may_not_see"),
        (_CountsNoUses, "no_code_is_used_more_often_than_it_may_be"),
    ],
)
def test_the_machine_notices_a_world_in_which_it_does_not_hold(world: type[Office] | type[Post], notices: str) -> None:
    broken = type("Broken", (Lives,), {"office_kind" if issubclass(world, Office) else "post_kind": world})
    many = settings(SETTINGS, max_examples=2000, phases=[Phase.generate], derandomize=True, database=None)

    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(broken, settings=many)

    assert caught.traceback[-1].name == notices
