"""Capping mail: how much strangers can have us send to one mailbox and into one domain."""

from collections.abc import Mapping

from consent_service.domain.basics.moment import DAY
from consent_service.domain.site.site import Site
from consent_service.domain.subject.counted_mailbox import find_own_domain, fold_mailbox
from consent_service.domain.subject.subject import Address
from consent_service.services.naming_buckets import name_bucket
from consent_service.services.resources import Resources
from consent_service.storage.attempts import add_attempt, count_attempts, has_attempt

MAX_MAILS_PER_MAILBOX = 3
"""How many confirmations, and how many links, one mailbox gets in a day, however its address is spelled."""
MAX_MAILS_PER_DOMAIN = 100
"""How many all mailboxes of a domain get in a day; where everybody may have a mailbox this is not counted."""


def list_mail_caps(resources: Resources, site: Site, kind: str, address: Address) -> Mapping[str, int]:
    """List what a mail of a kind to an address counts against, and how many a day each may have."""
    caps = {name_bucket(resources, site, kind, fold_mailbox(address)): MAX_MAILS_PER_MAILBOX}
    if domain := find_own_domain(address):
        caps[name_bucket(resources, site, f"{kind}_domain", domain)] = MAX_MAILS_PER_DOMAIN
    return caps


def is_counted(resources: Resources, caps: Mapping[str, int], identifier: str) -> bool:
    """Say whether this very mail was counted before."""
    return any(has_attempt(resources.database, bucket, identifier) for bucket in caps)


def are_reached(resources: Resources, caps: Mapping[str, int], now: int) -> bool:
    """Say whether one of them is full for the day."""
    return any(count_attempts(resources.database, bucket, now - DAY) >= most for bucket, most in caps.items())


def count_mail(resources: Resources, caps: Mapping[str, int], now: int, identifier: str) -> None:
    """Count a mail; runs inside a write."""
    for bucket in caps:
        add_attempt(resources.database, bucket, now, identifier)
