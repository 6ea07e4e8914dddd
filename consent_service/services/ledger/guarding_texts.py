"""Guarding texts: no purpose is served in words that go further than those people said yes to."""

import hashlib
import json
from collections.abc import Iterable

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.errors import ConsentError
from consent_service.domain.ledger.notice import Notice, read_notice
from consent_service.domain.ledger.rewording import Rewording, find_rewordings, make_register_notices
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.notices import list_archived_digests, list_notices_of


class TextsChanged(ConsentError):
    """Texts of a site changed while its purposes say that they mean the same; the text tells the first."""


class UnreadableExport(ConsentError):
    """The file that is given as an export holds something else."""


def require_same_meaning(resources: Resources, sites: Iterable[Site]) -> None:
    """Raise TextsChanged where a text differs from the archived one, and neither revision nor mark says what that is.

    Where all texts of a site are archived, each was compared before it came there.
    """
    known = list_archived_digests(resources.database)
    for site in sites:
        if known.issuperset(notice.digest for notice in make_register_notices(site)):
            continue
        if found := list_rewordings(resources, site):
            more = f" (and {len(found) - 1} more; consent-service site check lists them)" if len(found) > 1 else ""
            raise TextsChanged(f"{site.id}: {found[0]}{more}")


def list_rewordings(resources: Resources, site: Site) -> list[Rewording]:
    """List the texts of a site that differ from all that the archive holds of what they were said to mean."""
    return find_rewordings(site, list_notices_of(resources.database, site.id))


def read_exported_notices(lines: Iterable[bytes]) -> list[Notice]:
    """Read the notices of an export of records; raises UnreadableExport for a file that is none."""
    notices = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if entry["kind"] != "notice":
                continue
            document = write_canonical_json(entry["document"])
            if hashlib.sha256(document).hexdigest() != entry["digest"]:
                raise ValueError("the notice is not what its digest says")
            notices.append(read_notice(document))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnreadableExport(f"line {number} is not a line of an export of records") from None
    return notices
