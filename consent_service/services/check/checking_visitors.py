"""Checking: may this be done for this visitor, and why."""

from collections.abc import Iterable, Mapping

from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.decision_order import Answer, decide, decide_behind
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.ledger.statement import find_decision
from consent_service.domain.site.site import Site
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.services.resources import Resources
from consent_service.storage.ledger.statements import list_decisions
from consent_service.storage.standings import find_visitor_state, read_current_statements


def check_visitor(
    resources: Resources, site: Site, visitor: str | None, purposes: Iterable[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer for each purpose, from the stored decisions alone; no visitor means nobody was ever asked."""
    statements = read_current_statements(resources.database, name_visitor(site.id, visitor)) if visitor else []
    known = site.purpose_by_key
    prints = make_fingerprints(site)
    now = resources.clock()
    return {
        key: decide(
            known.get(key), find_decision(statements, key), fingerprint=prints.get(key, ""), now=now, signal=signal
        )
        for key in purposes
    }


def check_cookie(
    resources: Resources, site: Site, cookie: VisitorCookie, purposes: Iterable[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer in the same way for who sent a cookie of ours, and no where the cookie is newer than what is stored."""
    state = find_visitor_state(resources.database, name_visitor(site.id, cookie.visitor))
    known = site.purpose_by_key
    if state and cookie.is_newer(state.seq, state.at):
        return {key: decide_behind(known.get(key)) for key in purposes}
    current = list_decisions(state.statements) if state else {}
    return answer_from_decisions(resources, site, current, purposes, signal=signal)


def answer_from_decisions(
    resources: Resources, site: Site, current: Mapping[str, Decision], purposes: Iterable[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer for each purpose from decisions that were read before."""
    known = site.purpose_by_key
    prints = make_fingerprints(site)
    now = resources.clock()
    return {
        key: decide(known.get(key), current.get(key), fingerprint=prints.get(key, ""), now=now, signal=signal)
        for key in purposes
    }
