"""Publishing notices: what is shown is archived before anybody can agree to it."""

from collections.abc import Iterable

from consent_service.domain.ledger.notice import Notice
from consent_service.services.resources import Resources
from consent_service.storage.notices import archive_notice, find_notice_by_digest, list_archived_digests


def publish(resources: Resources, notices: Iterable[Notice]) -> int:
    """Archive the notices that are not archived yet and return how many that were."""
    known = list_archived_digests(resources.database)
    fresh = [notice for notice in notices if notice.digest not in known]
    if fresh:
        with resources.database.write():
            now = resources.clock()
            for notice in fresh:
                archive_notice(resources.database, notice, now)
        list_archived_digests(resources.database)
    return len(fresh)


def find_notice(resources: Resources, site: str, digest: str) -> Notice | None:
    """Find an archived notice of a site."""
    notice = find_notice_by_digest(resources.database, digest)
    return notice if notice and notice.site == site else None
