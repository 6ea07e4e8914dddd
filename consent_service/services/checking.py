"""Checking: may this be done for this visitor, and why."""

from collections.abc import Collection, Iterable, Mapping

from consent_service.domain.decision import Answer, Decision, decide, needs_asking
from consent_service.domain.identifier import visitor_principal
from consent_service.domain.notice import fingerprints
from consent_service.domain.purpose import Purpose
from consent_service.domain.site import Site
from consent_service.domain.visitor_cookie import VisitorCookie, parse_visitor_cookie
from consent_service.services.resources import Resources
from consent_service.signing import verify
from consent_service.storage.decisions import current_decisions


def check_visitor(
    resources: Resources, site: Site, visitor: str | None, purposes: Collection[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer for each purpose, from the stored decisions alone; no visitor means nobody was ever asked."""
    current = current_decisions(resources.database, visitor_principal(site.id, visitor), purposes) if visitor else {}
    return answers_from(resources, site, current, purposes, signal=signal)


def answers_from(
    resources: Resources, site: Site, current: Mapping[str, Decision], purposes: Iterable[str], *, signal: bool
) -> dict[str, Answer]:
    """Answer for each purpose from decisions that were read before."""
    prints = fingerprints(site)
    known = site.purpose_by_key
    now = resources.clock()
    return {
        key: decide(known.get(key), current.get(key), fingerprint=prints.get(key, ""), now=now, signal=signal)
        for key in purposes
    }


def verified_cookie(resources: Resources, text: str | None) -> VisitorCookie | None:
    """Believe a cookie only if one of our keys signed it; anything else counts as no cookie."""
    if not text or not (cookie := parse_visitor_cookie(text)):
        return None
    public = resources.keys.public_keys.get(cookie.kid)
    if public is None or verify(public, text.encode("ascii")) is None:
        return None
    return cookie


def current_choice(resources: Resources, site: Site, visitor: str | None) -> dict[str, Decision]:
    """Read a visitor's current decisions by purpose."""
    return current_decisions(resources.database, visitor_principal(site.id, visitor)) if visitor else {}


def purposes_to_ask(
    resources: Resources, site: Site, current: dict[str, Decision], *, signal: bool
) -> tuple[Purpose, ...]:
    """List the purposes that the banner asks this visitor about now, in the order of the site file."""
    prints = fingerprints(site)
    now = resources.clock()
    return tuple(
        purpose
        for purpose in site.cookie_purposes
        if needs_asking(purpose, current.get(purpose.key), fingerprint=prints[purpose.key], now=now, signal=signal)
    )
