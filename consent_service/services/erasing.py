"""Erasing a visitor: records, decisions and history go; that it happened stays, without identity."""

from consent_service.domain.identifier import visitor_principal
from consent_service.domain.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.decisions import delete_decisions
from consent_service.storage.records import append_erasure, delete_records


def erase_visitor(resources: Resources, site: Site, visitor: str, actor: str) -> int:
    """Erase everything kept about a visitor and return how many records that were; harmless to repeat."""
    principal = visitor_principal(site.id, visitor)
    with resources.database.write():
        records = delete_records(resources.database, principal)
        delete_decisions(resources.database, principal)
        if records:
            now = resources.clock()
            append_erasure(resources.database, resources.new_id(now), site.id, now, actor, records)
    if records:
        resources.database.empty_log()
    return records
