"""The fairness lint: what a site file may say, but a fair shop would not."""

import re
from collections.abc import Iterator, Mapping

from consent_service.domain.basics.duration import DAYS, Unit, may_end_before, parse_duration
from consent_service.domain.basics.safe_link import leads_nowhere
from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site.purpose import Basis, Cookie, Kind, Party, Purpose
from consent_service.domain.site.purpose_category import ADVERTISING
from consent_service.domain.site.site import SIX_MONTHS, Site
from consent_service.domain.site_check.fairness_phrases import WORDING
from consent_service.domain.site_check.message_fairness import find_unfair_messages
from consent_service.domain.site_check.override_fairness import find_unfair_overrides
from consent_service.domain.site_check.policy_claim import POLICY_CLAIMS
from consent_service.domain.site_check.site_finding import FairnessRule, Finding
from consent_service.domain.site_check.text_fairness import find_unfair_texts
from consent_service.domain.site_check.tracking_cookie import find_tracker
from consent_service.domain.visitor.cookie_removal import CONSENT_COOKIES
from consent_service.domain.visitor.visitor_cookie import name_cookie

MAX_PURPOSES = 7
"""How many purposes people can weigh on one layer."""
MAX_NECESSARY = 13 * DAYS[Unit.MONTH] + 1
CHOICE_PATH = "/consent/choice"
"""Where choices are sent; a cookie that does not come along is not expired."""
VALIDITY_TOLERANCE = 0.05
"""How far the listed life of the consent cookie may be off: ``6 months`` stands for 180 days."""
CATCH_ALL_KEYS = frozenset({"all", "any", "everything", "general", "misc", "other", "others", "various"})

_WORD = re.compile(r"\w+")
_NOBODY = {word for wording in WORDING.values() for word in _WORD.findall(wording.nobody)}


def find_unfairness(site: Site, interface: Mapping[str, Mapping[str, str]]) -> tuple[Finding, ...]:
    """Collect what the lint notices in a site whose file has no faults; ``interface`` holds the shipped texts."""
    return (
        *_judge_validity(site),
        *_judge_purposes(site),
        *_judge_consent_cookie(site),
        *_judge_recipients(site),
        *_judge_links(site),
        *_judge_claims(site),
        *find_unfair_messages(site),
        *find_unfair_texts(site),
        *find_unfair_overrides(site, interface),
    )


def _judge_validity(site: Site) -> Iterator[Finding]:
    validity = site.choice_validity
    if may_end_before(validity, SIX_MONTHS):
        message = f"asks again {validity} after a no; leave people at least {SIX_MONTHS} in peace, of up to 184 days"
        place = "validity" if site.valid_days is None else "valid_days"
        yield Finding(place, message, FairnessRule.LASTING_REFUSALS)


def _judge_purposes(site: Site) -> Iterator[Finding]:
    asked = len(site.cookie_purposes)
    if asked > MAX_PURPOSES:
        message = f"asks about {asked} cookie purposes at once; {MAX_PURPOSES} are as many as people can weigh"
        yield Finding("purpose", message, FairnessRule.FEW_PURPOSES)
    for index, purpose in enumerate(site.purposes):
        place = f"purpose[{index}]"
        if purpose.key in CATCH_ALL_KEYS:
            message = f"{purpose.key!r} says nothing definite; name the one thing people say yes or no to"
            yield Finding(f"{place}.key", message, FairnessRule.SPECIFIC_PURPOSES)
        yield from _judge_data(place, purpose)
        for number, cookie in enumerate(purpose.cookies):
            judge = _judge_optional_cookie if purpose.asked else _judge_necessary_cookie
            yield from judge(f"{place}.cookie[{number}]", cookie)


