"""Checking: may this be done for this visitor, and why."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import GRANTED, Answer, Decision, Reason, decide
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.ledger.statement import Said, Statement
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.visitor_states import read_current_statements

REMEMBERED = 1024
"""How many plans are kept; what a shop's visitors say and what is asked about them differ only so much."""

_make = tuple.__new__  # faster than the constructor of a named tuple; every check comes by here


def check_visitor(
    resources: Resources, site: Site, visitor: str | None, purposes: Collection[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer for each purpose, from the stored decisions alone; no visitor means nobody was ever asked."""
    statements = read_current_statements(resources.database, name_visitor(site.id, visitor)) if visitor else []
    plan = _plan(site, tuple([statement[0] for statement in statements]), tuple(purposes), signal)
    now = resources.clock()
    answers = {}
    for alike, number, fixed, ended in plan:
        if number is None:
            answer = fixed
        else:
            _, record, at, until = statements[number]
            reason = ended if 0 < until <= now else fixed[1]
            answer = _make(Answer, (reason is GRANTED, reason, record, at, until or None))
        for purpose in alike:
            answers[purpose] = answer
    return answers


class _Planned(NamedTuple):
    """How to answer for purposes in a row: by the statement of this number, or the same for everybody where it is None.

    ``fixed`` tells the reason while the statement is valid, ``ended`` the one after that.
    """

    purposes: tuple[str, ...]
    number: int | None
    fixed: Answer
    ended: Reason | str


@lru_cache(maxsize=REMEMBERED)
def _plan(site: Site, said: tuple[Said, ...], purposes: tuple[str, ...], signal: bool) -> tuple[_Planned, ...]:
    """Decide once what follows from what was said, whoever said it and whenever.

    Purposes in a row that are answered alike are answered once: most people decide on all of them together.
    """
    plan: list[_Planned] = []
    for key in purposes:
        planned = _planned(site, said, key, signal)
        if plan and plan[-1][1:] == planned[1:]:
            planned = planned._replace(purposes=plan.pop().purposes + planned.purposes)
        plan.append(planned)
    return tuple(plan)


def _planned(site: Site, said: tuple[Said, ...], key: str, signal: bool) -> _Planned:
    number = next((number for number, one in enumerate(said) if key in one.states), None)

    def answer(valid_until: int) -> Answer:
        decision = None if number is None else Statement(said[number], "", 0, valid_until).decision(key)
        current = make_fingerprints(site).get(key, "")
        return decide(site.purpose_by_key.get(key), decision, fingerprint=current, now=1, signal=signal)

    lasting = answer(0)
    decides = number is not None and lasting.record is not None
    return _Planned((key,), number if decides else None, lasting, answer(1).reason)


def answer_from_decisions(
    resources: Resources, site: Site, current: Mapping[str, Decision], purposes: Iterable[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer for each purpose from decisions that were read before."""
    prints = make_fingerprints(site)
    known = site.purpose_by_key
    now = resources.clock()
    return {
        key: decide(known.get(key), current.get(key), fingerprint=prints.get(key, ""), now=now, signal=signal)
        for key in purposes
    }
