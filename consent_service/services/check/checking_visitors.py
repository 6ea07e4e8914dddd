"""Checking: may this be done for this visitor, and why."""

from collections.abc import Iterable, Mapping

from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.decision_order import Answer, decide
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.ledger.statement import find_decision
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.standings import read_current_statements


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
