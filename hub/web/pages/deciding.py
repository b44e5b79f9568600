"""Discrepancies and people: what only a person can settle."""

from __future__ import annotations

from fastapi import Request, Response
from nicegui import ui

from custody.grants import Role
from custody.identifiers import PersonId, VolumeId
from hub.accounts import AccountRefusal, OneTimeCode, Visitor
from hub.core.access import API
from hub.face import Refused
from hub.orders import Lift, StayGuarded
from hub.telling import Telling
from hub.web.desk import Desk, open_page
from hub.web.dialogs import ask_reason, asking, buttons, choice, close_button, field, offer_proofs
from hub.web.drawing.accounts import draw_account_history
from hub.web.drawing.tables import draw_corrections, draw_discrepancies, draw_incidents, draw_liftings, draw_people
from hub.web.live import Changes
from hub.web.markup import Markup, h, join
from hub.web.pages.correcting import CONFIRM, DECLINE, deciding
from hub.web.pieces import page_head

__all__ = ["DECISIONS", "install"]

DECISIONS = ("found_there", "record_right", "person_confirmed", "entered_late", "searched_in_vain")
_CORRECTIONS = f"GET {API}/corrections"
_LIFTINGS = f"GET {API}/unguardings"
_LIFT = f"POST {API}/volumes/{{volume}}/unguard/confirm"
_STAY = f"DELETE {API}/volumes/{{volume}}/unguard"
_INCIDENTS = f"GET {API}/incidents"
_RESOLVE = f"POST {API}/discrepancies/{{discrepancy}}/resolve"
_CHECKPOINT = f"GET {API}/checkpoint.pdf"
_ADD_PERSON = f"POST {API}/people"
_ADD_ACCOUNT = f"POST {API}/accounts"
_INVITE = f"POST {API}/accounts/{{user}}/invitation"
_HISTORY = f"GET {API}/accounts/history"


