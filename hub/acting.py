"""One act at the hub: rows and facts in one transaction, and the change feed after it is committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlmodel import Session

from custody.events import Fact
from hub.feed import Changed, Changes, both
from hub.own_chain import OwnChain
from hub.store.database import Database

__all__ = ["Act", "Acting"]


@dataclass(slots=True)
class Act:
    """What is being done: rows through ``session``, facts through ``say``. Nothing counts before it is committed."""

    session: Session
    facts: list[Fact] = field(default_factory=list)
    silent: bool = False  # of what nobody needs to be told
    shown: bool = False  # rows that pages show were changed, with or without a fact

    def say(self, *facts: Fact) -> None:
        self.facts += facts


@dataclass(frozen=True, slots=True)
class Acting:
    database: Database
    own: OwnChain
    changes: Changes

    @contextmanager
    def act(self) -> Iterator[Act]:
        """Commit rows and facts together; an error undoes both. An act without facts changes rows alone."""
        changed = Changed()
        with self.database.write() as session:
            act = Act(session)
            yield act
            if act.facts:
                session.flush()
                changed = self.own.append(session, act.facts)
            if act.shown:
                changed = both(changed, Changed(register=True))
        if not act.silent and changed != Changed():
            self.changes.publish(changed)
