"""The rules of a site's two registers: who receives data, and how long classes of data are kept."""

import re
from collections.abc import Iterator

from consent_service.domain.basics.duration import parse_duration
from consent_service.domain.site.site import Recipient, RetentionClass, Site
from consent_service.domain.site_check.field_rules import (
    refuse_blank,
    require_good_keys,
    require_good_link,
    require_known,
)
from consent_service.domain.site_check.site_fault import Fault, quote_value

ROLES = ("processor", "controller", "joint_controller")
TRANSFERS = ("", "adequacy", "standard_clauses", "binding_rules", "explicit_consent")
"""On what ground data goes to a country without the same protection; empty where it does not."""

_COUNTRY = re.compile(r"[A-Z]{2}")


def find_register_faults(site: Site) -> Iterator[Fault]:
    """Find what is wrong with the recipients and the retention classes."""
    yield from require_good_keys("recipient", [recipient.key for recipient in site.recipients])
    for index, recipient in enumerate(site.recipients):
        yield from _find_recipient_faults(f"recipient[{index}]", recipient)
    yield from require_good_keys("retention", [retention.key for retention in site.retention])
    for index, retention in enumerate(site.retention):
        yield from _find_retention_faults(f"retention[{index}]", retention)


def _find_recipient_faults(place: str, recipient: Recipient) -> Iterator[Fault]:
    yield from refuse_blank(f"{place}.name", recipient.name)
    yield from require_known(f"{place}.role", recipient.role, ROLES)
    yield from require_known(f"{place}.transfer", recipient.transfer, TRANSFERS)
    if not _COUNTRY.fullmatch(recipient.country):
        yield Fault(
            f"{place}.country", f"{quote_value(recipient.country)} is not a country code of two capital letters"
        )
    yield from require_good_link(f"{place}.policy", recipient.policy)


def _find_retention_faults(place: str, retention: RetentionClass) -> Iterator[Fault]:
    if parse_duration(retention.duration) is None:
        yield Fault(
            f"{place}.duration", f"{quote_value(retention.duration)} is not a duration such as 13 months or session"
        )
    yield from refuse_blank(f"{place}.after", retention.after)
    yield from refuse_blank(f"{place}.reason", retention.reason)
