"""Shown notices: what a person was shown, as a shop names or writes it in its call."""

from consent_service.domain.basics.language import find_language
from consent_service.domain.ledger.notice import Notice, make_notice
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.grant_rules import require_asked
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.subscription_body import ShownWording

SHOP = "shop"


def find_or_make_notice(site: Site, given: ShownWording | None, purposes: tuple[Purpose, ...]) -> Notice:
    """Find the notice that was shown, or make one of the text that was.

    Raises Problem 422 where neither is told, and ActFault where the notice does not ask for the purposes.
    """
    if given is None or (given.notice is None) == (given.text is None):
        raise Problem(422, "wording_missing", "Send 'wording' with either 'notice' or 'text' and 'language'.")
    if given.text is not None:
        return _make_shop_notice(site, given.text, given.language, purposes)
    notice = find_notice(find_wiring().resources, site.id, given.notice or "")
    if notice is None:
        raise Problem(422, "notice_unknown", "The site has no notice with this digest.")
    require_asked(notice, purposes)
    return notice


def _make_shop_notice(site: Site, text: str, named: str | None, purposes: tuple[Purpose, ...]) -> Notice:
    language = find_language(named or "", site.languages)
    if language is None:
        detail = f"'wording.language' is one of {', '.join(site.languages)}."
        raise Problem(422, "wording_missing", detail)
    return make_notice(site, surface=SHOP, language=language, signal=False, purposes=purposes, page=text, stylesheet="")
