"""Reading visitors: who a cookie names, what they decided, and what they are to be asked."""

from typing import NamedTuple

from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.decision_order import needs_asking
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.visitor.visitor_cookie import VisitorCookie, parse_visitor_cookie
from consent_service.keys.verification import verify
from consent_service.services.resources import Resources
from consent_service.storage.ledger.statements import list_decisions
from consent_service.storage.standings import find_visitor_state


class CurrentChoice(NamedTuple):
    """A visitor's decisions by purpose: none, and all is asked again, where the visitor's cookie is newer."""

    decisions: dict[str, Decision]
    store_behind: bool


def verify_cookie(resources: Resources, text: str | None) -> VisitorCookie | None:
    """Believe a cookie only if one of our keys signed it; anything else counts as no cookie."""
    if not text or not (cookie := parse_visitor_cookie(text)):
        return None
    public = resources.keys.public_keys.get(cookie.kid)
    if public is None or verify(public, text.encode("ascii")) is None:
        return None
    return cookie


def read_current_choice(resources: Resources, site: Site, cookie: VisitorCookie | None) -> CurrentChoice:
    """Read the current decisions of the visitor whom a cookie names."""
    state = find_visitor_state(resources.database, name_visitor(site.id, cookie.visitor)) if cookie else None
    if not cookie or not state:
        return CurrentChoice({}, store_behind=False)
    if cookie.is_newer(state.seq, state.at):
        return CurrentChoice({}, store_behind=True)
    return CurrentChoice(list_decisions(state.statements), store_behind=False)


def list_purposes_to_ask(
    resources: Resources, site: Site, current: dict[str, Decision], *, signal: bool
) -> tuple[Purpose, ...]:
    """List the purposes that the banner asks this visitor about now, in the order of the site file."""
    prints = make_fingerprints(site)
    now = resources.clock()
    return tuple(
        purpose
        for purpose in site.cookie_purposes
        if needs_asking(purpose, current.get(purpose.key), fingerprint=prints[purpose.key], now=now, signal=signal)
    )
