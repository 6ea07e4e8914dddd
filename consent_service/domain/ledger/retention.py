"""Retention: for how long a record is kept once what it decided is no longer in force."""

from collections.abc import Iterable
from typing import NamedTuple

from consent_service.domain.basics.duration import add_duration, parse_duration
from consent_service.domain.site.site import RetentionClass, Site


class KeptUntil(NamedTuple):
    """When a record may go, in microseconds, and the class of its purposes that keeps it for longest."""

    at: int
    retention: RetentionClass


def find_kept_until(site: Site, purposes: Iterable[str], over_at: int) -> KeptUntil | None:
    """Tell until when a record about some purposes is kept that is over at a time; None for ever.

    The class that keeps for longest counts, and of a record that names no purpose of the site the longest of all.
    """
    known = [site.purpose_by_key[key].retention for key in purposes if key in site.purpose_by_key]
    classes = [site.retention_by_key[key] for key in known if key in site.retention_by_key] or list(site.retention)
    ends = [
        KeptUntil(add_duration(over_at, duration), retention)
        for retention in classes
        if (duration := parse_duration(retention.duration)) is not None
    ]
    return max(ends, key=lambda end: end.at, default=None)
