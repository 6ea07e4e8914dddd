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
from consent_service.storage.evidence.compromises import find_compromise
from consent_service.storage.ledger.statements import list_decisions
from consent_service.storage.standings import find_visitor_state


class CurrentChoice(NamedTuple):
    """A visitor's decisions by purpose: none, and all is asked again, where the visitor's cookie is newer."""

    decisions: dict[str, Decision]
    store_behind: bool


class SentCookie(NamedTuple):
    """A cookie of ours as it is ``believed``; or ``doubted``, because somebody else may have signed it."""

    believed: VisitorCookie | None = None
    doubted: VisitorCookie | None = None


NO_COOKIE = SentCookie()


def read_cookie(resources: Resources, text: str | None) -> SentCookie:
    """Read a cookie that one of our keys signed; anything else counts as no cookie.

    It is doubted where its key was compromised before it was issued. The key that signs now never was: whoever marks it
    has another made. Raises StorageUnavailable.
    """
    if not text or not (cookie := parse_visitor_cookie(text)):
        return NO_COOKIE
    keys = resources.keys
    public = keys.public_keys.get(cookie.kid)
    if public is None or verify(public, text.encode("ascii")) is None:
        return NO_COOKIE
    since = None if cookie.kid == keys.current[0] else find_compromise(resources.database, cookie.kid)
    if since is not None and cookie.is_issued_since(since):
        return SentCookie(doubted=cookie)
    return SentCookie(believed=cookie)


def verify_cookie(resources: Resources, text: str | None) -> VisitorCookie | None:
    """Believe a cookie only if one of our keys signed it, and nobody else can have; raises StorageUnavailable."""
    return read_cookie(resources, text).believed


def take_for_refusal(cookie: VisitorCookie | None) -> VisitorCookie | None:
    """Take from a doubted cookie whom it names, for whom a no counts, and nothing that it says of the store."""
    return cookie._replace(seq=1, issued=0) if cookie else None


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
