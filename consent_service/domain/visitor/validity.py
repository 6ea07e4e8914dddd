"""Validity: until when a visitor's choice counts, and until when a browser keeps the cookie that carries it."""

from collections.abc import Iterable, Mapping

from consent_service.domain.basics.duration import add_duration
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.site.site import Site


def find_choice_end(notice: Notice, site: Site, at: int) -> int:
    """Tell when a choice ends that was made at a time: after what its form told, or sooner if the site now says so.

    Times in microseconds.
    """
    return min(add_duration(at, notice.validity), add_duration(at, site.choice_validity))


def find_cookie_end(site: Site, current: Mapping[str, Decision], allowed: Iterable[str], at: int) -> int:
    """Tell when the cookie ends that is set at a time: never after a yes that it carries, else with the last decision.

    Times in microseconds.
    """
    last = max((one.valid_until for one in current.values()), default=add_duration(at, site.choice_validity))
    return min((current[purpose].valid_until for purpose in allowed), default=last)