def install(changes: Changes) -> None:
    @ui.page("/discrepancies")
    async def discrepancies(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /discrepancies", build=_discrepancies)

    @ui.page("/people")
    async def people(request: Request) -> Response | None:
        return await open_page(request, changes, what="PAGE /people", build=_people)


async def _discrepancies(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        waiting = desk.parts.queries.discrepancies(resolved=False)
        settled = desk.parts.queries.discrepancies(resolved=True)
        head = page_head(tell.say("nav.discrepancy"), tell.say("discrepancies.beside"), *_sheets(desk, tell))
        refused = draw_incidents(desk.parts.queries.incidents() if desk.may(_INCIDENTS) else (), tell)
        asked = draw_corrections(
            desk.parts.queries.corrections(roles=desk.visitor.roles) if desk.may(_CORRECTIONS) else (),
            tell,
            confirm=desk.may(CONFIRM),
        )
        ending = draw_liftings(
            desk.parts.queries.liftings(roles=desk.visitor.roles) if desk.may(_LIFTINGS) else (),
            tell,
            confirm=desk.may(_LIFT),
        )
        return join(head, ending, asked, draw_discrepancies(waiting, settled, tell, may=desk.may(_RESOLVE)), refused)

    await desk.live(draw)
    offer_proofs(desk)
    acts = desk.parts.acts
    confirm = deciding(desk, CONFIRM, lambda one, who: acts.confirm_correction(one, by=who.person), "correct.done")
    decline = deciding(desk, DECLINE, lambda one, who: acts.decline_correction(one, by=who.person), "correct.declined")
    lift = deciding(desk, _LIFT, lambda one, who: _arranged(desk, Lift(volume=VolumeId(one)), who), "arrange.done")
    stay = deciding(
        desk, _STAY, lambda one, who: _arranged(desk, StayGuarded(volume=VolumeId(one)), who), "lifting.declined"
    )
    ui.on("confirm_lifting", lift)
    ui.on("decline_lifting", stay)
    ui.on("confirm_correction", confirm)
    ui.on("decline_correction", decline)
    ui.on("decide", lambda event: _ask_decision(desk, str(event.args)))


def _arranged(desk: Desk, order: Lift | StayGuarded, who: Visitor) -> Refused | None:
    done = desk.parts.acts.arrange(order, by=who.person)
    return done if isinstance(done, Refused) else None


def _sheets(desk: Desk, tell: Telling) -> list[Markup]:
    """The newest checkpoint, to print for the paper register."""
    if not desk.may(_CHECKPOINT):
        return []
    return [h("a", tell.say("checkpoint.print"), href=f"{API}/checkpoint.pdf", target="_blank", class_="button")]


def _ask_decision(desk: Desk, discrepancy: str) -> None:
    say = desk.say

    async def decide(decision: str) -> bool:
        acts = desk.parts.acts
        return await desk.carry_out(
            _RESOLVE,
            lambda who: acts.resolve(discrepancy, by=who.person, decision=decision),
            done="discrepancies.decided",
        )

    ask_reason(
        desk,
        title=say("discrepancies.decide"),
        sentence=say("discrepancies.decide_sentence"),
        options={decision: say(f"decision.{decision}") for decision in DECISIONS},
        verb=say("discrepancies.decide"),
        do=decide,
    )


async def _people(desk: Desk) -> None:
    def draw(tell: Telling) -> Markup:
        say = tell.say
        acts = []
        if desk.may(_ADD_PERSON):
            acts.append(h("button", say("people.add_account"), class_="button", data_emit="add_account"))
            acts.append(h("button", say("people.add"), class_="button button-first", data_emit="add_person"))
        people = desk.parts.queries.people()
        past = desk.parts.queries.account_history() if desk.may(_HISTORY) else ()
        return join(
            page_head(say("nav.people"), say("people.beside"), *acts),
            draw_people(people, tell, invite=desk.may(_INVITE)),
            draw_account_history(past, tell),
        )

    await desk.live(draw)
    ui.on("add_person", lambda _: _ask_person(desk))
    ui.on("add_account", lambda _: _ask_account(desk))
    offer_proofs(desk)
    ui.on("invite_again", lambda event: _ask_invitation(desk, str(event.args)))


def _ask_person(desk: Desk) -> None:
    say = desk.say
    with asking(say("people.add"), say("people.add_sentence")) as dialog:
        name = field(say("people.name"))
        roles = _Roles(desk)
        badge = field(say("people.badge_read"))

        async def add() -> bool:
            chosen = roles.chosen()

            def do(visitor: Visitor) -> PersonId | Refused:
                text = badge.value.strip() or None
                return desk.parts.acts.add_person(name=name.value.strip(), roles=chosen, badge=text, by=visitor.person)

            if not name.value.strip() or not chosen:
                desk.tell_missing("people.name_and_role")
                return False
            return await desk.carry_out(_ADD_PERSON, do, done="people.added", name=name.value.strip())

        buttons(desk, dialog, say("people.add"), add)


def _ask_account(desk: Desk) -> None:
    say = desk.say
    people = {one.id: one for one in desk.parts.queries.people()}
    with asking(say("people.add_account"), say("people.account_sentence")) as dialog:
        person = choice({str(one.id): one.name for one in people.values()}, say("people.name"))
        roles = _Roles(desk)
        person.on_value_change(lambda _: roles.choose(people[person.value].roles if person.value else frozenset()))
        user = field(say("people.user"))

        async def add() -> bool:
            if person.value is None:
                desk.tell_missing("people.choose_person")
                return False
            chosen, one = roles.chosen(), people[person.value]

            def do(visitor: Visitor) -> OneTimeCode | AccountRefusal:
                return desk.parts.accounts.invite(
                    user=user.value, person=one.id, name=one.name, roles=chosen, by=visitor.person
                )

            return _shown(desk, await desk.act(_ADD_ACCOUNT, do))

        buttons(desk, dialog, say("people.add_account"), add)


def _ask_invitation(desk: Desk, user: str) -> None:
    say = desk.say
    with asking(say("people.invite_again"), say("people.invite_again_sentence", user=user)) as dialog:

        async def invite() -> bool:
            return _shown(
                desk,
                await desk.act(_INVITE, lambda visitor: desk.parts.accounts.invite_again(user, by=visitor.person)),
            )

        buttons(desk, dialog, say("people.invite_again"), invite)


def _shown(desk: Desk, made: OneTimeCode | AccountRefusal | Refused) -> bool:
    """Show the code, this once; whether there is one."""
    if not isinstance(made, OneTimeCode):
        desk.tell_refused(Refused(made.key, made.fields))
        return False
    say, until = desk.say, desk.tell().date_time(made.until)
    code = h("p", made.code, class_="mono", style="font-size:20px;user-select:all")
    title, sentence = say("people.code", user=made.user), say("people.code_sentence", until=until)
    with asking(title, sentence, code, keeps=True) as dialog:
        close_button(desk, dialog)
    return True


class _Roles:
    """A box to tick for each role."""

    def __init__(self, desk: Desk) -> None:
        with ui.row().style("gap:4px 16px"):
            self._boxes = {role: ui.checkbox(desk.say(f"role.{role}")).props("dense") for role in Role}

    def chosen(self) -> frozenset[Role]:
        return frozenset(role for role, box in self._boxes.items() if box.value)

    def choose(self, roles: frozenset[Role]) -> None:
        for role, box in self._boxes.items():
            box.set_value(role in roles)