def _judge_data(place: str, purpose: Purpose) -> Iterator[Finding]:
    for index, key in enumerate(purpose.data):
        if purpose.asked and not purpose.sensitive and DATA_CATEGORIES[key].sensitive:
            message = f"{key} is sensitive data; mark the purpose sensitive = true to ask for it apart"
            yield Finding(f"{place}.data[{index}]", message, FairnessRule.SENSITIVE_DATA)
    foreign = any(cookie.party is Party.THIRD for cookie in purpose.cookies)
    advertises = purpose.category in ADVERTISING or (foreign and "ad_interactions" in purpose.data)
    if purpose.kind is Kind.COOKIES and purpose.asked and advertises and not purpose.signal:
        message = "uses data for advertising, but the browser's opt-out signal does not cover it; set signal = true"
        yield Finding(f"{place}.signal", message, FairnessRule.BROWSER_SIGNAL)


def _judge_optional_cookie(place: str, cookie: Cookie) -> Iterator[Finding]:
    # RFC 6265, 5.1.4: a cookie goes to its path and to what lies below it.
    below = cookie.path if cookie.path.endswith("/") else f"{cookie.path}/"
    if cookie.party is Party.FIRST and cookie.path != CHOICE_PATH and not CHOICE_PATH.startswith(below):
        message = f"browsers do not send this cookie to {CHOICE_PATH}, so a no cannot expire it; set it with the path /"
        yield Finding(f"{place}.path", message, FairnessRule.REMOVABLE_COOKIES)


def _judge_necessary_cookie(place: str, cookie: Cookie) -> Iterator[Finding]:
    if kind := find_tracker(cookie):
        message = f"{cookie.name!r} is known as a cookie of {kind}; it needs consent and is not necessary"
        yield Finding(f"{place}.name", message, FairnessRule.NECESSARY_COOKIES)
    duration = parse_duration(cookie.duration)
    if duration and duration.days > MAX_NECESSARY and cookie.name not in CONSENT_COOKIES:
        message = f"{cookie.duration} is longer than 13 months; nothing necessary needs to be kept that long"
        yield Finding(f"{place}.duration", message, FairnessRule.NECESSARY_COOKIES)


def _judge_consent_cookie(site: Site) -> Iterator[Finding]:
    for name in sorted({name_cookie(secure=origin.startswith("https:")) for origin in site.origins}):
        listed = [
            (f"purpose[{index}].cookie[{number}]", cookie)
            for index, purpose in enumerate(site.purposes)
            for number, cookie in enumerate(purpose.cookies)
            if purpose.basis is Basis.NECESSARY and cookie.name == name
        ]
        if not listed:
            message = f"no necessary purpose lists the cookie {name}, which keeps a visitor's choice"
            yield Finding("purpose", message, FairnessRule.CONSENT_COOKIE)
        for place, cookie in listed:
            duration = parse_duration(cookie.duration)
            kept = site.choice_validity
            if duration and abs(duration.days - kept.days) > VALIDITY_TOLERANCE * kept.days:
                message = f"says {cookie.duration}, but a choice is kept for {kept}"
                yield Finding(f"{place}.duration", message, FairnessRule.CONSENT_COOKIE)


def _judge_recipients(site: Site) -> Iterator[Finding]:
    for index, recipient in enumerate(site.recipients):
        if _NOBODY.issuperset(_WORD.findall(recipient.name.casefold())):
            message = f"{recipient.name!r} names nobody; give the name of the company that receives the data"
            yield Finding(f"recipient[{index}].name", message, FairnessRule.NAMED_RECIPIENTS)


def _judge_links(site: Site) -> Iterator[Finding]:
    links = [(f"policy.url.{language}", url) for language, url in site.policy.url.items()]
    links += [(f"recipient[{index}].policy", recipient.policy) for index, recipient in enumerate(site.recipients)]
    for place, link in links:
        if leads_nowhere(link):
            yield Finding(place, f"{link!r} leads to no privacy policy", FairnessRule.WORKING_LINKS)
    if len(site.policy.url) > 1 and len(set(site.policy.url.values())) == 1:
        message = "is the same page for every language; people need the policy in the language of the banner"
        yield Finding("policy.url", message, FairnessRule.OWN_LANGUAGE)


def _judge_claims(site: Site) -> Iterator[Finding]:
    for index, claim in enumerate(site.policy.claims):
        yield Finding(f"policy.claims[{index}]", POLICY_CLAIMS[claim], FairnessRule.POLICY_CLAIMS)
