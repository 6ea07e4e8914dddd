"""The rules of a site's two registers: who receives data, and how long classes of data are kept."""

import re
from collections.abc import Iterator

from consent_service.domain.basics.duration import parse_duration
from consent_service.domain.site.site import Recipient, RetentionClass, Site
from consent_service.domain.site_check.field_rules import good_keys, good_link, not_blank, one_of
from consent_service.domain.site_check.site_fault import Fault, quoted

ROLES = ("processor", "controller", "joint_controller")
TRANSFERS = ("", "adequacy", "standard_clauses", "binding_rules", "explicit_consent")
"""On what ground data goes to a country without the same protection; empty where it does not."""

_COUNTRY = re.compile(r"[A-Z]{2}")


def register_faults(site: Site) -> Iterator[Fault]:
    """Find what is wrong with the recipients and the retention classes."""
    yield from good_keys("recipient", [recipient.key for recipient in site.recipients])
    for index, recipient in enumerate(site.recipients):
        yield from _recipient(f"recipient[{index}]", recipient)
    yield from good_keys("retention", [retention.key for retention in site.retention])
    for index, retention in enumerate(site.retention):
        yield from _retention(f"retention[{index}]", retention)


def _recipient(place: str, recipient: Recipient) -> Iterator[Fault]:
    yield from not_blank(f"{place}.name", recipient.name)
    yield from one_of(f"{place}.role", recipient.role, ROLES)
    yield from one_of(f"{place}.transfer", recipient.transfer, TRANSFERS)
    if not _COUNTRY.fullmatch(recipient.country):
        yield Fault(f"{place}.country", f"{quoted(recipient.country)} is no country code of two capital letters")
    yield from good_link(f"{place}.policy", recipient.policy)


def _retention(place: str, retention: RetentionClass) -> Iterator[Fault]:
    if parse_duration(retention.duration) is None:
        yield Fault(f"{place}.duration", f"{quoted(retention.duration)} is no duration, such as 13 months or session")
    yield from not_blank(f"{place}.after", retention.after)
    yield from not_blank(f"{place}.reason", retention.reason)
