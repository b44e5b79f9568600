"""Every sentence the house can say: the keys of the catalogues, and a key with its fields made into a sentence.

No sentence stands in code, and no catalogue is read here: shells read the .po files and hand over a mapping. A key that
the code can produce and ``keys`` does not name is a mistake that tests find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from enum import StrEnum

from custody.archiving import Gate
from custody.entries import Clock
from custody.events import (
    FACTS,
    AuthorityStage,
    CommandIssued,
    CompartmentInspected,
    CompartmentVerified,
    CorrectionReason,
    DoorsSensed,
    Doubt,
    EpochOpened,
    EpochReason,
    Fact,
    Gap,
    Grade,
    InspectReason,
    PaperKind,
    ParcelFault,
    ParcelRefused,
    Part,
    PlaceCounted,
    PlaceKind,
    PolicyRule,
    PrivateKind,
    PulseSent,
    RefuseReason,
    ReturnReason,
    SentBack,
    StationKind,
    Step,
    StepFinished,
    UnlockIntended,
    Unrecognised,
    VolumeCollected,
    VolumeCorrected,
    VolumeRefused,
    VolumeReturned,
)
from custody.flows import FLOWS
from custody.flows.grammar import START, Carried, Flow, Prompt, Session, Text
from custody.grants import Role
from custody.holding import Conflict
from custody.identifiers import ActId, CaseNumberReason, LabelTrouble, PersonId, PlaceId, VolumeId
from custody.knowledge import View
from custody.messages import DoorState, Outcome
from custody.refusals import REFUSALS

__all__ = ["FAMILIES", "event_key", "event_sentence", "keys", "own_sentences", "sentence"]

FAMILIES: Mapping[str, type[StrEnum]] = {
    "part": Part,
    "step": Step,
    "grade": Grade,
    "conflict": Conflict,
    "gate": Gate,
    "role": Role,
    "door": DoorState,
    "station_kind": StationKind,
    "place_kind": PlaceKind,
    "clock": Clock,
    "return_reason": ReturnReason,
    "refuse_reason": RefuseReason,
    "inspect_reason": InspectReason,
    "gap": Gap,
    "epoch_reason": EpochReason,
    "doubt": Doubt,
    "authority_stage": AuthorityStage,
    "policy_rule": PolicyRule,
    "correction_reason": CorrectionReason,
    "outcome": Outcome,
    "private_kind": PrivateKind,
    "paper": PaperKind,
    "parcel_fault": ParcelFault,
    "label": LabelTrouble,
    "case_number": CaseNumberReason,
}
"""Codes and the family of keys that puts them into words: ``<family>.<code>``."""

_WORDS = {
    "expected": "step",
    "step": "step",
    "found_at": "step",
    "back_to": "step",
    "part": "part",
    "grade": "grade",
    "roles": "role",
    "place_kind": "place_kind",
    "station_kind": "station_kind",
    "result": "outcome",
    "gap": "gap",
    "why": "doubt",
    "stage": "authority_stage",
    "rule": "policy_rule",
    "what": "private_kind",
    "papers": "paper",
}
"""Fields that hold codes, and the family of each."""

_VARIANTS = {
    "event.door.pulse_sent": ("unanswered",),
    "event.doors.sensed": ("all_closed",),
    "event.compartment.verified": ("empty",),
    "event.place.counted": ("empty",),
    "event.volume.collected": ("stated",),
    "event.archive.step_finished": ("pages",),
    "event.archive.sent_back": ("pages",),
    "event.volume.corrected": ("confirmed",),
}

_Catalogue = Mapping[str, str]


def sentence(
    catalogue: _Catalogue,
    key: str,
    values: Mapping[str, str | int] | None = None,
    *,
    moment: Callable[[int], str] = str,
) -> str:
    """The sentence of a key. ``moment`` says a time (milliseconds since 1970) as people do.

    A key without a sentence is said as it is, so is a sentence that lacks a field: a wrong screen beats a dark one.
    """
    template = catalogue.get(key)
    if template is None:
        return key
    try:
        return template % {name: _readable(catalogue, name, one, moment) for name, one in (values or {}).items()}
    except (KeyError, TypeError, ValueError):
        return template


def event_sentence(catalogue: _Catalogue, fact: Fact | Unrecognised, *, name: Callable[[str], str] = str) -> str:
    """One line of a timeline. ``name`` turns an id into what the reader may know it by."""
    family = _reasons_of(fact)
    said: dict[str, str | int] = {}
    for one in fields(fact):
        value = getattr(fact, one.name)
        if isinstance(value, tuple):
            said[f"{one.name}_count"] = len(value)
            said[one.name] = "、".join(_word(catalogue, one.name, name(str(each))) for each in value)
        elif one.name == "reason" and family is not None:
            said[one.name] = catalogue.get(f"{family}.{value}", value)
        else:
            said[one.name] = name(value) if isinstance(value, str) else value
    return sentence(catalogue, event_key(fact), said)


def event_key(fact: Fact | Unrecognised) -> str:
    """The key of a fact's sentence: ``event.<kind>``, some kinds with a variant after it."""
    key = f"event.{fact.kind}"
    match fact:
        case PulseSent(acknowledged=False):
            return f"{key}.unanswered"
        case DoorsSensed(open=()):
            return f"{key}.all_closed"
        case CompartmentVerified(contents=()) | PlaceCounted(contents=()):
            return f"{key}.empty"
        case VolumeCollected(grade=Grade.STATED):
            return f"{key}.stated"
        case StepFinished(pages=int()) | SentBack(pages=(_, *_)):
            return f"{key}.pages"
        case VolumeCorrected(second=str()):
            return f"{key}.confirmed"
        case _:
            return key


