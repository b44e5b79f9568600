"""What was done to accounts: one line each, the latest first."""

from __future__ import annotations

from collections.abc import Sequence

from hub.telling import Telling
from hub.views import AccountChange
from hub.web.markup import Markup, h, join
from hub.web.pieces import moment, sheet, table, tag

__all__ = ["draw_account_history"]


def draw_account_history(changes: Sequence[AccountChange], tell: Telling) -> Markup:
    """Nothing at all where nothing was done yet."""
    if not changes:
        return join()
    words = ("accounts.when", "accounts.what", "accounts.whose", "people.user", "accounts.by", "col.evidence")
    drawn = [_change(one, tell) for one in changes]
    return sheet(tell.say("accounts.history"), table([tell.say(word) for word in words], drawn, id_="accounts"))


def _change(one: AccountChange, tell: Telling) -> Markup:
    say = tell.say
    roles = join([tag(say(f"role.{role}")), " "] for role in one.roles)
    kind = f"{one.kind}_sealed" if one.sealed else one.kind
    by = say("accounts.at_machine") if one.at_machine else one.by or one.person
    return h(
        "tr",
        h("td", moment(tell, one.time), class_="nowrap"),
        h("td", say(f"accounts.did.{kind}"), " ", roles),
        h("td", one.person),
        h("td", one.user or h("span", "—", class_="soft")),
        h("td", by),
        h("td", h("button", say("accounts.entry"), class_="linkish", data_emit="proof", data_value=one.entry)),
    )