def keys(flows: Mapping[str, Flow] = FLOWS) -> Mapping[str, frozenset[str]]:
    """Every key the code can produce, with the fields its sentence may name."""
    found: dict[str, set[str]] = {}
    for key, named in _named(flows):
        found.setdefault(key, set()).update(named)
    return {key: frozenset(named) for key, named in found.items()}


def own_sentences(language: str, flows: Mapping[str, Flow] = FLOWS) -> Mapping[str, str]:
    """What the files of the flows say themselves, in ``zh_CN`` or in English."""
    spoken = 0 if language == "zh_CN" else 1
    return {key: said[spoken] for flow in flows.values() for key, said in flow.sentences.items()}


def _named(flows: Mapping[str, Flow]) -> Iterator[tuple[str, set[str]]]:
    for family, codes in FAMILIES.items():
        yield from ((f"{family}.{code}", set(_CODE_FIELDS.get(family, ()))) for code in codes)
    yield from ((f"refusal.{code}", {one.name for one in fields(kind)}) for code, kind in REFUSALS.items())
    for kind in (*FACTS.values(), Unrecognised):
        key = f"event.{kind.kind}"
        named = {said for one in fields(kind) for said in (one.name, f"{one.name}_count")}
        yield from ((one, named) for one in (key, *(f"{key}.{variant}" for variant in _VARIANTS.get(key, ()))))
    yield from (("holding.at_place", {"place"}), ("holding.with_person", {"person"}))
    yield from ((key, set()) for key in ("holding.disputed", "holding.unaccounted", "flow.command"))
    yield from ((key, set()) for key in (*_REST, "session.end"))
    yield "home.headline", {"person"}
    yield "rest.pin.headline", {"person"}
    yield "home.more", set()
    yield from ((key, {"number"}) for key in _DOORS)
    yield from ((f"home.next.{kind}", set()) for kind in sorted({kind for flow in flows.values() for kind in flow.at}))
    for flow in flows.values():
        yield f"home.{flow.name}", {"count"}
        yield f"flow.{flow.name}", set()
        yield from ((text.key, set(text.fields)) for text in _texts(flow))


_REST = (
    "rest.headline",
    "rest.next",
    "rest.enter_code",
    "rest.code.headline",
    "rest.code.next",
    "rest.code.cancel",
    "rest.pin.next",
    "rest.pin.cancel",
)

_DOORS = ("door.another", "door.still_open.next", "rest.open.next", "home.next.open")

_CODE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "label": ("text", "length", "expected", "position", "character"),
    "case_number": ("text", "part", "position", "earliest", "latest", "near", "type", "digits", "cases"),
}


def _texts(flow: Flow) -> Iterator[Text]:
    """The texts of a flow's prompts, found by drawing each of them for sessions that have everything, or little."""
    place = PlaceId("sample")
    volume = Carried(volume=VolumeId("sample"), label="", title="")
    yield from flow.also
    full = Session(
        flow=flow.name,
        state=START,
        person=PersonId("sample"),
        volumes=(volume,),
        place=place,
        act=ActId("sample"),
        places=(place,),
    )
    for kind in flow.at:
        view = View(kind=kind, place=place, now=0, new_id="", grants=None)
        for state in flow.states:
            for reason in ("", *flow.reasons):
                for pages, ticked in (((), False), ((1,), True)):
                    volumes = (replace(volume, ticked=ticked),)
                    session = replace(full, state=state, reason=reason, pages=pages, volumes=volumes)
                    yield from _said_by(flow.prompts[state](session, view))


def _said_by(prompt: Prompt) -> Iterator[Text]:
    yield prompt.headline
    yield prompt.next
    yield from (one.text for one in prompt.choices)
    if prompt.cancel is not None:
        yield prompt.cancel


def _readable(catalogue: _Catalogue, field: str, value: str | int, moment: Callable[[int], str]) -> str | int:
    if field.endswith("_ms") and isinstance(value, int):
        return moment(value)
    return _word(catalogue, field, value) if isinstance(value, str) else value


def _word(catalogue: _Catalogue, field: str, value: str) -> str:
    return catalogue.get(f"{_WORDS[field]}.{value}", value) if field in _WORDS else value


def _reasons_of(fact: Fact | Unrecognised) -> str | None:
    match fact:
        case VolumeReturned():
            return "return_reason"
        case SentBack():
            return "step.reason"
        case VolumeRefused():
            return "refuse_reason"
        case ParcelRefused():
            return "parcel_fault"
        case CompartmentInspected():
            return "inspect_reason"
        case EpochOpened():
            return "epoch_reason"
        case VolumeCorrected():
            return "correction_reason"
        case UnlockIntended() | CommandIssued():
            return "flow"
        case _:
            return None
